"""Attributes: what `value.name` may be, and which of a class's functions Python itself looks up.

Python's order, descriptors included: what the object and its classes hold, bound to the object
(object sensitivity: `self.norm` is what this very object was given), then what code outside sets,
then the class's `__getattr__`, then the bases that are not read.

For example, `layer.forward` for an object of `torch.nn.Linear`: no method sets `self.forward`, the
class holds the function, and the answer is that function bound to this object. `layer.missing` is
what the `__getattr__` of torch.nn.Module promises: a tensor or a module.
"""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import written
from srcread.graph.infer.questions import ClassMember
from srcread.graph.infer.rules import holders
from srcread.graph.infer.rules.absent import brings_no, lacks, owner_of
from srcread.graph.infer.rules.field_defaults import besides_default, has_fields
from srcread.graph.infer.rules.function_attributes import set_on
from srcread.graph.infer.rules.kernels import kernel_method
from srcread.graph.infer.rules.natives import inherited, native_attribute, object_attribute
from srcread.graph.infer.rules.offers import offered
from srcread.graph.infer.rules.outside import Outside
from srcread.graph.infer.rules.patches import Patching
from srcread.graph.infer.rules.python import builtin_class
from srcread.graph.infer.rules.registered import by_attribute, named_namespace, namespace
from srcread.graph.infer.rules.stages import carried
from srcread.graph.infer.rules.unread import unread_bases, why_unread
from srcread.graph.infer.values import (
    ANYTHING,
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
    failing,
    known,
    ordered,
    unknown,
)
from srcread.index import Defined

_MAX_PATH = 8
"""Of how many parts more than one the path of something that is not read may be."""
_OF_MODULES = frozenset(dir(ModuleType)) - {"__dict__", "__doc__", "__getattr__"}
_DISPATCH = "functools.singledispatch"
_OWN_DICTIONARY: Values = frozenset(
    {Table((), unknown("which attributes an object's __dict__ has shows when it runs"))}
)


