"""The commands that run snippets and carry the evidence home: confirm, evidence import."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.console import FINDINGS, Commands, count, echo, print_findings, progress
from srcread.model import Grade
from srcread.support.resources import copying, resources

if TYPE_CHECKING:
    from srcread.stories.confirm import Confirmed


SANDBOX = click.option(
    "--sandbox",
    type=click.Choice(["namespaces", "bubblewrap", "Landlock", "limits"]),
    help="Confine by this alone, and not by the first of these that works.",
)


OUT = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write what is recorded into an archive for `srcread evidence import`, not into the tour.",
)

FORCE = click.option("--force", is_flag=True, help="Replace the FILE of --out, if there is one.")


def interpreter(
    context: click.Context, parameter: click.Parameter, value: str | None
) -> Path | None:
    """Find the interpreter: a file, a command's name, or the folder of an environment."""
    if value is None:
        return None
    path = Path(value)
    if path.is_dir():
        path = path / "bin" / "python"
    import shutil

    found = path if path.is_file() else shutil.which(value)
    if found is None:
        raise click.BadParameter(
            f"{value!r} is no interpreter. Give the path of a python, or an environment's folder."
        )
    return Path(found)


@contextlib.contextmanager
def packing(out: Path | None, force: bool, noun: str) -> Iterator[Path | None]:
    """Give a folder to record in, and pack what is there in the end, whatever came in between.

    Without an archive to write there is none. One that came into being meanwhile stays, unless by
    `force`: then another name is taken, for a run may have cost hours.

    Raises:
        UsageError: there is nothing to `force`.
        SrcreadError: the archive is there already and not to be replaced, or cannot be written.
    """
    from srcread.stories.carry import pack
    from srcread.support.files import refuse_target, unused
    from srcread.support.scratch import scratch_folder

    if out is None:
        if force:
            raise click.UsageError("--force replaces the FILE of --out, and there is none.")
        yield None
        return
    refuse_target(out, force)  # before the minutes that a run takes
    with scratch_folder() as folder:
        try:
            yield folder
        finally:
            target = out if force else unused(out)
            if packed := pack(folder, target):
                echo(f"{count(packed, noun)} packed into {target}.")


@click.command()
@click.argument("notes", nargs=-1, metavar="[NOTE]...")
@click.option(
    "--device",
    type=click.Choice(["cpu", "cuda"]),
    default="cpu",
    show_default=True,
    help="What the snippets run on.",
)
@click.option(
    "--python",
    metavar="PATH",
    callback=interpreter,
    help="The interpreter that has the framework, or its environment's folder.",
)
@click.option(
    "--controls",
    is_flag=True,
    help="Change the lines that each note is about, and see which claims notice.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="On another version, run the functions that differ as the tour's version has them.",
)
@click.option(
    "--annotations",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the tours are, instead of ./annotations.",
)
@click.option(
    "--trust",
    is_flag=True,
    help="Run snippets that did not come with srcread even where there is no sandbox.",
)
@SANDBOX
@OUT
@FORCE
def confirm(
    notes: tuple[str, ...],
    device: str,
    python: Path | None,
    controls: bool,
    replace: bool,
    annotations: Path | None,
    trust: bool,
    sandbox: str | None,
    out: Path | None,
    force: bool,
) -> None:
    """Run the snippets of notes, and record the evidence.

    If none is named, all notes in ./annotations are run, and where there is no such folder those
    that came with srcread; into what is installed nothing is written. NOTE is a stem, TOUR/STEM, or
    the name of a TOUR. Each snippet runs in a process of its own, with limits on time, memory and
    output; on Linux in a sandbox, without network, and without your files. Where there is no
    sandbox, snippets that did not come with srcread are refused: read them, then use --trust. Exits
    with 1 if a claim does not hold. "By an equivalent" says that the claims hold of other code than
    the note's lines. Claims that no change of these lines turned false are named by `srcread
    check`.
    """
    from srcread.running.plan import LEVELS
    from srcread.stories.confirm import confirm as confirm_notes

    results: list[Confirmed] = []
    with packing(out, force, "note") as records:
        try:
            with progress() as tell:
                for result in confirm_notes(
                    notes,
                    annotations=annotations,
                    device=device,
                    python=python,
                    controls=controls,
                    replace=replace,
                    trust=trust,
                    levels=[sandbox] if sandbox else LEVELS,
                    records=records,
                    progress=tell,
                ):
                    results.append(result)
        finally:  # whatever came in between, these are recorded
            for result in results:
                _show(result)
    if not out:
        _show_homes(results)
    grades = [result.grade for result in results]
    held = sum(grade is not None for grade in grades)
    apart = sum(grade is Grade.EQUIVALENT for grade in grades)
    more = f", {apart} by an equivalent" if apart else ""
    echo(f"{held - apart} of {count(len(results), 'note')} confirmed on {device}{more}.")
    if held < len(results):
        sys.exit(FINDINGS)


def _show(result: Confirmed) -> None:
    from srcread.evidence.grading import evidence_details
    from srcread.evidence.sentences import say

    run = result.run
    held = sum(claim.held for claim in run.claims)
    claims = f"{held} of {count(len(run.claims), 'claim')}"
    changed = "recorded" if result.recorded else "as recorded" if result.home else "not recorded"
    details = ", ".join([claims, *evidence_details(run)])
    word = _word(result.grade)
    graded = f": {result.grade.value}" if run.controls and result.grade else ""
    echo(f"{word:13}  {result.tour}/{result.stem}: {details}{graded} ({changed})")
    for reason in run.reasons:
        echo(f"{'':13}  {say(reason)}")


def _word(grade: Grade | None) -> str:
    match grade:
        case None:
            return "NOT CONFIRMED"
        case Grade.EQUIVALENT:
            return "by equivalent"
    return "confirmed"


def _show_homes(results: Sequence[Confirmed]) -> None:
    """Say where evidence lies that is not below this folder, and what was not written."""
    here = Path.cwd()
    homes = {result.home: result.tour for result in results}
    for home, tour in homes.items():
        if home is None:
            folder = resources("annotations") / tour
            echo(f"Not recorded: {tour!r} is a part of the installed srcread. {copying(folder)}")
        elif not home.resolve().is_relative_to(here):
            echo(f"The evidence of {tour!r} is in {str(home.resolve())!r}.")


@click.group("evidence", cls=Commands)
def evidence() -> None:
    """Carry evidence from where it was recorded to where the notes are."""


@evidence.command("import")
@click.argument("archive", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--annotations",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the tours are, instead of ./annotations.",
)
def import_evidence(archive: Path, annotations: Path | None) -> None:
    """Take in what `srcread confirm --out FILE` or `srcread trace --out FILE` recorded elsewhere.

    Only runs and traces of the snippets, scenarios and symbols as they are here are taken in. Exits
    with 1 if others were among them, or what is no evidence.
    """
    from srcread.evidence.grading import grade
    from srcread.model import Run
    from srcread.stories.carry import take_in

    taken, findings = take_in(archive, annotations=annotations)
    for item in taken:
        changed = "recorded" if item.recorded else "as recorded"
        word = "traced"
        if isinstance(item.what, Run):
            word = _word(grade(item.what))
        device = item.what.environment.device.name
        echo(f"{word:13}  {item.tour}/{item.stem}: on {device} ({changed})")
    runs = sum(isinstance(item.what, Run) for item in taken)
    traces = f" and {count(len(taken) - runs, 'trace')}" if len(taken) > runs else ""
    echo(f"{count(runs, 'run')}{traces} taken in.")
    if print_findings(findings):
        sys.exit(FINDINGS)
