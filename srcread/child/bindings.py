"""What names of a framework stand for: kept before a snippet can change it, and compared with.

Compared are functions, classes, modules and what else can be called, of modules and of the classes
that they define, and of the modules of the standard library that these name. Other values change as
a framework runs: caches, counters, settings. What is new in a module is not looked at, for much is
imported late, unless it hides a builtin; what is new in a class is a difference where it hides what
the class inherits.

What the snippet has put into modules that come while it runs is a difference, too, if it is a
function or a class that it made itself: when they came may not have been heard (`keeping`).

It is executed for the reporter alone, and has no class of its own: see there.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from importlib.machinery import ModuleSpec
from itertools import islice
from json.encoder import encode_basestring_ascii as quoted
from operator import is_
from typing import Any

State = dict[str, Any]
Entry = tuple[str, Any, dict[str, Any], Any, tuple[Any, ...]]

_MODULES = sys.modules
_DESCRIPTORS = (types.ModuleType, property, staticmethod, classmethod, types.GetSetDescriptorType)
_CODES = ("__code__", "__defaults__", "__kwdefaults__")
_STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())  # Python 3.10
_DEEPEST = 4
_dict_of: Callable[[Any], Any] = type.__dict__["__dict__"].__get__
_mro_of: Callable[[Any], Any] = type.__dict__["__mro__"].__get__
_names_of: Callable[[Any], Any] = vars(types.ModuleType)["__dict__"].__get__
_title_of: Callable[[Any], Any] = type.__dict__["__qualname__"].__get__
_BUILTINS = dict(vars(builtins))


def entry_of(name: str, owner: Any) -> Entry:
    """Return what is kept of a module or class.

    That is its name, itself, by name what can be called and its like, its names as they will be,
    and all that these stand for now.
    """
    held = held_by(owner)
    kept = {key: held[key] for key in list(held) if _is_code(held[key])}
    return name, owner, kept, held, tuple(held.values())


def note_setting(originals: State, given: tuple[Any, ...]) -> None:
    """Keep what a function had whose code or defaults are being replaced or deleted."""
    function, attribute = given[:2]
    had = getattr(function, attribute)
    originals["recoded"].setdefault((id(function), attribute), (function, had))


def is_recoding(given: tuple[Any, ...]) -> bool:
    """Tell whether what is being set is a function's code, or what stands for its arguments."""
    return type(given[0]) is types.FunctionType and given[1] in _CODES


def changed(state: State) -> Iterator[str]:
    """Name what the snippet of a reporter has changed and not put back, unless its record does."""
    _, _, account = state["account"].partition('"given": [')
    known = account.partition("]")[0]
    for name in _all_changed(state):
        if quoted(name) not in known:
            yield name


def _all_changed(state: State) -> Iterator[str]:
    originals = state["originals"]
    yield from swapped(originals, list(originals["modules"]))
    for entry in list(originals["entries"].values()):
        if not is_as_it_was(entry):
            yield from unexplained(state, entry)
    yield from recoded(state)
    yield from registered(originals)
    for name, module in list(_MODULES.items()):
        known = originals["modules"].get(name) is module and id(module) not in originals["late"]
        if is_module(module) and not known and name.partition(".")[0] in originals["packages"]:
            yield from _made(name, module, state["namespace"])


def swapped(originals: State, names: Iterable[str]) -> Iterator[str]:
    """Name the modules in whose place another one is imported now."""
    for name in names:
        module, now = originals["modules"].get(name), _MODULES.get(name)
        if module is not None and now is not module and not is_again(originals, module, now):
            yield f"sys.modules[{name!r}]"


def is_again(originals: State, module: Any, now: Any) -> bool:
    """Tell whether a late module was removed, and perhaps imported again or out of another tree."""
    if id(module) not in originals["late"] or now is None:
        return id(module) in originals["late"]
    file, before = _file_of(now), _file_of(module)
    return file != "" and (file == before or file.startswith(originals["roots"]))


def _file_of(module: Any) -> str:
    """Return the file that a module was imported from, if one was."""
    spec = held_by(module).get("__spec__") if is_module(module) else None
    file = spec.origin if type(spec) is ModuleSpec else None
    return file if type(file) is str else ""


def unexplained(state: State, entry: Entry) -> Iterator[str]:
    """Name what differs in a module or class, and is not the doing of a framework.

    That is what an import has put there, a function of a module that is not kept, and one that
    wraps what it has replaced: so the first optimizer of a class wraps its `step`, and `torch.fx`
    wraps others while it traces.
    """
    originals = state["originals"]
    for name in differing(entry):
        key = name.rpartition(".")[2]
        value, original = function_of(entry[3].get(key)), entry[2].get(key)
        alone = type(value) is types.FunctionType and value.__closure__ is None
        theirs = _wraps(value, original) or (alone and home_of(originals, value) is None)
        known = len(originals["entries"])
        if not (theirs and is_put_there(state, value, known)) and not _accepted(state, entry, name):
            yield name


def _accepted(state: State, entry: Entry, name: str) -> bool:
    """Tell whether an import has put there what is there now."""
    value = entry[3].get(name.rpartition(".")[2])
    listed = state["originals"]["accepted"]
    return any(entry[1] is owner and name == key and value is one for owner, key, one in listed)


def is_as_it_was(entry: Entry) -> bool:
    """Tell whether all names of a module or class stand for what they did, and no name is new."""
    held, values = entry[3:]
    return len(held) == len(values) and all(map(is_, held.values(), values))


