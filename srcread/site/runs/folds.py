"""Stretches that a scenario did not run: six lines or more fold, and say which scenario runs them.

A stretch goes from the first statement that did not run to the last line of the last such one. What
only begins the next block, as `else:` does, and comments and blank lines before it stay outside.
Where a note stands, nothing folds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from srcread.site.data.title import Title
from srcread.site.scenarios import FunctionRuns, ShownScenario

_LEAST = 6
_NEXT_BLOCK = re.compile(r"\s*(#|$|(else|elif|except|finally|case)\b)")


class FoldText(NamedTuple):
    """A function's lines; `first` is the number of the first."""

    first: int
    lines: Sequence[str]


class Fold(NamedTuple):
    """Lines that a scenario did not run, by its title.

    `other` is the title of the one that runs most of them, None if there is none; `more` run some.
    """

    first: int
    last: int
    scenario: Title
    other: Title | None
    more: int

    @property
    def lines(self) -> int:
        """How many lines it hides."""
        return self.last - self.first + 1


def folds_of(
    runs: FunctionRuns,
    scenarios: Sequence[ShownScenario],
    scenario: int,
    case: int,
    text: FoldText,
    noted: Collection[int],
    language: str,
) -> tuple[Fold, ...]:
    """Return what folds in one scenario and case, in order; `noted` are lines where notes stand."""
    shown = Title(*scenarios[scenario].said(language))
    found = []
    for whole in _stretches(runs, case, text):
        for first, last in _between(whole, noted):
            if last - first + 1 >= _LEAST:
                others = _others(runs, scenario, first, last)
                other = Title(*scenarios[others[0]].said(language)) if others else None
                found.append(Fold(first, last, shown, other, max(len(others) - 1, 0)))
    return tuple(found)


def _stretches(runs: FunctionRuns, case: int, text: FoldText) -> Iterator[tuple[int, int]]:
    """Yield the first and the last line of each run of statements that did not run."""
    ran = set(runs.values["cases"][case][0])
    begins = sorted(runs.values["lines"])
    ends = [_end(text, after) for after in (*begins[1:], text.first + len(text.lines))]
    stretch: tuple[int, int] | None = None
    for begin, end in zip(begins, ends, strict=True):
        if begin in ran:
            if stretch is not None:
                yield stretch
            stretch = None
        else:
            stretch = (stretch[0] if stretch else begin, end)
    if stretch is not None:
        yield stretch


def _end(text: FoldText, after: int) -> int:
    """Return the last line of the statement before the line `after`."""
    last = after - 1
    while last > text.first and _NEXT_BLOCK.match(text.lines[last - text.first]):
        last -= 1
    return last


def _between(stretch: tuple[int, int], noted: Collection[int]) -> Iterator[tuple[int, int]]:
    """Cut a stretch at the lines where notes stand."""
    begin, last = stretch
    for line in sorted(line for line in noted if begin <= line <= last):
        yield begin, line - 1
        begin = line + 1
    yield begin, last


def _others(runs: FunctionRuns, scenario: int, first: int, last: int) -> list[int]:
    """Return the other scenarios that run some of these lines, that with the most of them first."""
    counts = Counter(
        number
        for line, ran in runs.elsewhere.items()
        if first <= line <= last
        for number in ran
        if number != scenario
    )
    return sorted(counts, key=lambda number: (-counts[number], number))
