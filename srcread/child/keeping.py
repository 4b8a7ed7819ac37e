"""Which modules' names are kept to be compared with, and when: before a snippet, or when they come.

Before any snippet all is kept that is imported of its packages. Later modules are kept when an
import statement of the snippet has ended, and before a claim or a function of the note is looked
at. What an import changes in other modules is taken as it is then: for example, importing
`torch.distributed.tensor` gives `torch._C._distributed.Placement` its `__eq__`. So it is looked,
before an import that brings something, what differs already: that is no doing of the import.

It is executed for the reporter alone, and has no class of its own: see there.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from itertools import islice
from typing import Any

State = dict[str, Any]

_MODULES = sys.modules
_STANDARD: frozenset[str] = getattr(sys, "stdlib_module_names", frozenset())  # Python 3.10
_CHANGING = frozenset(("sys", "threading", "warnings"))  # have hooks, as `catch_warnings` uses
_OPERATORS = tuple(
    f"aten::{name}"
    for name in (
        *("equal", "allclose", "isclose", "eq.Tensor", "eq.Scalar", "ne.Tensor", "ne.Scalar"),
        *("lt.Scalar", "all", "any", "max", "_local_scalar_dense", "is_nonzero"),
    )
)


def taken(bindings: Any, plan: State) -> State:
    """Keep what the names stand for in a plan's packages, as far as imported, and in its modules.

    In `entries`, by the id of a module or class, is what `bindings` compares with. `modules` are
    those of `sys.modules` by name, `globals` their names by the ids of their variables, and `late`
    has the ids of those that came with the snippet. `recoded` will have by its id each function
    that is given other code, with what it had. `kernels` says of torch's operators that compare
    what was registered for them. `before` names what differed at the last look or before an import;
    `accepted` lists what imports have put into a module or class. `roots` are those of the trees,
    and `spare` has what modules of the standard library were before a package named them.
    `numbers` has by its id the number of the first entry that keeps a function, of those entries
    that are `numbered`.
    """
    originals: State = {
        **{name: {} for name in ("entries", "modules", "globals", "recoded", "kernels", "numbers")},
        "packages": set(plan["packages"]),
        "single": set(plan["modules_of_claims"]),
        "roots": tuple(f"{root}/" for root, _ in plan["given"]["trees"].values()),
        "looked": {},
        "spare": {},
        "numbered": 0,
        "accepted": [],
        "late": set(),
        "before": set(),
        "coming": None,
        "last": None,
        "dump": None,
    }
    for name, module in _new(bindings, originals).items():
        _keep_module(bindings, originals, name, module)
    _keep_operators(bindings, originals)
    return originals


def take_new(state: State) -> bool:
    """Keep what the names of modules stand for that have come since, and tell whether some have.

    Only with the word of an import: other modules, a snippet makes.
    """
    bindings, originals = state["bindings"], state["originals"]
    if _is_importing(bindings, originals):
        return False
    known = list(originals["entries"].values())
    new = _new(bindings, originals)
    found = {name: one for name, one in new.items() if bindings.held_by(one).get("__spec__")}
    for name, module in found.items():
        _keep_module(bindings, originals, name, module)
        originals["late"].add(id(module))
    if found:
        _keep_operators(bindings, originals)
        for key, (function, _) in list(originals["recoded"].items()):
            if bindings.home_of(originals, function) in found:
                del originals["recoded"][key]  # it was given other code as it was imported
        for entry in known:
            if not bindings.is_as_it_was(entry):
                _accept(state, entry, len(known))
        look_before(state)  # of the next one, which `importlib` may make without a word
    return bool(found)


def is_theirs(state: State, names: State) -> bool:
    """Tell whether these are the names of a module of the packages that was imported."""
    bindings, name = state["bindings"], names.get("__name__")
    if type(name) is not str or not _is_ours(state["originals"], name):
        return False
    module = _MODULES.get(name)
    own = bindings.is_module(module) and bindings.held_by(module) is names
    return own and type(names.get("__spec__")) is ModuleSpec


def begins_import(state: State, name: Any) -> bool:
    """Tell whether a module of the packages is going to be imported, and none else is."""
    originals = state["originals"]
    if type(name) is not str or name in originals["looked"] or not _is_ours(originals, name):
        return False
    return not _is_importing(state["bindings"], originals)


def look_before(state: State) -> None:
    """Keep the names of what differs before an import."""
    entries = state["originals"]["entries"].values()
    differing = state["bindings"].differing
    state["originals"]["before"] = {name for entry in entries for name in differing(entry)}


def _accept(state: State, entry: Any, known: int) -> None:
    """Remember what an import has put into a module or class that was there before.

    So many entries were there before.
    """
    bindings, originals = state["bindings"], state["originals"]
    for name in bindings.differing(entry):
        value = entry[3].get(name.rpartition(".")[2])
        kept = bindings.home_of(originals, bindings.function_of(value)) is not None
        new = kept and name not in originals["before"]
        if new and bindings.is_put_there(state, value, known):
            originals["accepted"].append((entry[1], name, value))


def _new(bindings: Any, originals: State) -> State:
    """Return the modules to be kept that nobody has looked at, by name."""
    unseen, known = _unseen(originals), originals["modules"]
    originals["looked"].update((name, id(module)) for name, module in unseen)
    originals["last"] = next(reversed(_MODULES))
    for _, module in unseen:
        if bindings.is_module(module) and (standard := _standard_name(bindings, module)):
            originals["spare"][id(module)] = bindings.entry_of(standard, module)
    return {
        name: module
        for name, module in unseen
        if _is_ours(originals, name)
        and bindings.is_module(module)
        and (name not in known or bindings.is_again(originals, known[name], module))
    }


def _unseen(originals: State) -> list[tuple[str, Any]]:
    """Return the modules behind the last that was looked at: what is imported, comes last."""
    last, looked, names, count = originals["last"], originals["looked"], [], 0
    while count <= len(_MODULES) and last not in names:
        count = 64 + 4 * count
        names = list(islice(reversed(_MODULES), count))
    new = names[: names.index(last)] if last in names else names
    return [
        (name, one) for name in reversed(new) if id(one := _MODULES.get(name)) != looked.get(name)
    ]


def _is_ours(originals: State, name: str) -> bool:
    return name.partition(".")[0] in originals["packages"] or name in originals["single"]


def _is_importing(bindings: Any, originals: State) -> bool:
    """Tell whether a module that is new is still being imported; the one found last comes first."""
    if originals["coming"] is not None and _is_coming(bindings, originals["coming"]):
        return True
    ours = (module for name, module in _unseen(originals) if _is_ours(originals, name))
    originals["coming"] = next((one for one in ours if _is_coming(bindings, one)), None)
    return originals["coming"] is not None


def _is_coming(bindings: Any, module: Any) -> bool:
    spec = bindings.held_by(module).get("__spec__") if bindings.is_module(module) else None
    return type(spec) is ModuleSpec and getattr(spec, "_initializing", False) is True


def _keep_module(bindings: Any, originals: State, name: str, module: Any) -> None:
    """Keep a module, its classes, and the modules of the standard library that it names."""
    tops = originals["packages"]
    _keep(bindings, originals, name, module)
    values = bindings.held_by(module).values() if name.partition(".")[0] in tops else ()
    for value in list(values):
        place = bindings.module_of(value)
        if place.partition(".")[0] in tops:
            _keep(bindings, originals, f"{place}.{bindings.title_of(value)}", value)
        elif bindings.is_module(value) and (standard := _standard_name(bindings, value)):
            _keep(bindings, originals, standard, value)


def _keep(bindings: Any, originals: State, name: str, owner: Any) -> None:
    if bindings.is_module(owner):
        originals["modules"][name] = owner
        originals["globals"][id(bindings.held_by(owner))] = name
    if id(owner) not in originals["entries"]:
        spare = originals["spare"].get(id(owner))
        originals["entries"][id(owner)] = spare or bindings.entry_of(name, owner)


def _keep_operators(bindings: Any, originals: State) -> None:
    native = originals["modules"].get("torch._C")
    if native is not None and originals["dump"] is None:
        originals["dump"] = dump = bindings.held_by(native).get("_dispatch_dump")
        originals["kernels"] = {name: dump(name) for name in _OPERATORS if dump is not None}


def _standard_name(bindings: Any, module: Any) -> str:
    """Return the name of a module of the standard library whose names are kept; else nothing."""
    name = bindings.held_by(module).get("__name__")
    if type(name) is not str or _MODULES.get(name) is not module:
        return ""
    top = name.partition(".")[0]
    return name if top in _STANDARD and top not in _CHANGING else ""
