"""Distributions installed beside srcread, found on `sys.path` by their info folders.

Found by folder names, so that one lookup reads one distribution's metadata. Editable installs are
followed through direct_url.json, `.pth` files and setuptools' finder. Left out are distributions
inside zip files and old egg links; nothing is imported.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from srcread.model import Distribution, Origin
from srcread.sources.folder import importable_names
from srcread.sources.metadata import describe, packages_of, recorded_paths
from srcread.sources.store import canonical

_INFO = (".dist-info", ".egg-info")


class Installed:
    """What is installed on a path, `sys.path` by default, each info folder looked into once.

    For who asks for several packages: what is installed meanwhile is not seen.
    """

    def __init__(self, path: Sequence[str] | None = None) -> None:
        self._infos = [(info, _name_of(info)) for info in _infos(path)]
        self._editable: dict[Path, bool] = {}
        self._described: dict[Path, Distribution | None] = {}

    def names(self) -> set[str]:
        """Return the names of what is installed."""
        return {name for _, name in self._infos}

    def find(self, name: str) -> Distribution | None:
        """Return the installed distribution with this name."""
        wanted = canonical(name)
        for info, own in self._infos:
            if own == wanted and (found := self._describe(info)):
                return found
        return None

    def find_package(self, package: str) -> Distribution | None:
        """Return the installed distribution that a top-level package is of.

        The one of the same name is asked first: only where it fails are all others read.
        """
        found = self.find(package)
        if found and package in found.packages:
            return found
        there: dict[str, bool] = {}
        for info, _ in self._infos:
            folder = os.path.dirname(info)
            if folder not in there:
                place = os.path.join(folder, package)
                there[folder] = os.path.isdir(place) or os.path.isfile(f"{place}.py")
            if not self._is_editable(info) and not (
                there[folder] and package in packages_of(info, info.parent)
            ):
                continue
            found = self._describe(info)
            if found and package in found.packages:
                return found
        return None

    def _is_editable(self, info: Path) -> bool:
        if info not in self._editable:
            self._editable[info] = _is_editable(info)
        return self._editable[info]

    def _describe(self, info: Path) -> Distribution | None:
        if info not in self._described:
            self._described[info] = _describe(info)
        return self._described[info]


def find_installed(name: str, path: Sequence[str] | None = None) -> Distribution | None:
    """Return the installed distribution with this name; `path` is `sys.path` by default."""
    return Installed(path).find(name)


def find_info(name: str, path: Sequence[str] | None = None) -> Path | None:
    """Return the info folder of the installed distribution with this name."""
    wanted = canonical(name)
    return next((info for info in _infos(path) if _name_of(info) == wanted), None)


def installed_names(path: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the names of all installed distributions, sorted."""
    return tuple(sorted({_name_of(info) for info in _infos(path)}))


def _infos(path: Sequence[str] | None) -> Iterator[Path]:
    seen = set()
    for entry in sys.path if path is None else path:
        folder = os.path.abspath(entry)
        if folder in seen:
            continue
        seen.add(folder)
        try:
            with os.scandir(folder) as entries:
                infos = [item.path for item in entries if _is_info(item)]
        except OSError:
            continue
        yield from map(Path, sorted(infos))


def _is_info(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.name.endswith(_INFO) and entry.is_dir()
    except OSError:  # a link to itself
        return False


def _name_of(info: Path) -> str:
    return canonical(info.stem.partition("-")[0])


def _describe(info: Path) -> Distribution | None:
    if not _is_editable(info):
        return describe(info, info.parent, Origin.INSTALLED)
    for root in _editable_roots(info):
        if packages := _editable_packages(info, root):
            return describe(info, root, Origin.INSTALLED, packages)
    return None


def _editable_packages(info: Path, root: Path) -> tuple[str, ...]:
    """Return what an editable install brings: what it lists, what has its name, or all there is."""
    names = importable_names(root)
    listed = packages_of(info, root)
    named = [name for name in names if canonical(name) == _name_of(info)]
    return listed or tuple(named) or names


def _is_editable(info: Path) -> bool:
    return _project(info) is not None


def _project(info: Path) -> Path | None:
    """Return the project's folder of an editable install (PEP 610), or None for a plain one."""
    try:
        with open(os.path.join(info, "direct_url.json"), "rb") as file:
            direct = json.load(file)
        if direct["dir_info"]["editable"] is True:
            return _path_of(direct["url"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _path_of(url: str) -> Path:
    from urllib.parse import unquote, urlsplit

    path = urlsplit(url).path
    if os.name != "nt":
        return Path(unquote(path))
    from urllib.request import url2pathname  # 16 ms

    return Path(url2pathname(path))


def _editable_roots(info: Path) -> Iterator[Path]:
    """Yield the folders that may hold the packages, the surest first."""
    for path in recorded_paths(info):
        if path.endswith(".pth"):
            yield from _folders_of_pth(info.parent / path)
        elif re.fullmatch(r"__editable__.*_finder\.py", path):
            yield from _folders_of_finder(info.parent / path)
    if project := _project(info):
        yield project / "src"
        yield project


def _folders_of_pth(path: Path) -> Iterator[Path]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        if line.strip() and not line.startswith(("import ", "import\t", "#")):
            folder = path.parent / line.strip()
            if folder.is_dir():
                yield folder


def _folders_of_finder(path: Path) -> Iterator[Path]:
    """Yield the folders above the packages that setuptools' editable finder maps."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return
    for statement in tree.body:
        match statement:
            case ast.AnnAssign(
                target=ast.Name(id="MAPPING"), value=ast.Dict(keys=keys, values=values)
            ):
                pass
            case ast.Assign(
                targets=[ast.Name(id="MAPPING")], value=ast.Dict(keys=keys, values=values)
            ):
                pass
            case _:
                continue
        for key, value in zip(keys, values, strict=True):
            match key, value:
                case ast.Constant(value=str(name)), ast.Constant(value=str(place)):
                    if Path(place).stem == name:
                        yield Path(place).parent
