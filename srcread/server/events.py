"""What open pages are told: server-sent events, to each page that listens.

Each page carries the number of the build that it is of, and is told the present number as it
begins to listen, then every further one: so it can tell that it is old even if it did not listen
when the build was made. A problem is told until a build succeeds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

STILL_HERE = b": still here\n\n"
"""A comment, which no page shows: it tells a page that has gone from a silent one."""

Listener = Callable[[bytes], object]


class Events:
    """Hands each event to every listener. Thread-safe."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._lock = Lock()
        self._build = 0
        self._problem: bytes | None = None

    @property
    def build(self) -> int:
        """The number of the last build that was told; a page read now is of that one or a newer."""
        return self._build

    def built(self) -> None:
        """Tell all pages that a new site stands."""
        with self._lock:
            self._build += 1
            self._problem = None
            self._tell(_event("build", self._build))

    def failed(self, problem: str) -> None:
        """Tell all pages why there is no new site."""
        with self._lock:
            self._problem = _event("problem", problem)
            self._tell(self._problem)

    @contextmanager
    def heard_by(self, listener: Listener) -> Iterator[None]:
        """Let a listener have what is told from now on, as bytes to send.

        It is called in the thread that tells, and is to return at once.
        """
        with self._lock:
            listener(_event("build", self._build))
            if self._problem:
                listener(self._problem)
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)

    def _tell(self, told: bytes) -> None:
        for listener in self._listeners:
            listener(told)


def _event(kind: str, value: int | str) -> bytes:
    return f"event: {kind}\ndata: {json.dumps(value)}\n\n".encode()
