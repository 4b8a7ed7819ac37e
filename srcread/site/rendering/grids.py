"""A grid as SVG: numbers in squares, tinted by their size; a row of one value is a bar with words.

It uses the classes of the maps and nothing that is inline. A picture, and no table: in a note that
is as narrow as a hand, eight columns must shrink and never scroll. Columns are as wide as their
longest number needs. Its label says all values in full, so that who listens has what others see.
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

_NARROWEST, _HEIGHT, _LETTER, _WIDE_LETTER = 36, 22, 6.3, 10.5
_MOST_LETTERS = 9  # of a number: what is longer, a large whole one, is drawn with two digits
_TOP = 30  # two lines: the columns' name, and their numbers
_BELOW = 16
_BARS = {"NaN": "attention", "-inf": "frame", "0": "", "False": ""}
_DARKEST = 0.4  # of the accent colour: text on it is still read with ease


def draw(grid: GridView, words: Mapping[str, str]) -> Markup:
    """Return a grid as HTML, with its pattern in words for who does not see it."""
    left, cell, width = _left(grid), _cell_width(grid), grid_width(grid)
    height = _TOP + _HEIGHT * len(grid.cells) + (_BELOW if grid.band else 1)
    parts = [
        *_heads(grid, left, cell),
        *_rows(grid, left, cell, words),
        *_band(grid, left, cell, width),
    ]
    label = escape(in_words(grid, words["grid_rest"]))
    return Markup(  # escaped piece by piece
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{label}">{"".join(parts)}</svg>'
    )


def grid_width(grid: GridView) -> int:
    """Return how wide a grid is drawn, in pixels: no text stands over its edge."""
    table = _left(grid) + _cell_width(grid) * len(grid.cells[0]) + 1
    named = _wide(_band_name(grid)) if grid.band else 0
    return max(table, math.ceil(named))


def _left(grid: GridView) -> int:
    return math.ceil(max(_wide(grid.rows), 2 * _LETTER)) + 8


def _cell_width(grid: GridView) -> int:
    """Return the width of a column: of the longest number, or of its part of the columns' name."""
    numbers = max(_wide(_short(cell)) for row in grid.cells for cell in row) + 4
    return max(_NARROWEST, math.ceil(numbers), math.ceil(_wide(grid.columns) / len(grid.cells[0])))


def _wide(text: str) -> float:
    return sum(_LETTER if one.isascii() else _WIDE_LETTER for one in text)


def _short(cell: GridCell) -> str:
    """Write a value as it is drawn."""
    text = cell_text(cell)
    if isinstance(cell, str) or len(text) <= _MOST_LETTERS:
        return text
    return cell_text(float(f"{cell:.2g}"))


def _heads(grid: GridView, left: int, width: int) -> Iterator[str]:
    columns = len(grid.cells[0])
    yield _text(left + width * columns / 2, 9, grid.columns, "quiet middle")
    yield _text(0, _TOP - 6, grid.rows, "quiet")
    for number in range(columns):
        yield _text(left + width * (number + 0.5), _TOP - 6, str(number), "quiet middle")
    for number in range(len(grid.cells)):
        yield _text((left - 8) / 2, _middle(number), str(number), "quiet middle")


def _rows(grid: GridView, left: int, width: int, words: Mapping[str, str]) -> Iterator[str]:
    largest = _largest(grid)
    for number, row in enumerate(grid.cells):
        value, wide = row_value(row), width * len(row)
        if value in _BARS and len(row) > 1:
            said = words["grid_row"].replace("{value}", value)
            fits = _wide(said) < wide - 4
            yield _square(left, number, wide, _BARS[value])
            yield _text(left + wide / 2, _middle(number), said if fits else value, "middle")
            continue
        for place, cell in enumerate(row):
            yield from _cell((left + width * place, width), number, cell, largest)


def _cell(across: tuple[int, int], row: int, cell: GridCell, largest: float) -> Iterator[str]:
    """Yield a square, which begins at the first number and is as wide as the second."""
    (x, width), text = across, _short(cell)
    yield _square(x, row, width, _BARS.get(text, ""))
    share = 0.0 if isinstance(cell, str) else abs(cell) / largest
    if share:
        tint = f' fill-opacity="{max(share * _DARKEST, 0.04):.2f}"'
        yield _square(x, row, width, "times", tint)
    quiet = " quiet" if text in _BARS else ""
    yield _text(x + width / 2, _middle(row), text, f"middle{quiet}")


def _largest(grid: GridView) -> float:
    """Return the size that has the darkest tint: at least 1, so that weights are told by size."""
    sizes = [abs(cell) for row in grid.cells for cell in row if not isinstance(cell, str)]
    return max([1.0, *sizes])


def _band_name(grid: GridView) -> str:
    if grid.band is None:
        return ""
    name, marked = grid.band
    return name if marked else f"{name}: -"


def _band(grid: GridView, left: int, cell: int, width: int) -> Iterator[str]:
    """Yield the columns that are marked as dashed bands, and the name of what marks them."""
    if grid.band is None:
        return
    _, marked = grid.band
    bottom = _TOP + _HEIGHT * len(grid.cells)
    places = count()
    for _, group in groupby(marked, key=lambda column: column - next(places)):
        columns = list(group)
        x, wide = left + cell * columns[0] + 2, cell * len(columns) - 4
        size = f'width="{wide}" height="{bottom - 12}"'
        yield f'<rect class="group weights" x="{x}" y="14" {size} rx="3"/>'
    text = _band_name(grid)
    middle = left + cell * (sum(marked) / len(marked) + 0.5) if marked else width
    half = _wide(text) / 2
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
