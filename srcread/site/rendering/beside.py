"""Which notes stand beside the code, and which lie across it, estimated before a page is drawn.

A note beside its lines may be longer than these, and pushes the next one down. It lies across the
page where it would push it too far, or where it is wider than the margin. What is estimated is a
window of 1366 pixels, in pixels; the same text has the same height on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from math import ceil

from srcread.equations.fences import INFO
from srcread.notes.sentences import without_labels
from srcread.site.data.card import Card
from srcread.site.data.exercises import ExerciseView

LINE, BARE_LINE = 19.5, 24
"""A line of code, and one of a page without code."""

_FARTHEST = 8 * LINE  # a third less than what a reader should see at most: it is estimated
_OVER = 3 * LINE  # a note that lies across leaves so much empty beside the one before it
_LETTERS = 38  # of a line of a note's text, with its words whole
_CODE = 34  # letters of code
_TEXT, _TITLE, _SMALL = 23.25, 21.6, 20.2  # lines
_GRID = 260  # a picture of a run's values, with its title
_AROUND = 52  # above and below a note, and between its parts
_COLUMNS = 3
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")


def across(
    standing: Sequence[Sequence[Card]], heights: Sequence[float], listed: float
) -> list[int]:
    """Return how many notes of each row lie across, from its first on.

    `standing` are the notes of each row, `heights` those of its lines; the list of notes, `listed`
    high, stands beside the first. Of a row, those behind one beside the code stand beside it, too.
    """
    counts = [_wide(own) for own in standing]
    while (row := _pushing(standing, heights, counts, listed)) is not None:
        counts[row] += 1
    return counts


def list_height(cards: Sequence[Card]) -> float:
    """Estimate the height of the list of a page's notes."""
    return _SMALL + sum(_SMALL * ceil(_width(card.title) / 40) + 6 for card in cards)


def note_height(card: Card) -> float:
    """Estimate the height of a note beside the code."""
    blocks = without_labels(card.body).strip().split("\n\n")
    body = sum(map(_block_height, blocks)) + 9.6 * (len(blocks) - 1)
    title = _TITLE * ceil(_width(card.title) / 34)
    banners = card.fallback + card.stale + bool(card.moved) + bool(card.faults)
    small = _SMALL * (2 + card.folds + 2 * banners + len(card.remarks))
    return (
        _AROUND + title + body + small + _GRID * len(card.grids) + sum(map(_asked, card.exercises))
    )


def _asked(one: ExerciseView) -> float:
    """Estimate an exercise: its question, the lines of its change, and what is folded."""
    lines = sum(ceil(_width(line) / _CODE) for line in one.change.split("\n"))
    return _AROUND + _TEXT * ceil(_width(one.ask.text) / _LETTERS) + _SMALL * (lines + 4)


def _wide(cards: Sequence[Card]) -> int:
    """Return how many notes have to lie across: all up to the last that is too wide."""
    return max((place for place, card in enumerate(cards, 1) if _is_wide(card)), default=0)


def _is_wide(card: Card) -> bool:
    """Tell whether a note has a table of three columns, code wider than the margin, or two grids.

    An equation is drawn to fit.
    """
    if len(card.grids) > 1:
        return True
    fence = ""
    for line in card.body.split("\n"):
        row = line.strip()
        if row.startswith("```"):
            fence = "" if fence else row.removeprefix("```").strip() or "code"
        elif (not fence and row.startswith("|") and row.strip("|").count("|") >= _COLUMNS - 1) or (
            fence not in ("", INFO) and len(line) > _CODE
        ):
            return True
    return False


def _pushing(
    standing: Sequence[Sequence[Card]],
    heights: Sequence[float],
    counts: Sequence[int],
    listed: float,
) -> int | None:
    """Return the row of the first note that pushes the next one too far down, if there is one."""
    lines, end, last = 0.0, listed, None
    for row, (cards, height) in enumerate(zip(standing, heights, strict=True)):
        wide, beside = cards[: counts[row]], cards[counts[row] :]
        if wide and end - lines > _OVER and last is not None:
            return last
        if wide:
            lines = end = max(lines, end)
        for card in beside:
            if end - lines > _FARTHEST and last is not None:
                return last
            end = max(lines, end) + note_height(card)
            last = row
        lines += height
    return None


def _block_height(block: str) -> float:
    """Estimate a paragraph, a list, a table or a block of code, without what is between blocks."""
    rows = block.split("\n")
    if rows[0].strip() == f"```{INFO}":
        return 21 * ceil(sum(map(len, rows[1:-1])) / 13) + 30
    if rows[0].lstrip().startswith("```"):
        return 20.2 * max(len(rows) - 2, 1) + 18
    if rows[0].lstrip().startswith("|"):
        cells = [row for row in rows if set(row) - set("|-: ")]
        return sum(_TEXT * _table_lines(row) + 6 for row in cells)
    parts: list[str] = []
    for row in rows:
        if _ITEM.match(row) or not parts:
            parts.append(row)
        else:
            parts[-1] += " " + row.strip()
    letters = _LETTERS - 3 if _ITEM.match(rows[0]) else _LETTERS
    return sum(_TEXT * ceil(_width(part) / letters) for part in parts)


def _table_lines(row: str) -> int:
    """Estimate how many lines the fuller of two cells takes, half of the width each."""
    cells = row.strip().strip("|").split("|")
    return max(ceil(_width(cell.strip()) * len(cells) / (_LETTERS - 4)) for cell in cells) or 1


def _width(text: str) -> int:
    """Return how wide a text is, in letters: a wide character counts as two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide
