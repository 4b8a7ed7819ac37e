"""The commands that carry evidence: evidence import, evidence export, evidence verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from srcread.cli.console import FINDINGS, Commands, count, echo, print_findings


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
    from srcread.evidence.sentences import say
    from srcread.evidence.standing import imported_remark
    from srcread.model import Run
    from srcread.stories.carry import take_in

    taken, findings = take_in(archive, annotations=annotations)
    for item in taken:
        changed = "recorded" if item.recorded else "as recorded"
        word = "traced"
        if isinstance(item.what, Run):
            word = "confirmed" if item.what.confirmed else "NOT CONFIRMED"
        what = item.what
        echo(f"{word:13}  {item.tour}/{item.stem}: on {what.environment.device.name} ({changed})")
        if (remark := imported_remark(what.imported, what.date, what.by)) is not None:
            echo(f"{'':13}  {say(remark)}")
    runs = sum(isinstance(item.what, Run) for item in taken)
    traces = f" and {count(len(taken) - runs, 'trace')}" if len(taken) > runs else ""
    echo(f"{count(runs, 'run')}{traces} taken in.")
    if print_findings(findings):
        sys.exit(FINDINGS)
