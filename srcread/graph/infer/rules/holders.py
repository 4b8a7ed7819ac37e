"""Holders: objects that hold what they are given, by place or by name, as an idiom says.

Lists, dictionaries and chains of modules: whatever the constructor takes, a list, a dictionary,
pairs or its positional arguments, the object is told by its values and, of those whose place or
name stands in the text, by that. What is held under a name is an attribute, too.

For example, `ModuleDict(dict(stem=Linear(4, 4)))` holds the object of `Linear` under "stem":
`d["stem"]`, `d.stem` and what `d.values()` gives are that object. `Sequential(Linear(4), ReLU())`
holds two, under "0" and "1".
"""

from __future__ import annotations

from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules.tables import of_pairs
from srcread.graph.infer.values import (
    NOTHING,
    Arguments,
    ExternalInstance,
    Instance,
    Key,
    Sequence,
    Table,
    Values,
    known,
    same,
    table,
    unknown,
)

_MADE = "the name under which it is held is made when it runs"


def is_holder(ask: Interpreter, cls: str) -> bool:
    """Tell whether objects of a class hold what their constructor is given."""
    return any(name in ask.idioms.holds for name in ask.classes.mro(cls))


def is_mapping(ask: Interpreter, cls: str) -> bool:
    """Tell whether going through an object gives the names of what it holds, not that itself."""
    return bool(ask.classes.nearest_functions(cls, "keys"))


def filled(ask: Interpreter, value: Instance, given: Values) -> Instance:
    """Return an object that holds what is in a container that its constructor was given."""
    items, named = NOTHING, dict[str, Values]()
    for container in known(given):
        held, by_name = _content(ask, value.cls, container)
        items |= held
        for name, values in by_name:
            named[name] = named.get(name, NOTHING) | values
    items |= given - known(given)
    return replace(value, items=_objects(items), named=tuple(sorted(named.items())))


def _content(ask: Interpreter, cls: str, container: object) -> tuple[Values, Arguments]:
    match container:
        case Table(entries, items):
            return items, tuple((str(key), _objects(values)) for key, values in entries)
        case Sequence() if is_mapping(ask, cls):
            pairs = of_pairs(ask, frozenset({container}))
            return _content(ask, cls, pairs)
        case Sequence(items, positions):
            placed = enumerate(positions)
            return items, tuple((str(place), _objects(values)) for place, values in placed)
        case Instance(items=items, named=named) if items:
            return items, named
        case Instance():
            return ask.items.elements(frozenset({container})), ()
    return NOTHING, ()


def with_put(ask: Interpreter, value: Instance, put: Values, key: Key | None) -> Instance:
    """Return a holder that more was put into, under a key or somewhere."""
    objects = _objects(put)
    named = dict(value.named)
    if key is not None:
        named[str(key)] = named.get(str(key), NOTHING) | objects
    elif objects and not is_mapping(ask, value.cls):
        named = {name: held for name, held in named.items() if not name.isdecimal()}
    items = value.items | objects if is_holder(ask, value.cls) else value.items
    return same(replace(value, items=items, named=tuple(sorted(named.items()))))


def at_place(value: Instance, place: int) -> Values:
    """Return what stands at a place of a holder, from the end where it is negative."""
    named = dict(value.named)
    if place < 0:
        places = [int(name) for name in named if name.isdecimal()]
        complete = len(places) == len(named) and NOTHING.union(*named.values()) == value.items
        place = len(named) + place if complete else place
    return named.get(str(place), value.items)


def under_name(ask: Interpreter, value: Instance, name: str) -> Values:
    """Return what a holder holds that may be its attribute, or stand under a key."""
    named = dict(value.named)
    if name in named:
        return named[name]
    if not value.items:
        return NOTHING
    loose = value.items - NOTHING.union(*named.values())
    by_name = is_mapping(ask, value.cls) or any(not key.isdecimal() for key in named)
    return loose | unknown(_MADE) if known(loose) and by_name else NOTHING


def as_table(value: Instance) -> Table:
    """Return what a holder holds as a dictionary by names."""
    return table(dict(value.named), value.items)


def _objects(values: Values) -> Values:
    return frozenset(value for value in values if not isinstance(value, ExternalInstance))
