"""Modules that a snippet makes itself: by an import that only it makes possible, or by extraction.

A framework that is not installed cannot be looked up before the snippet begins. So its files are
waited for: a finder before all others tells when one has been imported, and the lab tells when it
has made a module of functions that it took out of one. That may happen several times in a run.

It stands in the import system and runs in the snippet's process: standard library, Python >= 3.9.
"""

from __future__ import annotations

import importlib
import os
import sys
import types
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_waiting: dict[str, list[Callable[[types.ModuleType], None]]] = {}


def when_made(file: str, arrived: Callable[[types.ModuleType], None]) -> None:
    """Call `arrived` with each module of a file, when its statements have run."""
    if not _waiting:
        sys.meta_path.insert(0, _Finder())
        try:
            told: Any = importlib.import_module("srcread.lab.told")
        except ImportError:  # then nothing can be extracted, either
            pass
        else:
            told.watchers.append(_made)
    _waiting.setdefault(os.path.realpath(file), []).append(arrived)


def _made(module: types.ModuleType) -> None:
    for arrived in _waiting.get(_real(getattr(module, "__file__", None)), ()):
        arrived(module)


def _real(file: str | None) -> str:
    return os.path.realpath(file) if file else ""


class _Finder:
    """Finds what the import path has, and wraps the loader of what is waited for."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or _real(spec.origin) not in _waiting:
            return None  # the finders behind this one find it as ever
        spec.loader = _Loader(spec.loader)  # type: ignore[assignment] # it does what a loader does
        return spec


class _Loader:
    """A loader that tells when the module has been executed, and is the wrapped one otherwise."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def exec_module(self, module: types.ModuleType) -> None:
        self._loader.exec_module(module)
        _made(module)
