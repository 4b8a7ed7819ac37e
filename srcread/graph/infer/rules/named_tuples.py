"""Named tuples: objects whose attributes are places, too.

`class Out(NamedTuple)` has a field for each annotation of its body, in their order. What a call
gives a field is known by the object; else its annotation tells.

For example, `class Out(NamedTuple): loss: Tensor; run: Callable`, and `loss, run = Out(x, relu)`:
`at` of that object and 1 is the function `relu`, as is its attribute `run`.
"""

from __future__ import annotations

from collections.abc import Mapping

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules.dataclass_fields import default_of
from srcread.graph.infer.values import (
    NOTHING,
    OPEN,
    Arguments,
    External,
    Instance,
    Values,
    unknown,
)
from srcread.index.block.bindings import How

_BASE = "typing.NamedTuple"


def fields(ask: Interpreter, cls: str) -> list[str]:
    """Return the fields of a named tuple's class, in order; none of any other class."""
    bases = ask.classes.foreign_bases(cls)
    if not any(isinstance(base, External) and base.name == _BASE for base in bases):
        return []
    for owner in reversed(ask.classes.mro(cls)):
        defined = ask.index.defined(owner)
        bindings = defined.scope.bindings if defined is not None else {}
        declared = [n for n, many in bindings.items() if any(b.how is How.DECLARED for b in many)]
        if declared:
            return declared
    return []


def given(
    ask: Interpreter, cls: str, arguments: list[Values], keywords: Mapping[str, Values]
) -> Arguments:
    """Return what a call of a named tuple's class gives its fields, as far as it is worth it."""
    names = fields(ask, cls)
    if not names:
        return ()
    bound = dict(zip(names, arguments, strict=False)) | dict(keywords)
    may_give = bound.pop(OPEN, NOTHING)
    for name in names if may_give else ():
        bound.setdefault(name, default_of(ask, cls, name) | may_give)
    kept = {name: ask.contexts.worth_keeping(values) for name, values in bound.items()}
    return tuple(sorted((name, values) for name, values in kept.items() if values))


def at(ask: Interpreter, value: Instance, place: int | None) -> Values:
    """Return what stands at a place of a named tuple, at any if it is None."""
    names = fields(ask, value.cls)
    if place is not None and -len(names) <= place < len(names):
        names = [names[place]]
    if not names:
        return NOTHING
    found = NOTHING.union(*(ask.attributes.get(value, name) for name in names))
    return found or unknown("what is in the container is not known")
