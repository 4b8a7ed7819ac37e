"""Which notes stand beside the code, which lie across it, and which fold, before a page is drawn.

A note beside its lines may be longer than these, and pushes the next one down. Where it would push
it too far, or is wider than the margin, there are two ways. It lies across the page, or it folds to
its first paragraph or its title, and lies across once it is unfolded. Tall notes fold, and where
many stand all may, because code that waits for each of them is torn to pieces. A page gets the
cheapest way of all: code that waits costs its pixels, a note that shows its title alone costs as
much as nine lines and more, one that shows its first paragraph next to nothing, so that all notes
say what they are about before one says all. What is estimated is a window of 1366 pixels, in
pixels; the same text has the same height on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from functools import lru_cache
from math import ceil, inf
from typing import NamedTuple

from srcread.equations.fences import INFO
from srcread.notes.sentences import without_labels
from srcread.site.data.card import Card
from srcread.site.data.exercises import ExerciseView
from srcread.site.rendering.grids import grid_width
from srcread.site.rendering.tables import least_width, text_width

LINE, BARE_LINE = 19.5, 24
"""A line of code, and one of a page without code."""

_FARTHEST = 8 * LINE  # a third less than what a reader should see at most: it is estimated
_LETTERS = 38  # of a line of a note's text, with its words whole
_ACROSS_LETTERS = 88  # of a line of the first paragraph of a note across
_CODE = 34  # letters of code
_LISTED = 35  # letters of a title in the list
_TEXT, _TITLE, _SMALL = 23.25, 21.6, 20.2  # lines
_WIDEST_GRID = 400  # a margin of 300 shrinks it to three quarters
_GRID = 260  # a picture of a run's values, with its title
_AROUND = 46  # above and below a note, and between its parts
_TALL = 20 * LINE  # a hole in the code that still lets the eye find on
_ACROSS = 0.5  # of a note's height beside the code is that across it
_EMPTY = 2  # a hole's pixel in which no note lies
_COLUMNS = 3
_TEXTS = 512  # remembered: a note stands on the page of every way through its function
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")


class Form(Enum):
    """How much of a note is seen before it is unfolded, most first."""

    WHOLE = "whole"
    LEAD = "lead"
    """The title and the first paragraph."""
    TITLE = "title"


_COSTS = {Form.WHOLE: 0, Form.LEAD: 10, Form.TITLE: 200}
"""What is given up where less of a note is seen, in pixels of a hole in the code."""


class Placed(NamedTuple):
    """How the notes of a row stand: the first `across` lie across; each has a form."""

    across: int
    forms: list[Form]


class _Stand(NamedTuple):
    """One way in which a note may stand: its height in the margin, and what it costs a reader.

    That is in pixels of a hole in the code: a note across makes one of its height.
    """

    across: bool
    form: Form
    height: float
    cost: float


class _Way(NamedTuple):
    """One way to place all notes so far: how far they reach below the row's first line, its cost.

    `beside` tells whether a note of this row stands beside: none after it lies across.
    """

    reach: float
    cost: float
    beside: bool
    chosen: tuple[_Stand, ...]


def place(
    standing: Sequence[Sequence[Card]], heights: Sequence[float], listed: float, *, many: bool
) -> list[Placed]:
    """Return how each row's notes stand: of all ways in which none is too far down, the cheapest.

    `standing` are the notes of each row, `heights` those of its lines; the list of notes, `listed`
    high, stands beside the first. Of `many` notes none lies across whole, but above all lines.
    """
    ways = [_Way(listed, 0, False, ())]
    for row, cards in enumerate(standing):
        for card in cards:
            stands = _stands(card, many, first=not row)
            ways = _best(way for old in ways for way in _ways_on(old, stands))
        below = heights[row]
        ways = _best(way._replace(reach=max(0, way.reach - below), beside=False) for way in ways)
    chosen = iter(min(ways, key=lambda way: way.cost).chosen)
    found = [[next(chosen) for _ in cards] for cards in standing]
    return [Placed(sum(one.across for one in row), [one.form for one in row]) for row in found]


def _stands(card: Card, many: bool, *, first: bool) -> list[_Stand]:
    """Return the ways in which a note may stand; one that needs the width, not whole beside.

    Above all lines it lies across whole then: there it tears nothing.
    """
    wide = _is_wide(card)
    if wide and first:
        return [_Stand(True, Form.WHOLE, 0, 0)]
    whole = note_height(card)
    found = [] if wide else [_Stand(False, Form.WHOLE, whole, 0)]
    if not _may_fold(card, many):
        return [*found, _Stand(True, Form.WHOLE, 0, whole * _ACROSS)]
    forms = [Form.LEAD, Form.TITLE] if _has_lead(card) else [Form.TITLE]
    found += [_Stand(False, form, note_height(card, form), _COSTS[form]) for form in forms]
    return [*found, _Stand(True, forms[0], 0, _COSTS[forms[0]] + _folded_across(card))]


def _ways_on(way: _Way, stands: Sequence[_Stand]) -> Iterator[_Way]:
    """Yield the ways to go on with a note; where it pushes the next too far, none does."""
    for stand in stands:
        cost, chosen = way.cost + stand.cost, (*way.chosen, stand)
        if stand.across and not way.beside:
            yield _Way(0, cost + _EMPTY * way.reach, False, chosen)
        elif not stand.across and (way.reach <= _FARTHEST or not way.chosen):
            yield _Way(way.reach + stand.height, cost, True, chosen)


def _best(ways: Iterable[_Way]) -> list[_Way]:
    """Leave out each way that reaches as far as another or further, and costs as much or more."""
    found: list[_Way] = []
    least = {False: inf, True: inf}
    for way in sorted(ways, key=lambda way: (way.cost, way.reach, way.beside)):
        if way.reach < least[way.beside]:
            least[True] = min(least[True], way.reach)
            least[way.beside] = way.reach
            found.append(way)
    return found


def list_pushes(
    standing: Sequence[Sequence[Card]], heights: Sequence[float], listed: float
) -> bool:
    """Tell whether the list of notes is too long to stand beside the lines above the first note."""
    first = next((row for row, cards in enumerate(standing) if cards), 0)
    return listed - sum(heights[:first]) > _FARTHEST


def list_height(cards: Sequence[Card]) -> float:
    """Estimate the height of the list of a page's notes."""
    lines = 2 + sum(ceil(text_width(card.title) / _LISTED) + 1 for card in cards)
    return _SMALL * lines + 5 * len(cards)


