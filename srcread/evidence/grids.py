"""The grids of a run as JSON, both ways, and as lines of text.

What is read went through a snippet's process, or is contributed: a grid whose shape, kinds or
lengths are not those that `srcread.lab.show_grid` writes is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from srcread.evidence.fields import each_of, field_of
from srcread.evidence.loading import Unusable
from srcread.model import Band, Grid, GridCell
from srcread.model.grid import (
    EXACT,
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_GRIDS,
    MOST_SIDE,
    NOT_FINITE,
)

_DIGITS = 2


def grids_json(grids: Sequence[Grid]) -> list[dict[str, Any]]:
    """Return grids as plain JSON values."""
    return [_json(grid) for grid in grids]


def read_grids(values: object) -> tuple[Grid, ...]:
    """Read grids.

    Raises:
        Unusable: something is missing, of a wrong kind, or of a size that no grid has.
    """
    listed = each_of(values, dict, "grids") if isinstance(values, list) else None
    if listed is None or len(listed) > MOST_GRIDS:
        raise Unusable("EVID004", f"has no list of at most {MOST_GRIDS} grids")
    grids = tuple(map(_grid, listed))
    if len({grid.title for grid in grids}) != len(grids):
        raise Unusable("EVID004", "has two grids of one title")
    return grids


def cell_text(cell: GridCell) -> str:
    """Write a value in few letters: `True`, `0.25`, `1e-9`, `NaN`, `-inf`."""
    match cell:
        case bool() | int():
            return str(cell)
        case str():
            return "NaN" if cell == "nan" else cell
    if 100 <= abs(cell) < EXACT:
        return f"{cell:.0f}"
    if 0.1 <= abs(cell) < 1:  # one below another, as weights stand
        return f"{cell:.{_DIGITS}f}"
    number, _, exponent = f"{cell:.{_DIGITS}g}".partition("e")
    return f"{number}e{int(exponent)}" if exponent else number


def grid_lines(grid: Grid) -> list[str]:
    """Write a grid as text: its title, what is counted, and rows in columns of equal width."""
    texts = [[cell_text(cell) for cell in row] for row in grid.cells]
    head = [str(number) for number in range(len(texts[0]))]
    marks = ["*" if mark else "" for mark in grid.band.marks] if grid.band else []
    width = max(len(text) for row in (head, *texts) for text in row) + 2
    lead = len(str(len(texts) - 1))

    def line(label: str, row: Sequence[str]) -> str:
        return f"{label:>{lead}}{''.join(text.rjust(width) for text in row)}".rstrip()

    lines = [f"{grid.title} ({grid.rows} down, {grid.columns} across)"]
    lines += [f"* {grid.band.name}", line("", marks)] if grid.band else []
    return [*lines, line("", head), *(line(str(n), row) for n, row in enumerate(texts))]


def _json(grid: Grid) -> dict[str, Any]:
    values: dict[str, Any] = {
        "title": grid.title,
        "rows": grid.rows,
        "columns": grid.columns,
        "cells": [list(row) for row in grid.cells],
    }
    if grid.band is not None:
        values["band"] = {"name": grid.band.name, "marks": list(grid.band.marks)}
    return values


def _grid(value: dict[str, Any]) -> Grid:
    rows = each_of(field_of(value, "cells", list), list, "cells")
    if not 0 < len(rows) <= MOST_SIDE or not 0 < len(rows[0]) <= MOST_SIDE:
        raise Unusable("EVID004", f"has a grid of other than 1 to {MOST_SIDE} rows and columns")
    if any(len(row) != len(rows[0]) for row in rows):
        raise Unusable("EVID004", "has a grid with rows of different lengths")
    cells = [cell for row in rows for cell in row]
    if not any(all(map(is_one, cells)) for is_one in (_is_truth, _is_whole, _is_number)):
        raise Unusable("EVID004", "has a grid with a value that no grid has")
    return Grid(
        title=_text(value, "title", LONGEST_TITLE),
        rows=_text(value, "rows", LONGEST_NAME),
        columns=_text(value, "columns", LONGEST_NAME),
        cells=tuple(map(tuple, rows)),
        band=_band(field_of(value, "band", dict), len(rows[0])) if "band" in value else None,
    )


def _band(value: dict[str, Any], columns: int) -> Band:
    marks = field_of(value, "marks", list)
    if len(marks) != columns or not all(map(_is_truth, marks)):
        raise Unusable("EVID004", "has a band that is not one truth value for each column")
    return Band(_text(value, "name", LONGEST_NAME), tuple(marks))


def _text(value: dict[str, Any], key: str, most: int) -> str:
    found = field_of(value, key, str)
    if not found.strip() or len(found) > most or not found.isprintable():
        raise Unusable("EVID004", f"has {found[:most]!r} for the {key!r} of a grid")
    return found


def _is_truth(cell: object) -> bool:
    return type(cell) is bool


def _is_whole(cell: object) -> bool:
    return type(cell) is int and abs(cell) < EXACT


def _is_number(cell: object) -> bool:
    if type(cell) is str:
        return cell in NOT_FINITE
    return type(cell) is float and cell == float(f"{cell:.{_DIGITS}g}")  # of NaN it is not
