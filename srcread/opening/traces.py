"""A tour's recorded traces, condensed for its pages and kept in the cache.

Reading ninety traces costs more than the rest of a build in which one note was edited. What is kept
is known by the bytes of the traces and the scenarios, and of the source that they are shown beside.
A trace of another version, source or script is left out, with a warning: what it saw of operators
and kernels is another version's even where the functions are the same. `srcread check` says so,
too, and what is wrong with the lines that none runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcread.evidence.elsewhere import other_versions, unpinned
from srcread.evidence.sentences import say
from srcread.model import (
    CallSite,
    Diagnostic,
    Environment,
    Location,
    Position,
    Range,
    Reason,
    ReasonCode,
    Scenario,
    Severity,
    Trace,
)
from srcread.opening.code import Code
from srcread.opening.maps import recorded_maps, source_of, static_maps
from srcread.opening.tour import LockedTour, OpenTour
from srcread.site.blocks import map_json, map_of
from srcread.site.scenarios import FunctionRuns, ShownScenario, TourRuns
from srcread.support.cache import Cache, cache_folder, cache_key
from srcread.support.files import read_plain
from srcread.support.forks import Fork, ForkLostError, may_fork

if TYPE_CHECKING:
    from srcread.site.runs.condense import KnownLines

Findings = tuple[Diagnostic, ...]


class Ahead:
    """Condenses the traces of tours in forks, while notes are read: `begin` is for a tour's code.

    What one process would work out itself comes out of this; of `jobs` processes one is this. To be
    used as a context, which leaves no fork behind.
    """

    def __init__(self, jobs: int) -> None:
        self._most = jobs - 1 if may_fork() else 0
        self._forks: dict[Path, Fork[bytes]] = {}

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *error: object) -> None:
        for fork in self._forks.values():
            fork.end()

    def begin(self, folder: Path, code: Code) -> None:
        """Begin with the tour of a folder, where there is a process for it and work to do."""
        has_traces = (folder / "traces").is_dir()
        if len(self._forks) < self._most and has_traces and not _is_kept(folder, code):
            self._forks[folder] = Fork(lambda: _dump(*_condensed(folder, code)))

    @property
    def is_at_work(self) -> bool:
        """Whether there is something to wait for."""
        return any(not fork.is_done for fork in self._forks.values())

    def condensed(self, folder: Path, code: Code) -> bytes:
        """Return a tour's condensed traces, worked out here where no fork has done it."""
        try:
            fork = self._forks.get(folder)
            return fork.result() if fork is not None else _dump(*_condensed(folder, code))
        except ForkLostError:
            return _dump(*_condensed(folder, code))


def recordings(
    opened: OpenTour | LockedTour, ahead: Ahead | None = None
) -> tuple[TourRuns, Findings]:
    """Return a tour's recorded runs, and which traces are left out and why.

    What was begun `ahead` is waited for.

    There are none to show where the source is not at hand, for they stand at its lines. Where there
    are none, the graph has maps all the same.
    """
    folder, code = opened.tour.folder, opened.code
    if not isinstance(code, Code):
        return TourRuns(), ()
    if not (folder / "traces").is_dir():
        return TourRuns(maps=static_maps(code)), ()
    cache = Cache(cache_folder())
    key = _key(folder, code)
    if (data := cache.get(key)) is not None:
        try:
            return _load(json.loads(data))
        except (ValueError, TypeError, KeyError):
            pass  # damaged: worked out again
    data = (ahead or Ahead(1)).condensed(folder, code)
    cache.put(key, data)
    return _load(json.loads(data))


def changed_symbol(code: Code, trace: Trace) -> str:
    """Return a function of a trace that is another now, or nothing; those not here do not count."""
    for whole, digest in trace.depends.symbols.items():
        name = whole.partition(".<locals>.")[0]
        symbol = code.graph.symbols.get(name)
        if symbol is not None and code.digest(symbol) != digest:
            return name
    return ""


