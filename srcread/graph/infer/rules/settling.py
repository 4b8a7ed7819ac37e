"""Settling: what is left of a value that keeps changing: of each kind of object only one.

Where code loops, objects made of objects, lists of lists and dictionaries of dictionaries come in
ever new variants, and each is a further answer of all that rests on them. A question whose answer
has changed several times, or has become very many values, is answered by kinds from then on: one
object of each class, which may have been made in any way, one list, one dictionary; of a function
that is bound or closes over something one for each class that it is bound to. Of each kind what it
holds is joined; there are finitely many classes in a text, and so the answer ends.

For example, `out = Output(last=out)` in a loop: an `Output` that holds an `Output`, and so on, is a
further answer each turn; after some turns `out` is any object of `Output`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from collections.abc import Sequence as Sequence_

from srcread.graph.infer.values import (
    NOTHING,
    Context,
    FunctionValue,
    Instance,
    Partial,
    Sequence,
    Table,
    Value,
    Values,
    merged,
    same,
)

_FLOORS = 2
"""How many containers in each other are told apart."""


def settled(values: Values, floors: int = _FLOORS) -> Values:
    """Return the values with one object of each class, one list, tuple and dictionary."""
    objects: dict[str, list[Instance]] = {}
    functions: dict[Hashable, list[FunctionValue]] = {}
    partials: dict[Hashable, list[Partial]] = {}
    lists: list[Sequence] = []
    tables: list[Table] = []
    others: set[Value] = set()
    for value in values:
        match value:
            case Instance(cls):
                objects.setdefault(cls, []).append(value)
            case FunctionValue():
                functions.setdefault(_kind(value), []).append(value)
            case Partial():
                partials.setdefault(_kind(value), []).append(value)
            case Sequence():
                lists.append(value)
            case Table():
                tables.append(value)
            case _:
                others.add(value)
    found: set[Value] = {_object(variants) for variants in objects.values()}
    found |= {_function(variants) for variants in functions.values()}
    found |= {_partial(variants, floors) for variants in partials.values()}
    return frozenset({*others, *found, *_list(lists, floors), *_table(tables, floors)})


def _kind(value: Value | None) -> Hashable:
    """Return what is the same for values that one can stand for."""
    match value:
        case Instance(cls):
            return cls
        case FunctionValue(name, bound, context, around, launch):
            closes = context is not None
            return name, _kind(bound), closes, _kind(around), launch
        case Partial(function, arguments, keywords):
            return _kind(function), len(arguments), tuple(name for name, _ in keywords)
    return value


def _object(variants: list[Instance]) -> Value:
    if len(variants) == 1:
        return variants[0]
    items = NOTHING.union(*(value.items for value in variants))
    return same(Instance(variants[0].cls, items=items, constructed=False))


def _function(variants: list[FunctionValue]) -> FunctionValue:
    first = variants[0]
    if len(variants) == 1:
        return first
    bound = _any([value.bound for value in variants])
    around = _any([value.around for value in variants])
    assert around is None or isinstance(around, FunctionValue | Instance)
    context = _context([value.context for value in variants])
    return FunctionValue(first.name, bound, context, around, first.launch)


def _any(variants: Sequence_[Value | None]) -> Value | None:
    """Return what stands for values of one kind."""
    match variants[0]:
        case Instance():
            return _object([value for value in variants if isinstance(value, Instance)])
        case FunctionValue():
            return _function([value for value in variants if isinstance(value, FunctionValue)])
    return variants[0]


def _context(variants: list[Context | None]) -> Context | None:
    """Return the context of any of some calls of one function: all that they give."""
    contexts = [context for context in dict.fromkeys(variants) if context is not None]
    if len(contexts) < 2:
        return contexts[0] if contexts else None
    given: dict[str, Values] = {}
    for context in contexts:
        for name, values in context.arguments:
            given[name] = given.get(name, NOTHING) | values
    bounds = settled(frozenset(item.bound for item in contexts if item.bound is not None))
    return same(
        Context(
            contexts[0].function,
            next(iter(bounds)) if len(bounds) == 1 else None,
            tuple((name, settled(values)) for name, values in given.items()),
            called=all(context.called for context in contexts),
            outer=_context([context.outer for context in contexts]),
        )
    )


def _partial(variants: list[Partial], floors: int) -> Partial:
    first = variants[0]
    if len(variants) == 1:
        return first
    function = _any([value.function for value in variants])
    assert function is not None
    columns = zip(*(value.arguments for value in variants), strict=True)
    named = zip(*(value.keywords for value in variants), strict=True)
    return Partial(
        function,
        tuple(_held(column, floors) for column in columns),
        tuple((pairs[0][0], _held((values for _, values in pairs), floors)) for pairs in named),
    )


def _list(variants: list[Sequence], floors: int) -> Iterable[Value]:
    if len(variants) < 2:
        return variants
    items = _held((value.items for value in variants), floors)
    lengths = {len(value.positions) for value in variants}
    if len(lengths) > 1 or lengths == {0}:
        return [Sequence(items)]
    columns = zip(*(value.positions for value in variants), strict=True)
    return [Sequence(items, tuple(_held(column, floors) for column in columns))]


def _table(variants: list[Table], floors: int) -> Iterable[Value]:
    if len(variants) < 2:
        return variants
    entries = merged(frozenset(variants))
    held = tuple((key, _held([values], floors)) for key, values in entries.items())
    return [Table(held, _held((value.items for value in variants), floors))]


def _held(parts: Iterable[Values], floors: int) -> Values:
    joined = NOTHING.union(*parts)
    if floors:
        return settled(joined, floors - 1)
    return frozenset(value for value in joined if not isinstance(value, Sequence | Table))
