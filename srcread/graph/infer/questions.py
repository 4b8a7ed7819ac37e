"""The questions that the parts of the interpreter answer, one list for each part.

They are said here by name, without those who answer, so that no part needs to import another
(`ask`). What nobody but a part's owner asks stands in no list.

For example, `ClassQuestions.members` is what `core/classes` answers: the classes that hold a name,
nearest first; `AttributeQuestions.get` asks that, and goes on to what a class that is not read has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.name_patterns import Pattern
from srcread.graph.infer.values import (
    ClassValue,
    Context,
    External,
    FunctionValue,
    GenericFunction,
    Instance,
    Key,
    ModuleValue,
    Native,
    Partial,
    Value,
    Values,
)
from srcread.index import Defined, Module
from srcread.index.block.bindings import Binding


@dataclass(frozen=True, slots=True)
class ClassMember:
    """What a class holds under a name; `declared` is an annotation without a value.

    An annotated one with a value is a `field`: in a dataclass the value is its default.
    """

    owner: str
    values: Values
    is_static: bool = False
    is_class_method: bool = False
    getter: Defined | None = None
    declared: bool = False
    field: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """A function that is registered for an operator; `role` is the word that the idioms give."""

    function: FunctionValue
    role: str


class NameQuestions(Protocol):
    """What a name means where it stands."""

    def class_frame(self, defined: Defined) -> Frame:
        """Return the frame of a class's own statements."""

    def enclosing(self, defined: Defined, context: Context | None) -> Frame:
        """Return the frame in which a definition's free names are looked up."""

    def standing(self, defined: Defined) -> Frame:
        """Return where a `def` stands, without a look into the function."""

    def around(self, frame: Frame) -> Frame:
        """Return where a function's `def` stands: its hints and defaults are read there."""

    def look_up(self, frame: Frame, name: str) -> Values:
        """Return what a name may be in a frame: its scope's, or the next one's that binds it."""

    def read(self, frame: Frame, node: ast.Name) -> Values:
        """Return what a name may be where it is read, by the bindings that may have run last."""

    def bound(self, frame: Frame, binding: Binding) -> Values:
        """Return the values that one binding gives."""

    def rebound(self, frame: Frame, name: str) -> Values:
        """Return what functions inside give a name that they declare `nonlocal` or `global`."""


class ModuleQuestions(Protocol):
    """What a dotted name stands for, and what a module holds."""

    def frame(self, module: Module) -> Frame:
        """Return the frame of a module's own statements."""

    def meanwhile(self, frame: Frame, parts: Iterable[ast.expr]) -> Frame:
        """Return where some expressions of a module's code are read: names may change later."""

    def named(self, name: str) -> Value:
        """Return the module of this name: read, compiled, or of a distribution not read."""

    def attribute(self, module_name: str, name: str, *, of_code: bool = False) -> Values:
        """Return what a name may be in a module; `of_code`: seen from its code, builtins count."""

    def member(self, source: str, name: str) -> Values:
        """Return what `from source import name` gives."""

    def opened(self, values: Values) -> Values:
        """Return the values with what is folded opened: its file is read after all."""

    def has_submodule(self, module_name: str, name: str) -> bool:
        """Tell whether a package holds a module of this name."""

    def swapped(self, module_name: str) -> Values:
        """Return the objects that stand in a module's place, if it puts some there."""


class AttributeQuestions(Protocol):
    """What `value.name` is, and what Python looks up on a class by itself."""

    def join(self, values: Values, name: str) -> Values:
        """Return the attribute of every value, joined."""

    def get(self, value: Value, name: str) -> Values:
        """Return what `value.name` may be."""

    def held(self, value: Instance, name: str) -> Values:
        """Return what an object and its class hold under a name, nothing else being asked."""

    def bind(self, member: ClassMember, receiver: Value, cls: Value) -> Values:
        """Bind what a class holds to the object that it was reached through."""

    def special(self, value: Instance | ClassValue, name: str) -> list[FunctionValue]:
        """Return the special method that Python itself looks up: on the class, by name."""

    def getter(self, value: Value, name: str) -> Defined | None:
        """Return the property's function that reading `value.name` would run."""

    def setter(self, value: Instance, name: str, method: str) -> list[FunctionValue]:
        """Return the property's setter or deleter, or the descriptor's method, for a name."""

    def descriptor(
        self, value: Instance | ClassValue, name: str, method: str
    ) -> list[FunctionValue]:
        """Return the `__get__` or `__set__` of the object that a class holds under a name."""


