"""A tour's traces to what its pages show of them: cases of one function, all scenarios together.

Two activations that a page would show alike are one case here, whatever they called. Nothing is
rendered and nothing is looked up that the traces, the scripts and the source do not say.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from srcread.evidence.reasons import reason_json
from srcread.model import Case, Scenario, ScenarioGroup, Span, Trace
from srcread.site.escaping import script_json
from srcread.site.runs.ends import (
    MOST_NAMES,
    End,
    Named,
    Source,
    ends_of,
    few_operators,
    names_of,
    operators_of,
    word,
)
from srcread.site.runs.paths import labels, paths_of
from srcread.site.scenarios import ShownScenario

_GROUPS = tuple(ScenarioGroup)


class KnownLines(NamedTuple):
    """What is known of a function's lines: where statements begin, and why some never run.

    `never` has of each of these the reason, and why it is so, by language.
    """

    executable: Sequence[int]
    never: Sequence[tuple[int, str, Mapping[str, str]]]


def ordered(
    traces: Sequence[Trace],
    scenarios: Mapping[str, Scenario],
    entries: Sequence[str],
    titles: Mapping[str, Mapping[str, str]] | None = None,
) -> list[tuple[ShownScenario, Trace]]:
    """Pair each trace with its scenario, in the tour's order.

    `entries` are names of functions, `titles` those of scenarios in other languages. The scenario
    of a scenario's first device has its plain name, others have their device's behind.
    """
    wanted = set(entries)

    def rank(trace: Trace) -> tuple[int, int, int, str, str]:
        scenario = scenarios[trace.scenario]
        reached = len(wanted & {case.symbol for case in trace.cases})
        group = _GROUPS.index(scenario.group)
        return group, -reached, len(scenario.text), trace.scenario, trace.environment.device.kind

    known: set[str] = set()
    found = []
    for trace in sorted(traces, key=rank):
        shown = _scenario(trace, scenarios[trace.scenario], known)
        told = (titles or {}).get(trace.scenario, {})
        shown = shown._replace(titles=tuple(sorted(told.items())))
        found.append((shown._replace(calls=_calls(trace), raised=_raised(trace)), trace))
        known.add(trace.scenario)
    return found


def condense(
    runs: Sequence[tuple[ShownScenario, Trace]],
    names: Sequence[str],
    source: Callable[[str], Source],
    lines: Callable[[str], KnownLines],
) -> dict[str, str]:
    """Return the runs of these functions as the JSON texts of FunctionRuns."""
    condensed = {name: _Function(source(name), lines(name)) for name in names}
    for number, (_, trace) in enumerate(runs):
        _add(number, trace, condensed)
    return {name: one.text() for name, one in condensed.items()}


def _scenario(trace: Trace, scenario: Scenario, known: set[str]) -> ShownScenario:
    device, versions = trace.environment.device, trace.environment.distributions
    again = trace.scenario in known
    listed = [f"Python {trace.environment.python}"]
    listed += [f"{name} {version}" for name, version in sorted(versions.items())]
    return ShownScenario(
        key=f"{trace.scenario}.{device.kind}" if again else trace.scenario,
        title=scenario.title,
        group=scenario.group.value,
        forced=scenario.forced,
        device=device.name,
        versions=", ".join(listed),
        date=trace.date if trace.imported else "",
        by=trace.by if trace.imported else None,
        imported=trace.imported,
    )


def _calls(trace: Trace) -> str:
    return trace.cases[trace.roots[-1]].symbol if trace.roots else ""


def _raised(trace: Trace) -> tuple[str, str]:
    """Return the function in which an exception began, and the exception; else nothing.

    Its callers have the same one: of those that raised it is the one that called none of them.
    """
    raising = {place for place, case in enumerate(trace.cases) if case.raised is not None}
    for place in sorted(raising):
        case = trace.cases[place]
        called = {callee for calls in case.calls.values() for callee, _ in calls}
        if case.raised is not None and raising.isdisjoint(called):
            return case.symbol, case.raised
    return "", ""


def _add(number: int, trace: Trace, condensed: Mapping[str, _Function]) -> None:
    """Add one scenario to the functions that it runs."""
    paths = paths_of(trace)
    cases: dict[str, list[int]] = {}
    for place, case in enumerate(trace.cases):
        if case.symbol in condensed:
            cases.setdefault(case.symbol, []).append(place)
    for places in cases.values():
        places.sort(key=lambda place: len(paths[place]))  # of one that calls itself, the first call
    numbers: dict[int, int] = {}  # a case of the trace to the function's own
    for name, places in cases.items():
        for place in places:
            numbers[place] = condensed[name].case(trace, place)
    called = _called(trace, numbers, condensed)
    for name, places in cases.items():
        one = condensed[name]
        given = [
            {key: word(value) for key, value in trace.cases[place].arguments.items()}
            for place in places
        ]
        modules = [trace.modules.get(place, ()) for place in places]
        words = labels([paths[place] for place in places], given, modules)
        shown: dict[int, tuple[str, list[tuple[str, int, int]]]] = {}
        for place, told in zip(places, words, strict=True):
            _, edges = shown.setdefault(numbers[place], (told, []))
            edges += [edge for edge in called.get(place, ()) if edge not in edges]
        one.runs.append([number, [[case, told, edges] for case, (told, edges) in shown.items()]])
    for name, reason in trace.untraced.items():
        if name in condensed:
            condensed[name].unseen = reason_json(reason)


def _called(
    trace: Trace, numbers: Mapping[int, int], condensed: Mapping[str, _Function]
) -> dict[int, list[tuple[str, int, int]]]:
    """Return for each case where it was called: caller, the caller's case, line."""
    called: dict[int, list[tuple[str, int, int]]] = {}
    for place, case in enumerate(trace.cases):
        if place not in numbers:
            continue
        first = condensed[case.symbol].source.first
        for where, calls in sorted(case.calls.items()):
            for callee, _ in calls:
                edge = (case.symbol, numbers[place], where.line + first)
                called.setdefault(callee, []).append(edge)
    return called


