"""By which call path each case of a function came, in as few words as tell them apart.

Of a case that several paths reach, the first is named. Where no function on the way differs, the
line of the call does; where that is one, too, cases are numbered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from srcread.model import Trace
from srcread.site.data.address import short_name

Step = tuple[str, int]
"""A caller and the offset of the line of its call."""


def paths_of(trace: Trace) -> tuple[tuple[Step, ...], ...]:
    """Return for each case the calls that led to it, the nearest first."""
    callers: dict[int, tuple[int, int]] = {}
    for number in range(len(trace.cases) - 1, -1, -1):  # a callee stands before its caller
        for place, calls in sorted(trace.cases[number].calls.items()):
            for callee, _ in calls:
                callers.setdefault(callee, (number, place.line))
    paths: dict[int, tuple[Step, ...]] = {}
    for number in range(len(trace.cases) - 1, -1, -1):
        if number not in callers:
            paths[number] = ()
            continue
        caller, line = callers[number]
        paths[number] = ((trace.cases[caller].symbol, line), *paths[caller])
    return tuple(paths[number] for number in range(len(trace.cases)))


def labels(paths: Sequence[tuple[Step, ...]]) -> list[str]:
    """Name each path by the nearest function that not all of them share, then by the line."""
    if len(paths) == 1:
        return [""]
    names = [_telling(path, paths) for path in paths]
    if max(Counter(names).values()) > 1:
        lined = [
            f"{name} +{path[0][1]}" if path else name
            for name, path in zip(names, paths, strict=True)
        ]
        names = lined if len(set(lined)) > len(set(names)) else names
    found: list[str] = []
    count, totals = Counter[str](), Counter(names)
    for name in names:
        count[name] += 1
        found.append(f"{name} ({count[name]})" if totals[name] > 1 else name)
    return found


def _telling(path: tuple[Step, ...], paths: Sequence[tuple[Step, ...]]) -> str:
    for depth, (name, _) in enumerate(path):
        others = {other[depth][0] if depth < len(other) else "" for other in paths}
        if len(others) > 1:
            return short_name(name)
    return short_name(path[0][0]) if path else ""
