"""What a control's id says: its operator, and lines of the source as it is read now.

Ids hold no text of the source; the lines come from where the note's anchors are found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from srcread.model import Location

VERSION = 1
"""Of the set of operators and of how they work: controls of another one are made anew."""

_ID = re.compile(r"([a-z-]+)@(\d+)\+(-?\d+):(\d+)-(-?\d+):(\d+)(?:#(\d+))?")


@dataclass(frozen=True, slots=True)
class Mutation:
    """What a mutant changed; `symbol` and the lines are None where its anchor is not found."""

    operator: str
    symbol: str | None = None
    path: str | None = None
    first: int | None = None
    last: int | None = None


def mutation_of(name: str, locations: Sequence[Location]) -> Mutation:
    """Return what the mutant of this id changed."""
    found = _ID.fullmatch(name)
    if found is None:
        return Mutation(name)
    anchor = int(found[2])
    if anchor >= len(locations):
        return Mutation(found[1])
    location = locations[anchor]
    first = location.range.first_line
    symbol = location.symbol
    return Mutation(
        found[1], symbol.name, symbol.path, first + int(found[3]), first + int(found[5])
    )
