"""The switch between scenarios and cases of a page, and the data for the page's script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from srcread.evidence.reasons import read_reason
from srcread.evidence.standing import imported_remark
from srcread.model import Reason
from srcread.site.data.ways import Way
from srcread.site.escaping import script_json, tag_free
from srcread.site.runs.made import Unmade
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
    return len(runs.numbers) > 1 or any(len(cases) > 1 for cases in runs.numbers.values())


def script_file(file: str) -> str:
    """Return the name of the script with all runs of the function whose first page is `file`."""
    return file.removesuffix(".html") + ".runs.js"


def runs_script(runs: FunctionRuns, tour: TourRuns, unmade: Unmade, language: str) -> bytes:
    """Return that script: classic, assigning one global, so that it loads from file://, too."""
    scenarios = {
        number: [scenario.key, *scenario.said(language)]
        for number, scenario in enumerate(tour.scenarios)
        if number in runs.scenarios
    }
    head = script_json({"scenarios": scenarios, "unmade": unmade})
    return f"window.srcreadRuns = {head[:-1]},{tag_free(runs.text[1:])};\n".encode("ascii")


def edge_words(edges: Sequence[Edge]) -> str:
    """Write where a case was called as the script compares it."""
    return " ".join(f"{caller}:{case}:{line}" for caller, case, line in edges)


def _remark(scenario: ShownScenario) -> Reason | None:
    return _imported(scenario.imported, scenario.date, scenario.by)


_imported = lru_cache(maxsize=256)(imported_remark)  # one object, by which parts are kept


def _groups(choices: Sequence[Choice]) -> Iterator[ScenarioChoices]:
    for name in _GROUPS:
        own = [choice for choice in choices if choice.scenario.group == name]
        if own:
            ways = tuple(choice for choice in own if choice.href is not None)
            yield ScenarioChoices(
                name, ways, tuple(choice for choice in own if choice.href is None)
            )
