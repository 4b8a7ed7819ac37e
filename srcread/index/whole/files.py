"""The Python files of a distribution with their states, listed as `srcread.sources` finds modules.

Listed anew here for the sake of what `Sources` passes over in silence: links to nowhere, pipes and
modules that a package hides are diagnostics. Stubs, and files whose names no import can spell, are
left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from srcread.model import Diagnostic, Distribution, Origin, Severity
from srcread.sources.folder import is_regular_file, is_source_folder, leads_out, scan


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as it was listed; `state` is its size, its time in nanoseconds and its inode."""

    path: str
    module: str
    place: str
    state: tuple[int, int, int]

    @property
    def package(self) -> str:
        """What `from .` stands for in it."""
        inside = self.path.endswith("/__init__.py")
        return self.module if inside else self.module.rpartition(".")[0]


def list_files(distribution: Distribution) -> tuple[list[Listed], list[Diagnostic]]:
    """Return the files of all modules of a distribution, sorted by path, and what is odd."""
    diagnostics: list[Diagnostic] = []
    found: dict[str, Listed] = {}
    for path, entry in _python_files(distribution):
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        state = _state(entry) if is_regular_file(entry) else None
        if state is None:
            words = "it is no file that can be read: a link to nowhere, or a pipe"
            diagnostics.append(_odd(distribution, path, "SRC002", words))
            continue
        listed = Listed(path, module, entry.path, state)
        other = found.setdefault(module, listed)
        if other is not listed:
            package, hidden = (listed, other) if path.endswith("/__init__.py") else (other, listed)
            found[module] = package
            words = f"the package {package.path!r} hides this module from every import"
            diagnostics.append(_odd(distribution, hidden.path, "SRC005", words))
    return sorted(found.values(), key=lambda item: item.path), sorted(diagnostics)


def _python_files(distribution: Distribution) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield the relative paths and entries of all that ends in `.py` below the packages."""
    # An installer may link files into site-packages from elsewhere; a named folder may not.
    may_lead_out = distribution.origin is Origin.INSTALLED
    packages = set(distribution.packages)
    folders = [""]
    while folders:
        folder = folders.pop()
        for entry in scan(distribution.root / folder):
            name = entry.name.removesuffix(".py")
            if not name.isidentifier() or (not folder and name not in packages):
                continue
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_link = entry.is_symlink()
            if is_link and not may_lead_out and leads_out(entry, distribution.root):
                continue
            if is_source_folder(entry):
                if not (is_link and _loops(entry.path)):
                    folders.append(path)
            elif entry.name.endswith(".py"):
                yield path, entry


def _state(entry: os.DirEntry[str]) -> tuple[int, int, int] | None:
    try:
        found = os.stat(entry.path)  # on Windows an entry's own has no inode
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _loops(link: str) -> bool:
    """Tell whether a linked folder leads back to one that it lies in."""
    try:
        target = Path(link).resolve()
    except (OSError, RuntimeError):
        return True
    return Path(link).parent.resolve().is_relative_to(target)


def _odd(distribution: Distribution, path: str, code: str, words: str) -> Diagnostic:
    place = f"{distribution.name}:{path}"
    return Diagnostic(place, 0, code, f"{words}.", "It is left out.", Severity.WARNING)
