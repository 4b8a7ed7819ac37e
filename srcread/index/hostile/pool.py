"""Worker processes with limits: a file that hangs or kills its worker costs itself, not the run.

Every worker has a thread that feeds it and waits for its answers. A worker that dies, or that says
nothing for long, is replaced; the file it was at is blamed, the others go to the next worker. The
processes are started anew, not forked: a fork of a process with threads may hang, and Python warns
of it; the start takes 50 ms, once.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from srcread.about import PACKAGE
from srcread.errors import SourceError
from srcread.index.hostile.child import (
    Answer,
    FileJob,
    FileOutcome,
    read_frame,
    write_frame,
)

_CHUNK = 8  # jobs that a worker is told at once, so that it never waits for the next
_WAITING = 64  # answers that may wait for the reader: a limit to memory
_NO_PROCESS = "No process can be started to parse files in. Free some memory, then try again."
_START = "from srcread.index.hostile.child import main"


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What one file may take; torch's largest takes 0.4 seconds and 120 MB."""

    cpu_seconds: float = 6.0
    wall_seconds: float = 9.0
    memory_bytes: int = 768 << 20


LIMITS = FileLimits()


def run_jobs(
    jobs: Iterable[FileJob], workers: int, limits: FileLimits = LIMITS
) -> Iterator[FileOutcome]:
    """Do jobs in as many processes, yielding outcomes as they come, in no order.

    Raises:
        SourceError: no process can be started.
    """
    waiting = deque(jobs)
    left = len(waiting)
    outcomes: queue.Queue[FileOutcome] = queue.Queue(_WAITING)
    feeders = [_Feeder(waiting, outcomes, limits) for _ in range(min(workers, left))]
    try:
        for feeder in feeders:
            feeder.thread.start()
        while left:
            ended = not any(feeder.thread.is_alive() for feeder in feeders)
            try:
                outcome = outcomes.get(timeout=0.2)
            except queue.Empty:
                if ended:
                    raise SourceError(_NO_PROCESS) from None
            else:
                yield outcome
                left -= 1
            for feeder in feeders:
                feeder.end_if_overdue()
    finally:
        waiting.clear()
        for feeder in feeders:
            feeder.stop()
        _join(feeders, outcomes)


def usable_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Feeder:
    """Feeds one worker process after another; `told` are its jobs without an answer."""

    def __init__(
        self, waiting: deque[FileJob], outcomes: queue.Queue[FileOutcome], limits: FileLimits
    ) -> None:
        self.limits = limits
        self.waiting = waiting
        self.outcomes = outcomes
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.lock = threading.Lock()
        self.told: deque[FileJob] = deque()
        self.since = time.monotonic()
        self.overdue: FileJob | None = None
        self.stopped = False
        self.process: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        while not self.stopped and self.take():
            try:
                process = self.process or self.start()
            except OSError:  # the reader finds that no thread is left
                break
            with contextlib.suppress(OSError):  # it has died, which reading tells
                assert process.stdin is not None
                write_frame(process.stdin, list(self.told))
            while self.told and not self.stopped:
                assert process.stdout is not None
                if (answer := read_frame(process.stdout)) is None:
                    self.blame(process)
                    break
                self.answered(answer)
        self.end()

    def take(self) -> bool:
        with contextlib.suppress(IndexError):
            while len(self.told) < _CHUNK:
                self.told.append(self.waiting.popleft())
        return bool(self.told)

    def start(self) -> subprocess.Popen[bytes]:
        folder = str(Path(PACKAGE).parent)
        limits = f"{self.limits.cpu_seconds}, {self.limits.memory_bytes}"
        with self.lock:  # before there is a process that might seem overdue
            self.since = time.monotonic()
        code = f"import sys; sys.path.insert(0, {folder!r}); {_START}; main({limits})"
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-P", "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self.process

    def answered(self, answer: Answer) -> None:
        with self.lock:
            job = self.told.popleft()
            self.since = math.inf  # the time that the reader takes is not the worker's
        self.outcomes.put((job, answer, None, True))
        with self.lock:
            self.since = time.monotonic()

    def blame(self, process: subprocess.Popen[bytes]) -> None:
        """Give the file to which a worker had come the blame for its end, unless it was too early.

        An overdue answer may have arrived just before the worker was ended.
        """
        status = process.wait()
        self.end()
        if self.stopped or not self.told:
            return
        if self.overdue is not None and self.overdue is not self.told[0]:
            self.overdue = None
            return
        job = self.told.popleft()
        problem, lasting = _reason(status, self.overdue is job, self.limits)
        self.overdue = None
        self.outcomes.put((job, None, ("SRC004", 0, problem), lasting))

    def end_if_overdue(self) -> None:
        with self.lock:
            late = time.monotonic() - self.since > self.limits.wall_seconds
            if late and self.told and (process := self.process):
                self.overdue = self.told[0]
                process.kill()

    def stop(self) -> None:
        self.stopped = True
        if process := self.process:
            process.kill()

    def end(self) -> None:
        if process := self.process:
            self.process = None
            process.kill()
            with process, contextlib.suppress(OSError):
                process.communicate()


def _join(feeders: list[_Feeder], outcomes: queue.Queue[FileOutcome]) -> None:
    """Wait for all threads, taking from them what they still want to say."""
    for feeder in feeders:
        while feeder.thread.is_alive():
            with contextlib.suppress(queue.Empty):
                outcomes.get_nowait()
            feeder.thread.join(0.02)


def _reason(status: int, overdue: bool, limits: FileLimits) -> tuple[str, bool]:
    """Tell why a worker ended, and whether the same file would end it again."""
    if overdue:
        return f"reading it takes more than {limits.wall_seconds:g} seconds", False
    if status == -getattr(signal, "SIGPROF", 0):
        return f"parsing it takes more than {limits.cpu_seconds:g} seconds of processor time", True
    limit = f"parsing it ended its process, which may use {limits.memory_bytes >> 20} MiB"
    if status < 0:
        name = signal.Signals(-status).name
        return f"{limit}, by {name}", name in ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL")
    return f"{limit}, with status {status}", False
