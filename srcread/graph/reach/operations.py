"""Operators and subscripts of arrays: `q @ k`, `x * 0.5`, `a += q`, `a[:, 0]`, by native operator.

Which operator of the framework each of Python's methods runs is said by the idioms. The overload is
told by whether the other side is an array or a number, else it stays open. A subscript is several:
one for each slice, number and None, then one for what indexes by arrays. Where an operand may be
something else, too, the edge is only possible. What a class in Python answers is told elsewhere.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from enum import Enum

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NONE,
    ExternalInstance,
    Unknown,
    Value,
    Values,
)
from srcread.graph.reach.target import CallTarget
from srcread.index.block.bindings import Chance, ImplicitCall
from srcread.model import EdgeKind

_NUMBERS = frozenset(f"builtins.{name}" for name in ("int", "float", "complex", "bool"))
_OPERATOR, _SUBSCRIPT = "by an operator", "by a subscript"
_OTHER_SIDE = "by an operator, if the left side is what may be called with it"


class _Key(Enum):
    """What one part of a subscript is, or the other side of an operator."""

    SLICE = "slice"
    NUMBER = "number"
    NONE = "None"
    ARRAY = "array"
    OPEN = "open"
    """It may be a number or an array."""


def array_targets(
    ask: Interpreter,
    frame: Frame,
    implicit: ImplicitCall,
    chance: Chance,
    answered: AbstractSet[Value],
) -> list[CallTarget]:
    """Return the operators that a method of an array runs, where the operand may be one.

    Left out are the values that were `answered`: a class in Python has the method.
    """
    table = ask.idioms.operator_methods
    method = next((name for name in chance.methods if name in table), None)
    if method is None:
        return []
    values = ask.evaluate(frame, chance.operand)
    arrays = ask.plain.arrays(values) - answered
    if not arrays:
        return []
    uncertain = any(not isinstance(v, Unknown) or not v.fails for v in values - arrays - NONE)
    if implicit.role == "item":
        ran = _by_subscript(ask, frame, chance)
        found = [_target(ask, names, role, _SUBSCRIPT) for role, names in ran.items()]
    else:
        name = _overload(ask, frame, table[method], chance.arguments)
        found = [_target(ask, (name,), implicit.role, _OPERATOR)]
    targets = [target for rivals in found for target in rivals]
    return [replace(target, uncertain=True) for target in targets] if uncertain else targets


def other_side_targets(ask: Interpreter, frame: Frame, implicit: ImplicitCall) -> list[CallTarget]:
    """Return the operator that may run where only the right side is known, to be an array."""
    match implicit.chances:
        case (Chance(methods=methods), Chance(operand=right)) if implicit.role == "operator":
            listed = ask.idioms.operator_methods.get(methods[-1])
            if listed and ask.plain.arrays(ask.evaluate(frame, right)):
                found = _target(ask, listed[:1], implicit.role, _OTHER_SIDE)
                return [replace(target, uncertain=True) for target in found]
    return []


def _target(ask: Interpreter, names: Sequence[str], role: str, reason: str) -> list[CallTarget]:
    """Return operators as targets, rivals of each other."""
    space = ask.idioms.operator_namespace
    return [CallTarget(space + name, EdgeKind.NATIVE, reason=reason, role=role) for name in names]


def _overload(
    ask: Interpreter, frame: Frame, listed: Sequence[str], arguments: Sequence[ast.expr]
) -> str:
    """Return the overload for an array, or for a number; the plain name where it may be either."""
    if len(listed) > 1 and arguments:
        match _kind(ask, ask.evaluate(frame, arguments[0])):
            case _Key.NUMBER:
                return listed[1]
            case _Key.OPEN | _Key.NONE | _Key.SLICE:
                return listed[0].partition(".")[0]
    return listed[0]


def _by_subscript(ask: Interpreter, frame: Frame, chance: Chance) -> dict[str, tuple[str, ...]]:
    """Return the operators that a subscript runs, by a role for each; rivals share one."""
    listed = ask.idioms.operator_methods["__getitem__"]
    slice_, number, none, array, whole = listed
    views = {_Key.SLICE: slice_, _Key.NUMBER: number, _Key.NONE: none}
    key, *put = chance.arguments
    keys = list(_keys(ask, frame, key))
    found: dict[str, tuple[str, ...]]
    found = {f"item {views[part]}": (views[part],) for part in keys if part in views}
    if put or "__setitem__" in chance.methods:
        return {**found, "item put": _put(ask, frame, keys, put)}
    if _Key.OPEN in keys:
        found["item"] = (number, array)
    elif _Key.ARRAY in keys:
        found["item"] = (array,)
    return found or {"item": (whole,)}


def _put(
    ask: Interpreter, frame: Frame, keys: Sequence[_Key], put: Sequence[ast.expr]
) -> tuple[str, ...]:
    """Return the operators that may put something where a subscript leads."""
    copy, fill, scatter = ask.idioms.operator_methods["__setitem__"]
    if _Key.ARRAY in keys:
        return (scatter,)
    kind = _kind(ask, ask.evaluate(frame, put[0])) if put else _Key.ARRAY
    into = {_Key.NUMBER: (fill,), _Key.ARRAY: (copy,)}.get(kind, (copy, fill))
    return (*into, scatter) if _Key.OPEN in keys else into


def _keys(ask: Interpreter, frame: Frame, key: ast.expr) -> Iterator[_Key]:
    """Yield what the parts of a subscript are; `:` and `...` alone are nothing."""
    for part in key.elts if isinstance(key, ast.Tuple) else [key]:
        match part:
            case (
                ast.Slice(lower=None, upper=None, step=None) | ast.Constant(value=builtins.Ellipsis)
            ):
                continue
            case ast.Slice():
                yield _Key.SLICE
            case ast.Constant(value=bool()) | ast.List():
                yield _Key.ARRAY
            case ast.Starred():
                yield _Key.OPEN
            case _:
                yield _kind(ask, ask.evaluate(frame, part))


def _kind(ask: Interpreter, values: Values) -> _Key:
    """Return what values are that stand in a subscript, or beside an operator."""
    if not values or any(isinstance(v, Unknown) and not v.fails for v in values):
        return _Key.OPEN
    if ask.plain.arrays(values) == values:
        return _Key.ARRAY
    if values == NONE:
        return _Key.NONE
    classes = {v.cls if isinstance(v, ExternalInstance) else "" for v in values}
    if classes <= _NUMBERS:
        return _Key.NUMBER
    return _Key.SLICE if classes == {"builtins.slice"} else _Key.OPEN
