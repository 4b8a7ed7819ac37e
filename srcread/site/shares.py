"""Pages made by several processes at once; what they come to is the same for any number.

The processes are forks, which have the plan and the templates already: to send these would cost as
much as half of the pages. Where there is no fork that is safe, one process does all. The pages of
one function stay together, in every language, for they share most of their parts.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from srcread.errors import SrcreadError
from srcread.site.view import PagePlan

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Made = TypeVar("Made")

_FEWEST = 64  # pages: fewer take less than a process does to start


def make(
    pages: Sequence[PagePlan],
    write: Callable[[PagePlan], Made],
    jobs: int,
    told: Callable[[int], None],
) -> dict[str, Made]:
    """Return what `write` gives for each page, by address; `told` hears how many are done.

    Raises:
        SrcreadError: a process was ended from outside; else whatever `write` raises.
    """
    if jobs < 2 or len(pages) < _FEWEST or not _may_fork():
        return _made(pages, write, told)
    import multiprocessing  # 15 ms, which a build of few pages need not wait for

    own, *others = shares(pages, jobs)
    made = _made(own[:1], write, told)  # so that the forks have what the first page brings in
    context = multiprocessing.get_context("fork")
    started = []
    try:
        for share in others:
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_run, args=(sender, share, write), daemon=True)
            process.start()
            sender.close()  # the fork has its own: with it ends the pipe
            started.append((process, receiver))
        count = len(pages) / len(own)
        made |= _made(own[1:], write, lambda done: told(int((done + 1) * count)))
        for _, receiver in started:
            made |= _received(receiver)
    finally:
        for process, receiver in started:
            receiver.close()
            process.terminate()
            process.join()
    return made


def shares(pages: Sequence[PagePlan], jobs: int) -> list[list[PagePlan]]:
    """Cut pages into shares of about one size, the largest function first."""
    groups: dict[str, list[PagePlan]] = {}
    for page in pages:
        groups.setdefault(_subject(page.address), []).append(page)
    found: list[list[PagePlan]] = [[] for _ in range(min(jobs, len(groups)))]
    for group in sorted(groups.values(), key=len, reverse=True):
        min(found, key=len).extend(group)
    return found


def _subject(address: str) -> str:
    """Return what the pages of one function have in common: `f` of `en/t/f~train.html`."""
    name = address.rpartition("/")[2]
    for end in (".js", ".runs", ".html"):
        name = name.removesuffix(end)
    return name.partition("~")[0]


def _may_fork() -> bool:
    """Tell whether a fork is safe: system libraries of macOS forbid it, threads everywhere."""
    return sys.platform == "linux" and threading.active_count() == 1


def _made(
    pages: Iterable[PagePlan], write: Callable[[PagePlan], Made], told: Callable[[int], None]
) -> dict[str, Made]:
    made = {}
    for number, page in enumerate(pages, 1):
        made[page.address] = write(page)
        told(number)
    return made


def _run(sender: Connection, share: Sequence[PagePlan], write: Callable[[PagePlan], Made]) -> None:
    """Make a share in a fork. An interrupt is the parent's to answer, which then ends this.

    What the parent clears up when it is ended is still in use.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    found: Mapping[str, Made] | Exception
    try:
        found = _made(share, write, lambda done: None)
    except Exception as error:  # a process boundary: the parent raises it
        found = error
    sender.send(found)


def _received(receiver: Connection) -> dict[str, Made]:
    try:
        found: dict[str, Made] | Exception = receiver.recv()
    except EOFError:
        raise SrcreadError(
            "A process that made pages was ended from outside. Build again, with --jobs 1 if the "
            "memory is short."
        ) from None
    if isinstance(found, Exception):
        raise found
    return found
