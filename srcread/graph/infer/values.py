"""Abstract values: what an expression may be when the code runs, as far as the text tells.

Every expression evaluates to a set of these. They are hashable, so that a call's context (whose
method, with which arguments) can be a dictionary key; an instance carries the arguments that it
was constructed with, which is how `TransformerEncoder(layer, 6, norm)` knows its own `self.norm`.
Numbers and tensors' contents are not tracked: they choose no callee.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TypeVar, cast

from srcread.support.value_class import Hashed, value_class

_REMEMBERED = 1 << 16


@value_class
class Constant:
    """A string, or None: what `getattr` and optional modules turn on. Other literals are typed."""

    value: str | None


@value_class
class ModuleValue:
    """A module that is read; or the dictionary of its names: `globals()`, `vars(module)`."""

    name: str
    as_dictionary: bool = False


@value_class
class ClassValue:
    """A class that is read; a `bare` one as its decorators get it, before they change it."""

    name: str
    bare: bool = False


@value_class
class FunctionValue(Hashed):
    """A function that is read; `bound` is its first argument, `context` what it closes over.

    `around` is what its decorator put in its place: a wrapper, or an object, that calls it.
    `launch` is not None for a kernel, and says how it is run where it is launched.
    """

    name: str
    bound: Value | None = None
    context: Context | None = None
    around: FunctionValue | Instance | None = None
    launch: str | None = None


@value_class
class Folded:
    """A function or class of a folded package, whose file is not opened to name it."""

    name: str
    is_class: bool


@value_class
class Instance(Hashed):
    """An object of a class that is read, with the arguments of its construction that matter.

    `items` are the values that it holds, where an idiom says that it is a holder, and `named` those
    of them whose key or place is known: a place as a text, "0". `constructed` is False where only
    an annotation tells of the object: a subclass may stand there, built in any way.
    """

    cls: str
    arguments: Arguments = ()
    items: Values = frozenset()
    constructed: bool = True
    named: Arguments = ()


@value_class
class Super:
    """`super()` inside a method of class `cls`, on the object or class `bound`."""

    cls: str
    bound: Value


@value_class
class Sequence(Hashed):
    """A list, set or generator, or a tuple with its values by position.

    A list has `positions` where it is written down and nothing changes it. `names` are those of
    the positions of a named tuple. `made_by` is the function of a generator that is sent values.
    """

    items: Values
    positions: tuple[Values, ...] = ()
    is_list: bool = False
    names: tuple[str, ...] = ()
    made_by: str = ""


@value_class
class Table(Hashed):
    """A dictionary: constant keys with their values, and all values."""

    entries: tuple[tuple[Key, Values], ...]
    items: Values


@value_class
class Native:
    """Something in a compiled module: a function, a class or the module itself.

    `by_name` is a class, or an object of it, that a library's C++ registers by name. Of a module
    without a stub, and of what is in it, `built_from` says what it is made of.
    """

    name: str
    by_name: bool = False
    built_from: str = ""


@value_class
class External:
    """Something of a distribution that is not read: `builtins.len`, `math.sqrt`."""

    name: str


@value_class
class ExternalInstance:
    """An object whose class is not read: a string, a number, a list's method receiver.

    A task or a future `gives` something later.
    """

    cls: str
    gives: Values = frozenset()


@value_class
class Partial:
    """`functools.partial(function, *arguments, **keywords)`."""

    function: Value
    arguments: tuple[Values, ...] = ()
    keywords: Arguments = ()


@value_class
class GenericFunction:
    """`functools.singledispatch(function)`: one of several, chosen by the argument's class."""

    function: FunctionValue


@value_class
class Unknown:
    """Nothing is known, and why: the words after "not resolved:".

    Where `fails`, using it would be an error: an attribute that nothing sets, a call of None.
    Beside other values it says nothing, since what runs is one of these. Any other unknown may be
    what runs, and stays; one `of_entry` only where no caller that is read tells more. `may_be` is
    what the place speaks for: offered as possible, beside the reason. A `lasting` reason tells of
    itself where the value came from, and is kept where a function returns nothing else.
    """

    reason: str
    fails: bool = False
    of_entry: bool = False
    may_be: Value | None = None
    lasting: bool = False


Value = (
    Constant
    | ModuleValue
    | ClassValue
    | FunctionValue
    | Folded
    | Instance
    | Super
    | Sequence
    | Table
    | Native
    | External
    | ExternalInstance
    | Partial
    | GenericFunction
    | Unknown
)
Values = frozenset[Value]
Arguments = tuple[tuple[str, Values], ...]
Key = str | int
"""What a dictionary's key may be that is told from others: `1` is not "1"."""

NOTHING: Values = frozenset()
NONE: Values = frozenset({Constant(None)})
ANYTHING = Unknown("a caller may give anything")
"""What an entry's parameter may hold besides its default, where no annotation says."""
OFFERED = Unknown(ANYTHING.reason, of_entry=True)
"""The same beside what its own file gives it."""


