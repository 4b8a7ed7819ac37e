"""Bring the index of a whole distribution up to date: list, compare, read what changed, write.

A file counts as unchanged by its size, time and inode, unless its time is so near to that of its
reading that it may have been written again within the clock's grain; then its bytes are compared. A
few small files are read here, more of them in worker processes, largest first.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import NotFoundError, did_you_mean
from srcread.index.hostile.child import Answer, FileJob, FileOutcome, Problem, examine
from srcread.index.trees import uncollected, unparsable
from srcread.index.whole.files import Listed, list_files
from srcread.index.whole.table import (
    delete_files,
    forget_old_tables,
    open_table,
    table_path,
    transaction,
)
from srcread.model import Diagnostic, Distribution, Severity
from srcread.sources import Sources
from srcread.support.cache import (
    cache_folder,
    is_busy,
    is_damaged,
    remove_database,
    warn_unkept,
)
from srcread.support.scratch import lasting_folder

Progress = Callable[[str], None]

_GRAIN_NANOSECONDS = 2_000_000_000  # FAT's, the coarsest in use
_READ_HERE_BYTES = 500_000  # what is read faster here than a worker starts
_BATCH = 256
_MAX_WORKERS = 8
_LEFT_OUT = "It is left out."


@dataclass(frozen=True, slots=True)
class IndexSummary:
    """What an index holds; `read` counts the files that had changed, `path` is its SQLite file."""

    distribution: str
    path: Path
    files: int
    read: int
    symbols: int
    calls: int
    diagnostics: tuple[Diagnostic, ...]


@dataclass(slots=True)
class _Written:
    """What this run wrote; `passing` are the problems that another run may not have."""

    read: int
    passing: list[Diagnostic]


def index_distribution(
    sources: Sources, name: str, *, progress: Progress | None = None, workers: int | None = None
) -> IndexSummary:
    """Bring the index of a distribution up to date, in as many processes, and sum it up.

    A file that cannot be read within the limits costs a diagnostic. A cache that cannot be written
    costs the work: the index then lies in a temporary folder until the process ends.

    Raises:
        NotFoundError: there is no such distribution among the sources.
        SourceError: no process can be started.
    """
    distribution = _named(sources.distributions, name)
    path = table_path(distribution)
    for attempt in range(2):
        try:
            return _update(path, distribution, progress, workers)
        except sqlite3.Error as error:
            if is_busy(error):
                break
            if attempt or not is_damaged(path, error):
                warn_unkept(cache_folder(), error)
                break
            remove_database(path)
        except OSError as error:  # no folder can be made there
            warn_unkept(cache_folder(), error)
            break
    return _update(lasting_folder() / path.name, distribution, progress, workers)


def _named(distributions: Sequence[Distribution], name: str) -> Distribution:
    for distribution in distributions:
        if distribution.name == name:
            return distribution
    near = did_you_mean(name, [distribution.name for distribution in distributions])
    raise NotFoundError(f"No distribution {name!r} is among those that are read.{near}")


def _update(
    path: Path, distribution: Distribution, progress: Progress | None, workers: int | None
) -> IndexSummary:
    listed, diagnostics = list_files(distribution)
    with open_table(path) as connection, uncollected():
        changed = _forget_and_compare(connection, listed)
        found = _examine(distribution.name, changed, workers)
        written = _write(connection, listed, _told(found, len(changed), distribution, progress))
        forget_old_tables(path)
        files, symbols, calls = connection.execute(
            "SELECT count(*), total(symbols), total(calls) FROM files WHERE problem IS NULL"
        ).fetchone()
        diagnostics += [*_diagnostics(connection, distribution.name), *written.passing]
    return IndexSummary(
        distribution=distribution.name,
        path=path,
        files=files,
        read=written.read,
        symbols=int(symbols),
        calls=int(calls),
        diagnostics=tuple(sorted(diagnostics)),
    )


def _forget_and_compare(
    connection: sqlite3.Connection, listed: Sequence[Listed]
) -> list[tuple[Listed, bytes]]:
    """Forget files that are gone; return those that may have changed, with their known sha256."""
    columns = "path, size, mtime, inode, seen, sha256"
    known = {row[0]: row[1:] for row in connection.execute(f"SELECT {columns} FROM files")}
    gone = known.keys() - {item.path for item in listed}
    if gone:
        with transaction(connection):
            delete_files(connection, sorted(gone))
    changed = []
    for item in listed:
        row = known.get(item.path)
        if row is None:
            changed.append((item, b""))
        elif row[:3] != item.state or row[1] > row[3] - _GRAIN_NANOSECONDS:
            changed.append((item, row[4]))
    return changed


def _examine(
    name: str, changed: Sequence[tuple[Listed, bytes]], workers: int | None
) -> Iterator[FileOutcome]:
    """Read the changed files, here if they are few and small, largest first."""
    jobs: list[FileJob] = [
        ("read", f"{name}:{item.path}", item.place, item.package, known, True)
        for item, known in sorted(changed, key=lambda pair: (-pair[0].state[0], pair[0].path))
    ]
    if sum(item.state[0] for item, _ in changed) <= _READ_HERE_BYTES:
        large = []
        for job in jobs:
            if (answer := examine((*job[:5], False))) is None:
                large.append(job)
            else:
                yield job, answer, None, True
        jobs = large
    if jobs:
        from srcread.index.hostile.pool import run_jobs, usable_processors  # 15 ms, for many files

        yield from run_jobs(jobs, workers or min(usable_processors(), _MAX_WORKERS))


def _told(
    found: Iterable[FileOutcome], total: int, distribution: Distribution, progress: Progress | None
) -> Iterator[FileOutcome]:
    """Pass on what was found, and tell how many files that is, ten times a second."""
    last = time.monotonic()
    for number, item in enumerate(found, 1):
        if progress is not None and time.monotonic() - last > 0.1:
            last = time.monotonic()
            progress(f"{distribution.name}: {number} of {total} files indexed")
        yield item


def _write(
    connection: sqlite3.Connection, listed: Sequence[Listed], found: Iterable[FileOutcome]
) -> _Written:
    """Write what was found, a batch at a time."""
    by_place = {item.place: item for item in listed}
    written = _Written(0, [])
    batch: list[FileOutcome] = []
    for item in found:
        batch.append(item)
        if len(batch) == _BATCH:
            _write_batch(connection, by_place, batch, written)
            batch = []
    if batch:
        _write_batch(connection, by_place, batch, written)
    return written


def _write_batch(
    connection: sqlite3.Connection,
    by_place: dict[str, Listed],
    batch: Iterable[FileOutcome],
    written: _Written,
) -> None:
    with transaction(connection):
        for job, answer, failure, lasting in batch:
            item = by_place[job[2]]
            if answer is not None and answer[2:] == (None, None):
                _touch(connection, item, answer)
                continue
            written.read += 1
            delete_files(connection, [item.path])
            problem = failure if answer is None else answer[3]
            if (answer is not None and answer[0] is None) or not lasting:
                assert problem is not None
                written.passing.append(_diagnostic(job[1], *problem))
            else:
                _insert(connection, item, answer, problem)


def _touch(connection: sqlite3.Connection, item: Listed, answer: Answer) -> None:
    """Note the state in which a file's bytes were found to be the same."""
    connection.execute(
        "UPDATE files SET size = ?, mtime = ?, inode = ?, seen = ? WHERE path = ?",
        (*(answer[0] or (0, 0, 0, 0)), item.path),
    )


