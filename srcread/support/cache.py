"""What was worked out before, kept in the user's cache: bytes by key, in one SQLite file.

Keys say what a value is made of, and a checksum whether it is what was put there, so nothing in it
ever becomes wrong; it may be deleted at any time. What is damaged is made anew. A file that is
locked for long or cannot be written costs the work, never the run, and the latter a warning.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import warnings
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from srcread.about import PACKAGE, VERSION
from srcread.errors import CacheWarning

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

_MAX_ENTRIES = 200
_WAIT_SECONDS = 2.0
_CHECKSUM = 32  # bytes of SHA-256

_warned: set[Path] = set()


def cache_folder() -> Path:
    """Return srcread's folder in the user's cache; SRCREAD_CACHE overrides it."""
    if chosen := os.environ.get("SRCREAD_CACHE"):
        return Path(chosen).absolute()
    if sys.platform == "linux":  # as platformdirs does, whose import costs a no-op build 25 ms
        base = os.environ.get("XDG_CACHE_HOME", "")
        return Path(base if os.path.isabs(base) else os.path.expanduser("~/.cache"), "srcread")
    from platformdirs import user_cache_path

    return user_cache_path("srcread", appauthor=False)


def cache_key(*parts: object) -> str:
    """Return a key made of these parts, of srcread's own code and of Python's version."""
    whole = repr((own_digest(), sys.version_info[:3], parts))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def own_digest() -> str:
    """Return what tells this srcread from another: its version, in a checkout its files, too."""
    if not os.path.exists(os.path.join(os.path.dirname(PACKAGE), "pyproject.toml")):
        return VERSION
    stats = []
    for folder, _, names in os.walk(PACKAGE):
        for name in names:
            if name.endswith((".py", ".toml")):
                stat = os.stat(os.path.join(folder, name))
                inside = os.path.relpath(folder, PACKAGE)
                stats.append((inside, name, stat.st_size, stat.st_mtime_ns))
    return hashlib.sha256(repr((VERSION, sorted(stats))).encode()).hexdigest()


def warn_unkept(folder: Path, reason: object) -> None:
    """Warn that nothing can be kept in a folder of the cache, once in a process.

    `reason` is the error, an OSError or SQLite's.
    """
    if folder not in _warned:
        _warned.add(folder)
        why = getattr(reason, "strerror", None) or reason
        warnings.warn(
            f"The cache {str(folder)!r} cannot be written: {why}. What is worked out now is not "
            "kept. Set SRCREAD_CACHE to a folder that can be written.",
            CacheWarning,
            stacklevel=2,
        )


def sealed(name: str, data: bytes) -> bytes:
    """Return bytes to keep under a name, with a checksum of both."""
    return _checksum(name, data) + data


def unsealed(name: str, kept: object) -> bytes | None:
    """Return the bytes that were sealed under this very name; None if anything has changed."""
    match kept:
        case bytes() if kept[:_CHECKSUM] == _checksum(name, kept[_CHECKSUM:]):
            return kept[_CHECKSUM:]
    return None


def _checksum(name: str, data: bytes) -> bytes:
    whole = hashlib.sha256(f"{len(name)} {name} ".encode())
    whole.update(data)
    return whole.digest()


class Cache:
    """A small table of bytes by key; the least recently written go first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "index.sqlite"

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None if nothing is, or it is not what was put."""
        row = self._run(
            lambda connection: connection.execute(
                "SELECT value FROM kept WHERE key = ?", (key,)
            ).fetchone()
        )
        packed = unsealed(key, row[0]) if row else None
        return zlib.decompress(packed) if packed is not None else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value, as far as that is possible."""

        def write(connection: sqlite3.Connection) -> None:
            packed = sealed(key, zlib.compress(value, 1))
            connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, packed))
            connection.execute(
                "DELETE FROM kept WHERE rowid NOT IN "
                "(SELECT rowid FROM kept ORDER BY rowid DESC LIMIT ?)",
                (_MAX_ENTRIES,),
            )

        self._run(write)

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """Do one transaction; a damaged file is deleted and begun anew."""
        import sqlite3

        for attempt in range(2):
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                with (
                    contextlib.closing(
                        sqlite3.connect(self._path, timeout=_WAIT_SECONDS)
                    ) as connection,
                    connection,
                ):
                    connection.execute(
                        "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB)"
                    )
                    return work(connection)
            except sqlite3.Error as error:
                if is_busy(error):
                    return None
                if attempt or not is_damaged(self._path, error):
                    warn_unkept(self._folder, error)
                    return None
                remove_database(self._path)
            except OSError as error:
                warn_unkept(self._folder, error)
                return None
        return None


def is_busy(error: sqlite3.Error) -> bool:
    """Tell whether another process was at a database for too long."""
    return _primary(error) in {"BUSY", "LOCKED"}


def is_damaged(path: Path, error: sqlite3.Error) -> bool:
    """Tell whether a database should be begun anew; else it cannot be written where it lies.

    Damage has many names: one bit, and a table has no such column, or a file is read-only.
    """
    match _primary(error):
        case "FULL" | "IOERR" | "NOLFS" | "NOMEM":
            return False
        case "CANTOPEN" | "PERM" | "READONLY":
            return os.access(path.parent, os.W_OK | os.X_OK)
    return True


def _primary(error: sqlite3.Error) -> str:
    name: str = getattr(error, "sqlite_errorname", "")  # as SQLITE_IOERR_WRITE
    return name.removeprefix("SQLITE_").partition("_")[0]


def remove_database(path: Path) -> None:
    """Remove a damaged database with its journal, and an empty folder in its place."""
    for place in (path, path.with_name(path.name + "-journal")):
        with contextlib.suppress(OSError):
            place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
