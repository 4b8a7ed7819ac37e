"""Dictionaries: what `dict(…)`, pairs, `|` and iteration make of dictionaries, by their keys.

A key is told where it stands in the text as a constant; `1` and "1" are two keys. What stands under
other keys is among the items of a table, and nothing more is known of its key.

For example, `OrderedDict([("up", Linear()), ("act", ReLU())])` is a table with the object of
`Linear` under "up"; `dict(up=Linear())` is one, too, and going through it gives the text "up".
"""

from __future__ import annotations

from collections.abc import Mapping

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import (
    NOTHING,
    OPEN,
    Constant,
    ExternalInstance,
    Instance,
    Key,
    Sequence,
    Table,
    Value,
    Values,
    known,
    merged,
    table,
)

MADE_BY = frozenset({"builtins.dict", "collections.OrderedDict"})
_MOST = 16
"""Of how many keys each is told: each is one more way for a function to run."""


def made(ask: Interpreter, arguments: list[Values], keywords: Mapping[str, Values]) -> Values:
    """Return the dictionary that `dict(…)` makes of these arguments."""
    named: dict[Key, Values] = {key: held for key, held in keywords.items() if key != OPEN}
    loose = keywords.get(OPEN, NOTHING)
    first = arguments[0] if arguments else NOTHING
    tables, others = set[Table](), set[Value]()
    for value in first:
        match value:
            case Table():
                tables.add(value)
            case Instance(named=by_name) if by_name:
                tables.add(table({**dict(by_name)}, value.items))
            case _:
                others.add(value)
    if known(frozenset(others)) or not tables:
        tables.add(of_pairs(ask, frozenset(others)))
    return frozenset(table({**dict(item.entries), **named}, item.items | loose) for item in tables)


def of_pairs(ask: Interpreter, values: Values) -> Table:
    """Return the table that a list of pairs makes; of an object, what its `items` give."""
    entries: dict[Key, Values] = {}
    items = NOTHING
    for pair in known(ask.items.elements(values)) if values else NOTHING:
        one = frozenset({pair})
        put = ask.items.element(one, 1)
        items |= put
        keys = ask.items.element(one, 0)
        named = [key.value for key in keys if isinstance(key, Constant) and key.value is not None]
        for key in named if len(named) == len(keys) else ():
            entries[key] = entries.get(key, NOTHING) | put
    return table(entries, known(items) or items)


def of_keys(names: Values, put: Values) -> Table:
    """Return a dictionary with the same values under each of some keys."""
    texts = (key.value for key in names if isinstance(key, Constant) and key.value is not None)
    return table(dict.fromkeys(texts, put), put)


def keys(value: Table) -> Values:
    """Return what going through a dictionary yields."""
    texts = [key for key, _ in value.entries if isinstance(key, str)]
    complete = value.items <= NOTHING.union(*(held for _, held in value.entries))
    named: Values = frozenset(map(Constant, texts)) if len(texts) <= _MOST else NOTHING
    if complete and named and len(texts) == len(value.entries):
        return named
    return named | {ExternalInstance("builtins.str")}


def pairs(value: Table) -> Sequence:
    """Return what `items` of a dictionary gives."""
    names = keys(value)
    return Sequence(frozenset({Sequence(names | value.items, (names, value.items))}))


def united(left: Values, right: Values) -> Values:
    """Return what `left | right` gives for dictionaries; NOTHING where one is none."""
    sides = (left, right)
    if not all(known(side) and all(isinstance(v, Table) for v in known(side)) for side in sides):
        return NOTHING
    entries = {**merged(left), **merged(right)}
    items = (value.items for side in sides for value in side if isinstance(value, Table))
    loose = NOTHING.union(*items) - NOTHING.union(*merged(left).values(), *merged(right).values())
    return frozenset({table(entries, loose)}) | (left - known(left)) | (right - known(right))


def at_key(values: Values, key: Key) -> Values | None:
    """Return what stands under a key of some tables; of those without it all, if none has it."""
    tables = [value for value in values if isinstance(value, Table)]
    found = [held for value in tables for own, held in value.entries if own == key]
    if not found:
        return NOTHING.union(*(value.items for value in tables)) if tables else None
    for value in tables:
        if key not in dict(value.entries):
            found.append(value.items - NOTHING.union(*(held for _, held in value.entries)))
    return NOTHING.union(*found)
