"""How deep values nest, and what is left of those that nest too deep.

For example, a list of partial functions, each of a closure that was made with an object: the list
is one container, and as deep as the deepest of its parts, and one more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from srcread.graph.infer.values import (
    Context,
    FunctionValue,
    GenericFunction,
    Instance,
    Partial,
    Sequence,
    Table,
    Value,
    Values,
    forget_values,
    same,
)

_REMEMBERED = 1 << 16
_CLOSURES = 2


def forget() -> None:
    """Forget all values seen so far, and how deep they are: at the end of a piece of work."""
    forget_values()
    for found in (depth, enclosed, _pruned):
        found.cache_clear()


def shallow(value: Value) -> Value:
    """Return a value; of closures in closures only the outer ones with what they hold.

    `f = wrap(f)` would nest without end. The innermost keep their names: what they hold is known
    from the outer ones, which are of the same function.
    """
    if isinstance(value, FunctionValue) and _closures(value) > _CLOSURES:
        return _without_context(value, _CLOSURES)
    if isinstance(value, Sequence) and depth(value) > _CLOSURES:
        return _of_each(value, shallow)
    return value


def _of_each(value: Sequence, change: Callable[[Value], Value]) -> Sequence:
    """Return a list or tuple with each of its values changed; itself where none is another."""
    if all(change(item) is item for item in value.items):
        return value
    positions = tuple(frozenset(map(change, values)) for values in value.positions)
    return replace(value, items=frozenset(map(change, value.items)), positions=positions)


@lru_cache(maxsize=_REMEMBERED)
def _pruned(context: Context | None, levels: int) -> Context | None:
    if context is None or not levels:
        return None
    arguments = tuple(
        (name, frozenset(_without_context(value, levels - 1) for value in values))
        for name, values in context.arguments
    )
    outer = _pruned(context.outer, levels)
    return same(replace(context, arguments=arguments, outer=outer))


def _without_context(value: Value, levels: int) -> Value:
    match value:
        case FunctionValue(context=context, around=around) if context or around:
            inner = None if around is None else _without_context(around, levels)
            assert inner is None or isinstance(inner, FunctionValue | Instance)
            return replace(value, context=_pruned(context, levels), around=inner)
        case Sequence():
            return _of_each(value, lambda item: _without_context(item, levels))
    return value


@lru_cache(maxsize=_REMEMBERED)
def enclosed(context: Context | None) -> int:
    """Return how deep values are nested in the arguments that a closure's contexts hold."""
    if context is None:
        return 0
    arguments = (depth(value) for _, values in context.arguments for value in values)
    return max(1 + max(arguments, default=-1), enclosed(context.outer))


def _closures(value: FunctionValue) -> int:
    """Return how deep a function's closure is nested, and the one of whatever it wraps."""
    around = 0 if value.around is None else depth(value.around)
    return max(enclosed(value.context), around)


@lru_cache(maxsize=_REMEMBERED)
def depth(value: Value) -> int:
    """Return how deep constructions are nested in a value: 0 without arguments."""
    match value:
        case Instance():
            inner = [*value.items, *(v for _, values in value.arguments for v in values)]
        case Sequence():
            inner = [*value.items, *(v for values in value.positions for v in values)]
        case Table():
            inner = list(value.items)
        case FunctionValue():
            inner = [value.bound] if value.bound is not None else []
            return max(_closures(value), 1 + max(map(depth, inner), default=-1))
        case Partial():
            bound = [*value.arguments, *(values for _, values in value.keywords)]
            inner = [value.function, *(v for values in bound for v in values)]
        case GenericFunction():
            inner = [value.function]
        case _:
            return 0
    return 1 + max(map(depth, inner), default=-1)


def cut(value: Value, levels: int) -> Value:
    """Return a value that nests no deeper than so; objects below are told by their class alone.

    A chain of modules that holds deep ones still holds them.
    """
    if depth(value) <= levels:
        return value
    match value:
        case Instance(cls) if not levels:
            return Instance(cls, constructed=False)
        case Instance():
            arguments = tuple((name, _cut(part, levels)) for name, part in value.arguments)
            named = tuple((name, _cut(part, levels)) for name, part in value.named)
            items = _cut(value.items, levels)
            return same(replace(value, arguments=arguments, items=items, named=named))
        case Sequence():
            positions = tuple(_cut(part, levels) for part in value.positions)
            return replace(value, items=_cut(value.items, levels), positions=positions)
        case Table():
            entries = tuple((key, _cut(part, levels)) for key, part in value.entries)
            return Table(entries, _cut(value.items, levels))
    return value


def _cut(values: Values, levels: int) -> Values:
    return frozenset(
        item for item in (cut(value, levels - 1) for value in values) if depth(item) < levels
    )


def stacked(value: Value) -> int:
    """Return how many containers a value is, one in the other."""
    match value:
        case Sequence(items, positions):
            inner = [*items, *(v for values in positions for v in values)]
        case Table(_, items):
            inner = list(items)
        case _:
            return 0
    return 1 + max(map(stacked, inner), default=0)
