"""Which scenario has a page of its own, and where a note opens that names the scenario to show it.

A scenario's page is `<function>~<scenario>.html`. Where a second definition of a function has taken
that name already, the scenario's digest stands behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import quote

from srcread.site.data.address import segment
from srcread.site.scenarios import FunctionRuns, TourRuns


class Way(NamedTuple):
    """One page of a function: its file, and the scenario that it shows, None without runs."""

    file: str
    scenario: int | None


def ways_of(
    file: str, runs: FunctionRuns | None, tour: TourRuns, taken: Collection[str]
) -> tuple[Way, ...]:
    """Return the pages of the function whose first page is `file`: one for each way through it."""
    ways = _same_lines(runs) if runs is not None else ()
    if not ways:
        return (Way(file, None),)
    stem = file.removesuffix(".html")
    others = (Way(_file(stem, tour.scenarios[way[0]].key, taken), way[0]) for way in ways[1:])
    return (Way(file, ways[0][0]), *others)


def page_showing(
    key: str, file: str, runs: FunctionRuns | None, tour: TourRuns, taken: Collection[str]
) -> str:
    """Return the address of a function's page that shows a scenario, its first if none does.

    That of another scenario that runs the same lines is asked to switch, which needs its script.
    """
    for lines in _same_lines(runs) if runs is not None else ():
        for number in lines:
            if tour.scenarios[number].key == key:
                pages = {way.scenario: way.file for way in ways_of(file, runs, tour, taken)}
                asked = "" if number == lines[0] else f"?run={quote(key)}"
                return pages[lines[0]] + asked
    return file


def _same_lines(runs: FunctionRuns) -> tuple[tuple[int, ...], ...]:
    """Group the scenarios by the lines that they run, in order of each group's first."""
    ways: dict[frozenset[int], list[int]] = {}
    for scenario in runs.numbers:
        ways.setdefault(runs.ran(scenario), []).append(scenario)
    return tuple(map(tuple, ways.values()))


def _file(stem: str, key: str, taken: Collection[str]) -> str:
    name = f"{stem}~{segment(key)}.html"
    if name not in taken:
        return name
    return f"{stem}~{segment(key)}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.html"
