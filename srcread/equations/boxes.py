"""Boxes of MathML: markup, and about how wide it will be, which a build cannot measure.

Names are `<mi>`, upright where they are longer than a letter, so that a name of the code is read,
searched and copied whole. No attribute is used but widths of spaces: the page's allow-list has no
other. Widths are in em, a little too large, for a page's fonts are not known; they depend on
nothing but the text, so that every build breaks a line at the same place.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

_NARROW = frozenset("ijltfrI.,:;'|()[]{}!-")
_BROAD = frozenset("mwMW@")
_SCRIPT = 0.75
_SIGN = 1.1
"""A sign with the room around it."""


class Box(NamedTuple):
    """Markup, its width in em, and how many lines it takes."""

    markup: str
    width: float
    lines: int = 1


NOTHING = Box("", 0)


def name(text: str) -> Box:
    """Return a name: upright, but for a single letter."""
    return Box(f"<mi>{_escaped(text)}</mi>", _width(text))


def number(text: str) -> Box:
    """Return a number as it was written."""
    return Box(f"<mn>{_escaped(text)}</mn>", _width(text))


def text(value: str) -> Box:
    """Return what is neither name nor sign."""
    return Box(f"<mtext>{_escaped(value)}</mtext>", _width(value))


def sign(value: str) -> Box:
    """Return a sign between two operands."""
    return Box(f"<mo>{_escaped(value)}</mo>", _SIGN)


def mark(value: str) -> Box:
    """Return a sign without room around it: a bracket, a comma, a minus in front."""
    return Box(f"<mo>{_escaped(value)}</mo>", 0.45)


def gap(width: float) -> Box:
    """Return a space of some em."""
    return Box(f'<mspace width="{width:g}em"></mspace>', width)


def word(value: str) -> Box:
    """Return a word of Python between two operands."""
    return row(gap(0.3), text(value), gap(0.3))


def row(*boxes: Box) -> Box:
    """Return boxes side by side."""
    kept = [box for box in boxes if box.markup]
    if len(kept) == 1:
        return kept[0]
    markup = f"<mrow>{''.join(box.markup for box in kept)}</mrow>"
    return Box(markup, sum(box.width for box in kept), max((box.lines for box in kept), default=1))


def joined(boxes: Sequence[Box], between: Box) -> Box:
    """Return boxes side by side with one between each two."""
    return row(*boxes[:1], *(one for box in boxes[1:] for one in (between, box)))


def enclosed(inner: Box, left: str, right: str) -> Box:
    """Return a box between two signs that grow with it."""
    return row(mark(left), inner, mark(right))


def fraction(above: Box, below: Box) -> Box:
    """Return one box over another."""
    width, lines = max(above.width, below.width) + 0.2, above.lines + below.lines - 1
    return Box(f"<mfrac>{above.markup}{below.markup}</mfrac>", width, lines)


def root(inner: Box) -> Box:
    """Return a square root."""
    return Box(f"<msqrt>{inner.markup}</msqrt>", inner.width + 1, inner.lines)


def raised(base: Box, above: Box) -> Box:
    """Return a base with a superscript."""
    width = base.width + _SCRIPT * above.width
    return Box(f"<msup>{base.markup}{above.markup}</msup>", width, base.lines)


def lowered(base: Box, below: Box) -> Box:
    """Return a base with a subscript."""
    return Box(f"<msub>{base.markup}{below.markup}</msub>", base.width + _SCRIPT * below.width)


def folded(big: str, under: Box, over: Box = NOTHING) -> Box:
    """Return a large sign, or a word, with what it goes over, and up to what."""
    symbol = name(big) if big.isascii() else mark(big)
    width = max(1.3, symbol.width, _SCRIPT * max(under.width, over.width)) + 0.3
    if over.markup:
        return Box(f"<munderover>{symbol.markup}{under.markup}{over.markup}</munderover>", width)
    return Box(f"<munder>{symbol.markup}{under.markup}</munder>", width)


def table(rows: Sequence[Sequence[Box]]) -> Box:
    """Return boxes in rows and columns."""
    columns = zip(*rows, strict=True)
    cells = ("".join(f"<mtd>{box.markup}</mtd>" for box in each) for each in rows)
    markup = "\n".join(f"<mtr>{each}</mtr>" for each in cells)  # lines as text, too
    width = sum(max(box.width for box in column) for column in columns)
    lines = sum(max(box.lines for box in each) for each in rows)
    return Box(f"<mtable>{markup}</mtable>", width, lines)


def stack(lines: Sequence[Box]) -> Box:
    """Return boxes below each other."""
    return lines[0] if len(lines) == 1 else table([[line] for line in lines])


def _escaped(value: str) -> str:
    return escape(value, quote=False)


def _width(value: str) -> float:
    return round(sum(map(_of_character, value)), 2)


def _of_character(one: str) -> float:
    if one in _NARROW:
        return 0.33
    if one in _BROAD:
        return 0.85
    return 1.0 if unicodedata.east_asian_width(one) in "WF" else 0.52
