"""The store: sources brought here once, one folder per `name-version` in the user's cache.

An entry is filled in a temporary folder beside it and renamed at the end, so a half-written one
never counts and the first of two racing processes wins. There is no fsync: after a power cut an
entry may have to be fetched again, which is cheaper than a slow fetch for everybody. Where the
store cannot be written, entries live in a spare one as long as the process does.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from srcread.errors import SourceError
from srcread.model import Origin
from srcread.support.cache import cache_folder, warn_unkept

_MANIFEST = "origin.json"
_FILES = "files"
_DRAFT = ".draft-"

_spare: list[Path] = []  # at most one


def canonical(name: str) -> str:
    """Return a name as indexes compare it (PEP 503): `tensorrt-llm` for `TensorRT_LLM`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find_stored(name: str, version: str, cache: Path | None = None) -> tuple[Path, Origin] | None:
    """Return the root and origin of a stored distribution, or None where the store lacks it."""
    origin = _origin(_entry(name, version, cache))
    return None if origin is None else (stored_place(name, version, cache), origin)


def read_manifest(name: str, version: str, cache: Path | None = None) -> Mapping[str, Any]:
    """Return what is kept about a stored distribution; nothing where the store lacks it."""
    return _manifest(_entry(name, version, cache))


def stored_place(name: str, version: str, cache: Path | None = None) -> Path:
    """Return where the files of a distribution are, or would be, in the store."""
    return _entry(name, version, cache) / _FILES


def stored_versions(name: str, cache: Path | None = None) -> tuple[str, ...]:
    """Return the stored versions of a distribution, in no telling order but a stable one."""
    return tuple(version for found, version in _entries(cache) if found == canonical(name))


def stored_names(cache: Path | None = None) -> tuple[str, ...]:
    """Return the names of all stored distributions."""
    return tuple(sorted({name for name, _ in _entries(cache)}))


def add_to_store(
    name: str,
    version: str,
    origin: Origin,
    archive: str,
    fill: Callable[[Path], Mapping[str, Any] | None],
    cache: Path | None = None,
) -> Path:
    """Let `fill` write the files into an empty folder, keep them, and return their root.

    `archive` is the file name or address of what they come from, kept for people who wonder; what
    `fill` returns is kept with it. Where another process was first its files win. Where the store
    cannot be written they are lost when the process ends, and a warning says so.

    Raises:
        SourceError: no store can be written.
    """

    def add(store: Path) -> Path:
        return _add(store / _folder(name, version), origin, archive, fill)

    try:
        return add(_store(cache))
    except OSError as error:
        warn_unkept(cache or cache_folder(), error)
    try:
        if not _spare:
            from srcread.support.scratch import lasting_folder

            _spare.append(lasting_folder())
        return add(_spare[0])
    except OSError as error:
        raise _unwritable(_spare[0] if _spare else _store(cache), error) from error


def refuse_unwritable_store() -> None:
    """Refuse to bring something into a store that cannot be written.

    Raises:
        SourceError: it cannot.
    """
    from srcread.support.scratch import scratch_folder

    try:
        _store(None).mkdir(parents=True, exist_ok=True)
        with scratch_folder(_store(None), _DRAFT):
            pass
    except OSError as error:
        raise _unwritable(_store(None), error) from error


def is_lasting(root: Path) -> bool:
    """Tell whether an entry is in the store itself, where the next process finds it."""
    return root.is_relative_to(_store(None))


def _add(
    entry: Path, origin: Origin, archive: str, fill: Callable[[Path], Mapping[str, Any] | None]
) -> Path:
    from srcread.support.scratch import remove_leftovers, scratch_folder

    entry.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(entry.parent, _DRAFT)
    with scratch_folder(entry.parent, _DRAFT) as draft:
        (draft / _FILES).mkdir()
        details = fill(draft / _FILES) or {}
        manifest = {**details, "archive": archive, "format": 1, "origin": origin.value}
        (draft / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        _publish(draft, entry)
    return entry / _FILES


def _publish(draft: Path, entry: Path) -> None:
    try:
        draft.rename(entry)
        return
    except OSError:
        if _origin(entry) is not None:
            return  # another process was first
    # Something else is in the way: a damaged or half-written entry, or a stray folder.
    from srcread.support.scratch import scratch_folder

    with scratch_folder(entry.parent, _DRAFT) as aside:
        entry.rename(aside / "old")
        draft.rename(entry)


def _manifest(entry: Path) -> Mapping[str, Any]:
    try:
        data = json.loads((entry / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _origin(entry: Path) -> Origin | None:
    """Return where an entry came from; None where there is no whole one."""
    try:
        return Origin(_manifest(entry)["origin"]) if (entry / _FILES).is_dir() else None
    except (ValueError, KeyError):
        return None


def _entries(cache: Path | None) -> list[tuple[str, str]]:
    folders: set[str] = set()
    for store in (_store(cache), *_spare):
        with suppress(OSError):
            folders.update(os.listdir(store))
    split = [
        folder.rpartition("-")[::2] for folder in sorted(folders) if not folder.startswith(".")
    ]
    return [(name, version) for name, version in split if find_stored(name, version, cache)]


def _entry(name: str, version: str, cache: Path | None) -> Path:
    """Return where an entry is or would be: in the store, or in the spare one if it is there."""
    places = [store / _folder(name, version) for store in (_store(cache), *_spare)]
    return next((place for place in places if _origin(place) is not None), places[0])


def _folder(name: str, version: str) -> str:
    return f"{canonical(name)}-{version}"


def _store(cache: Path | None) -> Path:
    return (cache or cache_folder()) / "sources"


def _unwritable(store: Path, error: OSError) -> SourceError:
    return SourceError(
        f"The store {str(store)!r} cannot be written: {error.strerror or error}. "
        "Set SRCREAD_CACHE to a folder that can."
    )
