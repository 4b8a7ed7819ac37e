"""Attributes and items of values: the method resolution order, `self.x`, containers."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from srcread.graph.infer.core.classes import Classes, Member
from srcread.graph.infer.frame import written
from srcread.graph.infer.rules.containers import under
from srcread.graph.infer.rules.python import builtin_class
from srcread.graph.infer.rules.registered import by_attribute, named_namespace, namespace
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    ClassValue,
    Constant,
    Context,
    External,
    ExternalInstance,
    Folded,
    FunctionValue,
    GenericFunction,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Sequence,
    Super,
    Table,
    Unknown,
    Value,
    Values,
    known,
    ordered,
    unknown,
)
from srcread.index import Defined

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

_GENERIC = ("builtins.", "typing.", "collections.")
_DISPATCH = "functools.singledispatch"
_BROUGHT = {
    "typing.NamedTuple": frozenset({"_asdict", "_fields", "_make", "_replace", *dir(tuple)}),
    "builtins.object": frozenset(dir(object)),
}
"""All that a base brings; the first is a function in truth and no class."""
_OWN_DICTIONARY: Values = frozenset(
    {Table((), unknown("which attributes an object's __dict__ has shows when it runs"))}
)
_KNOWN = ("builtins", "collections", "types")
_ALSO = {
    "builtins.list": ("builtins.set", "builtins.frozenset", "types.GeneratorType"),
    "builtins.tuple": ("types.GeneratorType",),
    "builtins.dict": ("collections.OrderedDict", "collections.Counter"),
}
"""What else a container may be that is told by its elements alone."""


class Attributes:
    """Resolves `value.name` and `value[key]`."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.classes = Classes(evaluator)
        self._leaves: dict[str, bool] = {}

    def join(self, values: Values, name: str) -> Values:
        """Return the attribute of every value; None has none worth following."""
        found = NOTHING
        for value in values:
            found |= self.get(value, name)
        return found or unknown(f"the object whose {name!r} it is is None")

    def get(self, value: Value, name: str) -> Values:
        """Return what `value.name` may be."""
        match value:
            case ModuleValue(module):
                return self.evaluator.names.module_attribute(module, name)
            case ClassValue(cls):
                found = self._of_class(value, cls, name)
                return self.evaluator.surgery.on_class(cls, name, found)
            case Instance():
                return self._of_instance(value, name)
            case Super(cls, bound):
                return self._of_super(cls, bound, name)
            case Native(native):
                return frozenset({by_attribute(value, name) or Native(f"{native}.{name}")})
            case External(external) if external.endswith(f".{name}"):
                return frozenset({value})  # `x = x.next` would never end
            case External(external):
                made = named_namespace(self.evaluator, external, name)
                return frozenset({made or External(f"{external}.{name}")})
            case Constant(None):
                return NOTHING
            case Unknown():
                return frozenset({value})
            case Folded():
                return self.join(self.evaluator.names.opened(frozenset({value})), name)
            case Partial(function) if name == "func":
                return frozenset({function})
            case GenericFunction():
                return frozenset({External(f"{_DISPATCH}.{name}")})
            case FunctionValue(function) if name in ("__name__", "__qualname__"):
                return frozenset({Constant(function.rpartition(".")[2].partition("~")[0])})
            case FunctionValue(around=FunctionValue() | Instance() as around):
                if name == "__wrapped__":
                    return frozenset({replace(value, around=None)})
                if isinstance(around, Instance):
                    return self.get(around, name)
        cls = builtin_class(value)
        owner = next((own for own in (cls, *_ALSO.get(cls, ())) if _has(own, name)), None)
        if owner is None:
            return unknown(f"{cls.removeprefix('builtins.')} objects have no attribute {name!r}")
        return frozenset({External(f"{owner}.{name}")})

    def getter(self, value: Value, name: str) -> Defined | None:
        """Return the property's function that reading `value.name` would run."""
        if isinstance(value, Instance):
            for member in self.classes.members(value.cls, name):
                return member.getter
        return None

    def special(self, value: Instance | ClassValue, name: str) -> list[FunctionValue]:
        """Return the method that Python itself looks up for an object: on its class, by name."""
        if isinstance(value, ClassValue):
            meta = self.classes.metaclass(value.name)
            cls = meta.name if meta is not None else ""
        else:
            cls = value.cls
        for member in self.classes.members(cls, name) if cls else ():
            return [
                replace(item, bound=None if member.is_static else value)
                for item in ordered(member.values)
                if isinstance(item, FunctionValue)
            ]
        return []

    def descriptor(
        self, value: Instance | ClassValue, name: str, method: str
    ) -> list[FunctionValue]:
        """Return the `__get__` or `__set__` of the object that a class holds under a name."""
        cls = value.cls if isinstance(value, Instance) else value.name
        for member in self.classes.members(cls, name):
            return [
                found
                for item in ordered(member.values)
                if isinstance(item, Instance)
                for found in self.special(item, method)
            ]
        return []

    def setter(self, value: Instance, name: str, method: str) -> list[FunctionValue]:
        """Return the property's setter or deleter, or the descriptor's method, for a name."""
        role, hook = ("setter", "__set__") if method == "__setattr__" else ("deleter", "__delete__")
        for cls in self.classes.order(value.cls):
            defined = self.evaluator.index.defined(cls)
            own = written(cls, name)
            if defined is not None and own in defined.scope.bindings:
                function = defined.inner().get(f"{cls}.{own}@{role}")
                if function is not None:
                    return [FunctionValue(function.name, value)]
                return self.descriptor(value, name, hook)
        return []

    def _of_class(self, value: ClassValue, cls: str, name: str) -> Values:
        for member in self.classes.members(cls, name):
            plain = not any(isinstance(v, FunctionValue | ClassValue) for v in member.values)
            if plain and self.classes.is_enum(member.owner):
                return frozenset({Instance(cls, constructed=False)})
            return self._bind(member, value, value)
        if name in ("__name__", "__qualname__", "__module__", "__doc__"):
            return frozenset({ExternalInstance("builtins.str")})
        found = self._of_foreign_base(cls, name) or self.evaluator.outside.of_class(cls, name)
        return found or unknown(f"{cls} has no attribute {name!r}")

    def _of_instance(self, value: Instance, name: str) -> Values:
        if name == "__class__":
            return frozenset({ClassValue(value.cls)})
        if name == "__dict__":
            return _OWN_DICTIONARY
        if kept := self.classes.kept_in(value, name):
            return kept
        found = self.evaluator.surgery.applied(value, name, self.held(value, name))
        if known(found) - NONE:
            return found
        if outside := self.evaluator.outside.of_object(value, name):
            return known(found) | outside
        if known(found):
            return found
        # What is set, to whatever, is there: `__getattr__` is not asked for it.
        fallback = NOTHING if found else self._by_getattr(value, name)
        fallback = fallback or self._of_foreign_base(value.cls, name)
        return fallback or found or unknown(f"no {name!r} is ever set on {value.cls}")

    def held(self, value: Instance, name: str) -> Values:
        """Return what an object and its class hold under a name."""
        found = self.classes.assigned(value, name)
        for member in self.classes.members(value.cls, name):
            if not (found and member.declared):
                found |= self._bind(member, value, ClassValue(value.cls))
            break
        return found

    def _of_super(self, cls: str, bound: Value, name: str) -> Values:
        start = bound.cls if isinstance(bound, Instance) else cls
        if isinstance(bound, ClassValue):
            start = bound.name
        for member in self.classes.members(start, name, after=cls):
            return self._bind(member, bound, bound)
        return self._of_foreign_base(cls, name) or frozenset({External(f"builtins.object.{name}")})

    def _bind(self, member: Member, receiver: Value, cls: Value) -> Values:
        """Bind what a class holds to the object that it was reached through."""
        if member.getter is not None and isinstance(receiver, Instance):
            context = Context(member.getter.name, receiver)
            return self.evaluator.calls.returned(context)
        found = NOTHING
        for value in member.values:
            match value:
                case FunctionValue() if member.is_class_method:
                    found |= {replace(value, bound=cls)}
                case FunctionValue() if not member.is_static and isinstance(receiver, Instance):
                    found |= {replace(value, bound=receiver)}
                case GenericFunction(function) if isinstance(receiver, Instance):
                    found |= {GenericFunction(replace(function, bound=receiver))}
                case Instance() if not member.declared:
                    found |= self._got(value, receiver, cls) or {value}
                case _:
                    found |= {value}
        return found

    def _got(self, value: Instance, receiver: Value, cls: Value) -> Values:
        """Return what the `__get__` of an object gives that a class holds."""
        owner: Values = NONE if isinstance(receiver, ClassValue) else frozenset({receiver})
        arguments: list[Values] = [owner, frozenset({cls})]
        found = (
            self.evaluator.calls.result(method, arguments, {})
            for method in self.special(value, "__get__")
        )
        return known(NOTHING.union(*found))

    def subscripted(self, values: Values, key: Values) -> Values:
        """Return what `Class[key]` gives, for the classes among some values; a generic itself."""
        found = NOTHING
        for value in values:
            match value:
                case ClassValue(name):
                    methods = self.special(value, "__getitem__")
                    for member in (
                        [] if methods else self.classes.members(name, "__class_getitem__")
                    ):
                        bound = self._bind(member, value, value)
                        methods = [item for item in bound if isinstance(item, FunctionValue)]
                        break
                    given = (self.evaluator.calls.result(m, [key], {}) for m in methods)
                    found |= NOTHING.union(*given) if methods else {value}
                case External(name) if name.startswith(_GENERIC):
                    found |= {value}
        return found

    def _by_getattr(self, value: Instance, name: str) -> Values:
        """Ask the class's own `__getattr__`, if it forwards by name."""
        found = NOTHING
        if name.startswith("__"):
            return found  # Python finds these on every object
        for member in self.classes.members(value.cls, "__getattr__"):
            for function in self._bind(member, value, ClassValue(value.cls)):
                if operators := namespace(self.evaluator, function, name):
                    return operators
                argument: Values = frozenset({Constant(name)})
                found |= known(self.evaluator.calls.result(function, [argument], {}))
            break
        return found

    def _of_foreign_base(self, cls: str, name: str) -> Values:
        """Look at the bases that are not read: compiled classes, then those of other packages."""
        foreign = self.classes.foreign_bases(cls)
        natives = frozenset(
            Native(f"{base.name}.{name}") for base in foreign if isinstance(base, Native)
        )
        externals = frozenset(
            External(f"{base.name}.{name}")
            for base in foreign
            if isinstance(base, External) and name in _BROUGHT.get(base.name, {name})
        )
        return natives or (externals if len(externals) == 1 else NOTHING)

    def elements(self, values: Values) -> Values:
        """Return what iterating over the values yields."""
        return self.element(values, None)

    def element(self, values: Values, index: int | None) -> Values:
        """Return what stands at a position, from the end where it is negative; None is any."""
        found = NOTHING
        for value in values:
            match value:
                case Sequence(items, positions):
                    inside = index is not None and -len(positions) <= index < len(positions)
                    found |= positions[index] if inside and index is not None else items
                case Table(_, items):
                    found |= items
                case Instance() if value.items:
                    found |= value.items
                case Instance(cls) if self.is_leaf(cls):
                    found |= {value}
                case Instance():
                    found |= self._by_method(value)
                case Unknown() | ExternalInstance("builtins.str"):
                    found |= {value}
                case ModuleValue(module):  # `globals()[name]`
                    made = f"the name that is looked up in {module} is made when it runs"
                    found |= {Unknown(made)}
        return found or unknown("what is in the container is not known")

    def at(self, values: Values, place: int | tuple[int, int | None]) -> Values:
        """Return what unpacking puts at a place: an element, or the list that a star takes."""
        if isinstance(place, int):
            return self.element(values, place)
        taken = NOTHING
        for value in values:
            if isinstance(value, Sequence) and value.positions:
                taken = taken.union(*value.positions[slice(*place)])
            else:
                taken |= known(self.elements(frozenset({value})))
        return frozenset({Sequence(taken)})

    def raised(self, values: Values) -> Values:
        """Return the objects that `except values as name` may catch; a tuple names several."""
        found = NOTHING
        for value in self.evaluator.names.opened(values):
            match value:
                case ClassValue(name):
                    found |= {Instance(name, constructed=False)}
                case External(name):
                    found |= {ExternalInstance(name)}
                case Sequence(items):
                    found |= self.raised(items)
        return found or frozenset({ExternalInstance("builtins.Exception")})

    def _by_method(self, value: Instance) -> Values:
        calls = self.evaluator.calls
        if found := under(self.evaluator, value, None):
            return found
        for function in self.special(value, "__iter__"):
            for iterator in known(calls.result(function, [], {})):
                if not isinstance(iterator, Instance):
                    found |= known(self.elements(frozenset({iterator})))
                    continue
                for step in self.special(iterator, "__next__"):
                    found |= known(calls.result(step, [], {}))
        return found

    def item(self, values: Values, key: str) -> Values:
        """Return what stands under a constant string key."""
        found = NOTHING
        for value in values:
            if isinstance(value, Table):
                entries = dict(value.entries)
                found |= entries.get(key, value.items)
            elif isinstance(value, ModuleValue):  # `globals()[key]`
                found |= self.evaluator.names.module_attribute(value.name, key)
            elif isinstance(value, Instance) and not value.items and not self.is_leaf(value.cls):
                found |= under(self.evaluator, value, key)
            else:
                found |= self.element(frozenset({value}), None)
        return known(found) or unknown(f"what is under the key {key!r} is not known")

    def of_schema_type(self, values: Values) -> Values:
        """Return only the instances of the classes that native schemas name: tensors."""
        return frozenset(
            value for value in values if isinstance(value, Instance) and self.is_leaf(value.cls)
        )

    def is_leaf(self, cls: str) -> bool:
        """Tell whether a class is one that native schemas name, or inherits from one."""
        if cls not in self._leaves:
            leaves = self.evaluator.idioms.schema_types.values()
            self._leaves[cls] = any(name in leaves for name in self.classes.order(cls))
        return self._leaves[cls]


def _has(cls: str, name: str) -> bool:
    """Tell whether one of Python's own classes has an attribute; what is not its own may."""
    module, _, last = cls.rpartition(".")
    own = getattr(sys.modules[module], last, None) if module in _KNOWN else None
    return own is None or hasattr(own, name)