def differing(entry: Entry) -> Iterator[str]:
    """Name what another object stands for now in a module or class."""
    name, owner, kept, held, values = entry
    if is_as_it_was(entry):
        return
    if not all(map(is_, map(held.get, kept), kept.values())):
        yield from (f"{name}.{key}" for key, value in kept.items() if held.get(key) is not value)
    if len(held) != len(values):
        above = [_BUILTINS] if is_module(owner) else map(_dict_of, reversed(_mro_of(owner)[1:]))
        hidden = {key: value for base in above for key, value in base.items()}
        for key in [key for key in list(held) if key not in kept and key in hidden]:
            if _is_code(held[key]) and held[key] is not hidden[key]:
                yield f"{name}.{key}"


def registered(originals: State) -> Iterator[str]:
    """Name the operators for which something else is registered now."""
    for name, known in originals["kernels"].items():
        if originals["dump"](name) != known:
            yield f"torch.ops.{name.replace('::', '.')}"


def recoded(state: State) -> Iterator[str]:
    """Name the functions that have other code now; a late module may do so as it is imported."""
    originals = state["originals"]
    for (_, attribute), (function, had) in list(originals["recoded"].items()):
        home = home_of(originals, function)
        if home is not None and state["attribute"](function, attribute) is not had:
            yield f"{home}.{function.__qualname__}.{attribute}"


def home_of(originals: State, function: Any) -> Any:
    """Return the name of the kept module that a function is written in, whatever it says itself."""
    if type(function) is not types.FunctionType:
        return None
    return originals["globals"].get(id(function.__globals__))


def made_here(value: Any, namespace: State) -> bool:
    """Tell whether a snippet made what can be called here: a function, a class, or a mock."""
    value = function_of(value)
    if type(value) is types.FunctionType:
        return value.__globals__ is namespace
    owner = value if issubclass(type(value), type) else type(value)
    return module_of(owner) in ("__main__", "unittest.mock")


def title_of(kind: Any) -> str:
    """Return the name of a class, whatever its own class says."""
    return str(_title_of(kind))


def held_by(owner: Any) -> Any:
    """Return the names of a module or class, asking neither."""
    return _dict_of(owner) if issubclass(type(owner), type) else _names_of(owner)


def searched(owner: Any) -> tuple[Any, ...]:
    """Return where an attribute is looked for: in a module, or in a class and those above it."""
    if is_module(owner):
        return (owner,)
    return tuple(_mro_of(owner)) if issubclass(type(owner), type) else ()


def module_of(value: Any) -> str:
    """Return the module that a class says it is of; nothing for what is no class."""
    module = _dict_of(value).get("__module__") if issubclass(type(value), type) else None
    return module if type(module) is str else ""


def is_module(value: Any) -> bool:
    """Tell whether a value is a module, whatever it says."""
    return issubclass(type(value), types.ModuleType)


def function_of(value: Any) -> Any:
    """Return what stands in a partial, a method or a property."""
    for _ in range(8):
        kind = type(value)
        if kind is partial:
            value = value.func
        elif kind in (types.MethodType, staticmethod, classmethod):
            value = value.__func__
        elif kind is property:
            value = value.fget
    return value


def is_put_there(state: State, value: Any, known: int) -> bool:
    """Tell whether a function is of no name that is known, and defined in the file of a module.

    Known are the names of the first entries, so many.

    What a snippet has the framework wrap, `torch.no_grad()(lambda x: x)`, is its own.
    """
    value = function_of(value)
    if type(value) is not types.FunctionType or _holds_own(value, state["namespace"]):
        return False
    name = value.__globals__.get("__name__")
    if type(name) is not str or name == "__main__" or name.partition(".")[0] in _STANDARD:
        return False
    names = _MODULES.get(name)
    file = held_by(names).get("__file__") if is_module(names) else None
    in_file = state["attribute"](value, "__code__").co_filename == file
    return in_file and _entry_number(state["originals"], value) >= known


def _entry_number(originals: State, function: Any) -> int:
    """Return the number of the first entry that keeps a function; their count where none does.

    Found by its id, which nothing else has as long as an entry keeps it: to compare it with all
    names, whenever a function of the note begins, took most of a watched run.
    """
    entries, numbers, numbered = (originals[key] for key in ("entries", "numbers", "numbered"))
    for number, entry in enumerate(list(islice(entries.values(), numbered, None)), numbered):
        for one in entry[2].values():
            if type(one) is types.FunctionType:
                numbers.setdefault(id(one), number)
        originals["numbered"] = number + 1
    return int(numbers.get(id(function), len(entries)))


def _holds_own(value: Any, namespace: State) -> bool:
    """Tell whether a function is the snippet's, or one that it closes over."""
    return any(made_here(one, namespace) for one in _closed_over(value, 0))


def _wraps(value: Any, original: Any) -> bool:
    """Tell whether a function closes over this one."""
    original = function_of(original)
    return original is not None and any(one is original for one in _closed_over(value, 0))


def _closed_over(value: Any, depth: int) -> Iterator[Any]:
    """Yield a function, and what it closes over, a few functions deep."""
    value = function_of(value)
    yield value
    if type(value) is types.FunctionType and depth < _DEEPEST:
        for cell in value.__closure__ or ():
            with suppress(ValueError):  # it is empty
                yield from _closed_over(cell.cell_contents, depth + 1)


def _made(name: str, module: Any, namespace: State) -> Iterator[str]:
    """Name what a snippet has put into a module that came late, and into its classes."""
    for key, value in list(held_by(module).items()):
        if _is_code(value) and made_here(value, namespace):
            yield f"{name}.{key}"
        elif module_of(value) == name:
            for attribute, own in list(_dict_of(value).items()):
                if _is_code(own) and made_here(own, namespace):
                    yield f"{name}.{key}.{attribute}"


def _is_code(value: Any) -> bool:
    return callable(value) or issubclass(type(value), _DESCRIPTORS)
