"""Pages made by several processes at once; what they come to is the same for any number.

The processes are forks, which have the plan and the templates already. Where there is no fork that
is safe, one process does all. The pages of one function stay together, in every language, for they
share most of their parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from srcread.errors import SrcreadError
from srcread.site.view import PagePlan
from srcread.support.forks import Fork, ForkLostError, may_fork

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
    if jobs < 2 or len(pages) < _FEWEST or not may_fork():
        return _made(pages, write, told)
    own, *others = shares(pages, jobs)
    made = _made(own[:1], write, told)  # so that the forks have what the first page brings in
    forks: list[Fork[dict[str, Made]]] = []
    try:
        for share in others:
            forks.append(Fork(partial(_made, share, write, _tell_nobody)))
        count = len(pages) / len(own)
        made |= _made(own[1:], write, lambda done: told(int((done + 1) * count)))
        for fork in forks:
            made |= fork.result()
    except ForkLostError:
        raise SrcreadError(
            "A process that made pages was ended from outside. Build again, with --jobs 1 if the "
            "memory is short."
        ) from None
    finally:
        for fork in forks:
            fork.end()
    return made


def _tell_nobody(done: int) -> None:
    """Hear how many pages a fork has made: its parent tells of its own, and reckons."""


def shares(pages: Sequence[PagePlan], jobs: int) -> list[list[PagePlan]]:
    """Cut pages into shares of about as much work, the function with the most first."""
    groups: dict[str, list[PagePlan]] = {}
    for page in pages:
        groups.setdefault(_subject(page.address), []).append(page)
    found: list[list[PagePlan]] = [[] for _ in range(min(jobs, len(groups)))]
    for group in sorted(groups.values(), key=_work, reverse=True):
        min(found, key=_work).extend(group)
    return found


def _work(pages: Iterable[PagePlan]) -> int:
    return sum(page.work for page in pages)


def _subject(address: str) -> str:
    """Return what the pages of one function have in common: `f` of `en/t/f~train.html`."""
    name = address.rpartition("/")[2]
    for end in (".js", ".runs", ".html"):
        name = name.removesuffix(end)
    return name.partition("~")[0]


def _made(
    pages: Iterable[PagePlan], write: Callable[[PagePlan], Made], told: Callable[[int], None]
) -> dict[str, Made]:
    made = {}
    for number, page in enumerate(pages, 1):
        made[page.address] = write(page)
        told(number)
    return made
