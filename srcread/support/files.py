"""Contributed and recorded files: read only if they are plain, written whole or not at all.

A folder of annotations may hold a pipe, a link to a device or a file without end: reading one would
wait for ever or fill the memory. Links are refused, too: they lead out of what a reader has looked
at. `LARGEST` is the size of the largest trace many times over.
"""

from __future__ import annotations

import errno
import os
import stat
from itertools import chain, count
from pathlib import Path

from srcread.errors import SrcreadError

LARGEST = 8 << 20


def read_plain(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        OSError: there is none, it is no plain file, or it is too large; `strerror` says which.
    """
    found = path.lstat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is no plain file", str(path))
    if found.st_size > LARGEST:
        raise OSError(errno.EFBIG, f"it is larger than {LARGEST:,} bytes", str(path))
    return path.read_bytes()


def refuse_target(path: Path, replace: bool) -> None:
    """Refuse to write a file that is there already, unless to `replace` it, or cannot be written.

    Raises:
        SrcreadError: it is such a one.
    """
    folder, shown = path.parent, str(path)
    if not folder.is_dir():
        raise SrcreadError(f"{shown!r} cannot be written: there is no {str(folder)!r}.")
    if os.path.lexists(path) and not path.is_file():
        raise SrcreadError(f"{shown!r} cannot be written: it is no plain file. Name another.")
    if os.path.lexists(path) and not replace:
        raise SrcreadError(f"{shown!r} is there already. Name another file, or use --force.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SrcreadError(f"{shown!r} cannot be written: {str(folder)!r} may not be written.")


def unused(path: Path) -> Path:
    """Return a path if nothing is there, else one like it with a number: `home.2.zip`."""
    numbered = (path.with_suffix(f".{number}{path.suffix}") for number in count(2))
    return next(each for each in chain([path], numbered) if not os.path.lexists(each))


def write_file(path: Path, data: bytes) -> None:
    """Write a recorded file, its folder too, and replace an older one in one step.

    Raises:
        SrcreadError: it cannot be written.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise SrcreadError(f"{path}: cannot be written: {error.strerror}.") from None
