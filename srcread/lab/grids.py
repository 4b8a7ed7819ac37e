"""`show_grid`: a small table of values, drawn beside the note as a picture of the run.

    show_grid("The mask as it is added", mask[0], rows="query", columns="key")

Kept are numbers of two digits, truth values, and NaN and infinities as words. The picture shows
what the snippet handed over and proves nothing: what is to be seen in it belongs into a claim.
"""

from __future__ import annotations

import math
from typing import Any

from srcread.errors import SrcreadError
from srcread.lab import told
from srcread.model.grid import EXACT, LONGEST_NAME, LONGEST_TITLE, MOST_GRIDS, MOST_SIDE

_DIGITS = 2


def show_grid(
    title: str, values: Any, *, rows: str, columns: str, band: tuple[str, Any] | None = None
) -> None:
    """Show a tensor, an array or a list of lists with 1 to 8 rows and 1 to 8 columns.

    `rows` and `columns` say what is counted: `rows="query", columns="key"`. `band` is a name and
    one truth value a column, such as `("key_padding_mask", padding[0])`: what holds for whole
    columns is drawn as a band over these.

    Raises:
        SrcreadError: it is no such table, or the run has shown this title or eight grids already.
    """
    for text, most in ((title, LONGEST_TITLE), (rows, LONGEST_NAME), (columns, LONGEST_NAME)):
        _check_text(text, most)
    if any(title == shown["title"] for shown in told.grids):
        raise SrcreadError(f"A grid {title!r} is shown already. Give this one another title.")
    if len(told.grids) == MOST_GRIDS:
        raise SrcreadError(f"{title!r} is one grid too many: a run shows at most {MOST_GRIDS}.")
    cells = _cells(title, _listed(values))
    grid = {"title": title, "rows": rows, "columns": columns, "cells": cells}
    told.grids.append({**grid, "band": _band(title, band, len(cells[0]))} if band else grid)


def _check_text(text: Any, most: int) -> None:
    if not isinstance(text, str) or not text.strip() or not text.isprintable():
        raise SrcreadError(f"{text!r} cannot stand at a grid. Write a few words on one line.")
    if len(text) > most:
        raise SrcreadError(f"{text!r} is longer than {most} characters. Shorten it.")


def _listed(values: Any) -> Any:
    """Return a tensor's or an array's values as lists; what is a list stays one."""
    listing = getattr(values, "tolist", None)
    return listing() if callable(listing) else values


def _cells(title: str, found: Any) -> list[list[Any]]:
    """Return rows of one length with values of one kind, rounded.

    Raises:
        SrcreadError: they are none.
    """
    rows = [_listed(row) for row in found] if isinstance(found, (list, tuple)) else None
    if rows is None or not all(isinstance(row, (list, tuple)) for row in rows):
        raise SrcreadError(f"{title!r} is no table of rows and columns. {_TAKE}")
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise SrcreadError(f"{title!r} has rows of different lengths.")
    if not (0 < len(rows) <= MOST_SIDE and 0 < width <= MOST_SIDE):
        size = f"{len(rows)} rows and {width} columns"
        raise SrcreadError(f"{title!r} has {size}; a grid has 1 to {MOST_SIDE} of each. {_TAKE}")
    cells = [[_listed(value) for value in row] for row in rows]
    kinds = {type(value) for row in cells for value in row}
    if not (kinds <= {int, float} or kinds == {bool}):
        names = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise SrcreadError(f"{title!r} has values of the kinds {names}. {_TAKE}")
    whole = kinds == {int} and all(abs(value) < EXACT for row in cells for value in row)
    if kinds == {bool} or whole:
        return cells
    return [[_rounded(value) for value in row] for row in cells]


_TAKE = "Take a part of two dimensions, of numbers or truth values, as in weights[0, :8, :8]."


def _rounded(value: float) -> float | str:
    """Return a number of two digits, or the word for what is none.

    Digits, and not decimals: what is not 0 must not look like it.
    """
    try:
        number = float(value)
    except OverflowError:  # of a whole number
        number = math.inf if value > 0 else -math.inf
    if not math.isfinite(number):
        return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"
    return float(f"{number:.{_DIGITS}g}") + 0.0  # + 0.0 takes the sign of -0.0


def _band(title: str, band: tuple[str, Any], columns: int) -> dict[str, Any]:
    if not isinstance(band, tuple) or len(band) != 2:
        raise SrcreadError(f"The band of {title!r} is no pair of a name and truth values.")
    name, marks = band[0], _listed(band[1])
    _check_text(name, LONGEST_NAME)
    marks = [_listed(mark) for mark in marks] if isinstance(marks, (list, tuple)) else []
    if len(marks) != columns or any(type(mark) is not bool for mark in marks):
        message = f"The band {name!r} of {title!r} needs one truth value for each of its columns"
        raise SrcreadError(f"{message}: {columns}.")
    return {"name": name, "marks": marks}
