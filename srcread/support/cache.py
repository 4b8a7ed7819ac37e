"""What was worked out before, kept in the user's cache: bytes by key, in one SQLite file.

Keys say what a value is made of, so nothing in it ever becomes wrong; it may be deleted at any
time. A file that is damaged, locked for long or not writable costs the work, never the run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from srcread.about import PACKAGE, VERSION

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

_MAX_ENTRIES = 200
_WAIT_SECONDS = 2.0


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


class Cache:
    """A small table of bytes by key; the least recently written go first."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "index.sqlite"

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None if nothing is or the file cannot be read."""
        row = self._run(
            lambda connection: connection.execute(
                "SELECT value FROM kept WHERE key = ?", (key,)
            ).fetchone()
        )
        with contextlib.suppress(TypeError, zlib.error):
            return zlib.decompress(row[0]) if row else None
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value, as far as that is possible."""

        def write(connection: sqlite3.Connection) -> None:
            packed = zlib.compress(value, 1)
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

        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
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
            except sqlite3.OperationalError:  # locked, full, read-only, not a file
                return None
            except sqlite3.DatabaseError:  # damaged
                with contextlib.suppress(OSError):
                    self._path.unlink(missing_ok=True)
            except OSError:
                return None
        return None
