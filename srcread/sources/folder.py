"""A folder or a single file that the user names, as a distribution without a version.

The root is where Python would have to look: above the top package, or the folder's `src`. Folders
without `__init__.py` are namespaces (PEP 420) when Python lies in them; whether names begin above
one is told by what its files import (`checkout`). Left out is what tools put there: version
control, caches, virtual environments; links that lead out are not followed. Files that vanish
meanwhile are as if they had never been.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from srcread.errors import NotFoundError, SourceError, did_you_mean
from srcread.model import Distribution, Origin
from srcread.sources.checkout import growing, leads_the_path, names_begin, package_places
from srcread.sources.metadata import licence_files
from srcread.sources.notebook import module_name, script_of

SKIPPED = frozenset(("__pycache__", "node_modules", "site-packages"))
"""Folders that hold no source of their own; hidden ones are left out as well."""

_NAMESPACE_DEPTH = 4
_MOST_FOLDERS = 200
"""How many folders are searched for what tells where names begin."""


def open_path(path: Path) -> Distribution:
    """Return a folder, a single Python file or a notebook as a distribution.

    Raises:
        NotFoundError: there is nothing at this path.
        SourceError: it is a file of another kind, or a folder without Python.
    """
    place = Path(os.path.abspath(path))
    if place.is_dir():
        return _open_folder(place, path)
    if place.is_file() and place.suffix in (".py", ".pyi"):
        return _open_file(place)
    if place.is_file() and place.suffix == ".ipynb":
        return _open_notebook(place)
    if place.exists():
        raise SourceError(f"{str(path)!r} is not a Python file. Name a .py file or a folder.")
    near = did_you_mean(place.name, (entry.name for entry in scan(place.parent)))
    raise NotFoundError(f"There is no file or folder {str(path)!r}.{near}")


def importable_names(root: Path) -> tuple[str, ...]:
    """Return the names of the modules and packages that lie directly in a folder, sorted."""
    return tuple(sorted({name for entry in scan(root) if (name := _importable(entry, root))}))


def scan(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yield a folder's entries by name; one that cannot be read has none."""
    try:
        with os.scandir(folder) as entries:
            yield from sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return


