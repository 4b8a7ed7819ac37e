"""What commands print beside their result: progress on a terminal, findings, one-line errors."""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from srcread.errors import CacheWarning, FindingsError, SrcreadError

if TYPE_CHECKING:
    from srcread.model import Diagnostic, Distribution

FINDINGS = 1
WRONG_USAGE = 2
NOT_RUN = 77  # as test harnesses know it: could not be run here, which is no failure
INTERRUPTED = 130  # as shells report it: 128 and SIGINT

_ENDING = ("SIGTERM", "SIGHUP")
_PATIENCE = 10.0  # seconds for which a signal that comes twice does not disturb the clearing up
_BLINK_SECONDS = 0.1  # of two looks at a terminal's progress
_SECONDS_BETWEEN = 5.0  # of two lines of progress in a pipe
_STEERING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Unicode: controls, formats, separators


class Lazy(MutableMapping[str, click.Command]):
    """Commands by name, each imported when it is first looked up.

    `modules` maps a command's name to the module that defines it under the same name.
    """

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._known: dict[str, click.Command | str] = dict(modules)

    def __getitem__(self, name: str) -> click.Command:
        known = self._known[name]
        if isinstance(known, str):
            known = self._known[name] = getattr(import_module(known), name)
        return known

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._known[name] = command

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class Commands(click.Group):
    """A group that turns the errors a user can mend into one line and an exit status."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line; wrong usage is one line, and an interrupt is no traceback."""
        _print_anything()
        try:
            with _clearing_up(), _warning_in_a_line():
                status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            echo(_one_line(error), err=True)
            status = WRONG_USAGE
        except OSError as error:  # a broken pipe is not among them: click ends quietly then
            name = f"{error.filename!r}: " if error.filename else ""
            echo(f"srcread: {name}{error.strerror or error}.", err=True)
            status = WRONG_USAGE
        except click.Abort:
            click.echo("srcread: Interrupted.", err=True)
            status = INTERRUPTED
        if standalone_mode:
            # Python ends by looking through all objects for cycles to take apart, syntax trees
            # among them: a seventh of the time of a cold graph, for memory that is freed anyway.
            atexit.register(gc.freeze)
            sys.exit(status)
        return status

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Show the help where nothing is asked for."""
        if not args:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(WRONG_USAGE)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; findings exit with 1, every other error that can be mended with 2."""
        try:
            return super().invoke(ctx)
        except FindingsError as error:
            print_shown(error.diagnostics, (), "`srcread check --all`")
            ctx.exit(FINDINGS)
        except SrcreadError as error:
            echo(f"srcread: {error}", err=True)
            ctx.exit(WRONG_USAGE)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command; for an unknown one name the nearest."""
        from srcread.errors import did_you_mean

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if not args or args[0].startswith("-"):
                raise
            hint = did_you_mean(args[0], self.commands)
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their whole first sentences, however narrow the terminal."""
        rows = [(name, item.get_short_help_str(200)) for name, item in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which a newcomer meets them."""
        return list(self.commands)


@contextlib.contextmanager
def _clearing_up() -> Iterator[None]:
    """Let signals that end a process unwind it first, so that its folders and children go with it.

    The exit status is the one that shells report for the signal. What the caller ignores, as nohup
    does, stays ignored.
    """
    ended: float | None = None

    def end(number: int, frame: object) -> None:
        nonlocal ended
        if ended is None or time.monotonic() - ended > _PATIENCE:
            ended = time.monotonic()
            sys.exit(128 + number)

    before = {}
    with contextlib.suppress(ValueError):  # not the main thread, which alone gets signals
        for name in _ENDING:
            number = getattr(signal, name, None)  # Windows lacks one
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        if ended is None:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextlib.contextmanager
def _warning_in_a_line() -> Iterator[None]:
    """Print a warning of the cache as one line, and others as Python does."""

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        if issubclass(category, CacheWarning):
            echo(f"srcread: warning: {message}", err=True)
        else:
            usual(message, category, filename, lineno, file, line)

    with warnings.catch_warnings():
        usual = warnings.showwarning
        warnings.simplefilter("always", CacheWarning)
        warnings.showwarning = show
        yield


def _print_anything() -> None:
    """Let no character stop a command: what a console's encoding lacks is shown as `?`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _one_line(error: click.ClickException) -> str:
    """Return wrong usage as one line: what is wrong, and which help tells what is right."""
    message = error.format_message().rstrip()
    message += "" if message.endswith((".", "?", "!")) else "."
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return f"srcread: {message}"
    return f"srcread: {' '.join(message.split())} See `{context.command_path} --help`."


def echo(text: str = "", *, err: bool = False) -> None:
    """Print one line; what would steer a terminal, or turn or split the line, is shown escaped.

    Titles, claims and reasons are contributed: an escape sequence among them could repaint what
    stands above it, and a newline could forge a line of ours.
    """
    click.echo(_printable(text), err=err)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    import unicodedata

    return "".join(
        repr(character)[1:-1] if unicodedata.category(character) in _STEERING else character
        for character in text
    )


def print_findings(findings: Iterable[Diagnostic]) -> int:
    """Print findings, one a line, errors and warnings told apart; return the number of errors."""
    errors = 0
    for finding in sorted(findings):
        word = finding.severity.value
        errors += word == "error"
        place, _, rest = str(finding).partition(": ")
        echo(f"{place}: {word}: {rest}", err=True)
    return errors


def print_shown(
    findings: Iterable[Diagnostic], folders: Sequence[Path], how: str, *, every: bool = False
) -> None:
    """Print findings of the tours in these folders: of many of a kind a few, unless `every` one.

    `how` is what to type for the others.
    """
    found = tuple(findings)
    if every or not found:
        print_findings(found)
        return
    from srcread.stories.shown import shown  # none for a build with nothing to do or to say

    printed, left = shown(found, folders)
    print_findings(printed)
    for more in left:
        echo(f"{more}: {how} shows them.", err=True)


@contextlib.contextmanager
def progress(*, in_pipe: bool = False) -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done, on a terminal, and leaves no trace there.

    Where `in_pipe`, elsewhere a line tells it now and then: who waits there sees nothing else.
    The sign of life moves when something is told, at most ten times a second: a thread that moved
    it would forbid the forks that make pages.
    """
    if not sys.stderr.isatty():
        yield _now_and_then() if in_pipe else lambda _: None
        return
    live: Any = None
    spinner: Any = None
    drawn = 0.0

    def show(words: str) -> None:
        nonlocal live, spinner, drawn
        if live is None:
            from rich.console import Console  # 60 ms, only when there is something to wait for
            from rich.live import Live
            from rich.spinner import Spinner

            screen, spinner = Console(stderr=True), Spinner("dots")
            live = Live(spinner, console=screen, auto_refresh=False, transient=True)
            live.start()
        if time.monotonic() - drawn < _BLINK_SECONDS:
            return
        from rich.text import Text  # a file's name may look like markup

        spinner.update(text=Text(_printable(words)))
        live.refresh()
        drawn = time.monotonic()

    try:
        yield show
    finally:
        if live is not None:
            live.stop()


def _now_and_then() -> Callable[[str], None]:
    """Return what prints a line of progress, the first when there was time to wonder."""
    told = time.monotonic()

    def tell(words: str) -> None:
        nonlocal told
        if time.monotonic() - told >= _SECONDS_BETWEEN:
            told = time.monotonic()
            echo(f"srcread: {words}", err=True)

    return tell


def count(number: int, noun: str) -> str:
    """Return `1 page`, `2 pages`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def report(page: Path, written: int, kept: int, show: bool) -> None:
    """Say what was written where, and show it in the browser if that is asked for."""
    if written:
        unchanged = f", {kept} unchanged" if kept else ""
        echo(f"{count(written, 'page')} written{unchanged}: {page}")
    else:
        echo(f"Nothing has changed: {page}")
    if show:
        url = page.resolve().as_uri()
        if not _has_display() or click.launch(url) != 0:
            echo(f"There is no browser to open it in. Open {url}")


def _has_display() -> bool:
    """Tell whether a browser has where to show itself; without, xdg-open would only complain."""
    graphical = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
    return graphical or not sys.platform.startswith("linux")


def say_read(distributions: Sequence[Distribution]) -> None:
    """Say which versions were read: another environment has others."""
    named = [f"{item.name} {item.version}" for item in distributions if item.version]
    if named:
        echo(f"read: {', '.join(named)}", err=True)
