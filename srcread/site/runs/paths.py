"""By which call path each case of a function came, in as few words as tell them apart.

A module's `forward` is told apart by the modules' names in the model, as `layers.*.norm1`, where
these are known and differ. Of a case that several paths reach, the first is named. Where no
function on the way differs, the line of the call does; where that is one, too, what the function
was given; else cases are numbered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from srcread.model import Trace
from srcread.site.data.address import short_name

Step = tuple[str, int]
"""A caller and the offset of the line of its call."""


def paths_of(trace: Trace) -> tuple[tuple[Step, ...], ...]:
    """Return for each case the calls that led to it, the nearest first; none where a run began."""
    callers: dict[int, tuple[int, int]] = {}
    for number in range(len(trace.cases) - 1, -1, -1):  # a callee stands before its caller
        for place, calls in sorted(trace.cases[number].calls.items()):
            for callee, _ in calls:
                callers.setdefault(callee, (number, place.line))
    paths: dict[int, tuple[Step, ...]] = {}
    roots = frozenset(trace.roots)
    for number in range(len(trace.cases) - 1, -1, -1):
        if number not in callers or number in roots:
            paths[number] = ()
            continue
        caller, line = callers[number]
        paths[number] = ((trace.cases[caller].symbol, line), *paths[caller])
    return tuple(paths[number] for number in range(len(trace.cases)))


_MOST_GIVEN = 3


def labels(
    paths: Sequence[tuple[Step, ...]],
    given: Sequence[Mapping[str, str]] = (),
    modules: Sequence[Sequence[str]] = (),
) -> list[str]:
    """Name each path by the nearest function that not all of them share, then by the line.

    `given` are the arguments in words, by parameter, of the case of each path, and `modules` the
    names of its modules in the model, as `layers.0.norm1`.
    """
    if len(paths) == 1:
        return [""]
    named = [in_few_words(one) for one in modules]
    by_module = all(named) and len(set(named)) > 1
    names = named if by_module else [_telling(path, paths) for path in paths]
    if not by_module and max(Counter(names).values()) > 1:
        lined = [
            f"{name} +{path[0][1]}" if path else name
            for name, path in zip(names, paths, strict=True)
        ]
        names = lined if len(set(lined)) > len(set(names)) else names
    if given and max(Counter(names).values()) > 1:
        names = _with_arguments(names, given)
    found: list[str] = []
    count, totals = Counter[str](), Counter(names)
    for name in names:
        count[name] += 1
        found.append(f"{name} ({count[name]})" if totals[name] > 1 else name)
    return found


def in_few_words(modules: Sequence[str]) -> str:
    """Return names of modules as one: places in lists that differ become a star.

    For example, `layers.0.norm1` and `layers.1.norm1` are `layers.*.norm1`; where more than one
    name is left, the rest are counted. Empty without names, and for the model itself.
    """
    same: dict[tuple[str, ...], list[list[str]]] = {}
    for name in modules:
        parts = name.split(".")
        same.setdefault(tuple("*" if part.isdecimal() else part for part in parts), []).append(
            parts
        )
    found = []
    for alike in same.values():
        columns = [set(column) for column in zip(*alike, strict=True)]
        found.append(".".join(one.pop() if len(one) == 1 else "*" for one in columns))
    return f"{found[0]} +{len(found) - 1}" if len(found) > 1 else "".join(found)


def _with_arguments(names: Sequence[str], given: Sequence[Mapping[str, str]]) -> list[str]:
    """Put behind names that are one the arguments in which their cases differ, the first few."""
    told = list(names)
    for name, times in Counter(names).items():
        places = [place for place, one in enumerate(names) if one == name]
        parameters = dict.fromkeys(key for place in places for key in given[place])
        differing = [
            key for key in parameters if len({given[place].get(key) for place in places}) > 1
        ]
        for place in places if times > 1 else ():
            said = (f"{key} {given[place][key]}" for key in differing if key in given[place])
            words = ", ".join([*said][:_MOST_GIVEN])
            told[place] = ", ".join(filter(None, (name, words)))
    return told


def _telling(path: tuple[Step, ...], paths: Sequence[tuple[Step, ...]]) -> str:
    for depth, (name, _) in enumerate(path):
        others = {other[depth][0] if depth < len(other) else "" for other in paths}
        if len(others) > 1:
            return short_name(name)
    return short_name(path[0][0]) if path else ""
