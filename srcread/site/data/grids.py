"""The grids that a note's run shows, as plain data, with words for who does not see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from srcread.evidence.grids import cell_text
from srcread.model import Grid, GridCell, Note, Run, Translation
from srcread.site.data.title import Title

_NOTHING = ("0", "False")  # what most of a mask is, and need not be listed


class GridView(NamedTuple):
    """A grid, its title in a language; `band` is a name and the columns that it marks, or None."""

    title: Title
    rows: str
    columns: str
    cells: tuple[tuple[GridCell, ...], ...]
    band: tuple[str, tuple[int, ...]] | None


def grids_of(run: Run | None, note: Note, text: Translation | None) -> tuple[GridView, ...]:
    """Return what a run shows, in its own order, with titles of the translation where it has."""
    return tuple(_view(grid, note, text) for grid in run.grids) if run is not None else ()


def row_value(row: Sequence[GridCell]) -> str:
    """Return what a row has in all columns, as text; nothing where that differs."""
    texts = {cell_text(cell) for cell in row}
    return texts.pop() if len(texts) == 1 else ""


def in_words(grid: GridView, rest: str) -> str:
    """Say a grid row by row: `query 0: NaN; query 1: key 2-3 = -inf; all else 0`.

    `rest` says so of what is not listed, with `{value}` in it.
    """
    said = [f"{grid.rows} {number}: {_row(grid, row)}" for number, row in enumerate(grid.cells)]
    left = {cell_text(cell) for row in grid.cells for cell in row if not row_value(row)}
    said += [rest.replace("{value}", value) for value in _NOTHING if value in left]
    if grid.band is not None:
        name, marked = grid.band
        said.append(f"{name}: {grid.columns} {', '.join(map(str, marked)) or '-'}")
    return "; ".join(said)


def _view(grid: Grid, note: Note, text: Translation | None) -> GridView:
    said = text.grids.get(grid.title) if text is not None else None
    title = Title(said, text.language) if text and said else Title(grid.title, note.language)
    band = None
    if grid.band is not None:
        marked = tuple(number for number, mark in enumerate(grid.band.marks) if mark)
        band = grid.band.name, marked
    return GridView(title, grid.rows, grid.columns, grid.cells, band)


def _row(grid: GridView, row: Sequence[GridCell]) -> str:
    return row_value(row) or ", ".join(f"{grid.columns} {one}" for one in _runs(row))


def _runs(row: Sequence[GridCell]) -> Iterator[str]:
    """Yield `2-3 = -inf` for neighbours of one value; what is nothing is left out."""
    first = 0
    for text, cells in groupby(map(cell_text, row)):
        last = first + len(list(cells)) - 1
        if text not in _NOTHING:
            yield f"{first}-{last} = {text}" if last > first else f"{first} = {text}"
        first = last + 1
