"""Dataclasses: what a call of the class gives its fields, by the constructor that is not written.

The fields of a dataclass are what its bodies annotate, those of its bases first. What a call gives
one is known by the object, and stands in place of the field's default; so does what is not known,
for the default does not count then. Left out are fields that are no part of the constructor, and
what `__post_init__` makes of the others.

For example, `@dataclass class Spec: module: type = Linear; size: int = 0`, and `Spec(Norm, 8)`:
`given` answers the class `Norm` for "module", and nothing for the number. `replace(spec, module=f)`
is a `Spec` with that, by `by_function`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.unread import unread_bases
from srcread.graph.infer.values import (
    ANYTHING,
    NOTHING,
    OPEN,
    Arguments,
    ClassValue,
    ExternalInstance,
    FunctionValue,
    Instance,
    Partial,
    Unknown,
    Values,
    known,
)
from srcread.index import Defined
from srcread.index.block.bindings import Binding, How

_NO_FIELD = ("ClassVar", "typing.ClassVar")
_BY_NAME = ("KW_ONLY", "dataclasses.KW_ONLY")
_DECORATOR = "dataclass"
_OF_ATTRS = re.compile(
    r"attrs?\.(?:s|attrs|dataclass|define|mutable|frozen)\b|(?:define|mutable|frozen)\b"
)
_IMPORTS_ATTRS = re.compile(r"^(?:from|import) attrs?\b", re.MULTILINE)
_FIELD = "dataclasses.field"
_REPLACE = ("dataclasses.replace", "copy.replace")
FUNCTIONS = frozenset({_FIELD, *_REPLACE})
"""Functions of which `by_function` tells."""
_TEXT = ExternalInstance("builtins.str")


def given(
    ask: Interpreter, cls: str, arguments: list[Values], keywords: Mapping[str, Values]
) -> Arguments:
    """Return what a call of a dataclass gives its fields, as far as it is worth it."""
    if not (arguments or keywords):
        return ()
    if ask.classes.is_dataclass(cls):
        by_place, by_name = _fields(ask, cls)
    else:
        by_place, by_name = [], _by_name_only(ask, cls)
    bound = dict(zip(by_place, arguments, strict=False))
    bound |= {name: values for name, values in keywords.items() if name in {*by_place, *by_name}}
    may_give = keywords.get(OPEN, NOTHING)
    for name in by_name if may_give else ():
        bound.setdefault(name, default_of(ask, cls, name) | may_give)
    kept = {name: _kept(ask, values) for name, values in bound.items()}
    return tuple(sorted((name, values) for name, values in kept.items() if values))


def by_function(
    ask: Interpreter, name: str, arguments: list[Values], keywords: Mapping[str, Values]
) -> Values:
    """Return what `field(…)` says of a default, or `replace(…)` makes; NOTHING if not known."""
    if name == _FIELD:
        makers = known(keywords.get("default_factory", NOTHING))
        read = [v for v in makers if isinstance(v, FunctionValue | ClassValue | Partial)]
        made = NOTHING.union(*(ask.calls.result(maker, [], {}) for maker in read))
        return made or keywords.get("default", NOTHING)
    found = NOTHING
    for value in known(arguments[0]) if arguments else NOTHING:
        if isinstance(value, Instance) and ask.classes.is_dataclass(value.cls):
            named = {**dict(value.named), **dict(given(ask, value.cls, [], keywords))}
            found |= {replace(value, named=tuple(sorted(named.items())))}
    return found


def default_of(ask: Interpreter, cls: str, name: str) -> Values:
    """Return what a class says of a field that no call gives."""
    for member in ask.classes.members(cls, name):
        return NOTHING if member.declared else member.values
    return NOTHING


def by_place(ask: Interpreter, cls: str) -> list[str]:
    """Return the fields of a dataclass that are given by place, in order; none of others."""
    return _fields(ask, cls)[0] if ask.classes.is_dataclass(cls) else []


def factories(ask: Interpreter, cls: str) -> Iterator[tuple[str, Frame, ast.expr]]:
    """Yield the fields that `field(default_factory=…)` fills, with where that stands."""
    for owner in ask.classes.mro(cls):
        defined = ask.index.defined(owner)
        for name, bindings in defined.scope.bindings.items() if defined is not None else ():
            for binding in bindings if defined is not None else ():
                match binding.node:
                    case ast.Call(keywords=keywords):
                        frame = ask.names.class_frame(defined) if defined is not None else None
                        for item in keywords:
                            if item.arg == "default_factory" and frame is not None:
                                yield name, frame, item.value


def _by_name_only(ask: Interpreter, cls: str) -> list[str]:
    """Return what a class annotates whose constructor a base writes that is not read, or folded."""
    order = ask.classes.mro(cls)
    own = [owner for owner in order if not is_folded(ask, owner)]
    if len(own) == len(order) and not unread_bases(ask, cls):
        return []
    defined = [ask.index.defined(owner) for owner in own]
    if any(ask.classes.functions(owner, "__init__") for owner in own):
        return []
    return [name for item in defined if item is not None for name, _ in _own_fields(item)]


def is_folded(ask: Interpreter, cls: str) -> bool:
    """Tell whether a class stands in a package that is folded."""
    return ask.is_closed(cls.rpartition(".")[0])


def _kept(ask: Interpreter, values: Values) -> Values:
    """Return what a field may be, as far as it chooses a callee: a text by its class, too."""
    if kept := ask.contexts.worth_keeping(values):
        return kept
    is_open = any(isinstance(value, Unknown) and not value.fails for value in values)
    return frozenset({ANYTHING}) if is_open else values & {_TEXT}


def _fields(ask: Interpreter, cls: str) -> tuple[list[str], list[str]]:
    """Return the fields of a dataclass that its constructor takes, by place and by name only."""
    found: dict[str, bool] = {}
    for owner in reversed(ask.classes.mro(cls)):
        defined = ask.index.defined(owner)
        if defined is not None and constructing(defined) is not None:
            found.update(_own_fields(defined))
    return [name for name, by_place in found.items() if by_place], [*found]


def constructing(defined: Defined) -> str | None:
    """Return the decorator that writes the constructor of a class, None where there is none."""
    for item in defined.symbol.decorators:
        if item.partition("(")[0].endswith(_DECORATOR):
            return item
        if _OF_ATTRS.match(item) and _IMPORTS_ATTRS.search(defined.module.file.text):
            return item
    return None


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
