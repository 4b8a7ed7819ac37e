"""Modules that ran: the path of each one whose `forward` is watched, and all calls by class.

The run with probes tells paths: the outermost object names all below it, as torch does. The run
without probes tells how many calls there were of each class, through hooks that torch has for all
modules; what it counts and the probes did not see is a call that a map would miss in silence. The
two are not one run, because with hooks torch goes another way to `forward`, which probes would see.

An object is asked for its `__dict__` only: its class may answer for itself.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

_MOST_PATHS = 8


class Modules:
    """Paths by activation, and how many objects' `forward` began, by class."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        self.seen: dict[str, int] = {}
        self._open: list[tuple[Any, Any]] = []
        self._names: dict[int, str] = {}

    def entered(self, name: str, given: tuple[Any, ...], stack: Sequence[Any]) -> None:
        """Learn that the last activation of those open has begun, a function's of this name.

        One that calls its base's `forward` for the same object is no other call.
        """
        if not given or name.partition("~")[0].rpartition(".")[2] != "forward":
            return
        while self._open and self._open[-1][0] not in stack:
            self._open.pop()
        module = given[0]
        if _children(module) is None or (self._open and self._open[-1][1] is module):
            return
        if not self._open:
            self._names = _names_below(module)
        self._open.append((stack[-1], module))
        self.seen[type(module).__name__] = self.seen.get(type(module).__name__, 0) + 1
        if id(module) in self._names:
            self.paths[stack[-1].number] = self._names[id(module)]


def count_calls() -> Callable[[], dict[str, int]]:
    """Begin to count the calls of modules; return what ends it and gives them by class."""
    torch, owner = sys.modules.get("torch"), threading.get_ident()
    counts: dict[str, int] = {}
    if torch is None:
        return lambda: counts

    def begin(module: Any, given: Any) -> None:
        if threading.get_ident() == owner:
            name = type(module).__name__
            counts[name] = counts.get(name, 0) + 1

    hook = torch.nn.modules.module.register_module_forward_pre_hook(begin)

    def end() -> dict[str, int]:
        hook.remove()
        return counts

    return end


def classes_in(values: Iterable[Any]) -> dict[str, int]:
    """Count by full name of their class the modules among some values, and all below them.

    What has no `forward` is not counted: nothing can call it.
    """
    found: dict[int, Any] = {}
    for value in values:
        if _children(value) is None:
            continue
        waiting = [value]
        while waiting:
            module = waiting.pop()
            if id(module) not in found:
                found[id(module)] = module
                below = (_children(module) or {}).values()
                waiting += [child for child in below if child is not None]
    counts: dict[str, int] = {}
    for module in found.values():
        if getattr(type(module).forward, "__name__", "") == "_forward_unimplemented":
            continue  # it only holds others
        name = f"{type(module).__module__}.{type(module).__qualname__}"
        counts[name] = counts.get(name, 0) + 1
    return counts


def paths_of_cases(paths: dict[int, str], number_of: dict[int, int]) -> list[list[Any]]:
    """Return the paths of each case's activations in their order, the first few."""
    found: dict[int, list[str]] = {}
    for activation in sorted(paths):
        if activation in number_of:
            known = found.setdefault(number_of[activation], [])
            if paths[activation] not in known and len(known) <= _MOST_PATHS:
                known.append(paths[activation] if len(known) < _MOST_PATHS else "…")
    return [[case, found[case]] for case in sorted(found)]


def _names_below(module: Any) -> dict[int, str]:
    """Name all modules below one: `layers.0.norm`. The first path to one is its own.

    The one itself is the empty name.
    """
    names = {id(module): ""}
    waiting = [(module, "")]
    for holder, above in waiting:
        for name, child in (_children(holder) or {}).items():
            if child is not None and id(child) not in names and type(name) is str:
                names[id(child)] = f"{above}{name}"
                waiting.append((child, f"{above}{name}."))
    return names


def _children(module: Any) -> dict[Any, Any] | None:
    """Return what a module holds by name, None of what is no module."""
    try:
        below = object.__getattribute__(module, "__dict__").get("_modules")
    except AttributeError:
        return None
    return below if type(below) is dict else None
