"""Work that a fork of this process does meanwhile: for work that needs much of what is here.

A fork has all that its parent has, so nothing is sent to it, and its result comes back through a
pipe. To send a plan of pages, or a walked graph, would cost as much as half of the work.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Made = TypeVar("Made")


class ForkLostError(Exception):
    """A fork was ended from outside, before its work was done."""


def may_fork() -> bool:
    """Tell whether a fork is safe: system libraries of macOS forbid it, threads everywhere."""
    return sys.platform == "linux" and threading.active_count() == 1


class Fork(Generic[Made]):
    """Work that was begun in a fork. Whoever begins it ends it: its `result` may never be asked."""

    def __init__(self, work: Callable[[], Made]) -> None:
        import multiprocessing  # 15 ms, which one process need not wait for

        context = multiprocessing.get_context("fork")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process = context.Process(target=_run, args=(sender, work), daemon=True)
        self._process.start()
        sender.close()  # the fork has its own: with it ends the pipe

    @property
    def is_done(self) -> bool:
        """Whether nobody needs to wait for the result."""
        return self._receiver.poll()

    def result(self) -> Made:
        """Wait for what the work gives.

        Raises:
            ForkLostError: the fork was ended from outside; else whatever the work raised.
        """
        try:
            found: Made | Exception = self._receiver.recv()
        except EOFError:
            raise ForkLostError from None
        if isinstance(found, Exception):
            raise found
        return found

    def end(self) -> None:
        """Leave nothing of it behind, whether or not it is done."""
        self._receiver.close()
        self._process.terminate()
        self._process.join()


def _run(sender: Connection, work: Callable[[], Made]) -> None:
    """Work in the fork. An interrupt is the parent's to answer, which then ends this.

    What the parent clears up when it is ended is still in use.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    found: Made | Exception
    try:
        found = work()
    except Exception as error:  # a process boundary: the parent raises it
        found = error
    sender.send(found)
