"""Methods of a class that a framework runs in stages, as idioms say: what each is called with.

A class method of the framework, `apply`, ends in methods that a user writes: `forward` at once,
`backward` later. Between them the framework hands on an object of its own, which holds what an
earlier stage set on it. It is told apart by the user's class, not by the call: two calls share it.
What the framework hands on of its own accord, gradients, has the class that the idiom names.

For example, `Scale.apply(x, 2)` with torch's idioms: `stages` answers `Scale.forward`, called with
an unknown context and the two arguments, and `Scale.backward`, which may be called later.
`handed_over` says that its `ctx` is an object of `FunctionCtx` and its `grad` a tensor, and
`carried` that `ctx.fn` is what `Scale.forward` set as `ctx.fn`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.plain import of_schema
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Context,
    FunctionValue,
    Instance,
    Sequence,
    Values,
)
from srcread.index import Defined

_OF_CALL = "*"
_IN_A_TUPLE = "(*)"
_STAGED = "class"
"""Under which the framework's object says whose stages it goes through."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One method that runs: `arguments` of None are any; `later` says when, if not at once."""

    function: FunctionValue
    arguments: list[Values] | None
    later: str = ""


def stages(ask: Interpreter, callee: FunctionValue, arguments: list[Values]) -> Iterator[Stage]:
    """Yield the methods of its own that a class's method ends in, the first at once."""
    cls, methods = callee.bound, ask.idioms.method_dispatches_to.get(callee.name, ())
    if not isinstance(cls, ClassValue):
        return
    for method in methods:
        for name in ask.classes.nearest_functions(cls.name, method):
            if name in ask.idioms.called_with:
                continue  # the framework's own, which nobody has replaced
            base = _base(ask, cls.name, method)
            listed = ask.idioms.called_with.get(base)
            later = ask.idioms.called_later.get(base, "")
            given = _given(_left(ask, cls.name, base, listed), arguments) if listed else None
            if listed is None and method == methods[0]:
                given = [NOTHING, *arguments]
            yield Stage(FunctionValue(name), None if later else given, later)


def handed_over(ask: Interpreter, frame: Frame, name: str) -> Values:
    """Return what the framework hands to a parameter of such a method; NOTHING of others."""
    defined = frame.defined
    if not ask.idioms.called_with or defined is None or defined.owner is None:
        return NOTHING
    if isinstance(defined.node, ast.ClassDef) or defined.node.name not in ask.idioms.staged:
        return NOTHING
    cls = defined.owner.name
    base = _base(ask, cls, defined.node.name)
    if base == defined.name or not (listed := ask.idioms.called_with.get(base)):
        return NOTHING
    handed = _left(ask, cls, base, listed)
    arguments = defined.node.args
    names = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    if name in names:
        place = names.index(name)
        return _made(ask, cls, handed[min(place, len(handed) - 1)]) if handed else NOTHING
    if arguments.vararg is not None and arguments.vararg.arg == name and handed:
        return frozenset({Sequence(_made(ask, cls, handed[-1]))})
    return NOTHING


def carried(ask: Interpreter, value: Instance, name: str) -> Values:
    """Return what the framework's object holds: what a stage set, or what its compiled code has."""
    for cls in dict(value.arguments).get(_STAGED, ()) if value.arguments else ():
        if isinstance(cls, ClassValue):
            if (kind := ask.idioms.has_attribute.get(f"{value.cls}.{name}")) is not None:
                return of_schema(ask.idioms, kind)
            methods = sorted(ask.idioms.staged)
            return NOTHING.union(*(_set_by(ask, cls.name, method, name) for method in methods))
    return NOTHING


def _set_by(ask: Interpreter, cls: str, method: str, name: str) -> Values:
    """Return what one stage of a class sets as an attribute of the framework's object."""
    found = NOTHING
    for function in ask.classes.nearest_functions(cls, method):
        defined = ask.index.defined(function)
        if defined is None or function in ask.idioms.called_with:
            continue
        receiver = _first(defined)
        frame = ask.frame(Context(function, called=False))
        for binding in defined.scope.attributes.get((receiver, name), ()):
            found |= ask.names.bound(frame, binding)
    return found


def _first(defined: Defined) -> str:
    if isinstance(defined.node, ast.ClassDef):
        return ""
    arguments = defined.node.args
    return next((item.arg for item in (*arguments.posonlyargs, *arguments.args)), "")


def _base(ask: Interpreter, cls: str, method: str) -> str:
    """Return the framework's own method of this name, of which the idioms tell."""
    names = (f"{base}.{method}" for base in ask.classes.mro(cls))
    return next((name for name in names if name in ask.idioms.called_with), "")


def _left(ask: Interpreter, cls: str, base: str, listed: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return what a method is called with, without what another of the class takes in its place."""
    listed = listed or ()
    for taker, method in ask.idioms.takes_first_of.items():
        owner, _, name = taker.rpartition(".")
        if base == f"{owner}.{method}":
            nearest = ask.classes.nearest_functions(cls, name)
            return listed[1:] if nearest and taker not in nearest else listed
    return listed


def _given(listed: tuple[str, ...], arguments: list[Values]) -> list[Values]:
    in_a_tuple: Values = frozenset({Sequence(NOTHING.union(*arguments), tuple(arguments))})
    given: list[Values] = []
    for item in listed:
        own = [in_a_tuple if item == _IN_A_TUPLE else NOTHING]
        given += arguments if item == _OF_CALL else own
    return given


def _made(ask: Interpreter, cls: str, kind: str) -> Values:
    """Return an object of a class that the framework makes; tensors are all alike."""
    if kind in (_OF_CALL, _IN_A_TUPLE):
        return NOTHING
    if ask.plain.is_leaf(kind):
        return frozenset({Instance(kind, constructed=False)})
    return frozenset({Instance(kind, ((_STAGED, frozenset({ClassValue(cls)})),))})
