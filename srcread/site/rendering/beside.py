"""Which notes stand beside the code, which lie across it, and which fold, before a page is drawn.

A note beside its lines may be longer than these, and pushes the next one down. Where it would push
it too far, or is wider than the margin, there are two ways. It lies across the page, or it folds to
its first paragraph or its title, and lies across once it is unfolded. Tall notes fold, and where
many stand all do, because code that waits for each of them is torn to pieces. What is estimated is
a window of 1366 pixels, in pixels; the same text has the same height on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from math import ceil

from srcread.equations.fences import INFO
from srcread.notes.sentences import without_labels
from srcread.site.data.card import Card
from srcread.site.data.exercises import ExerciseView
from srcread.site.rendering.grids import grid_width
from srcread.site.rendering.tables import least_width, text_width

LINE, BARE_LINE = 19.5, 24
"""A line of code, and one of a page without code."""

_FARTHEST = 8 * LINE  # a third less than what a reader should see at most: it is estimated
_OVER = 3 * LINE  # a note that lies across leaves so much empty beside the one before it
_LETTERS = 38  # of a line of a note's text, with its words whole
_CODE = 34  # letters of code
_TEXT, _TITLE, _SMALL = 23.25, 21.6, 20.2  # lines
_WIDEST_GRID = 400  # a margin of 300 shrinks it to three quarters
_GRID = 260  # a picture of a run's values, with its title
_AROUND = 52  # above and below a note, and between its parts
_TALL = 24 * LINE  # a hole in the code that still lets the eye find on
_ACROSS = 0.5  # of a note's height beside the code is that across it
_COLUMNS = 3
_TEXTS = 512  # remembered: a note stands on the page of every way through its function
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")


class Form(Enum):
    """How much of a note is seen before it is unfolded, most first."""

    WHOLE = "whole"
    LEAD = "lead"
    """The title and the first paragraph."""
    TITLE = "title"


@dataclass(slots=True)
class Placed:
    """How the notes of a row stand: the first `across` lie across; each has a form."""

    across: int
    forms: list[Form]


def place(
    standing: Sequence[Sequence[Card]], heights: Sequence[float], listed: float, *, many: bool
) -> list[Placed]:
    """Return how each row's notes stand.

    `standing` are the notes of each row, `heights` those of its lines; the list of notes, `listed`
    high, stands beside the first. Of `many` notes none lies across whole, but above all lines.
    """
    found = [_by_width(own, many, first=not row) for row, own in enumerate(standing)]
    tall = [[{form: note_height(one, form) for form in Form} for one in own] for own in standing]
    while (pile := _pushing(tall, heights, found, listed)) is not None:
        if not _fold_one(standing, found, pile, many):
            found[pile.stop - 1].across += 1
    return found


def list_pushes(
    standing: Sequence[Sequence[Card]], heights: Sequence[float], listed: float
) -> bool:
    """Tell whether the list of notes is too long to stand beside the lines above the first note."""
    first = next((row for row, cards in enumerate(standing) if cards), 0)
    return listed - sum(heights[:first]) > _FARTHEST


def list_height(cards: Sequence[Card]) -> float:
    """Estimate the height of the list of a page's notes."""
    return _SMALL + sum(_SMALL * ceil(text_width(card.title) / 40) + 6 for card in cards)


def note_height(card: Card, form: Form = Form.WHOLE) -> float:
    """Estimate the height of a note beside the code."""
    first, body = _body_heights(card.body)
    if form is not Form.WHOLE:
        lead = first + 9.6 if form is Form.LEAD else 0
        banners = card.fallback + card.stale + bool(card.moved) + bool(card.faults)
        small = _SMALL * (3 + 2 * banners + len(card.remarks))
        return _AROUND + _TITLE * ceil(text_width(card.title) / 34) + lead + small
    title = _TITLE * ceil(text_width(card.title) / 34)
    banners = card.fallback + card.stale + bool(card.moved) + bool(card.faults)
    small = _SMALL * (2 + card.folds + 2 * banners + len(card.remarks))
    return (
        _AROUND + title + body + small + _GRID * len(card.grids) + sum(map(_asked, card.exercises))
    )


@lru_cache(maxsize=_TEXTS)
def _body_heights(body: str) -> tuple[float, float]:
    """Estimate a text's first block, and all of it."""
    heights = [_block_height(block) for block in without_labels(body).strip().split("\n\n")]
    return heights[0], sum(heights) + 9.6 * (len(heights) - 1)


def _asked(one: ExerciseView) -> float:
    """Estimate an exercise: its question, the lines of its change, and what is folded."""
    lines = sum(ceil(text_width(line) / _CODE) for line in one.change.split("\n"))
    return _AROUND + _TEXT * ceil(text_width(one.ask.text) / _LETTERS) + _SMALL * (lines + 4)


