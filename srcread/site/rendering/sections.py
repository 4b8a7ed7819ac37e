"""What a page of Markdown has beside a note's: headings with addresses, tables that fit a phone.

A page's own headings begin at the second level, below its title. Their addresses are made of the
words of the text that was written first, so that a link to a section holds in every language.
A cell of a table with three columns or more says which column it is of, where it is not the first:
a narrow screen shows the cells of a row below each other. On a wide one a column of short cells is
not broken: words torn apart would make room for sentences that can wrap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

COLUMNS = 3
"""From so many on, a table is laid out anew on a narrow screen."""

_SHORT, _FEW = 20, 4
"""Places of a line that the longest cell of a short column takes; of so many columns at most."""

_LONGEST = 40
"""Characters of an address."""


def headings(tokens: Sequence[Any]) -> tuple[str, ...]:
    """Return the words of the headings that stand in no list or quote, as they are written."""
    return tuple(
        _words(tokens[place + 1])
        for place, token in enumerate(tokens)
        if token.type == "heading_open" and not token.level
    )


def names(written: Sequence[str], count: int) -> tuple[str, ...]:
    """Return that many `id`s, by the headings of the text that was written first.

    >>> names(["The layer", "层", "The layer"], 4)
    ('s-the-layer', 's--2', 's-the-layer-3', 's--4')
    """
    found: list[str] = []
    for number in range(1, count + 1):
        words = written[number - 1].lower() if number <= len(written) else ""
        safe = re.sub(r"[^a-z0-9]+", "-", words)[:_LONGEST].strip("-")
        name = f"s-{safe}" if safe else f"s--{number}"
        found.append(name if name not in found else f"{name}-{number}")
    return tuple(found)


def lay_out(tokens: list[Any], ids: Sequence[str]) -> None:
    """Change the tokens of a text, as markdown-it has them, into those of a page."""
    left = iter(ids)
    columns: list[str] = []
    short: set[int] = set()
    cell = 0
    for place, token in enumerate(tokens):
        match token.type:
            case "heading_open" | "heading_close":
                token.meta["level"] = max(2, int(token.tag[1]))
                if token.type == "heading_open" and not token.level:
                    token.attrSet("id", next(left))
            case "table_open":
                rows = _rows(tokens[place:])
                columns = rows[0]
                if len(columns) >= COLUMNS:
                    token.attrSet("class", "stacked")
                short = _short(rows)
            case "tr_open":
                cell = 0
            case "th_open" | "td_open":
                if cell in short:
                    token.attrSet("class", "short")
                if token.type == "td_open" and cell and len(columns) >= COLUMNS and columns[cell]:
                    token.attrSet("data-of", columns[cell])
                cell += 1
            case "inline":
                token.children = _without_lost(token.children)


def _rows(tokens: Sequence[Any]) -> list[list[str]]:
    """Return the cells of the table that these tokens begin with: of its heading, of each row."""
    rows: list[list[str]] = []
    for place, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            rows[-1].append(_words(tokens[place + 1]).strip())
        elif token.type == "table_close":
            break
    return rows


def _short(rows: Sequence[Sequence[str]]) -> set[int]:
    """Return the columns that are as wide as their longest cell: none where there are many."""
    columns = [max(map(_places, cells)) for cells in zip(*rows, strict=True)]
    few = COLUMNS <= len(columns) <= _FEW
    return {number for number, most in enumerate(columns) if few and most <= _SHORT}


def _places(text: str) -> int:
    return sum(1 + (east_asian_width(one) in "WF") for one in text)


def _without_lost(children: Sequence[Any]) -> list[Any]:
    """Leave out links into tours that are not on this site; their words stay."""
    found, lost = [], 0
    for child in children:
        away = child.type == "link_open" and re.match("#[^/]+/", str(child.attrs.get("href", "")))
        if away or (lost and child.type == "link_close"):
            lost += child.nesting
            continue
        found.append(child)
    return found


def _words(inline: Any) -> str:
    """Return what a reader sees of a line: `a *b*` is "a b"."""
    shown = ("text", "code_inline", "softbreak", "hardbreak")
    return "".join(one.content or " " for one in inline.children if one.type in shown)
