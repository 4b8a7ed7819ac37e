"""Items: what iterating, unpacking and subscripting values gives.

A list is told by its elements alone, smashed into one set, a tuple by its positions, a dictionary
by its constant keys. An object is asked by its own `__getitem__`, else by `__iter__` and the
`__next__` of what that returns; for an object that its idiom calls a holder, by what it holds.

For example, `first, *rest = layers` where `layers` is `(Linear(), ReLU(), Linear())`: `at` answers
the first `Linear` for place 0, and for the starred place a list of the two others.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules import holders, named_tuples, tables
from srcread.graph.infer.rules.containers import under
from srcread.graph.infer.rules.lists import sliced
from srcread.graph.infer.rules.made_names import looked_up_in
from srcread.graph.infer.rules.natives import native_elements
from srcread.graph.infer.rules.offers import offered
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    Key,
    ModuleValue,
    Sequence,
    Table,
    Unknown,
    Values,
    held,
    known,
    unknown,
)

_GENERIC = ("builtins.", "typing.", "collections.")


class Items:
    """Resolves `value[key]`, and what goes through values does."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask

    def elements(self, values: Values) -> Values:
        """Return what iterating over the values yields."""
        found = NOTHING
        for value in values:
            match value:
                case Table():
                    found |= tables.keys(value)
                case Instance(cls) if value.items and holders.is_mapping(self.ask, cls):
                    found |= tables.keys(holders.as_table(value))
                case _:
                    found |= self.element(frozenset({value}), None)
        return found or unknown("what is in the container is not known")

    def element(self, values: Values, index: int | None) -> Values:
        """Return what stands at a position, from the end where it is negative; None is any."""
        found = NOTHING
        for value in values:
            match value:
                case Sequence(items, positions):
                    inside = index is not None and -len(positions) <= index < len(positions)
                    found |= positions[index] if inside and index is not None else items
                case Table(_, items):
                    found |= items if index is None else dict(value.entries).get(index, items)
                case Instance() if value.items:
                    found |= value.items if index is None else holders.at_place(value, index)
                case Instance(cls) if self.ask.plain.is_leaf(cls):
                    found |= {value}
                case Instance():
                    placed = named_tuples.at(self.ask, value, index)
                    found |= placed or self._by_method(value)
                case Unknown(reason, may_be=maybe) if maybe is not None:
                    found |= offered(reason, self.element(frozenset({maybe}), index))
                case Unknown() | ExternalInstance("builtins.str"):
                    found |= {value}
                case ExternalInstance(cls):
                    found |= native_elements(self.ask, cls)
                case ModuleValue():  # `globals()[name]`
                    found |= {looked_up_in(frozenset({value}))}
        return found or unknown("what is in the container is not known")

    def slice(self, values: Values, node: ast.Slice) -> Values:
        """Return what `value[a:b]` gives: parts of lists and tuples, of others all of them."""
        return frozenset(
            sliced(value, node)
            if isinstance(value, Sequence)
            else replace(value, named=())
            if isinstance(value, Instance) and value.named
            else value
            for value in values
        )

    def at(self, values: Values, place: int | tuple[int, int | None]) -> Values:
        """Return what unpacking puts at a place: an element, or the list that a star takes."""
        if isinstance(place, int):
            return self.element(values, place)
        taken = NOTHING
        for value in values:
            if isinstance(value, Sequence) and value.positions:
                taken = taken.union(*value.positions[slice(*place)])
            else:
                taken |= held(self.elements(frozenset({value})))
        return frozenset({Sequence(taken)})

    def item(self, values: Values, key: Key) -> Values:
        """Return what stands under a constant key."""
        found, is_leaf = tables.at_key(values, key) or NOTHING, self.ask.plain.is_leaf
        for value in values:
            if isinstance(value, Table):
                continue
            if isinstance(value, ModuleValue):  # `globals()[key]`
                found |= self.ask.modules.attribute(value.name, str(key))
            elif isinstance(value, Instance) and value.items:
                found |= dict(value.named).get(str(key), value.items)
            elif isinstance(value, Instance) and not is_leaf(value.cls):
                found |= under(self.ask, value, key)
            else:
                found |= self.element(frozenset({value}), None)
        return found or unknown(f"what is under the key {key!r} is not known")

    def subscripted(self, values: Values, key: Values) -> Values:
        """Return what `Class[key]` gives, for the classes among some values; a generic itself."""
        found = NOTHING
        for value in values:
            match value:
                case ClassValue(name):
                    methods = self.ask.attributes.special(value, "__getitem__")
                    for member in (
                        [] if methods else self.ask.classes.members(name, "__class_getitem__")
                    ):
                        bound = self.ask.attributes.bind(member, value, value)
                        methods = [item for item in bound if isinstance(item, FunctionValue)]
                        break
                    given = (self.ask.calls.result(m, [key], {}) for m in methods)
                    found |= NOTHING.union(*given) if methods else {value}
                case External("sys.modules"):
                    found |= self._loaded(key)
                case External(name) if name.startswith(_GENERIC):
                    found |= {value}
        return found

    def _loaded(self, names: Values) -> Values:
        """Return the modules that `sys.modules[name]` gives, of those that are read."""
        texts = [name.value for name in names if isinstance(name, Constant) and name.value]
        found = frozenset(map(self.ask.modules.named, texts))
        return frozenset(value for value in found if not isinstance(value, External | Unknown))

    def _by_method(self, value: Instance) -> Values:
        calls = self.ask.calls
        if found := under(self.ask, value, None):
            return found
        for function in self.ask.attributes.special(value, "__iter__"):
            for iterator in known(calls.result(function, [], {})):
                if not isinstance(iterator, Instance):
                    found |= known(self.elements(frozenset({iterator})))
                    continue
                for step in self.ask.attributes.special(iterator, "__next__"):
                    found |= known(calls.result(step, [], {}))
        return found
