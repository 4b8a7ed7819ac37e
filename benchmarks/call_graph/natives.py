"""One name for one C function, whatever alias it is called by.

The static graph says `torch._C._nn.linear` where a caller writes `F.linear` and the function itself
says `linear` of module `torch._C._nn`. Names are compared by identity: each static name is looked
up in the running framework, and the object found there carries it. What no static name stands for
is named by its owner. A static name that cannot be looked up is canonically None: it does not
exist.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from types import MethodDescriptorType, ModuleType
from typing import Any


class Natives:
    """Canonical names of C functions: the static ones first."""

    def __init__(self, static_names: Iterable[str], packages: Iterable[str]) -> None:
        self._packages = tuple(packages)
        self._kept: list[object] = []  # an id is only good while its object lives
        self._names: dict[int, str] = {}
        self.canonical: dict[str, str | None] = {}
        for name in sorted(static_names):
            try:
                found = _looked_up(name)
            except (AttributeError, ImportError):
                self.canonical[name] = None
                continue
            self._kept.append(found)
            self.canonical[name] = self._names.setdefault(id(found), name)

    def name(self, function: Any) -> str | None:
        """Return the canonical name of a C function, None if it is none of the framework's."""
        target = _unbound(function)
        known = self._names.get(id(target))
        if known is not None:
            return known
        name = _own_name(target)
        return name if name.partition(".")[0] in self._packages else None


def _looked_up(name: str) -> object:
    """Import the longest module that the name starts with; the rest are attributes."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for part in parts[count:]:
            found = getattr(found, part)
        return found
    raise ImportError(name)


def _unbound(function: Any) -> Any:
    """Return the descriptor behind a bound method of a C type: one object for all instances."""
    owner = getattr(function, "__self__", None)
    if owner is None or isinstance(owner, ModuleType):
        return function
    for cls in type(owner).__mro__:
        found = vars(cls).get(function.__name__)
        if isinstance(found, MethodDescriptorType):  # an override in Python may stand before it
            return found
    return function


def _own_name(function: Any) -> str:
    owner = getattr(function, "__objclass__", None)
    if owner is not None:
        return f"{owner.__module__}.{owner.__qualname__}.{function.__name__}"
    return f"{getattr(function, '__module__', None) or 'builtins'}.{function.__name__}"
