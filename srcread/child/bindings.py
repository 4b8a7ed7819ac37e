"""What names of a framework stand for: kept before a snippet begins, and compared with afterwards.

Compared are functions, classes, modules and what else can be called, of modules and of the classes
that they define. Other values change as a framework runs: caches, counters, settings. What is new
in a module is not looked at, for much is imported late, unless it hides a builtin; what is new in a
class is a difference where it hides what the class inherits.

Modules that come only while the snippet runs have nothing to be compared with. There a difference
is a function or a class that the snippet itself made.

It is executed for the reporter alone, and has no class of its own: see there.
"""

from __future__ import annotations

import builtins
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import is_
from typing import Any

State = dict[str, Any]
Entry = tuple[str, Any, dict[str, Any], int]

_DESCRIPTORS = (types.ModuleType, property, staticmethod, classmethod, types.GetSetDescriptorType)
_CODES = ("__code__", "__defaults__", "__kwdefaults__")
_OPERATORS = tuple(
    f"aten::{name}"
    for name in (
        *("equal", "allclose", "isclose", "eq.Tensor", "eq.Scalar", "ne.Tensor", "ne.Scalar"),
        *("lt.Scalar", "all", "any", "max", "_local_scalar_dense", "is_nonzero"),
    )
)
_dict_of: Callable[[Any], Any] = type.__dict__["__dict__"].__get__
_mro_of: Callable[[Any], Any] = type.__dict__["__mro__"].__get__
_names_of: Callable[[Any], Any] = vars(types.ModuleType)["__dict__"].__get__
_title_of: Callable[[Any], Any] = type.__dict__["__qualname__"].__get__
_BUILTINS = dict(vars(builtins))


def taken(packages: Iterable[str], modules: Iterable[str]) -> State:
    """Keep what the names stand for in these packages, as far as imported, and in these modules.

    In `entries`, by the id of a module or class: its name, itself, what is kept, and how many names
    it has. `modules` are those of `sys.modules` by name, and `recoded` will have by its id each
    function that is given other code, with what it had. `kernels` says of torch's operators that
    compare what was registered for them.
    """
    tops, single = set(packages), set(modules)
    entries: dict[int, Entry] = {}
    found: dict[str, Any] = {}
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if is_module(module) and (top in tops or name in single):
            found[name] = module
            entries[id(module)] = _entry(name, module)
            for value in list(held_by(module).values()) if top in tops else ():
                place = _module_of(value)
                if place.partition(".")[0] in tops and id(value) not in entries:
                    entries[id(value)] = _entry(f"{place}.{value.__qualname__}", value)
    native = found.get("torch._C")
    dump = held_by(native).get("_dispatch_dump") if native is not None else None
    return {
        "entries": entries,
        "modules": found,
        "recoded": {},
        "packages": tops,
        "kernels": {name: dump(name) for name in _OPERATORS} if dump is not None else {},
        "dump": dump,
    }


def note_setting(originals: State, given: tuple[Any, ...]) -> None:
    """Keep what a function had whose code or defaults are being replaced or deleted."""
    function, attribute = given[:2]
    if attribute in _CODES and type(function) is types.FunctionType:
        had = getattr(function, attribute)
        originals["recoded"].setdefault((id(function), attribute), (function, had))


def changed(state: State) -> Iterator[str]:
    """Name what the snippet of a reporter has changed and not put back, unless its record does."""
    told = sys.modules.get("srcread.lab.told")
    given = held_by(told).get("given") if is_module(told) else None
    known = set(given) if type(given) is set else set()
    yield from (name for name in _all_changed(state) if name not in known)


def _all_changed(state: State) -> Iterator[str]:
    originals = state["originals"]
    for name, module in originals["modules"].items():
        if sys.modules.get(name) is not module:
            yield f"sys.modules[{name!r}]"
    for entry in originals["entries"].values():
        for name in differing(entry):
            if not _is_theirs(state, held_by(entry[1]).get(name.rpartition(".")[2])):
                yield name
    yield from recoded(state)
    yield from registered(originals)
    for name, module in list(sys.modules.items()):
        late = name not in originals["modules"] and is_module(module)
        if late and name.partition(".")[0] in originals["packages"]:
            yield from _made(name, module, state["namespace"])


def differing(entry: Entry) -> Iterator[str]:
    """Name what another object stands for now in a module or class."""
    name, owner, kept, count = entry
    held = held_by(owner)
    if not all(map(is_, map(held.get, kept), kept.values())):
        yield from (f"{name}.{key}" for key, value in kept.items() if held.get(key) is not value)
    if len(held) != count:
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
    for (_, attribute), (function, had) in originals["recoded"].items():
        module = function.__module__
        known = type(module) is str and module in originals["modules"]
        if known and state["attribute"](function, attribute) is not had:
            yield f"{module}.{function.__qualname__}.{attribute}"


def made_here(value: Any, namespace: State) -> bool:
    """Tell whether a snippet made what can be called here: a function, a class, or a mock."""
    value = _function_of(value)
    if type(value) is types.FunctionType:
        return value.__globals__ is namespace
    owner = value if issubclass(type(value), type) else type(value)
    return _module_of(owner) in ("__main__", "unittest.mock")


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


def is_module(value: Any) -> bool:
    """Tell whether a value is a module, whatever it says."""
    return issubclass(type(value), types.ModuleType)


def _function_of(value: Any) -> Any:
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


def _is_theirs(state: State, value: Any) -> bool:
    """Tell whether a function is new, and defined in the file of a module: that put it there.

    For example, `torch.distributed.tensor` gives `torch._C._distributed.Placement` its `__eq__`.
    """
    value, originals = _function_of(value), state["originals"]
    name = value.__globals__.get("__name__") if type(value) is types.FunctionType else None
    if type(name) is not str or name == "__main__":
        return False
    names = sys.modules.get(name)
    file = held_by(names).get("__file__") if is_module(names) else None
    known = originals["entries"].values()
    return state["attribute"](value, "__code__").co_filename == file and not any(
        value is one for _, _, kept, _ in known for one in kept.values()
    )


def _made(name: str, module: Any, namespace: State) -> Iterator[str]:
    """Name what a snippet has put into a module that came late, and into its classes."""
    for key, value in list(held_by(module).items()):
        if _is_code(value) and made_here(value, namespace):
            yield f"{name}.{key}"
        elif _module_of(value) == name:
            for attribute, own in list(_dict_of(value).items()):
                if _is_code(own) and made_here(own, namespace):
                    yield f"{name}.{key}.{attribute}"


def _entry(name: str, owner: Any) -> Entry:
    held = held_by(owner)
    return name, owner, {key: held[key] for key in list(held) if _is_code(held[key])}, len(held)


def _module_of(value: Any) -> str:
    """Return the module that a class says it is of; nothing for what is no class."""
    module = _dict_of(value).get("__module__") if issubclass(type(value), type) else None
    return module if type(module) is str else ""


def _is_code(value: Any) -> bool:
    return callable(value) or issubclass(type(value), _DESCRIPTORS)
