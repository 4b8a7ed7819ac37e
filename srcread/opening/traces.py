"""A tour's recorded traces, condensed for its pages and kept in the cache.

Reading ninety traces costs more than the rest of a build in which one note was edited. What is kept
is known by the bytes of the traces and the scenarios, and of the source that they are shown beside.
A trace of another source or of another script is left out, with a warning; `srcread check` says
what is wrong with the lines that none runs.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcread.model import (
    CallSite,
    Diagnostic,
    Location,
    Position,
    Range,
    Scenario,
    Severity,
    Trace,
)
from srcread.opening.code import Code
from srcread.opening.tour import LockedTour, OpenTour
from srcread.site.scenarios import FunctionRuns, ShownScenario, TourRuns
from srcread.support.cache import Cache, cache_folder, cache_key
from srcread.support.files import read_plain

if TYPE_CHECKING:
    from srcread.site.runs.condense import KnownLines
    from srcread.site.runs.ends import Source

Findings = tuple[Diagnostic, ...]


def recordings(opened: OpenTour | LockedTour) -> tuple[TourRuns, Findings]:
    """Return a tour's recorded runs, and which traces are left out and why.

    There are none to show where the source is not at hand, for they stand at its lines.
    """
    folder, code = opened.tour.folder, opened.code
    if not isinstance(code, Code) or not (folder / "traces").is_dir():
        return TourRuns(), ()
    cache = Cache(cache_folder())
    key = _key(folder, code)
    if (data := cache.get(key)) is not None:
        try:
            return _load(json.loads(data))
        except (ValueError, TypeError, KeyError):
            pass  # damaged: worked out again
    runs, findings = _condensed(folder, code)
    cache.put(key, _dump(runs, findings))
    return runs, findings


def changed_symbol(code: Code, trace: Trace) -> str:
    """Return a function of a trace that is another now, or nothing; those not here do not count."""
    for whole, digest in trace.depends.symbols.items():
        name = whole.partition(".<locals>.")[0]
        symbol = code.graph.symbols.get(name)
        if symbol is not None and code.digest(symbol) != digest:
            return name
    return ""


def left_out(trace: Trace, code: Code, scripts: Mapping[str, str], path: str) -> Diagnostic | None:
    """Return why a trace is not used, if so: its source or its script is another now.

    `scripts` are the digests of the scenarios, as `scenario_digests` gives them.
    """
    hint = f"Run `srcread trace {trace.scenario}`."
    if changed := changed_symbol(code, trace):
        message = f"It was recorded of another {changed!r}, and is left out."
        return Diagnostic(path, 0, "TRAC006", message, hint, Severity.WARNING)
    if trace.scenario not in scripts:
        message = f"Its scenario {trace.scenario!r} cannot be read or is gone, and it is left out."
        hint = "Remove it, or put the scenario back."
        return Diagnostic(path, 0, "TRAC007", message, hint, Severity.WARNING)
    if trace.depends.script != scripts[trace.scenario]:
        message = f"Its scenario {trace.scenario!r} has changed since, and it is left out."
        return Diagnostic(path, 0, "TRAC007", message, hint, Severity.WARNING)
    return None


def scenario_digests(folder: Path) -> Mapping[str, str]:
    """Return the digests of a tour's scenarios by stem; of those that cannot be read, none."""
    from srcread.evidence.traces.scenario import read_scenario, scenario_paths

    read = [read_scenario(path)[0] for path in scenario_paths(folder)]
    return _digests(scenario for scenario in read if scenario is not None)


def _key(folder: Path, code: Code) -> str:
    paths = [*sorted((folder / "traces").glob("*")), *sorted((folder / "scenarios").glob("*"))]
    files = [(str(path), _sha256(path)) for path in paths]
    graph = code.graph
    return cache_key("runs", files, graph.entries, graph.order, sorted(graph.files.items()))


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(read_plain(path)).hexdigest()
    except OSError:  # a folder, a pipe, or gone: reading it as a trace says so
        return ""


def _condensed(folder: Path, code: Code) -> tuple[TourRuns, Findings]:
    from srcread.evidence.traces.files import read_traces, trace_path
    from srcread.evidence.traces.scenario import read_scenario, scenario_paths
    from srcread.evidence.traces.titles import read_titles
    from srcread.graph.observe import seen_calls
    from srcread.site.runs.condense import condense, ordered

    traces, unusable = read_traces(folder)
    read = [read_scenario(path) for path in scenario_paths(folder)]
    scenarios = {scenario.stem: scenario for scenario, _ in read if scenario is not None}
    digests = _digests(scenarios.values())
    kept, stale = [], []
    for trace in traces:
        path = trace_path(folder, trace.scenario, trace.environment.device.kind)
        if (finding := left_out(trace, code, digests, str(path))) is not None:
            stale.append(finding)
        else:
            kept.append(trace)
    titles, untitled = read_titles(folder, scenarios)
    runs = ordered(kept, scenarios, _entry_functions(code), titles)
    functions = (
        condense(runs, code.graph.order, _source(code), _lines(folder, code)) if runs else {}
    )
    found = TourRuns(
        scenarios=tuple(scenario for scenario, _ in runs),
        functions={name: FunctionRuns(text) for name, text in functions.items()},
        seen=seen_calls(code.graph, kept),
    )
    return found, (*unusable, *stale, *untitled)


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


def _source(code: Code) -> Callable[[str], Source]:
    from srcread.site.data.function import source_lines
    from srcread.site.runs.ends import Source

    files: dict[str, list[str]] = {}

    def source(name: str) -> Source:
        symbol, defined = code.graph.symbols[name], code.index.defined(name)
        place = f"{symbol.distribution}:{symbol.path}"
        if place not in files:
            files[place] = source_lines(code.sources.read(symbol.distribution, symbol.path))
        node = defined.node if defined is not None else None
        node = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
        return Source(node, files[place], symbol.range.first_line)

    return source


def _lines(folder: Path, code: Code) -> Callable[[str], KnownLines]:
    """Return what tells a function's lines: where statements begin, and reasons in lines.toml."""
    from srcread.opening.coverage import executable_lines, read_wanted
    from srcread.site.runs.condense import KnownLines

    reasons: dict[str, list[tuple[int, str, str]]] = {}
    for row in read_wanted(folder)[0].unreached:
        place = code.locate(row.anchor, code)
        if isinstance(place, Location):
            span = range(place.range.first_line, place.range.last_line + 1)
            known = reasons.setdefault(place.symbol.name, [])
            known += [(line, row.reason, row.why) for line in span]

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
