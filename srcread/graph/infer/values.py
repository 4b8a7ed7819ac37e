"""Abstract values: what an expression may be when the code runs, as far as the text tells.

Every expression evaluates to a set of these. They are hashable, so that a call's context (whose
method, with which arguments) can be a dictionary key; an instance carries the arguments that it
was constructed with, which is how `TransformerEncoder(layer, 6, norm)` knows its own `self.norm`.
Numbers and tensors' contents are not tracked: they choose no callee.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    """A string, or None: what `getattr` and optional modules turn on. Other literals are typed."""

    value: str | None


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """A module that is read."""

    name: str


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A class that is read."""

    name: str


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function that is read; `bound` is its first argument, `context` what it closes over."""

    name: str
    bound: Value | None = None
    context: Context | None = None


@dataclass(frozen=True, slots=True)
class LambdaValue:
    """A lambda, by the place of its node; it belongs to the function in which it stands."""

    node: int


@dataclass(frozen=True, slots=True)
class Instance:
    """An object of a class that is read, with the arguments of its construction that matter.

    `items` are the values that iterating or indexing it yields. `constructed` is False where only
    an annotation tells of the object: a subclass may stand there, built in any way.
    """

    cls: str
    arguments: Arguments = ()
    items: Values = frozenset()
    constructed: bool = True


@dataclass(frozen=True, slots=True)
class Super:
    """`super()` inside a method of class `cls`, on the object or class `bound`."""

    cls: str
    bound: Value


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, set, generator (`positions` empty) or a tuple with its values by position."""

    items: Values
    positions: tuple[Values, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A dictionary: constant string keys with their values, and all values."""

    entries: tuple[tuple[str, Values], ...]
    items: Values


@dataclass(frozen=True, slots=True)
class Native:
    """Something in a compiled module: a function, a class or the module itself."""

    name: str


@dataclass(frozen=True, slots=True)
class External:
    """Something of a distribution that is not read: `builtins.len`, `math.sqrt`."""

    name: str


@dataclass(frozen=True, slots=True)
class ExternalInstance:
    """An object whose class is not read: a string, a number, a list's method receiver."""

    cls: str


@dataclass(frozen=True, slots=True)
class Partial:
    """`functools.partial(function, …)`."""

    function: Value


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing is known, and why: the words after "not resolved:"."""

    reason: str


Value = (
    Constant
    | ModuleValue
    | ClassValue
    | FunctionValue
    | LambdaValue
    | Instance
    | Super
    | Sequence
    | Table
    | Native
    | External
    | ExternalInstance
    | Partial
    | Unknown
)
Values = frozenset[Value]
Arguments = tuple[tuple[str, Values], ...]

NOTHING: Values = frozenset()
NONE: Values = frozenset({Constant(None)})


@dataclass(frozen=True, slots=True)
class Context:
    """One way in which a function runs: its name, its `self` or `cls`, its known arguments.

    `called` is False for an entry, whose parameters may hold anything that their annotations and
    defaults allow. `outer` is the context of the enclosing function.
    """

    function: str
    bound: Value | None = None
    arguments: Arguments = ()
    called: bool = True
    outer: Context | None = None


def unknown(reason: str) -> Values:
    """Return the set that says only why nothing is known."""
    return frozenset({Unknown(reason)})


def known(values: Values) -> Values:
    """Return the values without the unknown ones."""
    if any(isinstance(value, Unknown) for value in values):
        return frozenset(value for value in values if not isinstance(value, Unknown))
    return values


def depth(value: Value) -> int:
    """Return how deep constructions are nested in a value: 0 without arguments."""
    match value:
        case Instance():
            inner = [*value.items, *(v for _, values in value.arguments for v in values)]
        case Sequence():
            inner = [*value.items, *(v for values in value.positions for v in values)]
        case Table():
            inner = list(value.items)
        case FunctionValue():
            inner = [value.bound] if value.bound is not None else []
        case Partial():
            inner = [value.function]
        case _:
            return 0
    return 1 + max(map(depth, inner), default=-1)