def other_version(where: Environment, versions: Mapping[str, str | None]) -> str:
    """Say what ran in an environment, and what was to run, where these differ, or nothing.

    A distribution without a version is whatever runs.
    """
    pinned = {name: version for name, version in versions.items() if version is not None}
    names = unpinned(where, pinned)
    if not names:
        return ""
    values = {
        "versions": other_versions(where, pinned),
        "own": tuple(f"{name} {pinned[name]}" for name in names),
    }
    return say(Reason(ReasonCode.OTHER_VERSION, values))


def other_code(trace: Trace, code: Code, path: str) -> Diagnostic | None:
    """Return that a trace is of another version or source than this, if so.

    Of the distributions those count of which both know a version: not every trace is of this tour.
    """
    hint = f"Run `srcread trace {trace.scenario}`."
    ran = trace.environment.distributions
    versions = {item.name: item.version for item in code.distributions if item.name in ran}
    if other := other_version(trace.environment, versions):
        message = f"{other[0].upper()}{other[1:]}, so it is left out."
        return Diagnostic(path, 0, "TRAC008", message, hint, Severity.WARNING)
    if changed := changed_symbol(code, trace):
        message = f"It was recorded of another {changed!r}, and is left out."
        return Diagnostic(path, 0, "TRAC006", message, hint, Severity.WARNING)
    return None


def left_out(trace: Trace, code: Code, scripts: Mapping[str, str], path: str) -> Diagnostic | None:
    """Return why a trace is not used, if so: its version, source or script is another now.

    `scripts` are the digests of the scenarios, as `scenario_digests` gives them.
    """
    if (problem := other_code(trace, code, path)) is not None:
        return problem
    hint = f"Run `srcread trace {trace.scenario}`."
    if trace.scenario not in scripts:
        message = f"Its scenario {trace.scenario!r} cannot be read or is gone, and it is left out."
        hint = "Remove it, or put the scenario back."
        return Diagnostic(path, 0, "TRAC007", message, hint, Severity.WARNING)
    if trace.depends.script != scripts[trace.scenario]:
        message = f"Its scenario {trace.scenario!r} has changed since, and it is left out."
        return Diagnostic(path, 0, "TRAC007", message, hint, Severity.WARNING)
    return None


def usable_traces(
    folder: Path, code: Code, scripts: Mapping[str, str]
) -> tuple[tuple[Trace, ...], Findings]:
    """Return the traces of a tour that are of its code and scenarios, and why others are not."""
    from srcread.evidence.traces.files import read_traces, trace_path

    traces, unusable = read_traces(folder)
    kept, findings = [], list(unusable)
    for trace in traces:
        path = trace_path(folder, trace.scenario, trace.environment.device.kind)
        problem = left_out(trace, code, scripts, str(path))
        if problem is None:
            kept.append(trace)
        else:
            findings.append(problem)
    return tuple(kept), tuple(findings)


def scenario_digests(folder: Path) -> Mapping[str, str]:
    """Return the digests of a tour's scenarios by stem; of those that cannot be read, none."""
    from srcread.evidence.traces.scenario import read_scenario, scenario_paths

    read = [read_scenario(path)[0] for path in scenario_paths(folder)]
    return _digests(scenario for scenario in read if scenario is not None)


def _is_kept(folder: Path, code: Code) -> bool:
    return Cache(cache_folder()).get(_key(folder, code)) is not None


def _key(folder: Path, code: Code) -> str:
    paths = [*sorted((folder / "traces").glob("*")), *sorted((folder / "scenarios").glob("*"))]
    files = [(str(path), _sha256(path)) for path in paths]
    graph, versions = code.graph, [(item.name, item.version) for item in code.distributions]
    return cache_key(
        "runs", files, versions, graph.entries, graph.order, sorted(graph.files.items())
    )


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(read_plain(path)).hexdigest()
    except OSError:  # a folder, a pipe, or gone: reading it as a trace says so
        return ""


