"""The command that runs snippets and records the evidence: confirm."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.console import FINDINGS, NOT_RUN, count, echo, progress
from srcread.errors import SrcreadError
from srcread.support.resources import copying, resources

if TYPE_CHECKING:
    from srcread.model import Grade, Run
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

FORCE = click.option("--force", is_flag=True, help="Replace the FILE of --out, if there is one.")


BY = click.option(
    "--by",
    metavar="NAME",
    help="Who says to have recorded it; goes with --out, and is shown where it is taken in.",
)


def named(by: str | None, out: Path | None) -> str | None:
    """Return who says to have recorded an archive: a name that can be shown, and only there.

    Raises:
        SrcreadError: it is no name, or nothing is to be packed.
    """
    from srcread.evidence.bounds import is_name

    if by is None:
        return None
    if out is None:
        raise SrcreadError("--by goes with --out: what is recorded here names nobody.")
    if not is_name(by):
        raise SrcreadError(f"{by[:100]!r} is no name: one line of at most 100 characters.")
    return by


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


PYTHON = click.option(
    "--python",
    metavar="PATH",
    callback=interpreter,
    help="The interpreter that has the framework, or its environment's folder.",
)


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
@PYTHON
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
@BY
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
    by: str | None,
) -> None:
    """Run the snippets of notes, and record the evidence.

    If none is named, all notes in ./annotations are run, and where there is no such folder those
    that came with srcread; into what is installed nothing is written. NOTE is a stem, TOUR/STEM, or
    the name of a TOUR. Each snippet runs in a process of its own, with limits on time, memory and
    output; on Linux in a sandbox, without network, and without your files. Where there is no
    sandbox, snippets that did not come with srcread are refused: read them, then use --trust. What
    each note's page will say is told; "by an equivalent" means that the claims hold of other code
    than the note's lines. Exits with 1 if a claim does not hold; else with 77 if some could not be
    run here, as where the framework is missing: nothing is written of these. Claims that no change
    of the note's lines turned false are named by `srcread check`.
    """
    from srcread.evidence.grading import grade
    from srcread.running.plan import LEVELS
    from srcread.stories.confirm import confirm as confirm_notes

    results: list[Confirmed] = []
    by = named(by, out)
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
                    by=by,
                    progress=tell,
                ):
                    results.append(result)
        finally:  # whatever came in between, these are recorded
            for result in results:
                _show(result)
    if not out:
        _show_homes(results)
    words = Counter(_word(grade(result.run)) for result in results)
    more = f", {words[_APART]} by an equivalent" if words[_APART] else ""
    echo(f"{words[_CONFIRMED]} of {count(len(results), 'note')} confirmed on {device}{more}.")
    if refused := sum(result.refused is not None for result in results):
        echo(f"Nothing was written of {count(refused, 'note')}: such a run is no evidence.")
    if status := _status(results):
        sys.exit(status)


def _status(results: Sequence[Confirmed]) -> int:
    from srcread.evidence.standing import cannot_run

    if any(not (one.run.confirmed or cannot_run(one.run)) for one in results):
        return FINDINGS
    return NOT_RUN if any(one.refused or not one.run.confirmed for one in results) else 0


def _show(result: Confirmed) -> None:
    from srcread.evidence.grading import evidence_details, grade
    from srcread.evidence.grids import grid_lines
    from srcread.evidence.sentences import say
    from srcread.evidence.standing import told
    from srcread.model import Grade

    run, is_written = result.run, result.home and not result.refused
    held = sum(claim.held for claim in run.claims)
    claims = f"{held} of {count(len(run.claims), 'claim')}"
    changed = "recorded" if result.recorded else "as recorded" if is_written else "not recorded"
    details = ", ".join([claims, *evidence_details(run)])
    echo(f"{_word(grade(run)):13}  {result.tour}/{result.stem}: {details} ({changed})")
    for reason in run.reasons:
        echo(f"{'':13}  {say(reason)}")
    for line in _unwatched(run, result.stem):
        echo(f"{'':13}  {line}")
    if result.refused is not None:
        echo(f"{'':13}  not written: {say(result.refused)}")
    graded = result.standing.grade
    said = [*map(say, told(result.standing))]
    said += [graded.value] if graded in (Grade.SENSITIVE, Grade.STRONG) else []
    echo(f"{'':13}  the page says: {' · '.join(said)}")
    for line in (line for grid in run.grids for line in ("", *grid_lines(grid))):
        echo(f"{'':13}  {line}".rstrip())


def _unwatched(run: Run, stem: str) -> Iterator[str]:
    """Say why a watched run saw no lines, why no change could be tried, and what to do then."""
    from srcread.evidence.findings import watching_hint
    from srcread.evidence.sentences import say

    refused = run.controls.refused.values() if run.controls and not run.controls.mutants else ()
    unseen = {say(one.reason): one.reason for one in run.reach or () if one.reason is not None}
    untried = {say(why): why for why in refused}
    hints = {said: watching_hint(why, stem) for said, why in {**unseen, **untried}.items()}
    yield from (f"which lines ran is unknown: {why}" for why in sorted(unseen) if hints[why])
    yield from (f"no change could be tried: {why}" for why in sorted(untried))
    yield from sorted({hint for hint in hints.values() if hint})


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
