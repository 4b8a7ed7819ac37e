"""Recorded runs as pages need them: condensed from traces, small, in lists that `json` writes.

Lines are those of the file. Nothing is in any language but the scenarios' titles and their reasons.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from srcread.model import CallSite
from srcread.site.blocks import ModelMap

Edge = tuple[str, int, int]
"""Where a case was called: the caller's name, the number of its case, and the line."""


class ShownScenario(NamedTuple):
    """One trace: `key` names it in addresses, `versions` and `device` say where it was recorded.

    `titles` are pairs of a language and the title in it; `title` is in English. `calls` is the
    function that it calls last, `raised` where an exception began, and the exception.
    """

    key: str
    title: str
    group: str
    forced: bool
    device: str
    versions: str
    date: str = ""
    by: str | None = None
    imported: str | None = None
    titles: tuple[tuple[str, str], ...] = ()
    calls: str = ""
    raised: tuple[str, str] = ("", "")

    def said(self, language: str) -> tuple[str, str]:
        """Return what it is called in a language, and the language that this is in."""
        for own, title in self.titles:
            if own == language and title:
                return title, language
        return self.title or self.key, "en"


class ShownCase(NamedTuple):
    """A case of a function in one scenario: its number, call path in words, where it was called.

    Numbers are indexes of the function's cases, those of all scenarios together.
    """

    case: int
    path: str
    callers: tuple[Edge, ...]


class FunctionRuns:
    """The runs of one function, kept as text until a page or an address needs them.

    The text is JSON: `lines` on which statements begin, `never` [line, reason, {language: why}] of
    those that none runs, `cases` [[line…], [[line, kind, words, numbers]…], [[line, operator…]…]],
    `runs` [scenario, [[case, path, [caller…]]…]], and `unseen`, why nothing was recorded. `numbers`
    are, one after another, begin, end and name of each that is a dimension with one of the names of
    `dims`, where there is any.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._ran: dict[tuple[int, ...], frozenset[int]] = {}  # by cases: many run the same

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Return the content."""
        values: dict[str, Any] = json.loads(self.text)
        return values

    @property
    def dims(self) -> list[str]:
        """Return the names of dimensions, by which `cases` mark numbers."""
        names: list[str] = self.values.get("dims", [])
        return names

    @cached_property
    def scenarios(self) -> dict[int, tuple[ShownCase, ...]]:
        """Return the cases of each scenario that runs the function, by the scenario's number."""
        return {
            scenario: tuple(
                ShownCase(case, path, tuple(map(tuple, edges))) for case, path, edges in shown
            )
            for scenario, shown in self.values["runs"]
        }

    @cached_property
    def elsewhere(self) -> dict[int, tuple[int, ...]]:
        """Return for each line the scenarios that run it, in any case."""
        found: dict[int, list[int]] = {}
        for scenario in self.numbers:
            for line in self.ran(scenario):
                found.setdefault(line, []).append(scenario)
        return {line: tuple(scenarios) for line, scenarios in found.items()}

    @cached_property
    def numbers(self) -> dict[int, tuple[int, ...]]:
        """Return the numbers of the cases of each scenario that runs the function."""
        runs = self.values["runs"]
        return {scenario: tuple([case for case, *_ in shown]) for scenario, shown in runs}

    def ran(self, scenario: int) -> frozenset[int]:
        """Return the lines that ran in a scenario, whichever the case."""
        numbers = self.numbers[scenario]
        if (known := self._ran.get(numbers)) is None:
            cases = self.values["cases"]
            known = frozenset(line for number in numbers for line in cases[number][0])
            self._ran[numbers] = known
        return known


class MadeSmall(NamedTuple):
    """A model that was made by rules and not by the reader: by which `sizes`, `tiny` or `real`.

    `changes` are settings that it has smaller: name, new and old value, the telling ones first.
    """

    sizes: str
    changes: tuple[tuple[str, str, str], ...]


class OwnRun(NamedTuple):
    """A reader's own run of a script, which no tour has: what ran of the functions shown.

    `computing` are the functions in whose calls an operator ran, deeper ones' among them. `idle`
    are classes of modules that were made and not called; `left_out` calls were counted only, and
    in `differences` two runs were not the same. Where rules made the model, `made` says how.
    """

    script: str
    functions: int
    cases: int
    computing: tuple[str, ...]
    idle: tuple[str, ...] = ()
    left_out: int = 0
    differences: tuple[str, ...] = ()
    made: MadeSmall | None = None


class TourRuns(NamedTuple):
    """All recorded runs of a tour. `seen` are the calls that a run went: site and callee.

    `own` tells of a reader's own run, where these are no tour's. `maps` are of its model as runs
    went through it, or, where there is none, of the source's.
    """

    scenarios: tuple[ShownScenario, ...] = ()
    functions: Mapping[str, FunctionRuns] = MappingProxyType({})
    seen: tuple[tuple[CallSite, str], ...] = ()
    maps: tuple[ModelMap, ...] = ()
    own: OwnRun | None = None
