"""What iterators yield that functions which are not read make of their arguments, as idioms say.

A row is read from the right: "each 0" is an iterator over the elements of the first argument,
"each each 0" over the elements of those, "tuple each *" over tuples with an element of each
argument, "value 0" over the argument itself, "each 0 in list" over lists of elements, "result 0
each 1" over what calling the first argument with the parts of each element of the second gives.

For example, `for layer in islice(self.layers, start, end)`: the row of `itertools.islice` is
"each 0", so `layer` is what `self.layers` holds.
"""

from __future__ import annotations

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import NOTHING, Sequence, Values, known, unknown

EVERY = "*"


def yielded(ask: Interpreter, name: str, arguments: list[Values]) -> Values | None:
    """Return what a function gives of which a row tells what it goes through; None without one."""
    row = ask.idioms.yields.get(name)
    if row is None:
        return None
    words = row.split()
    inside = words.pop() if words[-2:-1] == ["in"] else ""
    words = words[:-1] if inside else words
    place = words.pop()
    given = arguments if place == EVERY else arguments[int(place) : int(place) + 1]
    if not given:
        return unknown(f"what {name} goes through is not known")
    elements = _elements(ask, words, arguments, given)
    wrapped: Values = frozenset({Sequence(elements)}) if inside else elements
    return frozenset({Sequence(wrapped)})


def _elements(
    ask: Interpreter, words: list[str], arguments: list[Values], given: list[Values]
) -> Values:
    match words:
        case ["tuple", *rest]:
            places = tuple(_elements(ask, rest, arguments, [values]) for values in given)
            return frozenset({Sequence(NOTHING.union(*places), places)})
        case ["result", *rest]:
            return _results(ask, arguments[int(rest[0])], _elements(ask, rest[1:], [], given))
        case ["each", *rest]:
            inner = _elements(ask, rest, arguments, given)
            return ask.items.elements(inner) if inner else unknown(_EMPTY)
    return NOTHING.union(*given)


_EMPTY = "what is in the container is not known"


def _results(ask: Interpreter, functions: Values, rows: Values) -> Values:
    """Return what functions give for the elements of each of some rows, as `starmap` does."""
    found = NOTHING
    for row in known(rows):
        places = row.positions if isinstance(row, Sequence) else ()
        arguments = list(places) or [ask.items.elements(frozenset({row}))]
        for function in known(functions):
            found |= ask.calls.result(function, arguments, {})
    return found or unknown(_EMPTY)