class _Function:
    """Gathers the cases of one function."""

    def __init__(self, source: Source, lines: KnownLines) -> None:
        self.source, self.lines = source, lines
        self.named: Named = names_of(source)
        self.cases: dict[str, int] = {}
        self.known: dict[tuple[object, ...], int] = {}  # most activations are like one before
        self.runs: list[list[Any]] = []
        self.unseen: Mapping[str, Any] | None = None
        self.dims: dict[str, int] = {}  # names of dimensions, in the order in which they are met

    def case(self, trace: Trace, place: int) -> int:
        """Return the number of a trace's case among those of the function."""
        case = trace.cases[place]
        operators = operators_of(case, trace.operations, self.source.first)
        called = {at: trace.cases[calls[0][0]].symbol for at, calls in case.calls.items()}
        alike = (
            *(tuple(one.items()) for one in (case.arguments, case.values, case.tests, called)),
            *(case.ran, case.raised, str(operators)),
        )
        if alike not in self.known:
            text = self._text(case, operators, called)
            self.known[alike] = self.cases.setdefault(text, len(self.cases))
        return self.known[alike]

    def _text(
        self, case: Case, operators: list[tuple[int, list[str]]], called: Mapping[Span, str]
    ) -> str:
        """Return a case as JSON: the lines that ran, what stands at their ends, operators."""
        ends = [*ends_of(case, self.source, self.named, called)]
        ends += [End(line, "operators", few_operators(row)) for line, row in operators]
        ran = sorted({item.line + self.source.first for item in case.ran})
        ends.sort(key=lambda end: end.line)
        return _json([ran, [self._end(end) for end in ends], operators])

    def _end(self, end: End) -> list[Any]:
        """Return an end as a page has it: marks are begin, end and number of a name, in a row."""
        for _, _, name in end.marks:
            if len(self.dims) < MOST_NAMES:
                self.dims.setdefault(name, len(self.dims))
        known = [(begin, after, self.dims.get(name)) for begin, after, name in end.marks]
        row = [number for mark in known if mark[2] is not None for number in mark]
        return [*end[:3], row] if row else [*end[:3]]

    def text(self) -> str:
        """Return all of it as JSON."""
        lines = sorted({*self.lines.executable, *self._ran()})
        known = {"lines": lines, "never": self.lines.never, "unseen": self.unseen}
        head = script_json({**known, "dims": list(self.dims)})
        return f'{head[:-1]},"cases":[{",".join(self.cases)}],"runs":{script_json(self.runs)}}}'

    def _ran(self) -> Iterator[int]:
        for text in self.cases:
            yield from json.loads(text)[0]


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
