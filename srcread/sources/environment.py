"""Where another Python keeps what is installed, by its folders: no interpreter is run.

An environment is told by its `pyvenv.cfg`, or by a `lib/pythonX.Y` of its own. `.pth` files with
plain paths are followed, as those of editable installs; lines of code in them are not run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from srcread.errors import SourceError

_VENV, _CONDA, _CONDA_NAME = "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV"
_PACKAGES = ("site-packages", "dist-packages")  # Debian's own packages lie in the latter


def search_path(python: Path | None = None) -> tuple[str, ...]:
    """Return the folders in which to look for what is installed, the first one first.

    `python` alone counts where it is given. Without it come an activated environment, where that is
    not the one that srcread runs in, and then whatever is installed beside srcread.

    Raises:
        SourceError: there is no environment at `python`.
    """
    if python is not None:
        return environment_path(python)
    active = _activated()
    if active is None or _is_same(active, Path(sys.prefix)):
        return tuple(sys.path)
    return (*_folders(active), *sys.path)


def interpreter_of(python: Path | None = None) -> Path | None:
    """Return the interpreter of the environment that `search_path` reads, None for srcread's own.

    Raises:
        SourceError: the environment has none, as a bare folder of packages.
    """
    if python is None:
        active = _activated()
        if active is None or _is_same(active, Path(sys.prefix)):
            return None
        python = active
    if python.is_file():
        return python
    place = Path(os.path.abspath(python))
    around = [each for each in place.parents if str(place) in _folders(each)]
    for prefix in (place, *around):
        for name in ("bin/python", "bin/python3", "Scripts/python.exe"):
            if (prefix / name).is_file():
                return prefix / name
    raise SourceError(
        f"In {str(python)!r} is no interpreter to run with. Name one, as '.venv/bin/python'."
    )


def _activated() -> Path | None:
    """Return the environment that the shell has activated; conda's base is so without being asked.

    A virtual environment is activated within conda's, not the other way round.
    """
    place = os.environ.get(_VENV)
    if not place and os.environ.get(_CONDA_NAME) != "base":
        place = os.environ.get(_CONDA)
    return Path(place) if place and Path(place).is_dir() else None


def environment_path(python: Path) -> tuple[str, ...]:
    """Return the folders in which an environment keeps what is installed.

    `python` is its interpreter, its folder, or a folder of packages itself.

    Raises:
        SourceError: there is none; the message says what was looked for.
    """
    place = Path(os.path.abspath(python))
    if place.is_dir() and (place.name in _PACKAGES or _holds_packages(place)):
        return tuple(dict.fromkeys(_with_links(place)))
    found = tuple(dict.fromkeys(folder for prefix in _prefixes(place) for folder in prefix))
    if not found:
        what = "There is no file or folder" if not place.exists() else "No environment lies at"
        raise SourceError(
            f"{what} {str(python)!r}. Name an interpreter, as '.venv/bin/python', or the folder of "
            "an environment, as '.venv'."
        )
    return found


def _prefixes(place: Path) -> Iterator[tuple[str, ...]]:
    """Yield what lies in the first environment that a path may mean."""
    candidates = [place]
    if not place.is_dir() and place.exists():
        # A link in an environment's `bin` leads to the Python that it was made with.
        candidates = [place.parent.parent, place.resolve().parent.parent]
    for prefix in candidates:
        if found := tuple(_folders(prefix)):
            yield found
            return


def _folders(prefix: Path, seen: frozenset[Path] = frozenset()) -> Iterator[str]:
    """Yield the folders of packages of a prefix, and of the one that it sees beside its own."""
    if prefix in seen:
        return
    config = _config(prefix)
    for folder in _package_folders(prefix, config.get("version_info") or config.get("version", "")):
        yield from _with_links(folder)
    home = config.get("home")
    if home and config.get("include-system-site-packages", "").lower() == "true":
        yield from _folders(Path(home).parent, seen | {prefix})


def _package_folders(prefix: Path, version: str) -> Iterator[Path]:
    """Yield the existing folders; where a prefix has several Pythons, those of its version."""
    own = re.match(r"\d+\.\d+", version)
    named = f"python{own[0]}" if own else None
    found = [
        folder
        for library in ("lib", "lib64", "local/lib")
        for inside in sorted(_glob(prefix / library, "python3*"), key=_by_number, reverse=True)
        for folder in (inside / name for name in _PACKAGES)
        if folder.is_dir()
    ]
    if any(folder.parent.name == named for folder in found):
        found = [folder for folder in found if folder.parent.name in (named, "python3")]
    elif found:
        newest = found[0].parent.name
        found = [folder for folder in found if folder.parent.name in (newest, "python3")]
    windows = prefix / "Lib" / "site-packages"
    distinct = {folder.resolve(): folder for folder in reversed(found)}
    yield from reversed(distinct.values())
    if windows.is_dir() and windows.resolve() not in distinct:
        yield windows


def _with_links(folder: Path) -> Iterator[str]:
    """Yield a folder of packages and the folders that its `.pth` files name."""
    yield str(folder)
    for file in sorted(_glob(folder, "*.pth")):
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            continue
        paths = [line.strip() for line in lines if not line.startswith(("import ", "import\t"))]
        for path in paths:
            if path and not path.startswith("#") and (folder / path).is_dir():
                yield str(folder / path)


def _config(prefix: Path) -> Mapping[str, str]:
    try:
        text = (prefix / "pyvenv.cfg").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition("=") for line in text.splitlines())
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def _holds_packages(folder: Path) -> bool:
    return any(True for _ in _glob(folder, "*.dist-info"))


def _glob(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def _by_number(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.name))


def _is_same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