class ItemQuestions(Protocol):
    """What iterating, unpacking and subscripting gives."""

    def elements(self, values: Values) -> Values:
        """Return what iterating over the values yields."""

    def element(self, values: Values, index: int | None) -> Values:
        """Return what stands at a position, from the end where it is negative; None is any."""

    def at(self, values: Values, place: int | tuple[int, int | None]) -> Values:
        """Return what unpacking puts at a place: an element, or the list that a star takes."""

    def item(self, values: Values, key: Key) -> Values:
        """Return what stands under a constant key."""

    def subscripted(self, values: Values, key: Values) -> Values:
        """Return what `Class[key]` gives, for the classes among some values."""


class ClassQuestions(Protocol):
    """What classes inherit and hold."""

    def mro(self, cls: str) -> tuple[str, ...]:
        """Return the method resolution order, of the classes that are read."""

    def foreign_bases(self, cls: str) -> list[Native | External]:
        """Return the bases that are not read, of the class and all that it inherits from."""

    def metaclass(self, cls: str) -> ClassValue | None:
        """Return the class of a class, where one of its bases names one that is read."""

    def members(
        self, cls: str, name: str, after: str | None = None, *, bare: bool = False
    ) -> Iterator[ClassMember]:
        """Yield what the classes hold under a name, nearest first; `after` as `super()` does."""

    def nearest(self, cls: str, name: str) -> list[FunctionValue]:
        """Return the functions of the nearest class that holds some, with what is around them."""

    def functions(self, cls: str, name: str) -> list[str]:
        """Return the functions that a class itself holds under a name, inherited ones not."""

    def nearest_functions(self, cls: str, name: str) -> list[str]:
        """Return the functions that a class holds under a name, else those of its nearest base."""

    def is_dataclass(self, cls: str) -> bool:
        """Tell whether a decorator writes the constructor that a class has or inherits."""

    def is_frozen(self, cls: str) -> bool:
        """Tell whether a dataclass's objects stay as they are made."""

    def is_enum(self, cls: str) -> bool:
        """Tell whether what a class body assigns are objects of the class."""

    def extend(self, cls: str, by: str) -> None:
        """Put a subclass that a decorator makes of a class before it: all its objects are of it."""


class InstanceQuestions(Protocol):
    """What objects hold themselves."""

    def assigned(self, value: Instance, name: str) -> Values:
        """Return what methods set as `self.name` on this object, any of them."""

    def put_anywhere(self, value: Instance) -> Values:
        """Return what an object's own code sets under names of which nothing is known."""

    def put_by_made_names(self, value: Instance) -> Values:
        """Return what an object's own code keeps under names that are made when it runs."""
        ...

    def named_like(self, value: Instance, pattern: Pattern) -> Values:
        """Return what an object holds under the names that a pattern allows."""

    def names_assigned(self, cls: str) -> list[str]:
        """Return the names of the attributes that the constructors of a class set on `self`."""

    def kept_in(self, value: Instance, name: str) -> Values:
        """Return the dictionary of a class in which, as an idiom says, attributes are kept."""


