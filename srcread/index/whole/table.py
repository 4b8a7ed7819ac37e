"""The SQLite file of one distribution: what is known of each of its files, whole or not at all.

A file's rows are written in one transaction, so a process that is killed leaves an index without
some files, which the next run reads. The default journal, not the write-ahead log, which needs
shared memory that network homes lack. Call sites lie in one blob per file: 300,000 rows of torch's
would take longer to write than to find.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from srcread.errors import SourceError
from srcread.model import Distribution
from srcread.support.cache import (
    cache_folder,
    cache_key,
    is_busy,
    is_damaged,
    remove_database,
)

KEPT_TABLES = 8
_WAIT_SECONDS = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    id INTEGER PRIMARY KEY, path TEXT UNIQUE, module TEXT, size INTEGER, mtime INTEGER,
    inode INTEGER, seen INTEGER, sha256 BLOB, symbols INTEGER, calls INTEGER,
    code TEXT, line INTEGER, problem TEXT);
CREATE TABLE IF NOT EXISTS symbols (
    file INTEGER, place INTEGER, name TEXT, kind TEXT, line INTEGER, end_line INTEGER,
    PRIMARY KEY (file, place)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sites (
    file INTEGER PRIMARY KEY, texts TEXT, calls BLOB, imports BLOB);
"""


def table_path(distribution: Distribution) -> Path:
    """Return where the index of a distribution lies: by its place, srcread's code and Python's."""
    key = cache_key("whole", 1, distribution.name, str(distribution.root), distribution.packages)
    return cache_folder() / "symbols" / f"{key[:40]}.sqlite"


@contextlib.contextmanager
def open_table(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an index for reading and writing, a new one where there is none.

    Raises:
        OSError: the folder cannot be made.
        sqlite3.Error: the file is damaged, locked for long or cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as connection:
        connection.isolation_level = None
        connection.executescript(_SCHEMA)
        yield connection


@contextlib.contextmanager
def read_table(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an index to ask it; one that turns out to be damaged then is removed.

    Raises:
        SourceError: it is damaged.
    """
    try:
        with open_table(path) as connection:
            yield connection
    except sqlite3.DatabaseError as error:
        if is_busy(error) or not is_damaged(path, error):
            raise
        remove_database(path)
        raise SourceError(
            f"The index {str(path)!r} was damaged ({error}), and is removed. "
            "Give the command again, which makes it anew."
        ) from error


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all that is done inside or nothing; other writers wait."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def delete_files(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget all about some files."""
    for path in paths:
        row = connection.execute("SELECT id FROM files WHERE path = ?", (path,)).fetchone()
        if row is not None:
            for table, column in (("symbols", "file"), ("sites", "file"), ("files", "id")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", row)


def forget_old_tables(path: Path) -> None:
    """Mark an index as used; of all in its folder leave those used last."""
    with contextlib.suppress(OSError):
        os.utime(path)
        tables = [(item.stat().st_mtime_ns, item) for item in path.parent.glob("*.sqlite")]
        for _, item in sorted(tables, reverse=True)[KEPT_TABLES:]:
            item.unlink(missing_ok=True)
