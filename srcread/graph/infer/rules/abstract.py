"""Abstract methods: what runs is what a subclass puts in their place.

Only an annotation tells of an object that has one: Python makes no object of such a class, and the
value stands for an object of a subclass. Where the same call may reach methods with a body, those
are what runs, or one of a subclass that is not known here. Where no call that is read tells more,
an abstract method stays: it is the contract that the call is made under.

For example, `layer: Cache | Static` where `Cache.update` is abstract and `Static.update` is not:
`layer.update(x)` reaches `Static.update`, and what a subclass puts in the place of `Cache.update`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import (
    External,
    FunctionValue,
    Instance,
    Unknown,
    Value,
    Values,
)

_ABC = External("abc.ABC")
_ABSTRACT = ("abstractmethod", "abc.abstractmethod")


def filled_in(ask: Interpreter, values: Values) -> Values:
    """Return what a call may reach, an abstract method as what is not known beside others."""
    if len(values) < 2:
        return values
    abstract = {value for value in values if is_abstract(ask, value)}
    if not abstract or all(isinstance(value, Unknown) for value in values - abstract):
        return values
    return (values - abstract) | {Unknown(provided(abstract))}


def provided(abstract: Iterable[Value]) -> str:
    """Return why it is not known what runs in the place of abstract methods."""
    names = (value.name for value in abstract if isinstance(value, FunctionValue))
    return f"a subclass provides {min(names)}"


def is_abstract(ask: Interpreter, value: Value) -> bool:
    """Tell whether a value is a method that a subclass of its object's class provides."""
    match value:
        case FunctionValue(name, bound=Instance(cls, constructed=constructed)):
            defined = ask.index.defined(name)
            marks = defined.node.decorator_list if defined is not None else ()
            if not any(ast.unparse(mark) in _ABSTRACT for mark in marks):
                return False
            return not constructed or _ABC in ask.classes.foreign_bases(cls)
    return False
