"""What a framework's function gives of what it is given, by the idioms: an argument, or a part.

An argument that is a list stands for what is in it: functions that take one array or several make
one of either. Of a function that no table lists nothing is said here.

For example, `rearrange(x, "b c h w -> b (h w) c")`, of which `returns_element` says 0: `handed`
answers what `x` may be, a tensor; `rearrange([x, y], …)` is one, too. `pack([x, y], …)`, of which
`returns_first` says 0, is a tuple with a tensor at its first place.
"""

from __future__ import annotations

from collections.abc import Mapping

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import NOTHING, Sequence, Values, failing, known, unknown


def handed(ask: Interpreter, name: str, arguments: list[Values]) -> Values:
    """Return what a function gives of its arguments; NOTHING where the idioms do not say."""
    name, idioms = name.partition("~")[0], ask.idioms
    if found := _given(idioms.returns_element, name, arguments):
        return found
    if found := _given(idioms.returns_elements, name, arguments):
        return frozenset({Sequence(known(found))})
    if found := _given(idioms.returns_first, name, arguments):
        rest = unknown(f"only the first of what {name} gives is known")
        return frozenset({Sequence(known(found) | rest, (known(found) or found, rest))})
    return NOTHING


def _given(table: Mapping[str, int], name: str, arguments: list[Values]) -> Values:
    position = table.get(name)
    if position is None or position >= len(arguments):
        return NOTHING
    found = NOTHING.union(
        *(
            value.items if isinstance(value, Sequence) else frozenset({value})
            for value in arguments[position]
        )
    )
    return found or failing("nothing is known of what is in the list that it is given")
