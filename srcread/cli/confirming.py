"""The commands that run snippets and carry the evidence home: confirm, evidence import."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from srcread.cli.console import FINDINGS, Commands, count, echo, print_findings, progress
from srcread.errors import SrcreadError
from srcread.resources import copying, resources

if TYPE_CHECKING:
    from srcread.confirm import Confirmed


SANDBOX = click.option(
    "--sandbox",
    type=click.Choice(["namespaces", "bubblewrap", "Landlock", "limits"]),
    help="Confine by this alone, and not by the first of these that works.",
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
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write the evidence into an archive for `srcread evidence import`, not beside the notes.",
)
def confirm(
    notes: tuple[str, ...],
    device: str,
    python: Path | None,
    controls: bool,
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
    with 1 if a claim does not hold. Claims that no change of the code turned false are named by
    `srcread check`.
    """
    import shutil
    import tempfile

    from srcread.carrying import pack
    from srcread.confirm import confirm as confirm_notes
    from srcread.evidence.plan import LEVELS

    if out and not out.parent.is_dir():  # said before the minutes that a run takes
        raise SrcreadError(f"{str(out)!r} cannot be written: there is no {str(out.parent)!r}.")
    results: list[Confirmed] = []
    records = Path(tempfile.mkdtemp(prefix="srcread-")) if out else None
    try:
        with progress() as tell:
            for result in confirm_notes(
                notes,
                annotations=annotations,
                device=device,
                python=python,
                controls=controls,
                trust=trust,
                levels=[sandbox] if sandbox else LEVELS,
                records=records,
                progress=tell,
            ):
                results.append(result)
    finally:  # whatever came in between, these are recorded
        for result in results:
            _show(result)
        if records and out:
            if results:
                echo(f"{count(pack(records, out), 'note')} packed into {out}.")
            shutil.rmtree(records, ignore_errors=True)
    if not out:
        _show_homes(results)
    confirmed = sum(result.run.confirmed for result in results)
    echo(f"{confirmed} of {count(len(results), 'note')} confirmed on {device}.")
    if confirmed < len(results):
        sys.exit(FINDINGS)


def _show(result: Confirmed) -> None:
    from srcread.evidence.controls.grading import evidence_details

    run = result.run
    held = sum(claim.held for claim in run.claims)
    claims = f"{held} of {count(len(run.claims), 'claim')}"
    word = "confirmed" if run.confirmed else "NOT CONFIRMED"
    changed = "recorded" if result.recorded else "as recorded" if result.home else "not recorded"
    details = ", ".join([claims, *evidence_details(run)])
    echo(f"{word:13}  {result.tour}/{result.stem}: {details} ({changed})")
    for reason in run.reasons:
        echo(f"{'':13}  {reason}")


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
    """Take in the runs that `srcread confirm --out FILE` recorded elsewhere.

    Only runs of the snippets and symbols as they are here are taken in. Exits with 1 if others were
    among them, or what is no evidence.
    """
    from srcread.carrying import take_in

    taken, findings = take_in(archive, annotations=annotations)
    for item in taken:
        changed = "recorded" if item.recorded else "as recorded"
        word = "confirmed" if item.run.confirmed else "NOT CONFIRMED"
        device = item.run.environment.device.name
        echo(f"{word:13}  {item.tour}/{item.stem}: on {device} ({changed})")
    echo(f"{count(len(taken), 'run')} taken in.")
    if print_findings(findings):
        sys.exit(FINDINGS)
