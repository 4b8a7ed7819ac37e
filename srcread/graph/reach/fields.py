"""What the constructor of a dataclass runs that nobody wrote: its class's own `__setattr__`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import NOTHING, ClassValue, ExternalInstance, Values
from srcread.graph.reach.target import CallTarget, function_target
from srcread.model import EdgeKind


def fields_set(
    ask: Interpreter,
    frame: Frame,
    value: ClassValue,
    arguments: list[Values],
    keywords: Mapping[str, Values],
) -> Iterator[CallTarget]:
    """Yield the `__setattr__` by which a constructor that is not written sets the fields.

    Not where the dataclass is frozen: that goes by the one of `object`.
    """
    if ask.classes.is_frozen(value.name):
        return
    made = ask.constructions.make(value, arguments, keywords)
    some_text: Values = frozenset({ExternalInstance("builtins.str")})
    given = [some_text, NOTHING.union(*arguments, *keywords.values())]
    kind = EdgeKind.METHOD
    for method in ask.attributes.special(made, "__setattr__"):
        yield function_target(ask, frame, method, kind, arguments=given, role="__setattr__")
