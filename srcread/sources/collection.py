"""The files of several distributions, found by module name or path and read once.

A module is found as Python finds it, a package before a module of the same name, but from listed
folders: a listing has the exact spelling, which on a file system that folds case a question for
`torch/NN.py` would not tell. What is listed or read is kept, so a collection lives as long as one
piece of work and no longer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from srcread.errors import NotFoundError, SourceError, did_you_mean
from srcread.model import Distribution, Origin, SourceFile
from srcread.sources.folder import is_regular_file, is_source_folder, leads_out, scan
from srcread.sources.notebook import script_of
from srcread.sources.text import decode

_NO_ENTRIES: dict[str, bool] = {}


class Sources:
    """Several distributions as one place to look; where two have a module the first wins."""

    def __init__(self, distributions: Sequence[Distribution]) -> None:
        self.distributions = tuple(distributions)
        self._by_name = {
            distribution.name: distribution for distribution in reversed(self.distributions)
        }
        self._listings: dict[tuple[str, str], dict[str, bool]] = {}
        self._reached: dict[tuple[str, str], dict[str, bool]] = {}
        self._files: dict[tuple[str, str], SourceFile] = {}
        self._found: dict[tuple[str, str], SourceFile | None] = {}

    def read(self, distribution_name: str, path: str) -> SourceFile:
        """Return a file, its bytes exact.

        Raises:
            NotFoundError: there is no such distribution or file in it.
            SourceError: it cannot be read, or its text cannot be decoded.
        """
        key = (distribution_name, path)
        if key not in self._files:
            self._files[key] = self._read(self.distribution(distribution_name), path)
        return self._files[key]

    def distribution(self, name: str) -> Distribution:
        """Return a distribution by its name.

        Raises:
            NotFoundError: none of that name is among those that are read.
        """
        if name not in self._by_name:
            near = did_you_mean(name, self._by_name)
            raise NotFoundError(f"No distribution {name!r} is among those that are read.{near}")
        return self._by_name[name]

    def find_module(self, name: str) -> SourceFile | None:
        """Return a module's file: None for a namespace, a compiled or an unknown module.

        Raises:
            SourceError: its file cannot be read, or its text cannot be decoded.
        """
        return self._find(name, ".py")

    def find_stub(self, name: str) -> SourceFile | None:
        """Return the `.pyi` file of a module, where there is one.

        Raises:
            SourceError: its file cannot be read, or its text cannot be decoded.
        """
        return self._find(name, ".pyi")

    def find_compiled(self, name: str) -> str | None:
        """Return the file name of a compiled module, where one lies in its package's folder."""
        folder, _, last = name.rpartition(".")
        for distribution in self._holders(name):
            for file in self._reach(distribution, folder.replace(".", "/")):
                if file.startswith(f"{last}.") and file.endswith((".so", ".pyd")):
                    return file
        return None

    def is_package(self, name: str) -> bool:
        """Tell whether a name is a package, a regular or a namespace one (PEP 420)."""
        path = name.replace(".", "/")
        for distribution in self._holders(name):
            if self._is_file(distribution, f"{path}/__init__.py"):
                return True
            if self._is_file(distribution, f"{path}.py"):
                return False
        return any(self._is_folder(holder, path) for holder in self._holders(name))

    def modules(self, distribution_name: str) -> tuple[str, ...]:
        """Return the names of all modules of a distribution that have Python source, sorted."""
        distribution = self.distribution(distribution_name)
        names: set[str] = set()
        for package in distribution.packages:
            if self._is_file(distribution, f"{package}.py"):
                names.add(package)
            if self._is_folder(distribution, package):
                names |= set(self._modules_below(distribution, package))
        return tuple(sorted(names))

    def modules_around(self, name: str, at_most: int) -> tuple[str, ...]:
        """Return the modules of the folder in which a module lies, sorted; those below it, too.

        Where these are more than `at_most` only the folder's own count, and of them the first ones.
        """
        folder = name if self._is_regular(name) else name.rpartition(".")[0]
        path = folder.replace(".", "/")
        for holder in self._holders(name):
            if folder and self._is_folder(holder, path):
                found = list(islice(self._modules_below(holder, path), at_most + 1))
                if len(found) > at_most:
                    files = [file for file, is_file in self._reach(holder, path).items() if is_file]
                    found = [
                        f"{folder}.{file}".removesuffix(".py").removesuffix(".__init__")
                        for file in files
                        if file.endswith(".py") and file.removesuffix(".py").isidentifier()
                    ]
                return tuple(sorted(found)[:at_most])
        return (name,)

    def data_file(self, distribution_name: str, path: str) -> bytes | None:
        """Return the bytes of any file of a distribution, or None where it lacks it.

        Raises:
            NotFoundError: there is no such distribution.
        """
        distribution = self.distribution(distribution_name)
        if not self._is_file(distribution, path):
            return None
        try:
            return (distribution.root / path).read_bytes()
        except OSError:
            return None

    def _is_regular(self, name: str) -> bool:
        path = f"{name.replace('.', '/')}/__init__.py"
        return any(self._is_file(holder, path) for holder in self._holders(name))

    def _read(self, distribution: Distribution, path: str) -> SourceFile:
        place = f"{distribution.name}:{path}"
        if not self._is_file(distribution, path):
            folder, _, name = path.rpartition("/")
            near = did_you_mean(name, self._reach(distribution, folder))
            raise NotFoundError(f"There is no file {place!r}.{near}")
        is_notebook = path == _notebooks_module(distribution)
        try:
            file = distribution.root / (distribution.notebook if is_notebook else path)
            data = file.read_bytes()
        except OSError as error:
            raise SourceError(f"{place} cannot be read: {error.strerror}.") from error
        unread: tuple[tuple[int, str], ...] = ()
        if is_notebook:
            script = script_of(data, repr(distribution.notebook))
            data, unread = script.text.encode("utf-8"), script.unread
        return SourceFile(
            distribution=distribution.name,
            path=path,
            module=_module_at(distribution, path),
            data=data,
            text=decode(data, place),
            sha256=hashlib.sha256(data).hexdigest(),
            unread=unread,
        )

    def _find(self, name: str, suffix: str) -> SourceFile | None:
        key = (name, suffix)
        if key not in self._found:
            self._found[key] = self._search(name, suffix)
        return self._found[key]

    def _search(self, name: str, suffix: str) -> SourceFile | None:
        path = name.replace(".", "/")
        for distribution in self._holders(name):
            for candidate in (f"{path}/__init__{suffix}", f"{path}{suffix}"):
                if self._is_file(distribution, candidate):
                    return self.read(distribution.name, candidate)
        return None

    def _holders(self, name: str) -> Iterator[Distribution]:
        if all(part.isidentifier() for part in name.split(".")):
            top = name.partition(".")[0]
            yield from (found for found in self.distributions if top in found.packages)

    def _modules_below(self, distribution: Distribution, package: str) -> Iterator[str]:
        waiting = [package]
        while waiting:
            folder = waiting.pop()
            for name, is_file in self._listing(distribution, folder).items():
                path = f"{folder}/{name}"
                if not name.removesuffix(".py").isidentifier():
                    continue
                if not is_file:
                    waiting.append(path)
                elif name.endswith(".py"):
                    yield path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def _is_file(self, distribution: Distribution, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return self._reach(distribution, folder).get(name, False)

    def _is_folder(self, distribution: Distribution, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return self._reach(distribution, folder).get(name) is False

    def _reach(self, distribution: Distribution, folder: str) -> dict[str, bool]:
        """List a folder that is reached by exactly spelled names from the root down."""
        key = (distribution.name, folder)
        if key not in self._reached:
            self._reached[key] = self._find_reached(distribution, folder)
        return self._reached[key]

    def _find_reached(self, distribution: Distribution, folder: str) -> dict[str, bool]:
        reached = ""
        for part in folder.split("/") if folder else ():
            if self._listing(distribution, reached).get(part) is not False:
                return _NO_ENTRIES
            reached = f"{reached}/{part}" if reached else part
        return self._listing(distribution, reached)

    def _listing(self, distribution: Distribution, folder: str) -> dict[str, bool]:
        """Return the names in a folder, each with whether it is a file (or else a folder)."""
        key = (distribution.name, folder)
        if key not in self._listings:
            self._listings[key] = _list(distribution, folder)
        return self._listings[key]


def _list(distribution: Distribution, folder: str) -> dict[str, bool]:
    # An installer may link files into site-packages from elsewhere; a named folder may not.
    may_lead_out = distribution.origin is Origin.INSTALLED
    names: dict[str, bool] = {}
    for entry in scan(distribution.root / folder):
        if not may_lead_out and leads_out(entry, distribution.root):
            continue
        if is_source_folder(entry):
            if not (entry.is_symlink() and _loops(Path(entry.path))):
                names[entry.name] = False
        elif is_regular_file(entry):
            names[entry.name] = True
    if not folder and distribution.notebook:
        names[_notebooks_module(distribution)] = True
    return names


def _notebooks_module(distribution: Distribution) -> str:
    """Return the file that a notebook's code is read as, empty where there is no notebook."""
    return f"{distribution.packages[0]}.py" if distribution.notebook else ""


def _loops(link: Path) -> bool:
    """Tell whether a linked folder leads back to one that it lies in."""
    target = link.resolve()
    return any(folder.resolve() == target for folder in link.parents)


def _module_at(distribution: Distribution, path: str) -> str | None:
    parts = path.removesuffix(".pyi").removesuffix(".py").split("/")
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    if parts[0] in distribution.packages and all(part.isidentifier() for part in parts):
        return ".".join(parts)
    return None
