"""A grid as SVG: numbers in squares, tinted by their size; a row of one value is a bar with words.

It uses the classes of the maps and nothing that is inline. A picture, and no table: in a note that
is as narrow as a hand, eight columns must shrink and never scroll. Its label says all values, so
that who listens has what others see.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import count, groupby

from markupsafe import Markup

from srcread.evidence.grids import cell_text
from srcread.model import GridCell
from srcread.site.data.grids import GridView, in_words, row_value
from srcread.site.escaping import escape

_WIDTH, _HEIGHT, _LETTER = 36, 22, 6.3
_TOP = 30  # two lines: the columns' name, and their numbers
_BELOW = 16
_BARS = {"NaN": "attention", "-inf": "frame", "0": "", "False": ""}
_DARKEST = 0.4  # of the accent colour: text on it is still read with ease


def draw(grid: GridView, words: Mapping[str, str]) -> Markup:
    """Return a grid as HTML, with its pattern in words for who does not see it."""
    left = _left(grid)
    width = left + _WIDTH * len(grid.cells[0]) + 1
    height = _TOP + _HEIGHT * len(grid.cells) + (_BELOW if grid.band else 1)
    parts = [*_heads(grid, left), *_rows(grid, left, words), *_band(grid, left, width)]
    label = escape(in_words(grid, words["grid_rest"]))
    return Markup(  # escaped piece by piece
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def _left(grid: GridView) -> int:
    return math.ceil(max(len(grid.rows), 2) * _LETTER) + 8


def _heads(grid: GridView, left: int) -> Iterator[str]:
    columns = len(grid.cells[0])
    yield _text(left + _WIDTH * columns / 2, 9, grid.columns, "quiet middle")
    yield _text(0, _TOP - 6, grid.rows, "quiet")
    for number in range(columns):
        yield _text(left + _WIDTH * (number + 0.5), _TOP - 6, str(number), "quiet middle")
    for number in range(len(grid.cells)):
        yield _text((left - 8) / 2, _middle(number), str(number), "quiet middle")


def _rows(grid: GridView, left: int, words: Mapping[str, str]) -> Iterator[str]:
    largest = _largest(grid)
    for number, row in enumerate(grid.cells):
        value, wide = row_value(row), _WIDTH * len(row)
        if value in _BARS and len(row) > 1:
            said = words["grid_row"].replace("{value}", value)
            fits = sum(_LETTER if one.isascii() else 10.5 for one in said) < wide - 4
            yield _square(left, number, wide, _BARS[value])
            yield _text(left + wide / 2, _middle(number), said if fits else value, "middle")
            continue
        for place, cell in enumerate(row):
            yield from _cell(left + _WIDTH * place, number, cell, largest)


def _cell(x: int, row: int, cell: GridCell, largest: float) -> Iterator[str]:
    text = cell_text(cell)
    yield _square(x, row, _WIDTH, _BARS.get(text, ""))
    share = 0.0 if isinstance(cell, str) else abs(cell) / largest
    if share:
        tint = f' fill-opacity="{max(share * _DARKEST, 0.04):.2f}"'
        yield _square(x, row, _WIDTH, "times", tint)
    quiet = " quiet" if text in _BARS else ""
    yield _text(x + _WIDTH / 2, _middle(row), text, f"middle{quiet}")


def _largest(grid: GridView) -> float:
    """Return the size that has the darkest tint: at least 1, so that weights are told by size."""
    sizes = [abs(cell) for row in grid.cells for cell in row if not isinstance(cell, str)]
    return max([1.0, *sizes])


def _band(grid: GridView, left: int, width: int) -> Iterator[str]:
    """Yield the columns that are marked as dashed bands, and the name of what marks them."""
    if grid.band is None:
        return
    name, marked = grid.band
    bottom = _TOP + _HEIGHT * len(grid.cells)
    places = count()
    for _, group in groupby(marked, key=lambda column: column - next(places)):
        columns = list(group)
        x, wide = left + _WIDTH * columns[0] + 2, _WIDTH * len(columns) - 4
        size = f'width="{wide}" height="{bottom - 12}"'
        yield f'<rect class="group weights" x="{x}" y="14" {size} rx="3"/>'
    text = name if marked else f"{name}: -"
    middle = left + _WIDTH * (sum(marked) / len(marked) + 0.5) if marked else width
    half = len(text) * _LETTER / 2
    yield _text(max(min(middle, width - half), half), bottom + 14, text, "middle")


def _middle(row: int) -> float:
    return _TOP + _HEIGHT * row + _HEIGHT / 2 + 4


def _square(x: float, row: int, width: float, css: str, more: str = "") -> str:
    place = f'x="{x + 0.5}" y="{_TOP + _HEIGHT * row + 0.5}" width="{width}" height="{_HEIGHT}"'
    return f"<rect{_class(css)} {place}{more}/>"


def _text(x: float, y: float, text: str, css: str) -> str:
    return f'<text{_class(css)} x="{x:g}" y="{y:g}">{escape(text)}</text>'


def _class(css: str) -> str:
    return f' class="{css}"' if css else ""
