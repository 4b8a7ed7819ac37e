"""The store: sources brought here once, one folder per `name-version` in the user's cache.

An entry is filled in a temporary folder beside it and renamed at the end, so a half-written one
never counts and the first of two racing processes wins. There is no fsync: after a power cut an
entry may have to be fetched again, which is cheaper than a slow fetch for everybody.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from srcread.errors import SourceError
from srcread.model import Origin
from srcread.support.cache import cache_folder

_MANIFEST = "origin.json"
_FILES = "files"
_ABANDONED = 24 * 3600


def canonical(name: str) -> str:
    """Return a name as indexes compare it (PEP 503): `tensorrt-llm` for `TensorRT_LLM`."""
    return re.sub(r"[-_.]+", "-", name).lower()


def find_stored(name: str, version: str, cache: Path | None = None) -> tuple[Path, Origin] | None:
    """Return the root and origin of a stored distribution, or None where the store lacks it."""
    try:
        origin = Origin(read_manifest(name, version, cache)["origin"])
    except (ValueError, KeyError):
        return None
    return stored_place(name, version, cache), origin


def read_manifest(name: str, version: str, cache: Path | None = None) -> Mapping[str, Any]:
    """Return what is kept about a stored distribution; nothing where the store lacks it."""
    try:
        data = json.loads((_entry(name, version, cache) / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


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
    `fill` returns is kept with it. Where another process was first its files win.

    Raises:
        SourceError: the store cannot be written.
    """
    import shutil  # 3 ms with tempfile, and hardly any command stores something
    import tempfile

    entry = _entry(name, version, cache)
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        _sweep(entry.parent)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=entry.parent))
    except OSError as error:
        raise _unwritable(entry.parent, error) from error
    try:
        (draft / _FILES).mkdir()
        details = fill(draft / _FILES) or {}
        manifest = {**details, "archive": archive, "format": 1, "origin": origin.value}
        (draft / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        _publish(draft, entry)
    except OSError as error:
        raise _unwritable(entry.parent, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return entry / _FILES


def _publish(draft: Path, entry: Path) -> None:
    import shutil
    import tempfile

    try:
        draft.rename(entry)
        return
    except OSError:
        if (entry / _MANIFEST).exists():
            return  # another process was first
    # Something else is in the way: a half-written entry of a crashed copy, or a stray folder.
    aside = Path(tempfile.mkdtemp(prefix=".draft-", dir=entry.parent))
    try:
        entry.rename(aside / "old")
        draft.rename(entry)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _sweep(store: Path) -> None:
    """Remove the drafts of processes that died, once they are a day old."""
    import shutil

    for draft in store.glob(".draft-*"):
        try:
            abandoned = time.time() - draft.stat().st_mtime > _ABANDONED
        except OSError:
            continue
        if abandoned:
            shutil.rmtree(draft, ignore_errors=True)


def _entries(cache: Path | None) -> list[tuple[str, str]]:
    try:
        folders = sorted(os.listdir(_store(cache)))
    except OSError:
        return []
    split = [folder.rpartition("-")[::2] for folder in folders if not folder.startswith(".")]
    return [(name, version) for name, version in split if find_stored(name, version, cache)]


def _entry(name: str, version: str, cache: Path | None) -> Path:
    return _store(cache) / f"{canonical(name)}-{version}"


def _store(cache: Path | None) -> Path:
    return (cache or cache_folder()) / "sources"


def _unwritable(store: Path, error: OSError) -> SourceError:
    return SourceError(
        f"The store {str(store)!r} cannot be written: {error.strerror or error}. "
        "Set SRCREAD_CACHE to a folder that can."
    )