def is_source_folder(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a folder to look into."""
    if entry.name in SKIPPED or entry.name.startswith("."):
        return False
    try:
        return entry.is_dir() and not os.path.exists(Path(entry.path, "pyvenv.cfg"))
    except OSError:
        return False


def is_regular_file(entry: os.DirEntry[str]) -> bool:
    """Tell whether an entry is a file to read: no pipe or device, whose reading may never end."""
    try:
        return entry.is_file()
    except OSError:  # a link to itself
        return False


def leads_out(entry: os.DirEntry[str], root: Path) -> bool:
    """Tell whether an entry is a link to somewhere outside of `root`."""
    try:
        return entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return True


def open_in_checkout(folder: Path, package: str) -> Distribution | None:
    """Return a package or module that lies in the project around a folder, or None.

    A regular package comes before a module, and both before a folder without `__init__.py`.
    """
    places = list(package_places(folder, package))
    for place in places:
        if (place / "__init__.py").is_file():
            return open_path(place)
    for place in places:
        root, origin = place.parent, Origin.FOLDER
        if (file := place.with_suffix(".py")).is_file():
            origin = Origin.FILE
        elif not place.is_dir() or not _holds_python(place, root, _NAMESPACE_DEPTH):
            continue
        if not _links_out(file if origin is Origin.FILE else place, root):
            return Distribution(package, None, root, origin, (package,), licence_files(root))
    return None


def _open_folder(folder: Path, shown: Path) -> Distribution:
    regular = (folder / "__init__.py").is_file()
    above, top = _above_package(folder) if regular else (folder, "")
    root = names_begin(above, _files_below(folder))
    if regular or root != above:
        top = _first_part(above / top, root)
        return Distribution(top, None, root, Origin.FOLDER, (top,), licence_files(root))
    source = folder / "src"
    if source.is_dir() and not (source / "__init__.py").exists() and importable_names(source):
        root = source
    packages = importable_names(root)
    if not packages:
        raise SourceError(f"No Python lies in {str(shown)!r}. Name a .py file or a package.")
    return Distribution(folder.name, None, root, Origin.FOLDER, packages, licence_files(folder))


def _open_file(file: Path) -> Distribution:
    """Return the file's package, or the file with the modules beside it that it may import."""
    regular = (file.parent / "__init__.py").is_file() and not leads_the_path(file)
    above, top = _above_package(file.parent) if regular else (file.parent, "")
    root = names_begin(above, chain([file], _files_below(above / top, deep=regular)))
    if regular or root != above:
        top = _first_part(above / top, root)
        return Distribution(top, None, root, Origin.FILE, (top,), licence_files(root))
    root = file.parent
    names = {file.stem} | _names_beside(root)
    packages = tuple(sorted(name for name in names if name.isidentifier()))
    return Distribution(file.stem, None, root, Origin.FILE, packages, licence_files(root))


def _open_notebook(file: Path) -> Distribution:
    """Return a notebook's code as a module, with the modules beside it that it may import.

    Raises:
        SourceError: it cannot be read, or is no notebook in Python.
    """
    try:
        script_of(file.read_bytes(), repr(file.name))
    except OSError as error:
        raise SourceError(f"{file.name!r} cannot be read: {error.strerror}.") from error
    beside = sorted(name for name in _names_beside(file.parent) if name.isidentifier())
    own = module_name(file.stem)
    while own in beside:  # each has its own name, as the code of both may be read
        own += "_notebook"
    packages, licences = (own, *beside), licence_files(file.parent)
    return Distribution(own, None, file.parent, Origin.FILE, packages, licences, notebook=file.name)


def _names_beside(root: Path) -> set[str]:
    """Return the modules and regular packages in a file's folder; none where things are installed.

    There the neighbours are distributions of their own.
    """
    entries = [entry for entry in scan(root) if not leads_out(entry, root)]
    if any(entry.name.endswith((".dist-info", ".egg-info")) for entry in entries):
        return set()
    modules = {entry.name[:-3] for entry in entries if entry.name.endswith(".py")}
    return modules | {entry.name for entry in entries if _is_regular_package(entry)}


def _above_package(folder: Path) -> tuple[Path, str]:
    while (folder.parent / "__init__.py").is_file() and folder.parent != folder:
        folder = folder.parent
    return folder.parent, folder.name


def _first_part(place: Path, root: Path) -> str:
    return place.relative_to(root).parts[0]


def _files_below(folder: Path, *, deep: bool = True) -> Iterator[Path]:
    """Yield the Python files of a folder and, where `deep`, of those in it, its own ones first."""
    waiting = [folder]
    for place in islice(growing(waiting), _MOST_FOLDERS if deep else 1):
        for entry in scan(place):
            if entry.name.endswith(".py") and is_regular_file(entry):
                yield Path(entry.path)
            elif is_source_folder(entry) and not entry.is_symlink():
                waiting.append(Path(entry.path))


def holds_python(folder: Path) -> bool:
    """Tell whether a folder, or one below it that may be a part of its name, holds Python."""
    return _holds_python(folder, folder, _NAMESPACE_DEPTH)


def _links_out(place: Path, root: Path) -> bool:
    return place.is_symlink() and not place.resolve().is_relative_to(root.resolve())


def _is_regular_package(entry: os.DirEntry[str]) -> bool:
    return is_source_folder(entry) and os.path.isfile(Path(entry.path, "__init__.py"))


def _importable(entry: os.DirEntry[str], root: Path) -> str | None:
    name = entry.name.removesuffix(".py")
    if not name.isidentifier() or leads_out(entry, root):
        return None
    if is_regular_file(entry):
        return name if entry.name.endswith(".py") else None
    if is_source_folder(entry) and _holds_python(Path(entry.path), root, _NAMESPACE_DEPTH):
        return name
    return None


def _holds_python(folder: Path, root: Path, depth: int) -> bool:
    entries = [entry for entry in scan(folder) if not leads_out(entry, root)]
    if any(entry.name.endswith(".py") for entry in entries):
        return True
    return depth > 0 and any(
        is_source_folder(entry) and _holds_python(Path(entry.path), root, depth - 1)
        for entry in entries
        if entry.name.isidentifier()
    )
