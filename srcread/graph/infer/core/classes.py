"""Classes: C3 order, what a class body holds, what methods set on `self`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame, mangled, written
from srcread.graph.infer.rules.fillings import may_be_filled
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Context,
    External,
    FunctionValue,
    Instance,
    Native,
    Table,
    Values,
    known,
    ordered,
    same,
)
from srcread.index import Defined
from srcread.index.block.bindings import How

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

_MAX_TURNS = 3
_STATIC = frozenset({"staticmethod"})
_CLASS = frozenset({"classmethod", "abc.abstractclassmethod"})
_IMPLICIT = ("__init_subclass__", "__class_getitem__")
_PROPERTY = frozenset({"property", "cached_property", "functools.cached_property"})


@dataclass(frozen=True, slots=True)
class Member:
    """What a class holds under a name; `declared` is an annotation without a value."""

    owner: str
    values: Values
    is_static: bool = False
    is_class_method: bool = False
    getter: Defined | None = None
    declared: bool = False


class Classes:
    """Answers questions about classes that are read."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._orders: dict[str, tuple[str, ...]] = {}
        self._added: dict[str, tuple[str, ...]] = {}
        self._bases: dict[str, tuple[Values, ...]] = {}
        self._metaclasses: dict[str, ClassValue | None] = {}
        self._members: dict[tuple[str, str], Member | None] = {}
        self._constructions: dict[tuple[Instance, str], Context | None] = {}
        self._assigned: dict[tuple[Instance, str], Values] = {}

    def order(self, cls: str) -> tuple[str, ...]:
        """Return the method resolution order by C3, of the classes that are read."""
        if cls not in self._orders:
            self._orders[cls] = (cls,)  # a class that inherits from itself ends here
            parents = [
                value.name
                for values in self._base_values(cls)
                for value in ordered(known(values))
                if isinstance(value, ClassValue)
            ]
            merged = _merge([*map(self.order, parents), tuple(parents)])
            added = self._added.get(cls, ())
            self._orders[cls] = (*added, cls, *(name for name in merged if name != cls))
        return self._orders[cls]

    def extend(self, cls: str, by: str) -> None:
        """Put a subclass that a decorator makes of a class before it: all its objects are of that.

        The subclass is one piece of text for all classes that are decorated so, with another base
        for each; they keep their own names.
        """
        self._added[cls] = (by, *(name for name in self._added.get(cls, ()) if name != by))
        self._orders = {name: order for name, order in self._orders.items() if cls not in order}

    def foreign_bases(self, cls: str) -> list[Native | External]:
        """Return the bases that are not read, of the class and all that it inherits from."""
        return [
            value
            for name in self.order(cls)
            for values in self._base_values(name)
            for value in ordered(values)
            if isinstance(value, Native | External)
        ]

    def metaclass(self, cls: str) -> ClassValue | None:
        """Return the class of a class, where one of its bases names one that is read."""
        if cls not in self._metaclasses:
            self._metaclasses[cls] = None
            for name in self.order(cls):
                defined = self.evaluator.index.defined(name)
                with self.evaluator.questions.keeping():
                    found = self._named_metaclass(defined) if defined is not None else None
                if found is not None:
                    self._metaclasses[cls] = found
                    break
        return self._metaclasses[cls]

    def _named_metaclass(self, defined: Defined) -> ClassValue | None:
        assert isinstance(defined.node, ast.ClassDef)
        for keyword in defined.node.keywords:
            if keyword.arg == "metaclass":
                frame = self.evaluator.names.around(defined, None)
                for value in ordered(known(self.evaluator.evaluate(frame, keyword.value))):
                    if isinstance(value, ClassValue):
                        return value
        return None

    def _base_values(self, cls: str) -> tuple[Values, ...]:
        if cls not in self._bases:
            self._bases[cls] = ()
            defined = self.evaluator.index.defined(cls)
            if defined is not None and isinstance(defined.node, ast.ClassDef):
                with self.evaluator.questions.keeping():
                    self._bases[cls] = self._evaluated(defined.node.bases, defined)
        return self._bases[cls]

    def _evaluated(self, bases: list[ast.expr], defined: Defined) -> tuple[Values, ...]:
        frame, opened = self.evaluator.names.around(defined, None), self.evaluator.names.opened
        return tuple(
            opened(self.evaluator.evaluate(frame, _without_parameters(base))) for base in bases
        )

    def members(self, cls: str, name: str, after: str | None = None) -> Iterator[Member]:
        """Yield what the classes hold under a name, nearest first; `after` as `super()` does."""
        order = self.order(cls)
        if after is not None and after in order:
            order = order[order.index(after) + 1 :]
        found = self._members
        for owner in order:
            key = (owner, name)
            member = found[key] if key in found else self._member(owner, name)
            if member is not None:
                yield member

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
        for owner in self.order(cls):
            defined = self.evaluator.index.defined(owner)
            if self.functions(owner, "__init__"):
                return None
            for item in defined.symbol.decorators if defined is not None else ():
                if item.partition("(")[0].endswith("dataclass"):
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
        for owner in self.order(cls):
            if found := self.functions(owner, name):
                return found
        return []

    def _member(self, cls: str, name: str) -> Member | None:
        key = (cls, name)
        if key not in self._members:
            self._members[key] = None
            with self.evaluator.questions.keeping():
                self._members[key] = self._find_member(cls, name)
        return self._members[key]

    def _find_member(self, cls: str, name: str) -> Member | None:
        defined, name = self.evaluator.index.defined(cls), written(cls, name)
        if defined is None or name not in defined.scope.bindings:
            return None
        frame = self.evaluator.names.class_frame(defined)
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
        bound = self.evaluator.names.bound
        values = NOTHING.union(*(bound(frame, binding) for binding in valued or bindings))
        if not known(values):  # `data: dict[str, Info] = field(…)`
            promised = [binding for binding in bindings if binding not in valued]
            values = NOTHING.union(*(bound(frame, binding) for binding in promised)) or values
        return Member(
            owner=cls,
            values=values,
            is_static=bool(decorators & _STATIC),
            is_class_method=bool(decorators & _CLASS) or name in _IMPLICIT,
            getter=getter,
            declared=not valued,
        )

    def _method(self, defined: Defined, frame: Frame, node: ast.AST) -> Defined | None:
        defined.inner()
        return frame.module.at_node(node)

    def assigned(self, value: Instance, name: str) -> Values:
        """Return what methods set as `self.name` on this object, any of them."""
        key = (value, name)
        if key in self._assigned:
            return self._assigned[key]
        with self.evaluator.questions.asking(key) as earlier:
            if earlier is not None:
                return earlier
            # `self.x = f(self.x)`: inside itself it is at least what the class declares.
            declared = [m for m in self.members(value.cls, name) if m.declared]
            self.evaluator.questions.so_far[key] = declared[0].values if declared else NOTHING
            for _ in range(_MAX_TURNS):
                frames: list[Frame] = []
                found = NOTHING
                for cls in self.order(value.cls):
                    found |= self._assigned_in(cls, value, name, frames)
                self._assigned[key] = self.evaluator.questions.answered(key, found)
                if self.evaluator.questions.settled(key):
                    break
                self.evaluator.questions.so_far[key] = found
                del self._assigned[key]
                for frame in frames:
                    frame.forget()
            self._assigned[key] = self.evaluator.questions.answered(key, found)
        return self._assigned[key]

    def kept_in(self, value: Instance, name: str) -> Values:
        """Return the dictionary of a class in which, as an idiom says, attributes are kept."""
        idioms = self.evaluator.idioms.kept_in
        found = (idioms.get(f"{cls}.{name}") for cls in self.order(value.cls)) if idioms else ()
        kind = next((cls for cls in found if cls is not None), None)
        if kind is None:
            return NOTHING
        entries = {
            attribute: frozenset(
                item
                for item in known(self.assigned(value, attribute))
                if isinstance(item, Instance) and kind in self.order(item.cls)
            )
            for attribute in self.names_assigned(value.cls)
        }
        held = tuple(sorted((key, items) for key, items in entries.items() if items))
        return frozenset({Table(held, NOTHING.union(*(items for _, items in held)))})

    def names_assigned(self, cls: str) -> list[str]:
        """Return the names of the attributes that the constructors of a class set on `self`."""
        found: dict[str, None] = {}
        for name in self.order(cls):
            for function in self.functions(name, "__init__"):
                method = self.evaluator.index.defined(function)
                for owner, attribute in method.scope.attributes if method is not None else ():
                    if method is not None and owner == method.receiver:
                        found[mangled(name, attribute)] = None
        return list(found)

    def _assigned_in(self, cls: str, value: Instance, name: str, frames: list[Frame]) -> Values:
        defined = self.evaluator.index.defined(cls)
        name = written(cls, name)
        if defined is None or not name:
            return NOTHING
        found = NOTHING
        for method in defined.mentioning(name):
            bindings = method.scope.attributes.get((method.receiver or "", name), ())
            if not bindings:
                continue
            frame = self.evaluator.frame(self._context(method, cls, value))
            frames.append(frame)
            for binding in bindings:
                found |= self.evaluator.names.bound(frame, binding)
        return self._filled(defined, cls, value, name, found)

    def _filled(
        self, defined: Defined, cls: str, value: Instance, name: str, found: Values
    ) -> Values:
        """Add what methods put into the container that an attribute holds."""
        if not may_be_filled(defined.module.file.text, f".{name}", found):
            return found
        for method in defined.mentioning(name):
            frame = self.evaluator.frame(self._context(method, cls, value))
            path = f"{method.receiver}.{name}"
            found = self.evaluator.fillings.filled(frame, path, found)
        return found

    def _context(self, method: Defined, cls: str, value: Instance) -> Context:
        """Return the context in which a method ran on this object, as far as it is known."""
        if isinstance(method.node, ast.ClassDef) or method.node.name != "__init__":
            return Context(method.name, value, called=False)
        construction = self.construction(value, cls)
        return construction or Context(method.name, value, called=False)

    def construction(self, value: Instance, cls: str) -> Context | None:
        """Return the context in which the `__init__` of `cls` ran on this object.

        The first `__init__` in the order got the object's own arguments; each further one what the
        one before hands to `super().__init__`, or to `Base.__init__` by name.
        """
        key = (value, cls)
        if key not in self._constructions:
            self._constructions[key] = None
            with self.evaluator.questions.keeping():
                self._constructions[key] = self._construction(value, cls)
        return self._constructions[key]

    def _construction(self, value: Instance, cls: str) -> Context | None:
        owners = [member.owner for member in self.members(value.cls, "__init__")]
        if cls not in owners:
            return None
        position = owners.index(cls)
        own = self.functions(cls, "__init__")
        if position == 0 and own:
            return Context(own[0], value, value.arguments, called=value.constructed)
        for caller in reversed(owners[:position]):
            before = self.construction(value, caller)
            if before is not None and (handed := self._handed(before, value, own)):
                return self._either(handed)
        return None

    def _handed(self, before: Context, value: Instance, own: list[str]) -> list[Context]:
        """Return the contexts in which one constructor calls another, of a base."""
        frame = self.evaluator.frame(before)
        return [
            self.evaluator.calls.context(FunctionValue(callee.name, value), frame, use.node)
            for use in frame.scope.calls
            if isinstance(use.node, ast.Call) and _calls_init(use.node)
            for callee in ordered(known(self.evaluator.evaluate(frame, use.node.func)))
            if isinstance(callee, FunctionValue) and callee.name in own
        ]

    def _either(self, contexts: list[Context]) -> Context | None:
        """Join the calls of one constructor, of which one runs: `super().__init__` in branches.

        What one of them hands over is the parameter's default in one that does not.
        """
        if len(contexts) < 2:
            return contexts[0] if contexts else None
        frame = self.evaluator.frame(contexts[0])
        joined: dict[str, Values] = {}
        for name in sorted({name for context in contexts for name, _ in context.arguments}):
            default = self.evaluator.parameters.default(frame, name) or NOTHING
            handed = (dict(context.arguments).get(name, default) for context in contexts)
            joined[name] = NOTHING.union(*handed)
        return same(replace(contexts[0], arguments=tuple(joined.items())))


def _calls_init(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"


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
