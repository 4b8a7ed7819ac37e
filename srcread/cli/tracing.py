"""The command that runs scenarios and watches them: trace."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.confirming import BY, FORCE, OUT, SANDBOX, interpreter, named, packing
from srcread.cli.console import FINDINGS, count, echo, progress
from srcread.errors import SrcreadError, did_you_mean

if TYPE_CHECKING:
    from srcread.opening.coverage import LineCoverage
    from srcread.stories.trace import Traced

_DEVICES = ("cpu", "cuda")


@click.command()
@click.argument("scenarios", nargs=-1, metavar="[SCENARIO]...")
@click.option(
    "--device",
    default="cpu",
    show_default=True,
    metavar="cpu,cuda",
    help="What the scenarios run on, one after the other.",
)
@click.option(
    "--python",
    metavar="PATH",
    callback=interpreter,
    help="The interpreter that has the framework, 3.11 or newer, or its environment's folder.",
)
@click.option(
    "--annotations",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the tours are, instead of ./annotations.",
)
@click.option(
    "--trust",
    is_flag=True,
    help="Run scenarios that did not come with srcread even where there is no sandbox.",
)
@SANDBOX
@OUT
@FORCE
@BY
def trace(
    scenarios: tuple[str, ...],
    device: str,
    python: Path | None,
    annotations: Path | None,
    trust: bool,
    sandbox: str | None,
    out: Path | None,
    force: bool,
    by: str | None,
) -> None:
    """Run scenarios, and record lines, branches, shapes and operators.

    If none is named, all in ./annotations are run. SCENARIO is a stem, TOUR/STEM, or the name of a
    TOUR. Each runs four times,
    and is recorded only if watching it changed neither its output nor its operators. They are
    confined as snippets are: see `srcread confirm --help`. Exits with 1 if one cannot be recorded.
    """
    from srcread.running.plan import LEVELS
    from srcread.stories.trace import trace as trace_scenarios

    results: list[Traced] = []
    by = named(by, out)
    with packing(out, force, "trace") as records, progress() as tell:
        for result in trace_scenarios(
            scenarios,
            annotations=annotations,
            devices=_devices(device),
            python=python,
            trust=trust,
            levels=[sandbox] if sandbox else LEVELS,
            records=records,
            by=by,
            progress=tell,
        ):
            results.append(result)
            echo(_row(result))
            for problem in result.problems:
                echo(f"  {problem}")
    failed = sum(bool(result.problems) for result in results)
    if not out:
        _show_homes(results)
    echo(_sum(results))
    if failed:
        echo(f"{count(failed, 'scenario')} not recorded.", err=True)
        sys.exit(FINDINGS)


def _show_homes(results: Sequence[Traced]) -> None:
    """Say where traces lie that are not below this folder."""
    homes = {result.scenario.path.parent.parent.resolve() for result in results}
    for home in sorted(homes):
        if not home.is_relative_to(Path.cwd()):
            echo(f"The traces of {home.name!r} are in {str(home)!r}.")


def _devices(text: str) -> list[str]:
    devices = list(dict.fromkeys(part.strip() for part in text.split(",")))
    for name in devices:
        if name not in _DEVICES:
            known = ", ".join(_DEVICES)
            hint = did_you_mean(name, _DEVICES)
            raise SrcreadError(f"Unknown device {name!r}; known are {known}.{hint}")
    return devices


def _row(result: Traced) -> str:
    name = f"{result.tour}/{result.scenario.stem}"
    if result.problems:
        return f"{name:50} NOT RECORDED on {result.device}"
    word = "recorded" if result.changed else "as recorded"
    ran, all_lines = _count([result])
    share = f"{ran:3} of {all_lines} lines  " if all_lines else ""
    kilobytes = f"{result.bytes / 1000:.1f} kB"
    return f"{name:50} {result.cases:3} cases  {share}{kilobytes:>8}  {result.device}, {word}"


def _sum(results: Sequence[Traced]) -> str:
    done = [result for result in results if not result.problems]
    ran, all_lines = _count(done)
    lines = f", {ran} of {all_lines} lines" if all_lines else ""
    size = sum(result.bytes for result in done) / 1000
    return f"{len(done)} of {count(len(results), 'scenario')} recorded{lines}, {size:.0f} kB."


def _count(results: Sequence[Traced]) -> tuple[int, int]:
    """Count the lines that any of these ran, of those that count."""
    ran: dict[str, set[int]] = {}
    known: dict[str, LineCoverage] = {}
    for result in results:
        for item in result.lines:
            known[item.symbol] = item
            ran.setdefault(item.symbol, set()).update(item.ran)
    executable = sum(len(item.executable) for item in known.values())
    return sum(map(len, ran.values())), executable
