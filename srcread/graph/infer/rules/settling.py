"""Settling: what is left of a value that keeps changing: of each kind of object only one.

Where code loops, objects made of objects, lists of lists and dictionaries of dictionaries come in
ever new variants, and each is a further answer of all that rests on them. A question whose answer
has changed several times is answered by kinds from then on: one object of each class, which may
have been made in any way, one list, one dictionary. Of each kind what it holds is joined; there
are finitely many classes in a text, and so the answer ends.

For example, `out = Output(last=out)` in a loop: an `Output` that holds an `Output`, and so on, is a
further answer each turn; after some turns `out` is any object of `Output`.
"""

from __future__ import annotations

from collections.abc import Iterable

from srcread.graph.infer.values import (
    NOTHING,
    Instance,
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
    lists: list[Sequence] = []
    tables: list[Table] = []
    others: set[Value] = set()
    for value in values:
        match value:
            case Instance(cls):
                objects.setdefault(cls, []).append(value)
            case Sequence():
                lists.append(value)
            case Table():
                tables.append(value)
            case _:
                others.add(value)
    found = {_object(variants) for variants in objects.values()}
    return frozenset({*others, *found, *_list(lists, floors), *_table(tables, floors)})


def _object(variants: list[Instance]) -> Value:
    if len(variants) == 1:
        return variants[0]
    items = NOTHING.union(*(value.items for value in variants))
    return same(Instance(variants[0].cls, items=items, constructed=False))


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
