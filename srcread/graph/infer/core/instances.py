"""Instances: what methods set as `self.name` on an object, and what they put into it there.

Each constructor is looked at with what it was given when this very object was made, each other
method once with anything: object sensitivity. An attribute may rest on itself, `self.x =
f(self.x)`: a fixpoint, and the solver's affair.

For example, `self.norm = norm` in the `__init__` of torch.nn.TransformerEncoder: `assigned` answers
None for `TransformerEncoder(layer, 6)`, and for `TransformerEncoder(layer, 6, LayerNorm(8))` that
object of `LayerNorm`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import mangled, written
from srcread.graph.infer.name_patterns import Pattern
from srcread.graph.infer.rules.building import contexts
from srcread.graph.infer.rules.fillings import Fillings
from srcread.graph.infer.rules.lists import loosened
from srcread.graph.infer.rules.set_by_name import ByName, Placed
from srcread.graph.infer.solver import PENDING, Cell
from srcread.graph.infer.values import (
    NOTHING,
    FunctionValue,
    Instance,
    Key,
    Values,
    known,
    table,
)
from srcread.index import Defined
from srcread.index.block.bindings import How

_HOOKS = ("__getattr__", "__setattr__", "__setstate__")
"""They are asked for any name, and tell of none."""


class Instances:
    """Answers questions about what objects hold themselves."""

    def __init__(self, ask: Interpreter, fillings: Fillings, by_name: ByName) -> None:
        self.ask = ask
        self._fillings = fillings
        self._by_name = by_name
        self._cells: dict[tuple[Instance, str], Cell[Values]] = {}
        self._wrappers: dict[str, Cell[tuple[FunctionValue, ...]]] = {}
        self._puts: dict[Instance, Cell[tuple[Placed, ...]]] = {}

    def assigned(self, value: Instance, name: str) -> Values:
        """Return what methods set as `self.name` on this object, any of them."""
        found = self.ask.solver.ask(self._cells, (value, name), PENDING, self._join, value, name)
        if found == PENDING:  # `self.x = f(self.x)`: it is at least what the class declares
            declared = [m for m in self.ask.classes.members(value.cls, name) if m.declared]
            return declared[0].values if declared else found
        return found

    def _join(self, value: Instance, name: str) -> Values:
        order = self.ask.classes.mro(value.cls)
        found = dict(value.named).get(name, NOTHING)
        found = found.union(*(self._assigned_in(cls, value, name) for cls in order))
        found = found.union(*(self._by_name.given(placed, name) for placed in self._placed(value)))
        wrappers = self.ask.solver.ask(self._wrappers, value.cls, (), self._around, value.cls)
        return found.union(*(self._by_wrapper(item, value, name) for item in wrappers))

    def _around(self, cls: str) -> tuple[FunctionValue, ...]:
        """Return what decorators put around the constructor of a class, or in its place."""
        return tuple(self._found_around(cls))

    def _found_around(self, cls: str) -> Iterator[FunctionValue]:
        for function in self.ask.classes.nearest(cls, "__init__"):
            defined = self.ask.index.defined(function.name)
            if isinstance(function.around, FunctionValue):
                yield function.around
            elif defined is not None and defined.receiver is None:
                yield function

    def _by_wrapper(self, function: FunctionValue, value: Instance, name: str) -> Values:
        """Return what a function that stands around a constructor sets on the object."""
        defined = self.ask.index.defined(function.name)
        if defined is None or isinstance(defined.node, ast.ClassDef):
            return NOTHING
        first = [item.arg for item in (*defined.node.args.posonlyargs, *defined.node.args.args)]
        bindings = defined.scope.attributes.get((first[0] if first else "", name), ())
        if not bindings:
            return NOTHING
        bound = replace(function, bound=value)
        frame = self.ask.frame(self.ask.contexts.bind(bound, [], dict(value.arguments)))
        return NOTHING.union(*(self.ask.names.bound(frame, item) for item in bindings))

    def _placed(self, value: Instance) -> tuple[Placed, ...]:
        """Return what the methods of an object's classes set on it by name."""
        if not self._by_name.of(value):
            return ()
        return self.ask.solver.ask(self._puts, value, (), self._place, value)

    def _place(self, value: Instance) -> tuple[Placed, ...]:
        keeps = bool(self._by_name.putters(value.cls))
        placed = (
            self._by_name.placed(self.ask.frame(context), put, keeps)
            for cls, put in self._by_name.of(value)
            for context in contexts(self.ask, put.method, cls, value)
        )
        return tuple(item for item in placed if item is not None)

    def put_anywhere(self, value: Instance) -> Values:
        """Return what an object's own code keeps under names of which nothing is known."""
        found = NOTHING
        for placed in self._placed(value):
            pattern, method = placed.pattern, placed.put.method
            if pattern is not None and pattern.is_open and method.node.name not in _HOOKS:
                found |= self._by_name.telling(placed)
        if not found:
            return found
        order = self.ask.classes.mro(value.cls)
        kinds = [k for n, k in self.ask.idioms.kept_in.items() if n.rpartition(".")[0] in order]
        kept = NOTHING.union(*(self._of_kind(kind, found) for kind in kinds))
        return kept and kept | (found - known(found))

    def put_by_made_names(self, value: Instance) -> Values:
        """Return what an object's own code keeps under names that are made when it runs."""
        return NOTHING.union(
            *(
                known(self._by_name.telling(placed))
                for placed in self._placed(value)
                if placed.pattern is not None and placed.put.method.node.name not in _HOOKS
            )
        )

    def named_like(self, value: Instance, pattern: Pattern) -> Values:
        """Return what an object holds under the names that a pattern allows."""
        names = {
            *filter(pattern.allows, self.names_assigned(value.cls)),
            *(name for name, _ in value.named if pattern.allows(name)),
        }
        found = NOTHING
        for placed in self._placed(value):
            names |= set(filter(pattern.allows, placed.names))
            if placed.pattern is not None and placed.pattern.meets(pattern):
                found |= known(self.ask.evaluate(placed.frame, placed.put.value))
        return found.union(*(known(self.assigned(value, name)) for name in sorted(names)))

    def kept_in(self, value: Instance, name: str) -> Values:
        """Return the dictionary of a class in which, as an idiom says, attributes are kept."""
        idioms, mro = self.ask.idioms.kept_in, self.ask.classes.mro
        found = (idioms.get(f"{cls}.{name}") for cls in mro(value.cls)) if idioms else ()
        kind = next((cls for cls in found if cls is not None), None)
        if kind is None:
            return NOTHING
        named, loose = self._kept(value)
        entries = {
            attribute: self._of_kind(kind, self.assigned(value, attribute))
            for attribute in (*self.names_assigned(value.cls), *named)
        }
        held: dict[Key, Values] = {key: items for key, items in entries.items() if items}
        held |= dict(value.named)
        items = value.items | self._of_kind(kind, loose)
        if not held and not items:
            items = frozenset({Instance(kind, constructed=False)})
        return frozenset({table(held, items)})

    def _kept(self, value: Instance) -> tuple[list[str], Values]:
        """Return the names under which an object's own code keeps others; what has none known."""
        names: dict[str, None] = {}
        loose = NOTHING
        for placed in self._placed(value):
            names.update(dict.fromkeys(sorted(placed.names)))
            if placed.pattern is not None:
                loose |= self.ask.evaluate(placed.frame, placed.put.value)
        return list(names), loose

    def _of_kind(self, kind: str, values: Values) -> Values:
        order = self.ask.classes.mro
        return frozenset(
            item for item in known(values) if isinstance(item, Instance) and kind in order(item.cls)
        )

    def names_assigned(self, cls: str) -> list[str]:
        """Return the names of the attributes that the constructors of a class set on `self`."""
        found: dict[str, None] = {}
        for name in self.ask.classes.mro(cls):
            for function in self.ask.classes.functions(name, "__init__"):
                method = self.ask.index.defined(function)
                for owner, attribute in method.scope.attributes if method is not None else ():
                    if method is not None and owner == method.receiver:
                        found[mangled(name, attribute)] = None
        return list(found)

    def _assigned_in(self, cls: str, value: Instance, name: str) -> Values:
        defined = self.ask.index.defined(cls)
        name = written(cls, name)
        if defined is None or not name:
            return NOTHING
        found = NOTHING
        for method in defined.mentioning(name, called=False):
            bindings = method.scope.attributes.get((method.receiver or "", name), ())
            if not bindings:
                continue
            for context in contexts(self.ask, method, cls, value):
                frame = self.ask.frame(context)
                given = NOTHING.union(*(self.ask.names.bound(frame, item) for item in bindings))
                if any(item.how is How.DECLARED for item in bindings):
                    given = known(given) or given  # what is put there is what is promised
                found |= given
        return self._filled(defined, cls, value, name, loosened(found))

    def _filled(
        self, defined: Defined, cls: str, value: Instance, name: str, found: Values
    ) -> Values:
        """Add what methods put into the container that an attribute holds."""
        if not self._fillings.may_be_filled(defined.module.file.text, f".{name}", found):
            return found
        for method in defined.mentioning(name, called=False):
            path = f"{method.receiver}.{name}"
            for context in contexts(self.ask, method, cls, value):
                found = self._fillings.filled(self.ask.frame(context), path, found)
        return found
