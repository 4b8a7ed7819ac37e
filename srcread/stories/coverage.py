"""The story of `coverage`: which functions of a tour have notes, which ran, and what is missing.

A function counts as *noted* if a note has a place in it, and as *run* if a scenario entered it. Of
its executable lines those are noted that lie in a note's place: a note about a whole function notes
all of them. Functions without a note are listed by the number of places that call them: what many
places rely on is worth a note before what one place does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from srcread.errors import FindingsError
from srcread.model import CallGraph, Diagnostic, Location
from srcread.opening.coverage import executable_lines
from srcread.opening.tour import LockedTour, OpenTour, has_sources, tour_folders, try_open_tour
from srcread.opening.traces import scenario_digests, usable_traces

FORMAT = 1
MOST = 20
"""How many functions without a note are listed, unless all are asked for."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CoveredFunction:
    """A walked function: how many calls lead to it, its notes, and its executable lines.

    `noted` and `run` count lines among `lines`. All three are None where the source is not here,
    and `run` and `entered` also where the tour has no trace that can be used.
    """

    symbol: str
    path: str
    line: int
    calls: int
    notes: tuple[str, ...]
    lines: int | None = None
    noted: int | None = None
    run: int | None = None
    entered: bool | None = None


@dataclass(frozen=True, slots=True)
class TourCoverage:
    """The functions of a tour in the order of reading, and what kept some of them uncounted."""

    tour: str
    title: str
    functions: tuple[CoveredFunction, ...]
    findings: tuple[Diagnostic, ...] = field(default=(), compare=False)

    @property
    def missing(self) -> tuple[CoveredFunction, ...]:
        """The functions without a note, most called first; then in the order of reading."""
        bare = [item for item in self.functions if not item.notes]
        return tuple(sorted(bare, key=lambda item: -item.calls))


def cover(
    name: str, *, annotations: Path | None = None, progress: Progress | None = None
) -> TourCoverage:
    """Count what the notes and the scenarios of a tour cover.

    Raises:
        FindingsError: the tour cannot be opened; the error holds why.
        NotFoundError: there is no such tour.
    """
    folder = tour_folders([name], annotations)[0]
    opened, findings = try_open_tour(folder, progress=progress)
    if opened is None:
        raise FindingsError(findings)
    return covered(opened)


def covered(opened: OpenTour | LockedTour) -> TourCoverage:
    """Count what the notes and the scenarios of an open tour cover."""
    graph, tour = opened.code.graph, opened.tour
    places: dict[str, list[tuple[str, Location]]] = {}
    for step in tour.steps:
        for place in step.locations:
            places.setdefault(place.symbol.name, []).append((step.note.stem, place))
    calls = _calls(graph)
    ran, findings = _ran(opened)
    functions = []
    for symbol in (graph.symbols[name] for name in graph.order):
        here = places.get(symbol.name, [])
        item = CoveredFunction(
            symbol.name,
            symbol.path,
            symbol.line,
            calls[symbol.name],
            tuple(dict.fromkeys(stem for stem, _ in here)),
            **_lines(opened, symbol.name, [place for _, place in here], ran),
        )
        functions.append(item)
    return TourCoverage(tour.name, tour.title, tuple(functions), findings)


def coverage_lines(found: TourCoverage, most: int | None = MOST) -> Iterator[str]:
    """Yield what is covered as text, and at most so many functions without a note."""
    yield f"{found.title} ({found.tour})"
    yield f"  {_share([bool(item.notes) for item in found.functions])} functions have a note."
    entered = [item.entered for item in found.functions if item.entered is not None]
    if entered:
        yield f"  {_share(entered)} functions ran in a scenario."
    counted = [item for item in found.functions if item.lines is not None]
    lines = sum(item.lines or 0 for item in counted)
    if lines:
        noted = sum(item.noted or 0 for item in counted)
        yield f"  {_part(noted, lines)} lines stand in a note's place."
        if entered:
            yield f"  {_part(sum(item.run or 0 for item in counted), lines)} lines ran."
    missing = found.missing
    if not missing:
        yield "Every function has a note."
        return
    shown = missing[:most] if most is not None else missing
    yield "Without a note, most called first:"
    yield from _table(shown)
    if len(shown) < len(missing):
        yield f"  and {len(missing) - len(shown)} more: --all lists them."
    yield f"Begin a note: srcread new {shown[0].symbol} --tour {found.tour}"


def coverage_json(found: TourCoverage) -> dict[str, Any]:
    """Return what is covered as plain JSON values, each function with its counts."""
    functions = [asdict(item) for item in found.functions]
    return {"format": FORMAT, "tour": found.tour, "title": found.title, "functions": functions}


def _calls(graph: CallGraph) -> Counter[str]:
    """Return how many places call each function: one place counts once, whatever its ways."""
    sites = {(edge.site, edge.callee) for edge in graph.edges if edge.callee is not None}
    return Counter(callee for _, callee in sites if callee is not None)


def _ran(
    opened: OpenTour | LockedTour,
) -> tuple[dict[str, set[int]] | None, tuple[Diagnostic, ...]]:
    """Return the lines that ran in each function that was entered, as offsets from its first."""
    if not has_sources(opened):
        return None, ()
    folder = opened.tour.folder
    traces, findings = usable_traces(folder, opened.code, scenario_digests(folder))
    if not traces:
        return None, findings
    ran: dict[str, set[int]] = {}
    for case in (case for trace in traces for case in trace.cases):
        ran.setdefault(case.symbol, set()).update(place.line for place in case.ran)
    return ran, findings


def _lines(
    opened: OpenTour | LockedTour,
    name: str,
    places: Sequence[Location],
    ran: dict[str, set[int]] | None,
) -> dict[str, Any]:
    if not has_sources(opened):
        return {}
    executable = executable_lines(opened.code.index, name)
    noted: set[int] = set()
    for place in places:
        first = place.symbol.range.first_line
        noted.update(range(place.range.first_line - first, place.range.last_line - first + 1))
    counts: dict[str, Any] = {"lines": len(executable), "noted": len(executable & noted)}
    if ran is not None:
        counts |= {"run": len(executable & ran.get(name, set())), "entered": name in ran}
    return counts


def _share(flags: Sequence[bool]) -> str:
    return _part(sum(flags), len(flags))


def _part(number: int, whole: int) -> str:
    return f"{number:,} of {whole:,}"


def _table(items: Sequence[CoveredFunction]) -> Iterator[str]:
    with_runs = any(item.entered is not None for item in items)
    yield f"  calls  lines  {'ran  ' if with_runs else ''}function"
    for item in items:
        lines = "" if item.lines is None else f"{item.lines}"
        ran = f"{'yes' if item.entered else 'no':3}  " if with_runs else ""
        yield f"  {item.calls:5}  {lines:>5}  {ran}{item.symbol}  {item.path}:{item.line}"
