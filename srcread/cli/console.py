"""What commands print beside their result: progress on a terminal, findings, one-line errors."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click

from srcread.errors import FindingsError, SrcreadError
from srcread.model import Diagnostic, Severity

FINDINGS = 1
WRONG_USAGE = 2


class Commands(click.Group):
    """A group that turns the errors a user can mend into one line and an exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; findings exit with 1, everything else that can be mended with 2."""
        try:
            return super().invoke(ctx)
        except FindingsError as error:
            print_findings(error.diagnostics)
            ctx.exit(FINDINGS)
        except SrcreadError as error:
            click.echo(f"srcread: {error}", err=True)
            ctx.exit(WRONG_USAGE)
        except BrokenPipeError:
            raise  # click ends quietly when what reads our output has gone
        except OSError as error:
            name = f"{error.filename!r}: " if error.filename else ""
            click.echo(f"srcread: {name}{error.strerror or error}.", err=True)
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

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which a newcomer meets them."""
        return list(self.commands)


def print_findings(findings: Iterable[Diagnostic]) -> None:
    """Print findings, one a line, errors and warnings told apart."""
    for finding in sorted(findings):
        word = "error" if finding.severity is Severity.ERROR else "warning"
        place, _, rest = str(finding).partition(": ")
        click.echo(f"{place}: {word}: {rest}", err=True)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Give a function that shows what is being done, on a terminal only, and leaves no trace."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    status: Any = None

    def show(words: str) -> None:
        nonlocal status
        if status is None:
            from rich.console import Console  # 60 ms, only when there is something to wait for

            status = Console(stderr=True).status(words)
            status.start()
        status.update(words)

    try:
        yield show
    finally:
        if status is not None:
            status.stop()


def count(number: int, noun: str) -> str:
    """Return `1 page`, `2 pages`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
