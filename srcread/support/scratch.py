"""Folders of this process's own: gone when it ends, and if it was killed, when the next one starts.

A folder is locked as long as its process lives. The kernel lets go of a lock however a process
ends, so a leftover is known by its free lock, whatever process has the old one's number by now.
On a file system without locks age decides.
"""

from __future__ import annotations

import atexit
import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

PREFIX = "srcread-"
_LOCK, _UNBORN, _INSIDE = ".srcread-lock", ".srcread-new", "files"
_OLD = 3600.0  # seconds after which a leftover counts as dead where no lock can tell
_OWNER = os.getpid()

_lent: dict[Path, IO[bytes] | None] = {}


@contextmanager
def scratch_folder(parent: Path | None = None, prefix: str = PREFIX) -> Iterator[Path]:
    """Lend an empty folder below `parent`, or below the system's temporary folder.

    Other users cannot look into it. It may be moved away.

    Raises:
        OSError: it cannot be made.
    """
    folder = _make(parent, prefix)
    try:
        yield folder / _INSIDE
    finally:
        _give_back(folder)


def lasting_folder() -> Path:
    """Return a new temporary folder that is removed when the process ends.

    Raises:
        OSError: it cannot be made.
    """
    return _make(None, PREFIX) / _INSIDE


def remove_leftovers(parent: Path, prefix: str) -> None:
    """Remove the folders of this kind whose processes were killed; of all others, none."""
    with suppress(OSError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and _is_dead(Path(entry.path)):
                _remove(Path(entry.path))


def _make(parent: Path | None, prefix: str) -> Path:
    if parent is None:
        parent = _temporary()
    folder = parent / f"{prefix}{os.getpid()}-{os.urandom(8).hex()}"
    _lent[folder] = None  # before there is one: a signal may end us at any line
    try:
        folder.mkdir(0o700)
        _lent[folder] = _lock(folder)
        (folder / _INSIDE).mkdir()
    except BaseException:
        _give_back(folder)
        raise
    return folder


@cache
def _temporary() -> Path:
    """Return the system's temporary folder, after a look for leftovers there."""
    import tempfile  # 7 ms with `shutil` and `random`, and many commands need no folder

    parent = Path(tempfile.gettempdir())
    remove_leftovers(parent, PREFIX)
    return parent


def _give_back(folder: Path) -> None:
    _remove(folder)
    if lock := _lent.pop(folder, None):
        lock.close()


@atexit.register
def _end() -> None:
    """Give back what threads still had when the process came to its end."""
    if os.getpid() == _OWNER:
        for folder in list(_lent):
            _give_back(folder)


def _remove(folder: Path) -> None:
    """Remove a folder with all in it, also from folders that may not be written, if it can be."""
    from shutil import rmtree

    rmtree(folder, ignore_errors=True)
    if not os.path.lexists(folder):
        return
    for place, inner, _ in os.walk(folder):
        for path in (os.path.join(place, name) for name in inner):
            with suppress(OSError):
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
    rmtree(folder, ignore_errors=True)


def _lock(folder: Path) -> IO[bytes]:
    """Make a folder's lock, and hold it; nobody sees it free before it is held."""
    if sys.platform == "win32":
        return (folder / _LOCK).open("wb")  # open, it can be neither moved nor removed
    import fcntl

    lock = (folder / _UNBORN).open("wb")
    with suppress(OSError):  # a file system without locks
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    (folder / _UNBORN).rename(folder / _LOCK)
    return lock


def _is_dead(folder: Path) -> bool:
    """Tell whether a folder is a leftover of this user's; what has no lock is none, or unborn."""
    try:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != getattr(os, "getuid", int)():
            return False
        is_old = time.time() - found.st_mtime > _OLD
        if not (folder / _LOCK).is_file():
            return is_old and set(os.listdir(folder)) <= {_UNBORN}
        return _is_free(folder, is_old)
    except OSError:
        return False


def _is_free(folder: Path, is_old: bool) -> bool:
    if sys.platform == "win32":
        (folder / _LOCK).rename(folder / _UNBORN)
        return True
    import fcntl

    with (folder / _LOCK).open("r+b") as lock:
        try:
            fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return is_old
    return True
