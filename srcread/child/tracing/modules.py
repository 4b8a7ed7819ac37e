"""Calls of modules: the path of each one whose `forward` is watched, and how many are not.

torch tells of every call of a module, of whatever class, through hooks that are of all modules. A
call in which no watched `forward` of that very object began is *unseen*: its class was not in the
graph, and a map that is drawn of the run counts it instead of missing it in silence.

A hook keeps names and counts, and asks an object for its `__dict__` only: a class may answer for
itself. Where torch was not preloaded, or is too old for hooks that an error does not skip, there is
nothing to tell.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

_MOST_PATHS = 8


class Modules:
    """What hooks were told: paths by activation, calls that no activation was seen of by class."""

    def __init__(self) -> None:
        self.paths: dict[int, str] = {}
        self.unseen: dict[str, int] = {}
        self._open: list[list[Any]] = []
        self._names: dict[int, str] = {}
        self._owner = threading.get_ident()

    def entered(self, number: int, name: str, given: tuple[Any, ...]) -> None:
        """Learn that an activation has begun: that of the innermost open call, if it is its."""
        if not self._open or not given or name.partition("~")[0].rpartition(".")[2] != "forward":
            return
        call = self._open[-1]
        if given[0] is call[0] and not call[2]:
            call[2] = True
            self.paths[number] = call[1]

    def begin(self, module: Any, given: Any) -> None:
        """Open a call; the outermost one's object names all below it."""
        if threading.get_ident() != self._owner:
            return
        if not self._open:
            self._names = _names_below(module)
        self._open.append([module, self._names.get(id(module), ""), False])

    def end(self, module: Any, given: Any, output: Any) -> None:
        """Close a call, and count it if nothing was seen of it."""
        if threading.get_ident() != self._owner or not self._open:
            return
        called, _, seen = self._open.pop()
        if not seen:
            name = type(called).__name__
            self.unseen[name] = self.unseen.get(name, 0) + 1


def watch_modules() -> tuple[Modules | None, Callable[[], None]]:
    """Begin to listen; return what is heard, and what ends it."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None, lambda: None
    told, hooks = Modules(), torch.nn.modules.module
    try:
        after = hooks.register_module_forward_hook(told.end, always_call=True)
    except TypeError:
        return None, lambda: None
    before = hooks.register_module_forward_pre_hook(told.begin)

    def end() -> None:
        before.remove()
        after.remove()

    return told, end


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
    """Name all modules below one as torch does: `layers.0.norm`. The first path to one is its own.

    The one itself is the empty name.
    """
    names = {id(module): ""}
    waiting = [(module, "")]
    while waiting:
        holder, above = waiting.pop(0)
        below = object.__getattribute__(holder, "__dict__").get("_modules")
        for name, child in below.items() if type(below) is dict else ():
            if child is not None and id(child) not in names and type(name) is str:
                names[id(child)] = f"{above}{name}"
                waiting.append((child, f"{above}{name}."))
    return names
