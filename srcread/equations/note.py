"""The equations of a note: those of all its fences, each with the name that a snippet calls it by.

A name that stands on the left twice is counted, as selectors count: `x` and `x #2`. Whoever wants
errors reads fence by fence; here, a fence that cannot be read has no equations.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from srcread.equations.fences import fences_in
from srcread.equations.syntax import Equation, EquationError, read_equations

VARIABLE = "SRCREAD_EQUATIONS"
"""Hands a run the equations of its note, as JSON: by each one's name the text of its fence."""


@dataclass(frozen=True, slots=True)
class Stated:
    """An equation of a note: its name, unlike that of any other, and all equations of its fence."""

    name: str
    equation: Equation
    fence: tuple[Equation, ...]

    @property
    def text(self) -> str:
        """The equations of its fence, one a line: what evaluating this one rests on."""
        return "\n".join(one.text for one in self.fence)

    @property
    def digest(self) -> str:
        """The digest of that text, `q1:…`: spaces and line ends aside."""
        return f"q1:{hashlib.sha256(self.text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def equations_in(body: str) -> tuple[Stated, ...]:
    """Return the equations of a body that have a left side, in their order."""
    fences = (_readable(fence.text) for fence in fences_in(body))
    return tuple(_named(fences))


def stated_in(text: str) -> tuple[Stated, ...]:
    """Return the equations of one fence, of its text."""
    return tuple(_named(iter([_readable(text)])))


def _named(fences: Iterator[tuple[Equation, ...]]) -> Iterator[Stated]:
    counts: Counter[str] = Counter()
    for fence in fences:
        for one in fence:
            if one.name:
                counts[one.name] += 1
                count = counts[one.name]
                yield Stated(one.name if count == 1 else f"{one.name} #{count}", one, fence)


def _readable(text: str) -> tuple[Equation, ...]:
    try:
        return read_equations(text)
    except EquationError:
        return ()
