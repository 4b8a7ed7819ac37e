"""The project around a file: where its names begin, and what else lies in the checkout.

Python tells neither: a folder without `__init__.py` (PEP 420) may be a package or only hold some.
So the text of the files decides: where a file imports `corp.core.ops`, and corp/core/ops.py lies
around it, names begin above `corp`. What a build backend's settings say of packages is not read.

For example, megatron/core/model.py, with no megatron/__init__.py, imports `megatron.core.layers`:
its name is `megatron.core.model`, not `core.model`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import TypeVar

Item = TypeVar("Item")

MARKS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
"""What lies in the root of a project."""

SOURCE_FOLDERS = ("", "src", "python", "lib")
"""Where in a project its packages lie, by habit."""
_UNMARKED = 3
"""How many folders up names may begin where nothing marks a project."""
_MOST_FILES = 60
_MOST_FOLDERS = 2000
_DEEPEST = 4
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import[ \t]+\(?[ \t]*(\w*)"
    rb"|import[ \t]+([A-Za-z_][\w.]*))",
    re.MULTILINE,
)

_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.", re.MULTILINE)
_STATEMENT = re.compile(rb"^[ \t]*[^\s#]", re.MULTILINE)


def project_folders(folder: Path) -> tuple[Path, ...]:
    """Return a folder and those above it, up to the project's root; alone where nothing marks one.

    A repository ends a project; without one the nearest mark does.
    """
    above = (folder, *folder.parents)
    for marks in ((".git",), MARKS):
        for number, place in enumerate(above):
            if any((place / mark).exists() for mark in marks):
                return above[: number + 1]
    return (folder,)


def names_begin(root: Path, files: Iterable[Path]) -> Path:
    """Return the folder in which the names of some files begin: `root`, or one further up.

    `root` is where they begin by `__init__.py` files alone. Further up only where a file imports,
    by its full name, what lies in a folder that it lies in itself.
    """
    marked = project_folders(root)
    above = marked if len(marked) > 1 else (root, *root.parents)[: _UNMARKED + 1]
    if len(above) < 2 or (len(marked) == 1 and _is_marked(root)):
        return root
    for file in islice(files, _MOST_FILES):
        names = imported_names(file)
        for below, place in pairwise(above):
            own = [name for name in names if name.startswith(f"{below.name}.")]
            if any(_is_there(place, name) for name in own):
                return place
    return root


def leads_the_path(file: Path) -> bool:
    """Tell whether a file is run from a folder that is a package by an empty `__init__.py` alone.

    It imports, by a name that begins there, what lies beside it. Neither it nor a file beside it
    imports as in a package: by a relative name, or by the folder's.
    """
    folder = file.parent
    own = f"{folder.name}."
    try:
        if _STATEMENT.search((folder / "__init__.py").read_bytes()):
            return False
        for neighbour in islice(sorted(folder.glob("*.py")), _MOST_FILES):
            if _RELATIVE.search(neighbour.read_bytes()):
                return False
            if any(name.startswith(own) for name in imported_names(neighbour)):
                return False
    except OSError:
        return False
    names = {name.partition(".")[0] for name in imported_names(file)}
    return any(_is_there(folder, name) for name in names - sys.stdlib_module_names)


def imported_names(file: Path) -> set[str]:
    """Return the dotted names that a file's import statements begin with, by its text."""
    try:
        text = file.read_bytes()
    except OSError:
        return set()
    found = set()
    for source, first, module in _IMPORT.findall(text):
        name = (source or module).decode()
        found.add(f"{name}.{first.decode()}" if first and "." not in name else name)
    return found


def package_places(folder: Path, package: str) -> Iterator[Path]:
    """Yield where a package or module of this name would lie in the project around a folder."""
    for above in project_folders(folder):
        for inside in SOURCE_FOLDERS:
            yield above / inside / package


def sources_with(folder: Path, name: str) -> Path:
    """Return the folder of a project in which a dotted name begins: itself, or its sources."""
    first = re.split(r"[.:]", name)[0]
    for inside in SOURCE_FOLDERS:
        place = folder / inside / first
        if place.is_dir() or place.with_suffix(".py").is_file():
            return folder / inside
    return folder


def names_in_checkout(folder: Path) -> frozenset[str]:
    """Return the names of the modules, and of the folders that hold some, around a folder.

    Of the whole project that the folder is in, as far down as packages go.
    """
    root = project_folders(folder)[-1]
    found: set[str] = set()
    waiting = [(root, 0)]
    for place, depth in islice(growing(waiting), _MOST_FOLDERS):
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    if entry.name.endswith(".py"):
                        found.add(entry.name.removesuffix(".py"))
                        found.update(place.relative_to(root).parts)
                    elif depth < _DEEPEST and _may_hold_names(entry):
                        waiting.append((Path(entry.path), depth + 1))
        except OSError:
            continue
    return frozenset(found)


def growing(items: list[Item]) -> Iterator[Item]:
    """Yield the items of a list that grows meanwhile."""
    number = 0
    while number < len(items):
        yield items[number]
        number += 1


def _may_hold_names(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith((".", "__")) and entry.is_dir(follow_symlinks=False)


def _is_marked(folder: Path) -> bool:
    return any((folder / mark).exists() for mark in MARKS)


def _is_there(root: Path, name: str) -> bool:
    place = root / name.replace(".", "/")
    return place.is_dir() or place.with_name(f"{place.name}.py").is_file()
