"""The command that runs snippets: confirm."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from srcread.cli.console import FINDINGS, count, progress


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
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The interpreter that has the framework.",
)
@click.option(
    "--annotations",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the tours are, instead of ./annotations.",
)
def confirm(
    notes: tuple[str, ...], device: str, python: Path | None, annotations: Path | None
) -> None:
    """Run the snippets of notes, and record the evidence.

    All notes are run if none is named. NOTE is a stem, or TOUR/STEM. Each snippet runs in a process
    of its own, with limits on time, memory and output. Run only snippets that you trust. Exits with
    1 if a claim does not hold.
    """
    from srcread.confirm import confirm as confirm_notes

    with progress() as tell:
        results = confirm_notes(
            notes, annotations=annotations, device=device, python=python, progress=tell
        )
    failed = 0
    for result in results:
        run = result.run
        held = sum(claim.held for claim in run.claims)
        claims = f"{held} of {count(len(run.claims), 'claim')}"
        word = "confirmed" if run.confirmed else "NOT CONFIRMED"
        changed = "recorded" if result.recorded else "as recorded"
        click.echo(f"{word:13}  {result.tour}/{result.stem}: {claims} ({changed})")
        for reason in run.reasons:
            click.echo(f"{'':13}  {reason}")
        failed += not run.confirmed
    click.echo(f"{len(results) - failed} of {count(len(results), 'note')} confirmed on {device}.")
    if failed:
        sys.exit(FINDINGS)
