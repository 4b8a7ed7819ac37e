"""Stretches that a scenario did not run: six lines or more fold, and say which scenarios run them.

A stretch goes from the first statement that did not run to the last line of the last such one. What
only begins the next block, as `else:` does, and comments and blank lines before it stay outside.
Where a note stands, nothing folds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from srcread.site.scenarios import FunctionRuns, ShownScenario

_LEAST = 6
_FEW = 3
_NEXT_BLOCK = re.compile(r"\s*(#|$|(else|elif|except|finally|case)\b)")


class FoldText(NamedTuple):
    """A function's lines; `first` is the number of the first."""

    first: int
    lines: Sequence[str]


class Fold(NamedTuple):
    """Lines that `scenario` did not run; those in `others` run some of them."""

    first: int
    last: int
    scenario: str
    others: str

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
) -> tuple[Fold, ...]:
    """Return what folds in one scenario and case, in order; `noted` are lines where notes stand."""
    return tuple(
        Fold(first, last, scenarios[scenario].key, _others(runs, scenarios, scenario, first, last))
        for whole in _stretches(runs, case, text)
        for first, last in _between(whole, noted)
        if last - first + 1 >= _LEAST
    )


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


def _others(
    runs: FunctionRuns, scenarios: Sequence[ShownScenario], scenario: int, first: int, last: int
) -> str:
    """Name the scenarios that run most of these lines; the scenario itself may, by another path."""
    counts = Counter(
        number
        for line, ran in runs.elsewhere.items()
        if first <= line <= last
        for number in ran
        if number != scenario
    )
    ordered = sorted(counts, key=lambda number: (-counts[number], number))
    names = ", ".join(scenarios[number].key for number in ordered[:_FEW])
    return names + (f" +{len(ordered) - _FEW}" if len(ordered) > _FEW else "")