class Attributes:
    """Resolves `value.name`."""

    def __init__(self, ask: Interpreter, patches: Patching, outside: Outside) -> None:
        self.ask = ask
        self._patches = patches
        self._outside = outside

    def join(self, values: Values, name: str) -> Values:
        """Return the attribute of every value; None has none worth following."""
        found = NOTHING
        for value in values:
            found |= self.get(value, name)
        return found or failing(f"the object whose {name!r} it is is None")

    def get(self, value: Value, name: str) -> Values:
        """Return what `value.name` may be."""
        match value:
            case ModuleValue(as_dictionary=True):
                return frozenset({External(f"builtins.dict.{name}")})
            case ModuleValue(module) if name == "__dict__":
                return frozenset({ModuleValue(module, as_dictionary=True)})
            case ModuleValue() if name in _OF_MODULES:
                return frozenset({External(f"builtins.module.{name}")})
            case ModuleValue(module):
                return self.ask.modules.attribute(module, name)
            case ClassValue(cls):
                found = self._of_class(value, cls, name)
                return self._patches.on_class(cls, name, found)
            case Instance():
                return self._of_instance(value, name)
            case Super(cls, bound):
                return self._of_super(cls, bound, name)
            case Native(path) | External(path) if path.count(".") >= _MAX_PATH:
                return unknown(f"it is {name!r} of {path}: too far from what the text names")
            case Native(native):
                if made := by_attribute(value, name):
                    return frozenset({made})
                if value.built_from:
                    return frozenset({replace(value, name=f"{native}.{name}")})
                return native_attribute(self.ask, native, name)
            case External(external) if external.endswith(f".{name}"):
                return frozenset({value})  # `x = x.next` would never end
            case External(external) if lacks(external, name):
                return failing(f"{external} has no attribute {name!r}")
            case External(external):
                made = named_namespace(self.ask, external, name)
                return frozenset({made or External(f"{external}.{name}")})
            case Sequence(positions=positions, names=names) if name in names:
                return positions[names.index(name)]
            case ExternalInstance(cls) if found := object_attribute(self.ask, cls, name):
                return found
            case Constant(None):
                return NOTHING
            case Unknown(reason, may_be=maybe):
                offer = maybe and offered(reason, self.get(maybe, name))
                return offer or frozenset({value})
            case Folded():
                return self.join(self.ask.modules.opened(frozenset({value})), name)
            case Partial(function) if name == "func":
                return frozenset({function})
            case GenericFunction():
                return frozenset({External(f"{_DISPATCH}.{name}")})
            case FunctionValue(function) if name in ("__name__", "__qualname__"):
                return frozenset({Constant(function.rpartition(".")[2].partition("~")[0])})
            case FunctionValue() if ran := kernel_method(self.ask, value, name):
                return ran
            case FunctionValue() if own := set_on(self.ask, value, name):
                return own
            case FunctionValue(around=FunctionValue() | Instance() as around):
                if name == "__wrapped__":
                    return frozenset({replace(value, around=None)})
                if isinstance(around, Instance):
                    return self.get(around, name)
        cls = builtin_class(value)
        owner = owner_of(cls, name)
        if owner is None:
            return failing(f"{cls.removeprefix('builtins.')} objects have no attribute {name!r}")
        return frozenset({External(f"{owner}.{name}")})

    def getter(self, value: Value, name: str) -> Defined | None:
        """Return the property's function that reading `value.name` would run."""
        if isinstance(value, Instance):
            for member in self.ask.classes.members(value.cls, name):
                return member.getter
        return None

    def special(self, value: Instance | ClassValue, name: str) -> list[FunctionValue]:
        """Return the method that Python itself looks up for an object: on its class, by name."""
        if isinstance(value, ClassValue):
            meta = self.ask.classes.metaclass(value.name)
            cls = meta.name if meta is not None else ""
        else:
            cls = value.cls
        for member in self.ask.classes.members(cls, name) if cls else ():
            bound = None if member.is_static else value
            return [
                item if item.bound == bound else replace(item, bound=bound)
                for item in ordered(member.values)
                if isinstance(item, FunctionValue)
            ]
        return []

    def descriptor(
        self, value: Instance | ClassValue, name: str, method: str
    ) -> list[FunctionValue]:
        """Return the `__get__` or `__set__` of the object that a class holds under a name."""
        cls = value.cls if isinstance(value, Instance) else value.name
        for member in self.ask.classes.members(cls, name):
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
        for cls in self.ask.classes.mro(value.cls):
            defined = self.ask.index.defined(cls)
            own = written(cls, name)
            if defined is not None and own in defined.scope.bindings:
                function = defined.inner().get(f"{cls}.{own}@{role}")
                if function is not None:
                    return [FunctionValue(function.name, value)]
                return self.descriptor(value, name, hook)
        return []

    def _of_class(self, value: ClassValue, cls: str, name: str) -> Values:
        for member in self.ask.classes.members(cls, name, bare=value.bare):
            plain = not any(isinstance(v, FunctionValue | ClassValue) for v in member.values)
            if plain and self.ask.classes.is_enum(member.owner):
                return frozenset({Instance(cls, constructed=False)})
            return self.bind(member, value, value)
        if name in ("__name__", "__qualname__"):
            return frozenset({Constant(cls.rpartition(".")[2].partition("~")[0])})
        if name in ("__module__", "__doc__"):
            return frozenset({ExternalInstance("builtins.str")})
        if name == "__dict__":
            return _OWN_DICTIONARY
        found = self._of_foreign_base(cls, name, of_object=False) or self._outside.of_class(
            cls, name
        )
        return found or failing(f"{cls} has no attribute {name!r}")

    def _of_instance(self, value: Instance, name: str) -> Values:
        if name == "__class__":
            return frozenset({ClassValue(value.cls)})
        if name == "__dict__":
            return _OWN_DICTIONARY
        if kept := self.ask.instances.kept_in(value, name) or carried(self.ask, value, name):
            return kept
        found = self._patches.applied(value, name, self.held(value, name))
        if known(found) - NONE:
            return found
        if outside := self._outside.of_object(value, name):
            return known(found) | outside
        if known(found):
            return found
        held = holders.under_name(self.ask, value, name)
        if not held and not found and not name.startswith("__"):
            held = self.ask.instances.put_anywhere(value)
        if held:
            return held
        # What is set, to whatever, is there: `__getattr__` is not asked for it.
        fallback = NOTHING if found else self._by_getattr(value, name)
        fallback = fallback or self._of_foreign_base(value.cls, name, of_object=True)
        return fallback or found or failing(self._missing(value.cls, name))

    def _missing(self, cls: str, name: str) -> str:
        """Say that an object has no such attribute; nobody sets one on a plain tensor."""
        if cls in self.ask.idioms.schema_types.values():
            return f"{cls.rpartition('.')[2]} objects have no attribute {name!r}"
        return f"no {name!r} is ever set on {cls}"

    def held(self, value: Instance, name: str) -> Values:
        """Return what an object and its class hold under a name."""
        found = self.ask.instances.assigned(value, name)
        for member in self.ask.classes.members(value.cls, name):
            if member.field and name in dict(value.named):
                break  # the call gave it, and no default counts
            if member.declared:  # what is put there is what the annotation promises
                found = known(found) or self.bind(member, value, ClassValue(value.cls)) or found
                if not found and not value.constructed and has_fields(self.ask, value.cls):
                    found = frozenset({ANYTHING})
            else:
                found |= self.bind(member, value, ClassValue(value.cls))
                if member.field and not value.constructed:
                    found |= besides_default(self.ask, value.cls, member, name)
            break
        return found

    def _of_super(self, cls: str, bound: Value, name: str) -> Values:
        start = bound.cls if isinstance(bound, Instance) else cls
        if isinstance(bound, ClassValue):
            start = bound.name
        for member in self.ask.classes.members(start, name, after=cls):
            return self.bind(member, bound, bound)
        of_object = isinstance(bound, Instance)
        found = self._of_foreign_base(cls, name, of_object=of_object)
        if found:
            return found
        if brings_no("builtins.object", name):
            return failing(f"no base of {start} has {name!r}")
        return frozenset({External(f"builtins.object.{name}")})

    def bind(self, member: ClassMember, receiver: Value, cls: Value) -> Values:
        """Bind what a class holds to the object that it was reached through."""
        if member.getter is not None and isinstance(receiver, Instance):
            context = Context(member.getter.name, receiver)
            return self.ask.returns.of(context)
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
            self.ask.calls.result(method, arguments, {})
            for method in self.special(value, "__get__")
        )
        return known(NOTHING.union(*found))

    def _by_getattr(self, value: Instance, name: str) -> Values:
        """Ask the class's own `__getattr__`, if it forwards by name."""
        found = NOTHING
        if name.startswith("__"):
            return found  # Python finds these on every object
        for member in self.ask.classes.members(value.cls, "__getattr__"):
            for function in self.bind(member, value, ClassValue(value.cls)):
                if operators := namespace(self.ask, function, name):
                    return operators
                argument: Values = frozenset({Constant(name)})
                found |= known(self.ask.calls.result(function, [argument], {}))
            break
        return found

    def _of_foreign_base(self, cls: str, name: str, *, of_object: bool) -> Values:
        """Look at the bases that are not read: compiled classes, then those of other packages."""
        found = NOTHING
        foreign = self.ask.classes.foreign_bases(cls)
        for base in foreign:
            if isinstance(base, Native):
                found |= inherited(self.ask, base.name, name, of_object)
        externals = frozenset(
            External(f"{base.name}.{name}")
            for base in foreign
            if isinstance(base, External) and not brings_no(base.name, name)
        )
        if found or len(externals) < 2:
            return found or externals
        unread = unread_bases(self.ask, cls)
        return unknown(why_unread(" or ".join(unread))) if unread else NOTHING
