"""What was worked out before, kept in one SQLite file in the user's cache.

Keys say what a value is made of, so nothing in it ever becomes wrong; it may be deleted at any
time. A file that is damaged, locked for long or not writable costs the work, never the run.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from srcread import __version__

if TYPE_CHECKING:
    import sqlite3

_MAX_ENTRIES = 200
_WAIT_SECONDS = 2.0


def cache_key(*parts: object) -> str:
    """Return a key made of these parts, of srcread's own code and of Python's version."""
    whole = repr((own_digest(), sys.version_info[:3], parts))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def own_digest() -> str:
    """Return what tells this srcread from another: its version, in a checkout its files, too."""
    package = Path(__file__).resolve().parent.parent
    if not (package.parent / "pyproject.toml").exists():
        return __version__
    files = sorted(package.rglob("*.py")) + sorted(package.rglob("*.toml"))
    stats = [(path.name, (stat := path.stat()).st_size, stat.st_mtime_ns) for path in files]
    return hashlib.sha256(repr((__version__, stats)).encode()).hexdigest()


class Cache:
    """A small table of bytes by key; the least recently written go first."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "index.sqlite"

    def get(self, key: str) -> bytes | None:
        """Return what is kept under a key, None if nothing is or the file cannot be read."""
        with self._connection() as connection:
            if connection is None:
                return None
            row = connection.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        with contextlib.suppress(TypeError, zlib.error):
            return zlib.decompress(row[0]) if row else None
        return None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value, as far as that is possible."""
        with self._connection() as connection:
            if connection is not None:
                packed = zlib.compress(value, 1)
                connection.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (key, packed))
                connection.execute(
                    "DELETE FROM kept WHERE rowid NOT IN "
                    "(SELECT rowid FROM kept ORDER BY rowid DESC LIMIT ?)",
                    (_MAX_ENTRIES,),
                )

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection | None]:
        """Open the file for one transaction; a damaged one is deleted and begun anew."""
        import sqlite3

        connection = self._open() or self._open()
        if connection is None:
            yield None
            return
        try:
            with contextlib.suppress(sqlite3.Error), connection:
                yield connection
        finally:
            connection.close()

    def _open(self) -> sqlite3.Connection | None:
        import sqlite3

        connection = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=_WAIT_SECONDS)
            connection.execute("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB)")
        except sqlite3.OperationalError:
            if connection is not None:
                connection.close()
            return None
        except sqlite3.DatabaseError:  # not a database, or a damaged one
            if connection is not None:
                connection.close()
            self._path.unlink(missing_ok=True)
            return None
        except OSError:
            return None
        return connection
