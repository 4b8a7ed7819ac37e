"""The commands for annotations: at, new, accept, lock, outline."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from srcread.cli.console import FINDINGS, echo, print_findings, progress

FOLDER = click.Path(file_okay=False, path_type=Path)
ANNOTATIONS = click.option(
    "--annotations", type=FOLDER, help="Where the tours are, instead of ./annotations."
)


@click.command()
@click.argument("place", metavar="FILE:LINE")
def at(place: str) -> None:
    """Name the place at FILE:LINE as notes do.

    Prints its symbol, and the shortest selector that tells the place from others in it. FILE is a
    path, or one inside a package, such as torch/nn/functional.py:6229. What is printed goes into a
    note as it is.
    """
    from srcread.stories.annotate import name_place

    with progress() as tell:
        named = name_place(place, progress=tell)
    echo(f"symbol = {json.dumps(named.symbol.name, ensure_ascii=False)}")
    if not named.suggestions:
        return
    best, *others = named.suggestions
    echo(f"at = {json.dumps(best.selector, ensure_ascii=False)}")
    if best.counted:
        echo(
            "# Only a count tells this place from its twins: after an upstream change it may name "
            "another. A note on the block around it is safer.",
            err=True,
        )
    for other in others:
        lines = other.place.range
        echo(f"# around it, to line {lines.last_line}: at = {other.selector!r}", err=True)


@click.command()
@click.argument("symbol", required=False)
@click.argument("at", required=False)
@click.option("--tour", help="The tour, where there are several.")
@click.option("--stem", help="The files' name; made from the title if left out.")
@click.option("--title", help="The sentence that the note states.")
@ANNOTATIONS
def new(
    symbol: str | None,
    at: str | None,
    tour: str | None,
    stem: str | None,
    title: str | None,
    annotations: Path | None,
) -> None:
    """Begin a new note and its snippet at SYMBOL.

    With AT, a selector, the note is about that place in the symbol; `srcread at FILE:LINE` prints
    both. SYMBOL:LINE, with a line of the tour's version, finds the selector by itself.

    Without SYMBOL, on a terminal, the functions that have no note are offered, most called first,
    and the line and the title are asked for.

    The files say what to write; `srcread check` complains until it is written.
    """
    from srcread.stories.annotate import start_note

    if symbol is None:
        from srcread.cli.asking import ask_place, may_ask

        if not may_ask():
            raise click.UsageError(
                "Name a SYMBOL. `srcread coverage TOUR` lists the functions without a note.",
                click.get_current_context(),
            )
        asked = ask_place(tour, title, annotations)
        tour, symbol, title = asked.tour, asked.symbol, asked.title
    with progress() as tell:
        written = start_note(symbol, at, tour, stem, title, annotations, progress=tell)
    for path in written:
        echo(f"wrote {path.as_posix()}")
    echo("Write the note and its claims, then run: srcread check && srcread confirm")


@click.command()
@click.argument("notes", nargs=-1, required=True, metavar="NOTE...")
@ANNOTATIONS
def accept(notes: tuple[str, ...], annotations: Path | None) -> None:
    """Agree with where these notes stand now.

    Their translations count as up to date, too. Of what introduces a tour, `introduction` and
    `chapters/STEM`, and of a page, `pages/STEM`, there are only translations to agree with.

    Look at the place first (`srcread check` says what changed): this writes the lock anew.
    """
    from srcread.notes.accept import accept_introducing, accept_note
    from srcread.opening.introducing import find_prose
    from srcread.opening.tour import find_step, open_tour
    from srcread.support.resources import refuse_installed

    with progress() as tell:
        for name in notes:
            found = find_prose(name, annotations)
            folder, stem = found or find_step(name, annotations)
            refuse_installed(folder)
            if found:
                written = accept_introducing(folder, stem)
            else:
                written = accept_note(folder, stem, open_tour(folder, progress=tell).code)
            for path in written:
                echo(f"wrote {path.as_posix()}")
            if not written:
                echo(f"{folder.name}/{stem}: nothing had changed")


@click.command()
@click.argument("tour")
@click.option(
    "--graph",
    "with_graph",
    is_flag=True,
    help="Write graph.json, for readers who cannot have the sources.",
)
@ANNOTATIONS
def lock(tour: str, with_graph: bool, annotations: Path | None) -> None:
    """Write the locks that notes of TOUR lack.

    Its graph.json is renewed if it has one. An existing lock is left as it is: only `srcread
    accept` agrees with a change.
    """
    from srcread.stories.annotate import lock_tour

    with progress() as tell:
        written = lock_tour(tour, annotations, with_graph=with_graph, progress=tell)
    for path in written:
        echo(f"wrote {path.as_posix()}")
    if not written:
        echo(f"{tour}: every note has its lock")


@click.command()
@click.argument("tour")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text.")
@ANNOTATIONS
def outline(tour: str, as_json: bool, annotations: Path | None) -> None:
    """Print TOUR as text, in reading order.

    Each step is shown with its place, its selector, the number of its claims, what is confirmed,
    and how many of its sentences a run has checked. Exits with 1 if the tour has errors.
    """
    from srcread.opening.tour import open_tour, tour_folders
    from srcread.stories.outline import outline_json, outline_lines

    with progress() as tell:
        opened = open_tour(tour_folders([tour], annotations)[0], progress=tell)
    if as_json:
        click.echo(json.dumps(outline_json(opened), indent=1, ensure_ascii=False))
    for line in () if as_json else outline_lines(opened):
        echo(line)
    if print_findings(opened.findings()):
        sys.exit(FINDINGS)
