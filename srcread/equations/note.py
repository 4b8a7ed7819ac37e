"""The equations of a note: those of all its fences, each with the name that a snippet calls it by.

A name that stands on the left twice is counted, as selectors count: `x` and `x #2`. Whoever wants
errors reads fence by fence; here, a fence that cannot be read has no equations.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from srcread.equations.fences import Fence, fences_in
from srcread.equations.syntax import Equation, EquationError, read_equations


@dataclass(frozen=True, slots=True)
class Stated:
    """An equation of a note: its name, unlike that of any other, and the fence it stands in."""

    name: str
    equation: Equation
    fence: Fence


def equations_in(body: str) -> tuple[Stated, ...]:
    """Return the equations of a body that have a left side, in their order."""
    counts: Counter[str] = Counter()
    found = []
    for fence in fences_in(body):
        for one in _readable(fence):
            if one.name:
                counts[one.name] += 1
                count = counts[one.name]
                found.append(Stated(one.name if count == 1 else f"{one.name} #{count}", one, fence))
    return tuple(found)


def fence_digest(fence: Fence) -> str:
    """Return the digest of a fence's equations, `q1:…`, whatever their spaces."""
    text = "\n".join(one.text for one in _readable(fence)) or fence.text
    return f"q1:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _readable(fence: Fence) -> tuple[Equation, ...]:
    try:
        return read_equations(fence.text)
    except EquationError:
        return ()
