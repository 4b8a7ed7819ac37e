"""What `read --run` takes, and what it says of the run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from srcread.cli.console import count, echo, print_findings, progress, report, say_read
from srcread.errors import SrcreadError

if TYPE_CHECKING:
    from srcread.graph.limits import Limits
    from srcread.running.auto import Made
    from srcread.running.plan import RunLimits
    from srcread.running.reading import RunSettings
    from srcread.site.scenarios import OwnRun
    from srcread.stories.run import RanSite, ScriptToRun

_Command = TypeVar("_Command", bound=Callable[..., Any])
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|MB|GB)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_BYTES = {"MB": 1 << 20, "GB": 1 << 30}
_MOST_NAMED = 5


def runs(command: _Command) -> _Command:
    """Give a command the options of a run."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option(
        "--run",
        "script",
        metavar="SCRIPT|auto",
        help="Run this script twice, and show what ran at the lines; what stands behind -- is for "
        "it. It is confined: it sees its own folder and the entry's, and reaches no network. "
        "With auto, a small model with random weights is made of ENTRY by rules, and the script "
        "that makes and calls it is kept as run_NAME.py.",
    ),
    click.option(
        "--config",
        metavar="FILE|JSON",
        help="With --run auto: settings instead of the class's defaults, as a model's config.json.",
    ),
    click.option(
        "--sizes",
        type=click.Choice(["tiny", "real"]),
        default="tiny",
        help="With --run auto: real keeps widths as they are published, with two layers or one of "
        "each kind. Such a model has shapes and no values: it is on the meta device.",
    ),
    click.option(
        "--keep",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="With --run auto: keep the script in this file, which must not be there.",
    ),
    click.option(
        "--device",
        type=click.Choice(["cpu", "cuda"]),
        default="cpu",
        help="With --run: what the script runs on.",
    ),
    click.option(
        "--data",
        multiple=True,
        type=click.Path(exists=True, path_type=Path),
        metavar="PATH",
        help="With --run: a file or folder that the script may read, too.",
    ),
    click.option(
        "--limit",
        metavar="TIME,MEMORY",
        help="With --run: what each run may use, as 10m,16GB, which is the default.",
    ),
    click.option(
        "--sandbox",
        type=click.Choice(["namespaces", "bubblewrap", "Landlock", "limits"]),
        help="With --run: confine by this alone, and not by the first of these that works.",
    ),
    click.option(
        "--trust",
        is_flag=True,
        help="With --run: run the script even where there is no sandbox.",
    ),
)


def to_run(
    entry: str, script: str, arguments: tuple[str, ...], given: Mapping[str, Any]
) -> tuple[ScriptToRun, RunSettings]:
    """Return what is to run and how, from the options that `runs` gave a command.

    Raises:
        SrcreadError: --limit is none, or --config is no JSON.
    """
    from srcread.running.plan import LEVELS
    from srcread.running.reading import RunSettings
    from srcread.stories.auto import Auto, script_for, settings_given
    from srcread.stories.run import ScriptToRun

    settings = RunSettings(
        device=given["device"],
        limits=limits_of_run(given["limit"]),
        trusted=given["trust"],
        levels=[given["sandbox"]] if given["sandbox"] else LEVELS,
    )
    if script != "auto":
        _refuse_without_auto(given)
        return ScriptToRun(Path(script), arguments, given["data"]), settings
    if arguments:
        raise click.UsageError(f"{arguments[0]!r} is for a script, and --run auto makes one.")
    if given["sizes"] == "real" and given["device"] != "cpu":
        raise click.UsageError("--sizes real has no values to compute with: leave out --device.")
    config = settings_given(given["config"]) if given["config"] is not None else None
    path = given["keep"] or script_for(entry)
    return ScriptToRun(path, (), given["data"], Auto(config, given["sizes"])), settings


def _refuse_without_auto(given: Mapping[str, Any]) -> None:
    usual = {"config": None, "sizes": "tiny", "keep": None}
    for name, value in usual.items():
        if given[name] != value:
            raise click.UsageError(f"--{name} is for a model made by rules: --run auto.")


def limits_of_run(text: str | None) -> RunLimits:
    """Read `90s,8GB`: the time on the clock and the memory of a run, in either order.

    Raises:
        SrcreadError: a part is neither.
    """
    from srcread.running.reading import READING_LIMITS

    limits = READING_LIMITS
    for part in (text or "").split(",") if text else ():
        found = _LIMIT.fullmatch(part.strip())
        if found is None:
            raise SrcreadError(f"{part!r} is no limit. Write a time or a memory, as 90s or 8GB.")
        number, unit = float(found[1]), found[2]
        if unit in _SECONDS:
            limits = replace(limits, wall_seconds=number * _SECONDS[unit])
        else:
            limits = replace(limits, memory_bytes=int(number * _BYTES[unit]))
    return limits


def read_run(
    entry: str,
    out: Path,
    asked: tuple[ScriptToRun, RunSettings],
    idioms: tuple[Path, ...],
    python: Path | None,
    limits: Limits,
    show: bool,
) -> None:
    """Run a script, build the site of what ran, and say what came of it."""
    from srcread.stories.run import read_run as read_what_ran

    script, settings = asked
    with progress(in_pipe=True) as tell, _output_shown():
        ran = read_what_ran(
            entry,
            script,
            out,
            idioms=idioms,
            settings=settings,
            python=python,
            limits=limits,
            progress=tell,
        )
    built = ran.built
    report(built.start or built.out / "index.html", built.written, built.kept, show)
    _say_ran(ran)
    say_read(built.distributions)
    print_findings(built.warnings)


@contextmanager
def _output_shown() -> Iterator[None]:
    """Print the last lines of a script that fails, before the error says so."""
    from srcread.running.reading import ScriptError

    try:
        yield
    except ScriptError as error:
        for line in error.output:
            echo(line, err=True)
        raise


def _say_ran(ran: RanSite) -> None:
    """Say what the run came to, and what of it is not shown."""
    run = ran.run
    if ran.made is not None:
        _say_made(ran.made, run, ran.kept)
    for name, why in ran.failed.items():
        echo(f"Each run imported all anew, for {name} cannot be imported before: {why}.")
    echo(f"{run.script} ran {count(run.functions, 'function')}, {run.cases} different calls.")
    if ran.added:
        echo(f"Of these reading had not found {len(ran.added)}: {_named(ran.added)}.")
    if run.idle:
        classes = "one class" if len(run.idle) == 1 else f"{len(run.idle)} classes"
        echo(f"Not run: {classes} of the model's modules: {_named(run.idle)}.")
    if run.left_out:
        echo(f"{run.left_out} more calls of the same places were counted, and not recorded.")
    if ran.unknown:
        echo(f"Ran, and is in no file as it stands: {_named(ran.unknown)}.")
    for difference in run.differences:
        echo(f"Two runs differ: {difference}. Is the script seeded? What both did is shown.")


def _say_made(made: Made, run: OwnRun, kept: Path | None) -> None:
    listed = run.made.changes if run.made is not None else ()
    small = ", ".join(f"{name} {new} instead of {old}" for name, new, old in listed)
    echo(f"auto: {made.parameters:,} parameters{f', {small}' if small else ''}.")
    if kept is not None:
        echo(f"Kept as {kept}: edit it, and give it to --run.")
    else:
        echo(f"Not kept, for {run.script} is there and other: name a file with --keep.")


def _named(names: tuple[str, ...]) -> str:
    listed = ", ".join(names[:_MOST_NAMED])
    more = len(names) - _MOST_NAMED
    return f"{listed} and {more} more" if more > 0 else listed
