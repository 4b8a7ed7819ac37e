"""Lists by place: a list that is written down keeps its order until something may change it.

Code may change it by a method, by an item that is set, by handing it to a function. A name that
does none of this, in its whole function, knows each place. What is kept as an attribute, or by a
module, anybody may change, and only all elements together are told.

For example, `some = [first, second, third][1:3]`, and then `some[0](x)`: `settled` leaves the list
as it is, so the call reaches `second`. With `shuffle(some)` further down it may reach both.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import lru_cache

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import Sequence, Value, Values
from srcread.index.block.bindings import path_of

_READING = frozenset({"index", "count", "copy"})
_LOOKING = frozenset(
    {"len", "enumerate", "zip", "tuple", "list", "reversed", "iter", "sorted", "map", "isinstance"}
)
"""Functions of Python's own that take a list as it is; classes, by PEP 8, copy what they take."""


def settled(frame: Frame, name: str, values: Values) -> Values:
    """Return the values of a name, lists without places where something may change them."""
    if not _any_placed(values):
        return values
    function = frame.function()
    if function.defined is None or name in _changed(function.defined.node):
        return loosened(values)
    return values


def is_shared(frame: Frame, name: str) -> bool:
    """Tell whether others may put something into a container that a function's name stands for."""
    function = frame.function()
    return function.defined is None or name in _handed(function.defined.node)


def loosened(values: Values) -> Values:
    """Return the values, lists without the places of their elements."""
    if not _any_placed(values):
        return values
    return frozenset(
        Sequence(value.items) if isinstance(value, Sequence) and _is_placed(value) else value
        for value in values
    )


def sliced(value: Sequence, node: ast.Slice) -> Sequence:
    """Return what `value[a:b]` gives: by place, if the bounds stand there."""
    if not value.positions:
        return value
    if (taken := taken_by(node)) is None:
        return Sequence(value.items)
    positions = value.positions[taken]
    items: Values = frozenset().union(*positions)
    return replace(value, items=items, positions=positions) if positions else Sequence(items)


def taken_by(node: ast.Slice) -> slice | None:
    """Return a slice as Python has it; None where a bound is made when it runs."""
    bounds = [_bound(part) for part in (node.lower, node.upper, node.step)]
    made = any(bound is False for bound in bounds) or bounds[2] == 0
    return None if made else slice(*bounds)


def _bound(node: ast.expr | None) -> int | None:
    """Return a slice's bound; False where it is made when it runs."""
    match node:
        case None:
            return None
        case ast.Constant(value=int(place)):
            return place
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(place))):
            return -place
    return False


def _any_placed(values: Values) -> bool:
    for value in values:  # asked of every name: a generator would take longer than all it does
        if isinstance(value, Sequence) and value.positions and value.is_list:
            return True
    return False


def _is_placed(value: Value) -> bool:
    return isinstance(value, Sequence) and value.is_list and bool(value.positions)


@lru_cache(maxsize=256)
def _changed(function: ast.AST) -> frozenset[str]:
    """Return the names by which a function's code may change what they stand for."""
    found = set()
    for parent in ast.walk(function):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.Name) and not _only_reads(parent, child):
                found.add(child.id)
    return frozenset(found)


@lru_cache(maxsize=256)
def _handed(function: ast.AST) -> frozenset[str]:
    """Return the names of a function's containers that others get: as an argument, a value, a part.

    Or that a function inside mentions.
    """
    found = set()
    for parent in ast.walk(function):
        inner = parent is not function and isinstance(parent, _FUNCTIONS)
        for child in ast.walk(parent) if inner else ast.iter_child_nodes(parent):
            if isinstance(child, ast.Name) and (inner or not _keeps(parent, child)):
                found.add(child.id)
    return frozenset(found)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _keeps(parent: ast.AST, name: ast.Name) -> bool:
    """Tell whether a container stays with its name here."""
    match parent:
        case ast.Attribute() | ast.AugAssign() | ast.BinOp():
            return True
        case ast.Dict(keys=keys, values=values):  # `{**name}`
            return all(
                key is None for key, value in zip(keys, values, strict=True) if value is name
            )
        case ast.Subscript(value=container):
            return container is name
        case ast.Call(func=function):
            return function is name or _copies(function) or path_of(function) in ("dict", "print")
        case ast.Starred() | ast.For() | ast.comprehension() | ast.Compare() | ast.Return():
            return True
    return not isinstance(name.ctx, ast.Load)


def _only_reads(parent: ast.AST, name: ast.Name) -> bool:
    match parent:
        case ast.AugAssign() | ast.Delete():
            return False
        case ast.Attribute(attr=attribute):
            return attribute in _READING
        case ast.Subscript(ctx=context, value=container):
            return container is not name or isinstance(context, ast.Load)
        case ast.Call(func=function):
            return function is name or _copies(function)
        case ast.Starred() | ast.For() | ast.comprehension() | ast.Compare() | ast.Return():
            return True
    return not isinstance(name.ctx, ast.Load)


def _copies(function: ast.expr) -> bool:
    match function:
        case ast.Name(id=called):
            return called in _LOOKING or called.lstrip("_")[:1].isupper()
        case ast.Attribute(attr=called):
            return called.lstrip("_")[:1].isupper()
    return False
