"""The command that counts what notes cover: coverage."""

from __future__ import annotations

import json
from pathlib import Path

import click

from srcread.cli.annotating import ANNOTATIONS
from srcread.cli.console import echo, print_findings, progress


@click.command()
@click.argument("tour")
@click.option("--all", "with_all", is_flag=True, help="List every function without a note.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text.")
@ANNOTATIONS
def coverage(tour: str, with_all: bool, as_json: bool, annotations: Path | None) -> None:
    """Count the functions and lines of TOUR that have notes.

    Functions without a note are listed, most called first: where the next note is worth most. What
    scenarios have run is counted, too.
    """
    from srcread.stories.coverage import MOST, cover, coverage_json, coverage_lines

    with progress() as tell:
        found = cover(tour, annotations=annotations, progress=tell)
    print_findings(found.findings)
    if as_json:
        click.echo(json.dumps(coverage_json(found), indent=1, ensure_ascii=False))
        return
    for line in coverage_lines(found, None if with_all else MOST):
        echo(line)
