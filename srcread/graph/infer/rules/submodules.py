"""Objects looked up in another one by a path that is a text: `get_submodule("encoder.0")`.

An idiom says which function does it. A path that is made when it runs may lead to any object that
the other one keeps by name, and to those inside these.

For example, `self.get_submodule("b.0")(x)` where `self.b` is `Sequential(GELU(), Tanh())`:
`looked_up` answers the object of `GELU`, which stands at the first place.
"""

from __future__ import annotations

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules.holders import at_place
from srcread.graph.infer.values import (
    NOTHING,
    Constant,
    Instance,
    Table,
    Value,
    Values,
    known,
    ordered,
    unknown,
)

_MADE = unknown("the name that is looked up is made when it runs")
_ENOUGH = 40


def looked_up(ask: Interpreter, owner: Value, paths: Values) -> Values:
    """Return what an object holds under a path; under any, where it is no constant."""
    texts = [path.value for path in ordered(paths) if isinstance(path, Constant) and path.value]
    found = NOTHING.union(*(_at(ask, owner, text) for text in texts))
    if texts and len(texts) == len(paths):
        return found
    return found | _inside(ask, owner) | _MADE


def _at(ask: Interpreter, owner: Value, path: str) -> Values:
    values: Values = frozenset({owner})
    for name in path.split("."):
        found = NOTHING
        for value in values:
            placed = name.isdecimal() and isinstance(value, Instance) and value.items
            if placed and isinstance(value, Instance):
                found |= at_place(value, int(name))
            else:
                found |= ask.attributes.get(value, name)
        values = found
    return values


def _inside(ask: Interpreter, owner: Value) -> Values:
    """Return the objects that one keeps by name, and those inside them."""
    found: dict[Value, None] = {}
    waiting = [owner]
    while waiting and len(found) < _ENOUGH:
        value = waiting.pop()
        for name in sorted(ask.idioms.kept_in) if isinstance(value, Instance) else ():
            cls, _, attribute = name.rpartition(".")
            if isinstance(value, Instance) and cls in ask.classes.mro(value.cls):
                for kept in ask.instances.kept_in(value, attribute):
                    items = ordered(known(kept.items)) if isinstance(kept, Table) else []
                    new = [item for item in items if item not in found]
                    found.update(dict.fromkeys(new))
                    waiting += new
    return frozenset(found)
