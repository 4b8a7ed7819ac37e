"""Widening: what of a value is cut where a question meets itself, so that it cannot grow for ever.

Closures in closures, partial functions of partial functions, lists in lists and objects made of
objects nest without end where code loops; the lattice of values is of finite height because none of
them may nest deeper than any use of it sees. What is cut is told by the shallower values beside it.
Nor are the paths of what is not read of any length: what is reached from another by attributes is
not told apart from it.

For example, `x = (x,)` in a loop: tuples in tuples in tuples are left out, those of one and two
floors are there.
"""

from __future__ import annotations

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.nesting import depth, shallow, stacked
from srcread.graph.infer.values import (
    External,
    Native,
    Unknown,
    Value,
    Values,
)

_MAX_DEPTH = 6
_MAX_STACKED = 2
"""A function that goes through lists in lists makes one more of them each time it is looked at."""


class Widening:
    """Cuts values."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask

    def widened(self, values: Values) -> Values:
        """Return the values without those that nest too deep, paths cut where they repeat."""
        names = {value.name for value in values if isinstance(value, External | Native)}
        cut = frozenset(_shortened(shallow(value), names) for value in values)
        return frozenset(value for value in cut if not self._is_too_deep(value))

    def _is_too_deep(self, value: Value) -> bool:
        return stacked(value) > _MAX_STACKED or depth(value) > (
            _MAX_STACKED if self.ask.plain.is_data(value) else _MAX_DEPTH
        )


def _shortened(value: Value, names: set[str]) -> Value:
    """Return a value; of one that another leads to by attributes, only that it does.

    `node = node.next` in a loop: how often it turns is not told, and each turn has a longer name.
    """
    if isinstance(value, External | Native):
        root = value.name
        while root := root.rpartition(".")[0]:
            if root in names:
                return Unknown(f"it is reached from {root} by attributes, again and again")
    return value
