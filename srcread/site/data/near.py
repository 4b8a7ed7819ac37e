"""Who stands in the picture of a function: its callers and what it calls, the important ones first.

Of too many, those stay that the scenario shown went by, then code that is read before native
functions, each in the order of the lists. A picture of fewer than two neighbours says nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from srcread.site.data.function import FunctionPage
from srcread.site.scenarios import FunctionRuns, ShownCase

MOST = 39  # and the function itself
_CALLERS = 13  # a third, where what is called would fill the rest


class Neighbour(NamedTuple):
    """A function beside this one. `lines` are those of the calls, in whichever of the two calls.

    `ran` tells that the scenario shown went by such a line, `rival` that the call may go elsewhere.
    """

    name: str
    short: str
    href: str | None
    lines: tuple[int, ...]
    ran: bool
    rival: bool
    native: bool


class Near(NamedTuple):
    """The neighbours shown, in the order of the lists, and how many more there are."""

    name: str
    short: str
    callers: tuple[Neighbour, ...]
    callees: tuple[Neighbour, ...]
    more_callers: int
    more_callees: int
    itself: bool


def near(page: FunctionPage, runs: FunctionRuns | None, shown: ShownCase | None) -> Near | None:
    """Choose the neighbours of a page's function, None where there are fewer than two."""
    callers = [
        one for one in _callers(page, shown.callers if shown else ()) if one.name != page.name
    ]
    every = list(_callees(page, _ran(runs, shown)))
    callees = [one for one in every if one.name != page.name]
    if len(callers) + len(callees) < 2:
        return None
    room = max(MOST - len(callees), min(_CALLERS, len(callers)))
    kept = _first(callers, room)
    below = _first(callees, MOST - len(kept))
    return Near(
        name=page.name,
        short=page.short,
        callers=kept,
        callees=below,
        more_callers=len(callers) - len(kept),
        more_callees=len(callees) - len(below),
        itself=len(callees) < len(every),
    )


def _callers(page: FunctionPage, edges: Sequence[tuple[str, int, int]]) -> Iterable[Neighbour]:
    went = {caller for caller, _, _ in edges}
    for caller in page.callers:
        name, short, href = caller.link
        yield Neighbour(name, short, href, caller.lines, name in went, False, False)


def _callees(page: FunctionPage, ran: _Ran) -> Iterable[Neighbour]:
    """Return what is called, each function once: by the first call of it that the list has."""
    found: dict[str, Neighbour] = {}
    for call in page.calls:
        rival = len(call.targets) > 1
        went = ran.any(call.lines)
        for target in call.targets:
            name, short, href = target.link
            by = went and (not rival or bool(target.seen))
            _add(found, Neighbour(name, short, href, call.lines, by, rival, False))
    for native in page.natives:
        short, href = native.name.rpartition(".")[2], f"#{native.anchor}"
        went = ran.any(native.lines)
        _add(found, Neighbour(native.name, short, href, native.lines, went, False, True))
    return found.values()


def _add(found: dict[str, Neighbour], one: Neighbour) -> None:
    """Join the calls of one function: it ran if one of them did, it is sure if one of them is."""
    before = found.setdefault(one.name, one)
    if before is not one:
        found[one.name] = before._replace(
            lines=tuple(sorted({*before.lines, *one.lines})),
            ran=before.ran or one.ran,
            rival=before.rival and one.rival,
        )


class _Ran:
    """The lines that ran; a call stands in the statement that begins at its line or above it."""

    def __init__(self, begins: Sequence[int], ran: Iterable[int]) -> None:
        self._begins, self._ran = begins, frozenset(ran)

    def any(self, lines: Iterable[int]) -> bool:
        """Tell whether the statement of one of these lines ran."""
        if not self._ran:
            return False
        return any(
            self._begins[max(bisect_right(self._begins, n) - 1, 0)] in self._ran for n in lines
        )


def _ran(runs: FunctionRuns | None, shown: ShownCase | None) -> _Ran:
    if runs is None or shown is None:
        return _Ran((), ())
    return _Ran(sorted(runs.values["lines"]), runs.values["cases"][shown.case][0])


def _first(found: Sequence[Neighbour], room: int) -> tuple[Neighbour, ...]:
    """Keep the most important, in the order in which they stand."""
    if len(found) <= room:
        return tuple(found)
    weighed = sorted(
        range(len(found)), key=lambda place: (not found[place].ran, found[place].native)
    )
    return tuple(found[place] for place in sorted(weighed[:room]))