def _insert(
    connection: sqlite3.Connection, item: Listed, answer: Answer | None, problem: Problem | None
) -> None:
    state, sha256, extract, _ = answer or ((*item.state, time.time_ns()), b"", None, None)
    symbols, texts, calls, imports = extract or ((), "", b"", ())
    cursor = connection.execute(
        "INSERT INTO files VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(item.path, item.module, *(state or (0, 0, 0, 0)), sha256),
            *(len(symbols), len(calls) // 16, *(problem or (None, None, None))),
        ),
    )
    if extract is None:
        return
    number, prefix = cursor.lastrowid, item.module + "."
    connection.executemany(
        "INSERT INTO symbols VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, place, prefix + name, kind, line, end_line)
            for place, (name, kind, line, end_line) in enumerate(symbols, 1)
        ],
    )
    lines = "\n".join(f"{module} {names} {line}" for module, names, line in imports)
    connection.execute("INSERT INTO sites VALUES (?, ?, ?, ?)", (number, texts, calls, lines))


def _diagnostics(connection: sqlite3.Connection, name: str) -> list[Diagnostic]:
    rows = connection.execute(
        "SELECT path, code, line, problem FROM files WHERE problem IS NOT NULL ORDER BY path"
    )
    return [_diagnostic(f"{name}:{path}", *problem) for path, *problem in rows]


def _diagnostic(place: str, code: str, line: int, problem: str) -> Diagnostic:
    if code == "SRC001":
        return unparsable(place, line, problem)
    words = problem if problem.endswith(".") else f"{problem}."
    return Diagnostic(place, line, code, words, _LEFT_OUT, Severity.WARNING)