def _by_width(cards: Sequence[Card], many: bool, *, first: bool) -> Placed:
    """Return how a row's notes stand by their width alone.

    Those that need the width lie across, with all before them; above all lines they tear nothing.
    """
    across, forms = 0, [Form.WHOLE] * len(cards)
    for number, card in enumerate(cards):
        if _is_wide(card) and not first and _may_fold(card, many):
            forms[number] = _folded(card)
        elif _is_wide(card):
            across = number + 1
    return Placed(across, forms)


def _may_fold(card: Card, many: bool) -> bool:
    """Tell whether a note folds rather than to lie across whole; a title alone cannot."""
    return not card.whole and (many or note_height(card) * _ACROSS > _TALL)


def _folded(card: Card) -> Form:
    """Return the taller of the forms in which a note is folded: some begin with no paragraph."""
    first = without_labels(card.body).strip().partition("\n\n")[0]
    return Form.TITLE if first.startswith(("|", "```")) or _ITEM.match(first) else Form.LEAD


def _fold_one(
    standing: Sequence[Sequence[Card]], found: Sequence[Placed], pile: range, many: bool
) -> bool:
    """Fold a note of those that push each other, the last that can be; tell whether one can."""
    for before in (Form.WHOLE, Form.LEAD):
        for row in reversed(pile):
            for number, card in reversed(list(enumerate(standing[row]))):
                forms = found[row].forms
                beside = number >= found[row].across
                if beside and forms[number] is before and _may_fold(card, many):
                    forms[number] = _folded(card) if before is Form.WHOLE else Form.TITLE
                    return True
    return False


def _is_wide(card: Card) -> bool:
    """Tell whether a note has a table, code or a grid wider than the margin, or two grids.

    A table of three columns is. An equation is drawn to fit.
    """
    grids = card.grids
    is_wide = len(grids) > 1 or any(grid_width(grid) > _WIDEST_GRID for grid in grids)
    return is_wide or _has_wide_text(card.body)


@lru_cache(maxsize=_TEXTS)
def _has_wide_text(text: str) -> bool:
    fence, body = "", without_labels(text)
    if any(least_width(_cells(block)) > _LETTERS for block in body.split("\n\n")):
        return True
    for line in body.split("\n"):
        row = line.strip()
        if row.startswith("```"):
            fence = "" if fence else row.removeprefix("```").strip() or "code"
        elif (not fence and row.startswith("|") and row.strip("|").count("|") >= _COLUMNS - 1) or (
            fence not in ("", INFO) and len(line) > _CODE
        ):
            return True
    return False


def _pushing(
    tall: Sequence[Sequence[Mapping[Form, float]]],
    heights: Sequence[float],
    found: Sequence[Placed],
    listed: float,
) -> range | None:
    """Return the rows of the first notes that push the next one too far down, if there are some.

    `tall` has the height of each row's notes in each form.
    """
    lines, end, begin, last = 0.0, listed, 0, -1
    for row, (notes, height) in enumerate(zip(tall, heights, strict=True)):
        count, forms = found[row].across, found[row].forms
        if count and end - lines > _OVER and last >= 0:
            return range(begin, last + 1)
        if count:
            lines = end = max(lines, end)
        for note, form in zip(notes[count:], forms[count:], strict=True):
            if end - lines > _FARTHEST and last >= 0:
                return range(begin, last + 1)
            begin = row if end <= lines else begin
            end = max(lines, end) + note[form]
            last = row
        lines += height
    return None


def _cells(block: str) -> list[list[str]]:
    """Return the cells of a table; of what is no table, none."""
    rows = [row.strip() for row in block.strip().split("\n")] if "|" in block else []
    if not rows or not rows[0].startswith("|"):
        return []
    return [row.strip("|").split("|") for row in rows if set(row) - set("|-: ")]


def _block_height(block: str) -> float:
    """Estimate a paragraph, a list, a table or a block of code, without what is between blocks."""
    rows = block.split("\n")
    if rows[0].strip() == f"```{INFO}":
        return 21 * ceil(sum(map(len, rows[1:-1])) / 13) + 30
    if rows[0].lstrip().startswith("```"):
        return 20.2 * max(len(rows) - 2, 1) + 18
    if rows[0].lstrip().startswith("|"):
        return sum(_TEXT * _table_lines(row) + 6 for row in _cells(block))
    parts: list[str] = []
    for row in rows:
        if _ITEM.match(row) or not parts:
            parts.append(row)
        else:
            parts[-1] += " " + row.strip()
    letters = _LETTERS - 3 if _ITEM.match(rows[0]) else _LETTERS
    return sum(_TEXT * ceil(text_width(part) / letters) for part in parts)


def _table_lines(cells: Sequence[str]) -> int:
    """Estimate how many lines the fuller of two cells takes, half of the width each."""
    return max(ceil(text_width(cell.strip()) * len(cells) / (_LETTERS - 4)) for cell in cells) or 1
