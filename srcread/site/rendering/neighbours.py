"""Draws a neighbourhood as SVG: three columns of boxes, a curve from each caller to what it calls.

Sizes are of the monospaced letters that the style sets, and generous, because fonts differ. Colours
and strokes are classes of the style; without it the picture is black on white, and readable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from markupsafe import Markup

from srcread.site.data.near import Near, Neighbour
from srcread.site.escaping import escape

_LETTER = 7.5  # wide, at a size of 12
_HEIGHT, _PITCH = 24, 32
_GAP = 72  # between columns
_LOWEST = 4 * _PITCH  # a short column begins no further down: a phone shows so much
_LONGEST = 34  # letters of a name; the whole one is its title


class _Column(NamedTuple):
    """Where a column's boxes stand."""

    left: int
    width: int
    top: int


def draw(near: Near, words: Mapping[str, str], scenario: str) -> Markup:
    """Return the picture; `scenario` names the one that is marked, and is empty without one."""
    rows = [_rows(near.callers, near.more_callers), 1, _rows(near.callees, near.more_callees)]
    widths = [
        _width([one.short for one in near.callers], words, near.more_callers),
        _width([near.short], words, 0),
        _width([one.short for one in near.callees], words, near.more_callees),
    ]
    height = max(rows) * _PITCH + 8
    columns, left = [], 1
    for count, width in zip(rows, widths, strict=True):
        down = min((height - count * _PITCH) // 2, _LOWEST)
        columns.append(_Column(left, width, down + 4))
        left += width + _GAP if width else 0
    parts = [
        *_edges(near.callers, columns[0], columns[1], leads_here=True),
        *_edges(near.callees, columns[2], columns[1], leads_here=False),
        _loop(columns[1]) if near.itself else "",
        *_boxes(near.callers, columns[0], words, scenario),
        _here(near, columns[1], words),
        *_boxes(near.callees, columns[2], words, scenario),
        _more(near.more_callers, "callers", columns[0], len(near.callers), words),
        _more(near.more_callees, "calls", columns[2], len(near.callees), words),
    ]
    width = columns[2].left + max(widths[2], 24 if near.itself else 0) + 1
    label = escape(words["near"])
    return Markup(  # escaped piece by piece
        f'<svg width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="group" aria-label="{label}" '
        f'fill="none" stroke="currentColor">{"".join(parts)}</svg>'
    )


def _rows(found: Sequence[Neighbour], more: int) -> int:
    return len(found) + bool(more)


def _width(names: Sequence[str], words: Mapping[str, str], more: int) -> int:
    widths = [_label(name).letters for name in names]
    if more:
        widths.append(_label(words["near_more"].replace("{count}", str(more))).letters)
    return int(max(widths) * _LETTER) + 20 if widths else 0


class _Label(NamedTuple):
    """What stands in a box, as HTML, and how many letters wide it is."""

    html: str
    letters: int


@lru_cache(maxsize=4096)  # the same names stand on many pages, and in every language
def _label(name: str) -> _Label:
    """Shorten a long name in its middle, as both its ends tell it from others."""
    half = _LONGEST // 2
    short = name if len(name) <= _LONGEST else f"{name[: half - 1]}…{name[-half:]}"
    letters = sum(1 if character < "\u2e80" else 2 for character in short)
    return _Label(escape(short), letters)


_html = lru_cache(maxsize=4096)(escape)


def _edges(
    found: Sequence[Neighbour], column: _Column, middle: _Column, *, leads_here: bool
) -> list[str]:
    """Draw the curves between a column and the function, each as the style of its kind."""
    there = middle.top + _HEIGHT // 2
    paths = []
    for number, one in enumerate(found):
        y = column.top + number * _PITCH + _HEIGHT // 2
        left, right = column.left + column.width, middle.left
        ends = (left, y, right, there)
        if not leads_here:
            ends = (middle.left + middle.width, there, column.left, y)
        css = " ".join(name for name in ("ran", "rival") if getattr(one, name))
        paths.append(_curve(*ends, f' class="{css}"' if css else ""))
    return paths


def _curve(x: int, y: int, to_x: int, to_y: int, css: str) -> str:
    half = (x + to_x) // 2
    return f'<path{css} d="M{x} {y}C{half} {y} {half} {to_y} {to_x} {to_y}"/>'


def _loop(middle: _Column) -> str:
    x, y = middle.left + middle.width, middle.top + 6
    return f'<path d="M{x} {y}c24 -12 24 24 0 12"/>'


def _here(near: Near, column: _Column, words: Mapping[str, str]) -> str:
    said = f": {escape(words['near_itself'])}" if near.itself else ""
    title = _html(near.name) + said
    return f'<g class="this">{_box(title, near.short, column, 0)}</g>'


def _boxes(
    found: Sequence[Neighbour], column: _Column, words: Mapping[str, str], scenario: str
) -> list[str]:
    parts = []
    for number, one in enumerate(found):
        css = ' class="native"' if one.native else ""
        box = _box(_title(one, words, scenario), one.short, column, number)
        if one.href:
            parts.append(f'<a{css} href="{_html(one.href)}">{box}</a>')
        else:
            parts.append(f"<g{css}>{box}</g>")
    return parts


def _title(one: Neighbour, words: Mapping[str, str], scenario: str) -> str:
    """Say in words, as HTML, what the strokes say."""
    lines = ", ".join(map(str, one.lines))
    said = [f"{words['line'] if len(one.lines) == 1 else words['lines']} {lines}"]
    if one.native:
        said.append(words["native"])
    if one.rival:
        said.append(words["near_rival"])
    if one.ran:
        said.append(words["near_ran"].replace("{scenario}", scenario))
    return f"{_html(one.name)}: {escape('; '.join(said))}"


def _box(title: str, name: str, column: _Column, row: int) -> str:
    y = column.top + row * _PITCH
    return (
        f"<title>{title}</title>"
        f'<rect x="{column.left}" y="{y}" width="{column.width}" height="{_HEIGHT}" rx="4"/>'
        f'<text x="{column.left + 10}" y="{y + 16}">{_label(name).html}</text>'
    )


def _more(count: int, anchor: str, column: _Column, row: int, words: Mapping[str, str]) -> str:
    if not count:
        return ""
    said = escape(words["near_more"].replace("{count}", str(count)))
    y = column.top + row * _PITCH + 16
    return f'<a href="#{anchor}"><text x="{column.left + 10}" y="{y}">{said}</text></a>'