def _condensed(folder: Path, code: Code) -> tuple[TourRuns, Findings]:
    from srcread.evidence.traces.scenario import read_scenario, scenario_paths
    from srcread.evidence.traces.titles import read_titles
    from srcread.graph.observe import seen_calls
    from srcread.site.runs.condense import condense, ordered

    read = [read_scenario(path) for path in scenario_paths(folder)]
    scenarios = {scenario.stem: scenario for scenario, _ in read if scenario is not None}
    kept, findings = usable_traces(folder, code, _digests(scenarios.values()))
    titles, untitled = read_titles(folder, scenarios)
    runs = ordered(kept, scenarios, _entry_functions(code), titles)
    functions = (
        condense(runs, code.graph.order, source_of(code), _lines(folder, code)) if runs else {}
    )
    found = TourRuns(
        scenarios=tuple(scenario for scenario, _ in runs),
        functions={name: FunctionRuns(text) for name, text in functions.items()},
        seen=seen_calls(code.graph, kept),
        maps=recorded_maps(code, runs),
    )
    return found, (*findings, *untitled)


def _digests(scenarios: Iterable[Scenario]) -> Mapping[str, str]:
    return {
        one.stem: hashlib.sha256(one.text.encode("utf-8", "surrogatepass")).hexdigest()
        for one in scenarios
    }


def _entry_functions(code: Code) -> list[str]:
    entries = code.graph.entries
    return [
        name
        for name in code.graph.order
        if name.startswith(tuple(f"{e}." for e in entries)) or name in entries
    ]


def _lines(folder: Path, code: Code) -> Callable[[str], KnownLines]:
    """Return what tells a function's lines: where statements begin, and reasons in lines.toml."""
    from srcread.opening.coverage import executable_lines, read_wanted
    from srcread.site.runs.condense import KnownLines

    reasons: dict[str, list[tuple[int, str, Mapping[str, str]]]] = {}
    for row in read_wanted(folder)[0].unreached:
        place = code.locate(row.anchor, code)
        if isinstance(place, Location):
            span = range(place.range.first_line, place.range.last_line + 1)
            known = reasons.setdefault(place.symbol.name, [])
            known += [(line, row.reason, row.whys) for line in span]

    def lines(name: str) -> KnownLines:
        first = code.graph.symbols[name].range.first_line
        executable = sorted(offset + first for offset in executable_lines(code.index, name))
        return KnownLines(executable, reasons.get(name, ()))

    return lines


def _dump(runs: TourRuns, findings: Findings) -> bytes:
    values = {
        "scenarios": runs.scenarios,
        "functions": {name: one.text for name, one in runs.functions.items()},
        "seen": [_call(site, callee) for site, callee in runs.seen],
        "maps": [map_json(one) for one in runs.maps],
        "findings": [
            [one.path, one.line, one.code, one.message, one.hint, one.severity.value]
            for one in findings
        ],
    }
    return json.dumps(values, separators=(",", ":")).encode()


def _load(values: Mapping[str, Any]) -> tuple[TourRuns, Findings]:
    runs = TourRuns(
        scenarios=tuple(ShownScenario(*row) for row in values["scenarios"]),
        functions={name: FunctionRuns(text) for name, text in values["functions"].items()},
        seen=tuple(_seen(*row) for row in values["seen"]),
        maps=tuple(map_of(row) for row in values["maps"]),
    )
    return runs, tuple(_finding(*row) for row in values["findings"])


def _finding(path: str, line: int, code: str, message: str, hint: str, severity: str) -> Diagnostic:
    return Diagnostic(path, line, code, message, hint, Severity(severity))


def _call(site: CallSite, callee: str) -> list[object]:
    start, end = site.range.start, site.range.end
    return [site.caller, start.line, start.column, end.line, end.column, callee]


def _seen(
    caller: str, line: int, column: int, end_line: int, end_column: int, callee: str
) -> tuple[CallSite, str]:
    place = Range(Position(line, column), Position(end_line, end_column))
    return CallSite(caller, place), callee
