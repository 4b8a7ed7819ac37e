"""The commands that run snippets and carry the evidence home: confirm, evidence import."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.console import FINDINGS, Commands, count, echo, print_findings, progress
from srcread.errors import SrcreadError
from srcread.support.resources import copying, resources

if TYPE_CHECKING:
    from srcread.model import Grade
    from srcread.stories.confirm import Confirmed


_CONFIRMED, _APART, _FAILED = "confirmed", "by equivalent", "NOT CONFIRMED"

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
def packing(out: Path | None, noun: str) -> Iterator[Path | None]:
    """Give a folder to record in, and pack what is there in the end, whatever came in between.

    Without an archive to write there is none.

    Raises:
        SrcreadError: the archive cannot be written.
    """
    import tempfile

    from srcread.stories.carry import pack

    if out is None:
        yield None
        return
    if not out.parent.is_dir():  # said before the minutes that a run takes
        raise SrcreadError(f"{str(out)!r} cannot be written: there is no {str(out.parent)!r}.")
    with tempfile.TemporaryDirectory(prefix="srcread-") as folder:
        try:
            yield Path(folder)
        finally:
            if packed := pack(Path(folder), out):
                echo(f"{count(packed, noun)} packed into {out}.")


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
    with packing(out, "note") as records:
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
    words = Counter(_word(result.grade) for result in results)
    more = f", {words[_APART]} by an equivalent" if words[_APART] else ""
    echo(f"{words[_CONFIRMED]} of {count(len(results), 'note')} confirmed on {device}{more}.")
    if words[_FAILED]:
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
    from srcread.model import Grade

    match grade:
        case None:
            return _FAILED
        case Grade.EQUIVALENT:
            return _APART
    return _CONFIRMED


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