class ConstructionQuestions(Protocol):
    """What calling a class makes."""

    def make(
        self, cls: ClassValue, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Instance:
        """Return the object that calling a class makes, with the arguments worth knowing."""

    def context(self, value: Instance, cls: str) -> Context | None:
        """Return the context in which the `__init__` of `cls` ran on this object."""

    def by_type(self, frame: Frame, node: ast.Call) -> tuple[list[ClassValue], ast.Call]:
        """Return the classes that `type.__call__` makes an object of, and the call of them."""


class CallQuestions(Protocol):
    """What calls give."""

    def value(self, frame: Frame, node: ast.Call) -> Values:
        """Return what a call expression may give."""

    def result(
        self, callee: Value, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Values:
        """Return what calling a value with these arguments may give."""

    def called(self, value: Instance) -> Values:
        """Return the methods that calling an object comes to."""

    def looked_up(self, frame: Frame, node: ast.Call, position: int) -> Values:
        """Return what is native by the name that stands in a call, as an idiom says."""


class ContextQuestions(Protocol):
    """In which context a call runs a function."""

    def arguments(self, frame: Frame, node: ast.Call) -> tuple[list[Values], dict[str, Values]]:
        """Evaluate a call's arguments; a starred one gives its elements, by place if known."""

    def all_arguments(
        self, frame: Frame, node: ast.Call, before: Partial | None
    ) -> tuple[list[Values], dict[str, Values]]:
        """Return a call's arguments behind those that a partial function holds."""

    def of_call(
        self, callee: FunctionValue, frame: Frame, node: ast.Call, before: Partial | None = None
    ) -> Context:
        """Return the context in which a call runs a function, `before` being what it is part of."""

    def bind(
        self, callee: FunctionValue, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Context:
        """Pair arguments with parameters; keep what can choose a callee further down."""

    def worth_keeping(self, values: Values) -> Values:
        """Drop what chooses no callee, and constructions nested too deep to stay finite."""


class SharingQuestions(Protocol):
    """What the calls give that are not told apart."""

    def told_apart(self, context: Context) -> bool:
        """Tell whether a context is one of the first of its function that were asked for."""

    def joined(self, context: Context) -> Context:
        """Return the shared context of a function, and add to it what a call of it gives."""

    def given(self, context: Context, name: str) -> list[Values | None]:
        """Return what the calls behind a context give a parameter; None for those that do not."""


class ReturnQuestions(Protocol):
    """What functions return."""

    def of(self, context: Context) -> Values:
        """Return what a function may return in one context."""


class ParameterQuestions(Protocol):
    """What functions are given."""

    def has(self, frame: Frame, name: str) -> bool:
        """Tell whether a frame is a function's that has a parameter of this name."""

    def value(self, frame: Frame, name: str) -> Values | None:
        """Return what the parameter `name` may hold, or None where there is no such one."""

    def receiver(self, frame: Frame, defined: Defined) -> Values:
        """Return `self` or `cls`: what the method is bound to, else any object of its class."""

    def default(self, frame: Frame, name: str) -> Values | None:
        """Return what a parameter holds where a call gives it nothing; None if it must be given."""


class AnnotationQuestions(Protocol):
    """What type hints promise."""

    def values(self, frame: Frame, node: ast.expr) -> Values:
        """Return the objects that an annotation allows; empty where it says nothing of use."""

    def foreign(self, frame: Frame, node: ast.expr) -> Values:
        """Return an object of the class that an annotation names, of a distribution not read."""


class PlainQuestions(Protocol):
    """Which values choose no callee."""

    def is_plain(self, value: Value, none: bool = True) -> bool:
        """Tell whether a value is a number, a text, a tensor, or a container of only these."""

    def is_data(self, value: Value) -> bool:
        """Tell whether a value holds nothing but numbers, texts and objects that are all alike."""

    def is_leaf(self, cls: str) -> bool:
        """Tell whether a class is one that native schemas name, or inherits from one."""

    def arrays(self, values: Values) -> Values:
        """Return only the instances of the classes that native schemas name: tensors."""


class DispatchQuestions(Protocol):
    """Which of a generic function's implementations runs."""

    def chosen(self, callee: GenericFunction, arguments: list[Values]) -> list[FunctionValue]:
        """Return the functions that a call may reach: one, if the argument's class is known."""


class OperatorQuestions(Protocol):
    """What is registered for operators by their names."""

    def of(self, module: Module, operator: str) -> list[Registration]:
        """Return what is registered for an operator, as a module that calls it may know it."""


class SendingQuestions(Protocol):
    """What generators are sent, which walked code tells."""

    def note_sent(self, generators: Values, values: Values) -> None:
        """Note that a value is sent to some generators."""

    def given(self, frame: Frame) -> Values:
        """Return what a `yield` gives to the generator in which it stands."""


class PatchQuestions(Protocol):
    """What walked code puts into objects. A question that tells instead of asking."""

    def note_set(
        self, owner: Instance | ClassValue | ModuleValue, name: str, values: Values
    ) -> None:
        """Note that an attribute of an object, a class or a module is set from outside."""
