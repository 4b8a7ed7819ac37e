"""Mocks: what stands for something else while it matters, and may be put back before the end.

Looked at is, when a claim is evaluated for the first time and when a function of the note begins,
what `bindings` keeps, and the modes of the snippet's own. Near are the modules in which the note's
functions stand, and the modules and classes that these name: with torch, 2,000 names in 0.05 ms.
Wide are those that the near modules name, too, 19,000 names in 1.3 ms, looked at the first, second,
fourth, eighth … time. All 83,000 take 7 ms, and 20 ms more in a fork, for Python counts who looks:
they are looked at once, with the first claim, and at the end anyway.

A mock is no reason to refuse a run: `unittest.mock.patch` is the documented way to part a function
from its surroundings. The record names it. Not seen is what is put back before it is looked for:
inside of a function of the note, or between two claims where none of its functions begins.

It is executed for the reporter alone, and has no class of its own: see there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

State = dict[str, Any]


def named(state: State, time: int, whole: bool) -> Iterator[str]:
    """Name what stands for something else now; widely, if this `time` is one of the wide ones.

    The first time is 1. With `whole`, all is looked at.
    """
    bindings, originals = state["bindings"], state["originals"]
    wide = not time & (time - 1)
    entries = list(originals["entries"].values()) if whole else _around(state)[wide]
    names = list(originals["modules"]) if whole else [*originals["packages"], *state["anchored"]]
    yield from bindings.swapped(originals, names)
    for entry in entries:
        if not bindings.is_as_it_was(entry):
            yield from bindings.unexplained(state, entry)
    yield from bindings.recoded(state)
    if wide:
        yield from bindings.registered(originals)
    yield from state["deciding"].modes(state)


def _around(state: State) -> tuple[list[Any], list[Any]]:
    """Return what is near and what is wide, found anew when modules have come."""
    entries = state["originals"]["entries"]
    if state["around"][0] != len(entries):
        near = _named_by(state, _anchored(state))
        wide = _named_by(state, near)
        always = [entry[1] for entry in state["known"]["always"]]
        found = ([entries[id(one)] for one in (*always, *owners)] for owners in (near, wide))
        state["around"] = len(entries), *found
    return state["around"][1], state["around"][2]


def _anchored(state: State) -> Iterator[Any]:
    modules = state["originals"]["modules"]
    for name in ("builtins", *state["anchored"]):
        while name and name not in modules:
            name = name.rpartition(".")[0]
        if name:
            yield modules[name]


def _named_by(state: State, owners: Iterable[Any]) -> list[Any]:
    """Return modules, and the modules and classes with an entry that those of packages name."""
    bindings, originals = state["bindings"], state["originals"]
    found = {}
    for owner in owners:
        found[id(owner)] = owner
        of_packages = bindings.is_module(owner) and _top(bindings, owner) in originals["packages"]
        for value in list(bindings.held_by(owner).values()) if of_packages else ():
            for one in (value, *bindings.searched(value)):
                found[id(one)] = one
    return [one for key, one in found.items() if key in originals["entries"]]


def _top(bindings: Any, module: Any) -> str:
    return str(bindings.held_by(module).get("__name__")).partition(".")[0]
