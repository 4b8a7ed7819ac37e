"""Which calls of a function a scenario did not make, so that no list shows them as run.

A call was not made where its statement ran in no case of the scenario. Of several ways that a call
may go, one was not gone where it is recorded that another was.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

from srcread.site.data.function import FunctionPage, LinkedCall
from srcread.site.scenarios import FunctionRuns, TourRuns

Unmade = Mapping[int, tuple[str, ...]]
"""By scenario the ids of calls that it did not make; of a call's way, its place stands behind."""


def unmade_calls(page: FunctionPage, runs: FunctionRuns | None, tour: TourRuns) -> Unmade:
    """Return for each scenario that runs a function what of its calls it did not make.

    For example `{2: ("call-1", "call-3 0")}`: the first call, and of the third its first way.
    """
    if runs is None:
        return {}
    begins = sorted(runs.values["lines"])
    places = [(call.anchor, _statements(call.lines, begins)) for call in page.calls]
    places += [(one.anchor, _statements(one.lines, begins)) for one in page.natives]
    rivals = [call for call in page.calls if len(call.targets) > 1]
    found = {}
    left_out: dict[frozenset[int], list[str]] = {}  # by the lines that ran: many run the same
    for scenario in runs.numbers:
        ran = runs.ran(scenario)
        if (whole := left_out.get(ran)) is None:
            whole = [anchor for anchor, lines in places if lines and ran.isdisjoint(lines)]
            left_out[ran] = whole
        ways = [
            f"{call.anchor} {place}"
            for call in rivals
            if call.anchor not in whole
            for place in _not_gone(page.name, call, begins, tour, scenario)
        ]
        found[scenario] = (*whole, *ways)
    return {scenario: unmade for scenario, unmade in found.items() if unmade}


def _not_gone(
    name: str, call: LinkedCall, begins: Sequence[int], tour: TourRuns, scenario: int
) -> list[int]:
    """Return the places of the ways that a call did not go, none if nothing tells where it went."""
    lines = _statements(call.lines, begins)
    gone = []
    for target in call.targets:
        runs = tour.functions.get(target.link.name)
        cases = runs.scenarios.get(scenario, ()) if runs is not None else ()
        edges = [edge for case in cases for edge in case.callers if edge[0] == name]
        gone.append(any(not lines.isdisjoint(_statements([edge[2]], begins)) for edge in edges))
    seen = [tour.functions.get(target.link.name) for target in call.targets]
    return [
        place
        for place, (went, runs) in enumerate(zip(gone, seen, strict=True))
        if any(gone) and not went and runs is not None and runs.numbers
    ]


def _statements(lines: Iterable[int], begins: Sequence[int]) -> frozenset[int]:
    """Return where the statements of these lines begin: at each, or above it."""
    if not begins:
        return frozenset()
    return frozenset(begins[max(bisect_right(begins, line) - 1, 0)] for line in lines)
