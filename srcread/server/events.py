"""What open pages are told: server-sent events, to each page that listens.

Each page carries the number of the build that it is of, and is told the present number as it
begins to listen, then every further one: so it can tell that it is old even if it did not listen
when the build was made. A problem is told until a build succeeds. A page that has gone is noticed
when it is told something; a silent one gets a comment every so often, for that reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from threading import Lock

_SILENCE_SECONDS = 15.0


class Events:
    """Hands each event to every listener. Thread-safe."""

    def __init__(self) -> None:
        self._listening: set[SimpleQueue[bytes | None]] = set()
        self._lock = Lock()
        self._build = 0
        self._problem: bytes | None = None
        self._closed = False

    @property
    def build(self) -> int:
        """The number of the last build that was told; a page read now is of that one or a newer."""
        return self._build

    def built(self) -> None:
        """Tell all pages that a new site stands."""
        with self._lock:
            self._build += 1
            self._problem = None
            self._put(_event("build", self._build))

    def failed(self, problem: str) -> None:
        """Tell all pages why there is no new site."""
        with self._lock:
            self._problem = _event("problem", problem)
            self._put(self._problem)

    def close(self) -> None:
        """End all listening."""
        with self._lock:
            self._closed = True
            self._put(None)

    def listen(self) -> Iterator[bytes]:
        """Yield what is told from now on, as bytes to send; end when the server ends."""
        queue: SimpleQueue[bytes | None] = SimpleQueue()
        with self._lock:
            queue.put(None if self._closed else _event("build", self._build))
            if self._problem:
                queue.put(self._problem)
            self._listening.add(queue)
        try:
            while (told := _next(queue)) is not None:
                yield told
        finally:
            with self._lock:
                self._listening.discard(queue)

    def _put(self, told: bytes | None) -> None:
        for queue in self._listening:
            queue.put(told)


def _next(queue: SimpleQueue[bytes | None]) -> bytes | None:
    try:
        return queue.get(timeout=_SILENCE_SECONDS)
    except Empty:
        return b": still here\n\n"


def _event(kind: str, value: int | str) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(value)}\n\n".encode()
