"""What a control's id says, in words and as lines of the source as it is read now.

Ids hold no text of the source; the lines come from where the note's anchors are found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from srcread.model import Location

VERSION = 1
"""Of the set of operators and of how they work: controls of another one are made anew."""

_ID = re.compile(r"([a-z-]+)@(\d+)\+(-?\d+):(\d+)-(-?\d+):(\d+)(?:#(\d+))?")
_CHANGES: Mapping[str, str] = {
    "swap-comparison": "the comparison turned round",
    "negate": "the condition negated",
    "drop-if": "the condition taken as false",
    "first-argument": "the call replaced by its first argument",
    "default": "another default",
    "swap-operator": "another operator",
    "drop-statement": "the statement left out",
    "constant": "another constant",
    "swap-boolean": "and exchanged with or",
    "reply-zeros": "a native function that replies with zeros",
    "reply-negative": "a native function that replies with the negative",
    "reply-shifted": "a native function that replies with slightly other values",
    "reply-swapped": "a native function whose first two arguments are exchanged",
    "sibling": "a sibling's name",
    "drop-keyword": "a keyword argument left out",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A mutant in words; `symbol` and the lines are None where its anchor is not found."""

    words: str
    symbol: str | None = None
    path: str | None = None
    first: int | None = None
    last: int | None = None


def change_of(name: str, locations: Sequence[Location]) -> Change:
    """Say what the mutant of this id changed."""
    found = _ID.fullmatch(name)
    if found is None:
        return Change(name)
    words = _CHANGES.get(found[1], found[1])
    anchor = int(found[2])
    if anchor >= len(locations):
        return Change(words)
    location = locations[anchor]
    first = location.range.first_line
    symbol = location.symbol
    return Change(words, symbol.name, symbol.path, first + int(found[3]), first + int(found[5]))
