"""The worker process: it reads and parses what it is told, within limits, and says what it found.

Frames of `marshal` go both ways: lists of jobs in, one answer per job out, in order. Each job is
cut off by the kernel when its processor time is over, each allocation beyond the memory limit
fails; so a parser that hangs in C ends, too, and a worker whose parent was killed ends by itself.
Where the system has no such limits (Windows), the parent's clock alone holds.

A job is (kind, place, path or text, package, known sha256, may be large).
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import marshal
import os
import signal
import stat
import sys
import time
from typing import IO, Any

from srcread.errors import SourceError
from srcread.index.extract import Extract, extract
from srcread.index.trees import (
    PARSE_ERRORS,
    is_modest,
    parse_text,
    split_lines,
    undecodable,
    what_is_wrong,
)
from srcread.sources import decode

MAX_FILE_BYTES = 16 << 20

State = tuple[int, int, int, int]
"""Size, time and inode of a file before it was read, and when that was, in nanoseconds."""
Problem = tuple[str, int, str]
"""Code, line and words of a diagnostic."""
Answer = tuple[State | None, bytes, Extract | None, Problem | None]
"""What is known of a file; neither an extract nor a problem where its sha256 is the known one."""
FileJob = tuple[str, str, str, str, bytes, bool]
FileOutcome = tuple[FileJob, Answer | None, Problem | None, bool]
"""A job and its answer, or else why there is none, and whether that would be so again."""


def main(cpu_seconds: float, memory_bytes: int) -> None:
    """Serve jobs from standard input until it ends, each within these limits."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's affair
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory(memory_bytes)
    while (jobs := read_frame(sys.stdin.buffer)) is not None:
        for job in jobs:
            _limit_time(cpu_seconds)
            write_frame(output, examine(job))


def examine(job: FileJob) -> Answer | None:
    """Do one job; None where the file is too large for a job that may not be large."""
    kind, place, what, package, known, may_be_large = job
    if kind == "try":
        return None, b"", None, _try(what)
    try:
        state, data = read_regular(what)
    except OSError as error:
        return None, b"", None, ("SRC002", 0, f"it cannot be read: {error.strerror}.")
    sha256 = hashlib.sha256(data).digest()
    if sha256 == known:
        return state, sha256, None, None
    if not may_be_large and not is_modest(data):
        return None
    return (state, sha256, *_read(data, place, package))


def read_regular(path: str) -> tuple[State, bytes]:
    """Return a regular file's state and bytes; a pipe, whose reading may never end, is refused.

    Raises:
        OSError: it cannot be read, is not a regular file or too large.
    """
    now = time.time_ns()
    with open(path, "rb", opener=_open_without_waiting) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(0, "it is not a regular file")
        if found.st_size > MAX_FILE_BYTES:
            raise OSError(0, f"it is larger than {MAX_FILE_BYTES >> 20} MiB")
        data = file.read(MAX_FILE_BYTES)
    return (found.st_size, found.st_mtime_ns, found.st_ino, now), data


def read_frame(stream: IO[bytes]) -> Any:
    """Return what one frame holds, None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "little")
    data = stream.read(size)
    return marshal.loads(data) if len(data) == size else None


def write_frame(stream: IO[bytes], value: Any) -> None:
    """Write a value as one frame."""
    data = marshal.dumps(value)
    stream.write(len(data).to_bytes(4, "little") + data)
    stream.flush()


def _read(data: bytes, place: str, package: str) -> tuple[Extract | None, Problem | None]:
    try:
        text = decode(data, place)
        return extract(parse_text(text), split_lines(text), package), None
    except SourceError as error:
        found = undecodable(error)
        return None, (found.code, found.line, found.message)
    except PARSE_ERRORS as error:
        return None, ("SRC001", *what_is_wrong(error))


def _try(text: str) -> Problem | None:
    try:
        parse_text(text)
    except PARSE_ERRORS as error:
        return "SRC001", *what_is_wrong(error)
    return None


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _limit_time(seconds: float) -> None:
    if hasattr(signal, "setitimer"):
        # Its signal ends the process: a handler in Python would wait for the parser in C.
        signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit_memory(size: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
