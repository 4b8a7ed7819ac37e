"""Which scenario has a page of its own, the switch between scenarios and cases, the script's data.

A scenario's page is `<function>~<scenario>.html`. Where a second definition of a function has taken
that name already, the scenario's digest stands behind.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from srcread.evidence.reasons import read_reason
from srcread.evidence.standing import imported_remark
from srcread.model import Reason
from srcread.site.data.address import segment
from srcread.site.escaping import script_json, tag_free
from srcread.site.scenarios import Edge, FunctionRuns, ShownCase, ShownScenario, TourRuns

_GROUPS = ("reading", "why-not", "errors")


class Choice(NamedTuple):
    """A scenario to switch to; `href` is None where it goes the way of another and has no page.

    `remark` says of a trace that it was imported, `apart` that it was recorded elsewhere than the
    one shown.
    """

    number: int
    scenario: ShownScenario
    href: str | None
    remark: Reason | None = None
    apart: bool = False


class ScenarioChoices(NamedTuple):
    """The scenarios of one group: those with a page, and the others."""

    name: str
    ways: tuple[Choice, ...]
    others: tuple[Choice, ...]


class RunsView(NamedTuple):
    """What a page shows of runs besides its lines; `scenario` is the number of the one shown.

    `several` is the number of scenarios that could be. `script` is None where there is nothing to
    switch to. `remark` is that of the scenario shown, `dims` are
    the names of dimensions.
    """

    scenario: int
    shown: ShownScenario
    cases: tuple[ShownCase, ...]
    groups: tuple[ScenarioChoices, ...]
    several: int
    script: str | None
    remark: Reason | None = None
    dims: tuple[str, ...] = ()


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


def runs_view(pages: Sequence[Way], scenario: int, runs: FunctionRuns, tour: TourRuns) -> RunsView:
    """Gather what a page says of its scenario and of those that it could show."""
    files = {page.scenario: page.file for page in pages}
    shown = tour.scenarios[scenario]
    remark = _remark(shown)
    here = shown.versions, shown.device, remark
    choices = []
    for number in runs.scenarios:
        for one in tour.scenarios[number : number + 1]:
            own = _remark(one)
            apart = (one.versions, one.device, own) != here
            choices.append(Choice(number, one, files.get(number), own, apart))
    return RunsView(
        scenario=scenario,
        shown=shown,
        cases=runs.scenarios[scenario],
        groups=tuple(_groups(choices)),
        several=len(choices),
        script=script_file(pages[0].file) if is_switched(runs) else None,
        remark=remark,
        dims=tuple(runs.dims),
    )


def unseen(tour: TourRuns, runs: FunctionRuns | None) -> Reason | str | None:
    """Return why a function has no runs: an empty text where simply no scenario runs it."""
    if not tour.scenarios:
        return None
    told = runs.values["unseen"] if runs is not None else None
    return read_reason(told) if told is not None else ""


def is_switched(runs: FunctionRuns) -> bool:
    """Tell whether there is a scenario or a case to switch to."""
    return len(runs.scenarios) > 1 or any(len(cases) > 1 for cases in runs.scenarios.values())


def script_file(file: str) -> str:
    """Return the name of the script with all runs of the function whose first page is `file`."""
    return file.removesuffix(".html") + ".runs.js"


def runs_script(runs: FunctionRuns, tour: TourRuns, language: str) -> bytes:
    """Return that script: classic, assigning one global, so that it loads from file://, too."""
    scenarios = {
        number: [scenario.key, *scenario.said(language)]
        for number, scenario in enumerate(tour.scenarios)
        if number in runs.scenarios
    }
    head = script_json({"scenarios": scenarios})
    return f"window.srcreadRuns = {head[:-1]},{tag_free(runs.text[1:])};\n".encode("ascii")


def edge_words(edges: Sequence[Edge]) -> str:
    """Write where a case was called as the script compares it."""
    return " ".join(f"{caller}:{case}:{line}" for caller, case, line in edges)


def _remark(scenario: ShownScenario) -> Reason | None:
    return imported_remark(scenario.imported, scenario.date, scenario.by)


def _same_lines(runs: FunctionRuns) -> tuple[tuple[int, ...], ...]:
    """Group the scenarios by the lines that they run, in order of each group's first."""
    ways: dict[frozenset[int], list[int]] = {}
    for scenario in runs.scenarios:
        ways.setdefault(runs.ran(scenario), []).append(scenario)
    return tuple(map(tuple, ways.values()))


def _groups(choices: Sequence[Choice]) -> Iterator[ScenarioChoices]:
    for name in _GROUPS:
        own = [choice for choice in choices if choice.scenario.group == name]
        if own:
            ways = tuple(choice for choice in own if choice.href is not None)
            yield ScenarioChoices(
                name, ways, tuple(choice for choice in own if choice.href is None)
            )


def _file(stem: str, key: str, taken: Collection[str]) -> str:
    name = f"{stem}~{segment(key)}.html"
    if name not in taken:
        return name
    return f"{stem}~{segment(key)}-{hashlib.sha256(key.encode()).hexdigest()[:8]}.html"
