"""Contributed files, read only if they are plain and of a size that somebody could have meant.

A folder of annotations may hold a pipe, a link to a device or a file without end: reading one would
wait for ever or fill the memory. Links are refused, too: they lead out of what a reader has looked
at. The size is that of the largest trace many times over.
"""

from __future__ import annotations

import errno
import stat
from pathlib import Path

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
