"""Classes: their order by C3, their bases, and what a class body holds under a name.

For example, `members("torch.nn.modules.linear.Linear", "__call__")`: the order is Linear, then
torch.nn.modules.module.Module; Linear's body binds no `__call__`, Module's binds it to the function
`_wrapped_call_impl`, which is the answer. What objects of a class hold is told by `instances`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame, written
from srcread.graph.infer.questions import ClassMember
from srcread.graph.infer.rules.class_decorators import Put, held_after, put_by_decorators
from srcread.graph.infer.rules.class_statements import ClassStatements
from srcread.graph.infer.rules.dataclass_fields import constructing
from srcread.graph.infer.rules.registry_objects import RegistryObjects
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    External,
    FunctionValue,
    Native,
    Values,
    known,
    ordered,
)
from srcread.index import Defined
from srcread.index.block.bindings import How

_STATIC = frozenset({"staticmethod"})
_CLASS = frozenset({"classmethod", "abc.abstractclassmethod"})
_IMPLICIT = ("__init_subclass__", "__class_getitem__")
_PROPERTY = frozenset({"property", "cached_property", "functools.cached_property"})


class Classes:
    """Answers questions about classes that are read."""

    def __init__(
        self, ask: Interpreter, statements: ClassStatements, registry_objects: RegistryObjects
    ) -> None:
        self.ask = ask
        self._statements = statements
        self._registry_objects = registry_objects
        self._orders: dict[str, Cell[tuple[str, ...]]] = {}
        self._added: dict[str, Cell[tuple[str, ...]]] = {}
        self._bases: dict[str, Cell[tuple[Values, ...]]] = {}
        self._metaclasses: dict[str, Cell[ClassValue | None]] = {}
        self._owners: dict[tuple[str, str], Cell[tuple[str, ...]]] = {}
        self._members: dict[tuple[str, str], Cell[ClassMember | None]] = {}
        self._written: dict[tuple[str, str], Cell[ClassMember | None]] = {}
        self._put: dict[str, Cell[Put]] = {}

    def mro(self, cls: str) -> tuple[str, ...]:
        """Return the method resolution order by C3, of the classes that are read."""
        return self.ask.solver.ask(self._orders, cls, (cls,), self._order, cls)

    def _order(self, cls: str) -> tuple[str, ...]:
        parents = [
            value.name
            for values in self._base_values(cls)
            for value in ordered(known(values))
            if isinstance(value, ClassValue)
        ]
        merged = _merge([*map(self.mro, parents), tuple(parents)])
        added = self.ask.solver.answer(self._added_to(cls))
        return (*added, cls, *(name for name in merged if name != cls))

    def extend(self, cls: str, by: str) -> None:
        """Put a subclass that a decorator makes of a class before it: all its objects are of that.

        The subclass is one piece of text for all classes that are decorated so, with another base
        for each; they keep their own names.
        """
        cell = self._added_to(cls)
        if by not in cell.value:
            self.ask.solver.put(cell, (by, *cell.value))

    def _added_to(self, cls: str) -> Cell[tuple[str, ...]]:
        if cls not in self._added:
            self._added[cls] = Cell.noted(())
        return self._added[cls]

    def foreign_bases(self, cls: str) -> list[Native | External]:
        """Return the bases that are not read, of the class and all that it inherits from."""
        return [
            value
            for name in self.mro(cls)
            for values in self._base_values(name)
            for value in ordered(values)
            if isinstance(value, Native | External)
        ]

    def metaclass(self, cls: str) -> ClassValue | None:
        """Return the class of a class, where one of its bases names one that is read."""
        return self.ask.solver.ask(self._metaclasses, cls, None, self._find_metaclass, cls)

    def _find_metaclass(self, cls: str) -> ClassValue | None:
        for name in self.mro(cls):
            defined = self.ask.index.defined(name)
            found = self._named_metaclass(defined) if defined is not None else None
            if found is not None:
                return found
        return None

    def _named_metaclass(self, defined: Defined) -> ClassValue | None:
        assert isinstance(defined.node, ast.ClassDef)
        for keyword in defined.node.keywords:
            if keyword.arg == "metaclass":
                frame = self.ask.names.enclosing(defined, None)
                for value in ordered(known(self.ask.evaluate(frame, keyword.value))):
                    if isinstance(value, ClassValue):
                        return value
        return None

    def _base_values(self, cls: str) -> tuple[Values, ...]:
        return self.ask.solver.ask(self._bases, cls, (), self._find_bases, cls)

    def _find_bases(self, cls: str) -> tuple[Values, ...]:
        defined = self.ask.index.defined(cls)
        if defined is None or not isinstance(defined.node, ast.ClassDef):
            return ()
        return self._evaluated(defined.node.bases, defined)

    def _evaluated(self, bases: list[ast.expr], defined: Defined) -> tuple[Values, ...]:
        frame, opened = self.ask.names.enclosing(defined, None), self.ask.modules.opened
        return tuple(opened(self.ask.evaluate(frame, _without_parameters(base))) for base in bases)

    def members(
        self, cls: str, name: str, after: str | None = None, *, bare: bool = False
    ) -> Iterator[ClassMember]:
        """Yield what the classes hold under a name, nearest first; `after` as `super()` does.

        Of a `bare` class what its text says, before its decorators change it.
        """
        owners = self.ask.solver.ask(self._owners, (cls, name), (), self._find_owners, cls, name)
        if after is not None and after in (order := self.mro(cls)):
            behind = order[order.index(after) + 1 :]
            owners = tuple(owner for owner in owners if owner in behind)
        for owner in owners:
            is_bare = bare and owner == cls
            member = self._as_written(owner, name) if is_bare else self._member(owner, name)
            if member is not None:
                yield member

    def _find_owners(self, cls: str, name: str) -> tuple[str, ...]:
        """Return the classes of an order that may hold a name: of a hundred questions most miss."""
        return tuple(owner for owner in self.mro(cls) if self._may_hold(owner, name))

    def _may_hold(self, cls: str, name: str) -> bool:
        defined = self.ask.index.defined(cls)
        return defined is not None and (
            written(cls, name) in defined.scope.bindings
            or any(changed == name for changed, _, _ in self._put_into(defined))
        )

    def functions(self, cls: str, name: str) -> list[str]:
        """Return the functions that a class itself holds under a name, inherited ones not."""
        member = self._member(cls, name)
        values = ordered(member.values) if member is not None else []
        return [value.name for value in values if isinstance(value, FunctionValue)]

    def is_dataclass(self, cls: str) -> bool:
        """Tell whether a decorator writes the constructor that a class has or inherits."""
        return self._dataclass(cls) is not None

    def is_frozen(self, cls: str) -> bool:
        """Tell whether a dataclass's objects stay as they are made."""
        return "frozen=True" in (self._dataclass(cls) or "")

    def _dataclass(self, cls: str) -> str | None:
        for owner in self.mro(cls):
            defined = self.ask.index.defined(owner)
            if self.functions(owner, "__init__"):
                return None
            if defined is not None and (item := constructing(defined)) is not None:
                return item
        return None

    def is_enum(self, cls: str) -> bool:
        """Tell whether what a class body assigns are objects of the class."""
        return any(
            isinstance(base, External) and base.name.startswith("enum.")
            for base in self.foreign_bases(cls)
        )

    def nearest_functions(self, cls: str, name: str) -> list[str]:
        """Return the functions that a class holds under a name, else those of its nearest base."""
        for owner in self.mro(cls):
            if found := self.functions(owner, name):
                return found
        return []

    def nearest(self, cls: str, name: str) -> list[FunctionValue]:
        """Return the functions of the nearest class that holds some, with what is around them."""
        for member in self.members(cls, name):
            if found := [v for v in ordered(member.values) if isinstance(v, FunctionValue)]:
                return found
        return []

    def _member(self, cls: str, name: str) -> ClassMember | None:
        return self.ask.solver.ask(self._members, (cls, name), None, self._changed, cls, name)

    def _changed(self, cls: str, name: str) -> ClassMember | None:
        """Return what a class holds after its decorators, and statements behind it."""
        defined = self.ask.index.defined(cls)
        put = self._put_into(defined) if defined is not None else ()
        member = self._find_member(cls, name)
        if not any(changed == name for changed, _, _ in put):
            return member
        values = held_after(self.ask, name, put, member.values if member else NOTHING)
        if member is None:
            return ClassMember(cls, values)
        return replace(member, values=values, getter=None, declared=False)

    def _put_into(self, defined: Defined) -> Put:
        return self.ask.solver.ask(self._put, defined.name, (), self._find_put, defined)

    def _find_put(self, defined: Defined) -> Put:
        decorated = put_by_decorators(self.ask, defined) if defined.node.decorator_list else ()
        return (*decorated, *self._statements.put(defined))

    def _as_written(self, cls: str, name: str) -> ClassMember | None:
        return self.ask.solver.ask(self._written, (cls, name), None, self._find_member, cls, name)

    def _find_member(self, cls: str, name: str) -> ClassMember | None:
        defined, name = self.ask.index.defined(cls), written(cls, name)
        if defined is None or name not in defined.scope.bindings:
            return None
        frame = self.ask.names.class_frame(defined)
        bindings = defined.scope.bindings[name]
        decorators: set[str] = set()
        getter = None
        for binding in bindings:
            if binding.how is How.DEFINED and not isinstance(binding.node, ast.ClassDef):
                assert isinstance(binding.node, ast.FunctionDef | ast.AsyncFunctionDef)
                decorators |= {ast.unparse(item) for item in binding.node.decorator_list}
                if decorators & _PROPERTY and getter is None:
                    getter = self._method(defined, frame, binding.node)
        valued = [binding for binding in bindings if binding.how is not How.DECLARED]
        bound = self.ask.names.bound
        values = NOTHING.union(*(bound(frame, binding) for binding in valued or bindings))
        if not known(values):  # `data: dict[str, Info] = field(…)`
            promised = [binding for binding in bindings if binding not in valued]
            values = NOTHING.union(*(bound(frame, binding) for binding in promised)) or values
        values = self._registry_objects.of_class(defined, name, values)
        return ClassMember(
            owner=cls,
            values=values,
            is_static=bool(decorators & _STATIC),
            is_class_method=bool(decorators & _CLASS) or name in _IMPLICIT,
            getter=getter,
            declared=not valued,
            field=bool(valued) and len(valued) < len(bindings),
        )

    def _method(self, defined: Defined, frame: Frame, node: ast.AST) -> Defined | None:
        defined.inner()
        return frame.module.at_node(node)


def _without_parameters(base: ast.expr) -> ast.expr:
    """`Base[T]` is Base."""
    return base.value if isinstance(base, ast.Subscript) else base


def _merge(orders: list[tuple[str, ...]]) -> tuple[str, ...]:
    """C3: https://www.python.org/download/releases/2.3/mro/. A conflict keeps what came first."""
    remaining = [list(order) for order in orders if order]
    merged: list[str] = []
    while remaining:
        for order in remaining:
            head = order[0]
            if not any(head in other[1:] for other in remaining):
                break
        else:
            head = remaining[0][0]
        merged.append(head)
        remaining = [[name for name in order if name != head] for order in remaining]
        remaining = [order for order in remaining if order]
    return tuple(merged)
