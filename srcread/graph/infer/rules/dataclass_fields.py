"""Dataclasses: what a call of the class gives its fields, by the constructor that is not written.

The fields of a dataclass are what its bodies annotate, those of its bases first. What a call gives
one is known by the object, and stands in place of the field's default. Left out are fields that are
no part of the constructor, and what `__post_init__` makes of the others.

For example, `@dataclass class Spec: module: type = Linear; size: int = 0`, and `Spec(Norm, 8)`:
`given` answers the class `Norm` for "module", and nothing for the number.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import Arguments, Values
from srcread.index import Defined
from srcread.index.block.bindings import Binding, How

_NO_FIELD = ("ClassVar", "typing.ClassVar")
_BY_NAME = ("KW_ONLY", "dataclasses.KW_ONLY")
_DECORATOR = "dataclass"


def given(
    ask: Interpreter, cls: str, arguments: list[Values], keywords: Mapping[str, Values]
) -> Arguments:
    """Return what a call of a dataclass gives its fields, as far as it is worth it."""
    if not (arguments or keywords) or not ask.classes.is_dataclass(cls):
        return ()
    by_place, by_name = _fields(ask, cls)
    bound = dict(zip(by_place, arguments, strict=False))
    bound |= {name: values for name, values in keywords.items() if name in {*by_place, *by_name}}
    kept = {name: ask.contexts.worth_keeping(values) for name, values in bound.items()}
    return tuple(sorted((name, values) for name, values in kept.items() if values))


def _fields(ask: Interpreter, cls: str) -> tuple[list[str], list[str]]:
    """Return the fields of a dataclass that its constructor takes, by place and by name only."""
    found: dict[str, bool] = {}
    for owner in reversed(ask.classes.mro(cls)):
        defined = ask.index.defined(owner)
        if defined is not None and _is_decorated(defined):
            found.update(_own_fields(defined))
    return [name for name, by_place in found.items() if by_place], [*found]


def _is_decorated(defined: Defined) -> bool:
    decorators = defined.symbol.decorators
    return any(item.partition("(")[0].endswith(_DECORATOR) for item in decorators)


def _own_fields(defined: Defined) -> Iterator[tuple[str, bool]]:
    """Yield the fields that a class itself declares, each with whether it is taken by place."""
    by_place = True
    for name, bindings in defined.scope.bindings.items():
        hints = [ast.unparse(b.node) for b in bindings if b.how is How.DECLARED]
        if not hints or hints[-1].partition("[")[0] in _NO_FIELD:
            continue
        if hints[-1] in _BY_NAME:
            by_place = False
        elif not any(map(_is_left_out, bindings)):
            yield name, by_place


def _is_left_out(binding: Binding) -> bool:
    """Tell whether a field is none of the constructor: `x: T = field(init=False)`."""
    match binding.node:
        case ast.Call(keywords=keywords):
            return any(k.arg == "init" and ast.unparse(k.value) == "False" for k in keywords)
    return False