def note_height(card: Card, form: Form = Form.WHOLE) -> float:
    """Estimate the height of a note beside the code."""
    first, body = _body_heights(card.body)
    head = _AROUND + _TITLE * ceil(text_width(card.title) / 34) + _banners(card)
    if form is not Form.WHOLE:
        lead = first + 9.6 if form is Form.LEAD else 0
        return head + lead + _SMALL * (3 + len(card.remarks))
    small = _SMALL * (2 + card.folds + len(card.remarks))
    return head + body + small + _GRID * len(card.grids) + sum(map(_asked, card.exercises))


def _folded_across(card: Card) -> float:
    """Estimate the height of a folded note across: its lead stands beside its title."""
    first = without_labels(card.body).strip().partition("\n\n")[0]
    lead = _TEXT * ceil(text_width(first) / _ACROSS_LETTERS) + _SMALL if _has_lead(card) else 0
    return max(note_height(card, Form.TITLE) - _SMALL, lead + _AROUND)


def _banners(card: Card) -> float:
    """Estimate what stands below a note's title: that it is stale, or false of another version."""
    count = card.fallback + card.stale + bool(card.moved) + bool(card.faults)
    false = [claim.sentence for place in card.otherwise for claim in place.claims]
    lines = sum(ceil(text_width(sentence) / _LETTERS) for sentence in false)
    return _SMALL * (2 * (count + len(card.otherwise)) + lines)


@lru_cache(maxsize=_TEXTS)
def _body_heights(body: str) -> tuple[float, float]:
    """Estimate a text's first block, and all of it."""
    heights = [_block_height(block) for block in without_labels(body).strip().split("\n\n")]
    return heights[0], sum(heights) + 9.6 * (len(heights) - 1)


def _asked(one: ExerciseView) -> float:
    """Estimate an exercise: its question, the lines of its change, and what is folded."""
    lines = sum(ceil(text_width(line) / _CODE) for line in one.change.split("\n"))
    return _AROUND + _TEXT * ceil(text_width(one.ask.text) / _LETTERS) + _SMALL * (lines + 4)


def _may_fold(card: Card, many: bool) -> bool:
    """Tell whether a note folds rather than to lie across whole; a title alone cannot."""
    return not card.whole and (many or note_height(card) * _ACROSS > _TALL)


def _has_lead(card: Card) -> bool:
    """Tell whether a note begins with a paragraph, which is what is seen of it folded."""
    first = without_labels(card.body).strip().partition("\n\n")[0]
    return not first.startswith(("|", "```")) and not _ITEM.match(first)


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
