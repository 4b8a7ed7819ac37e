"""A grid: a small table of values that a snippet shows, as a mask or the weights of one head."""

from __future__ import annotations

from dataclasses import dataclass

MOST_SIDE = 8
"""Rows and columns of a grid: a reader takes in no more at a glance, and a phone shows no more."""

MOST_GRIDS = 8
"""Grids of one run."""

LONGEST_TITLE = 80
LONGEST_NAME = 40

NOT_FINITE = ("nan", "inf", "-inf")
"""What stands for numbers that JSON does not have."""

EXACT = 100_000
"""Whole numbers below this are kept as they are, larger ones rounded as fractions are."""

GridCell = bool | int | float | str
"""A value: a bool, a whole number, a fraction of two digits, or one of `NOT_FINITE`."""


@dataclass(frozen=True, slots=True)
class Band:
    """What holds for columns as a whole, as a padding mask does: its name, and which it marks."""

    name: str
    marks: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of values. `rows` and `columns` name what is counted, as `query` and `key`."""

    title: str
    rows: str
    columns: str
    cells: tuple[tuple[GridCell, ...], ...]
    band: Band | None = None