@value_class
class Context(Hashed):
    """One way in which a function runs: its name, its `self` or `cls`, its known arguments.

    `called` is False for an entry, whose parameters may hold anything that their annotations and
    defaults allow. `outer` is the context of the enclosing function. `shared` is the one of many
    calls that are not told apart: what they give is joined, and kept elsewhere.
    """

    function: str
    bound: Value | None = None
    arguments: Arguments = ()
    called: bool = True
    outer: Context | None = None
    shared: bool = False


OPEN = "**"
"""Among the keywords of a call: it may give parameters that its text does not name, and what."""

_Nesting = TypeVar("_Nesting", Instance, Context)
_SAME: dict[Instance | Context, Instance | Context] = {}


def unknown(reason: str) -> Values:
    """Return the set that says only why nothing is known."""
    return frozenset({Unknown(reason)})


def failing(reason: str) -> Values:
    """Return the set that says why a use would fail, as far as is known."""
    return frozenset({Unknown(reason, fails=True)})


def told(values: Values) -> Values:
    """Return the values as they stand beside each other: of several unknown ones one is enough.

    For example, a function that returns `relu`, what `json.loads` gives, and an attribute that
    nothing sets: `relu`, and that the result of json.loads is not followed.
    """
    for value in values:  # mostly there is none, and this is asked more often than all else
        if isinstance(value, Unknown):
            break
    else:
        return values
    others = known(values)
    if not others:
        return values
    still_open = [v for v in values if isinstance(v, Unknown) and not v.fails]
    if not still_open:
        return others
    if offered := {value for value in still_open if value.may_be is not None}:
        return others | offered
    return others | {ANYTHING if ANYTHING in still_open else min(still_open, key=_reason)}


def _reason(value: Unknown) -> tuple[bool, str]:
    return value.of_entry, value.reason


def known(values: Values) -> Values:
    """Return the values without the unknown ones."""
    for value in values:  # mostly there is none, and this is asked more often than all else
        if isinstance(value, Unknown):
            return frozenset(v for v in values if not isinstance(v, Unknown))
    return values


def as_open(values: Values) -> Values:
    """Return the known values, and what says wherever it goes that one of them may be more."""
    left = {v for v in values if isinstance(v, Unknown) and (v.lasting or v == ANYTHING)}
    return known(values) | left


def held(values: Values) -> Values:
    """Return what a container holds: beside what is known that there is more that is not.

    Where nothing is known it says so by itself, whatever the reason.
    """
    return told(values) if known(values) else as_open(values)


def ordered(values: Values) -> list[Value]:
    """Return the values in an order that is the same in every run."""
    return sorted(values, key=_key) if len(values) > 1 else list(values)


def table(entries: Mapping[Key, Values], items: Values = NOTHING) -> Table:
    """Return a dictionary with what stands under each key, and `items` under others."""
    in_order = sorted(entries.items(), key=lambda entry: (isinstance(entry[0], str), entry[0]))
    return Table(tuple(in_order), items.union(*entries.values()))


def merged(values: Values) -> dict[Key, Values]:
    """Return what stands under each key of the tables among some values, in any of them."""
    entries: dict[Key, Values] = {}
    for value in values:
        if isinstance(value, Table):
            for key, held in value.entries:
                entries[key] = entries.get(key, NOTHING) | held
    return dict(table(entries).entries)


def same(value: _Nesting) -> _Nesting:
    """Return the one object that stands for all values equal to this one.

    Values share their parts: comparing two of them takes exponential time unless equal parts are
    identical.
    """
    return cast("_Nesting", _SAME.setdefault(value, value))


def forget_values() -> None:
    """Forget all values seen so far: at the end of a piece of work."""
    _SAME.clear()
    _key.cache_clear()


@lru_cache(maxsize=_REMEMBERED)
def _key(value: Value | Context) -> str:
    """Write a value down, its sets in order; long ones shortened by a hash.

    `repr` would not do: it writes a set in the order of this run's hashes, and values that share
    their parts write them out again and again.
    """
    text = ",".join(_written(getattr(value, field)) for field in value.__match_args__)
    if len(text) > 200:
        text = text[:100] + sha256(text.encode()).hexdigest()
    return f"{type(value).__name__}({text})"


def _written(part: object) -> str:
    match part:
        case frozenset():
            return "{" + ",".join(sorted(map(_key, part))) + "}"
        case tuple():
            return "(" + ",".join(map(_written, part)) + ")"
        case str() | int() | None:
            return repr(part)
    return _key(cast("Value", part))


def literal(value: object) -> Values:
    """Return what a literal is: texts and None by their value, others by their class."""
    result: Value
    if value is None or isinstance(value, str):
        result = Constant(value)
    else:
        result = ExternalInstance(f"builtins.{type(value).__name__}")
    return frozenset({result})


def may_be(owner: Instance, value: Instance) -> bool:
    """Tell whether two values may be the same object; one that is only declared may be any."""
    return owner == value or (owner.cls == value.cls and owner.constructed + value.constructed < 2)
