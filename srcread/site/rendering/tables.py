"""A note's tables: how wide one must be, and the frame in which it scrolls for want of room.

Words stay whole, so that no name is torn, and a column of Chinese is some characters wide, which
could be broken behind each. Widths are in letters of a note's text; a wide character counts as two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest

_NARROWEST = 7  # letters of a column, and of one with wide characters
_NARROWEST_WIDE = 11
_BESIDE = 3  # between two columns, with the sign at the end of a sentence
_MOST_BESIDE = 62
"""Letters of a table that stands beside its note's text where the note lies across the page."""

_WORD = re.compile(r"[!-~]+")  # between spaces and wide characters
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)
_MARKUP = re.compile(r'<a class="mark[^>]*>.*?</a>|<[^>]*>', re.DOTALL)


def least_width(rows: Sequence[Sequence[str]]) -> int:
    """Estimate the least width of a table of these cells: `[["a name", "x"]]` needs 20 letters."""
    columns = zip_longest(*rows, fillvalue="")
    return sum(max(map(_cell_width, column)) + _BESIDE for column in columns)


def framed(html: str) -> str:
    """Put each table of a note's HTML into a frame that scrolls, named by the table's heads.

    One that is too wide to stand beside text is marked as broad.
    """
    return _TABLE.sub(_framed, html)


def text_width(text: str) -> int:
    """Return how wide a text is, in letters: a wide character counts as two."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide


def _framed(found: re.Match[str]) -> str:
    rows = [
        [_MARKUP.sub("", cell).strip() for cell in _CELL.findall(row)]
        for row in _ROW.findall(found[0])
    ]
    label = ", ".join(filter(None, rows[0] if rows else ())).replace('"', "&quot;")
    named = f' role="group" aria-label="{label}"' if label else ""
    css = "table broad" if least_width(rows) > _MOST_BESIDE else "table"
    return f'<div class="{css}" tabindex="0"{named}>{found[0]}</div>'


def _cell_width(cell: str) -> int:
    wide = text_width(cell)
    least = min(wide, _NARROWEST_WIDE) if wide > len(cell) else _NARROWEST
    return max([least, *map(len, _WORD.findall(cell))])
