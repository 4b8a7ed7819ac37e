"""The story of `trace`: run a tour's scenarios, watch the functions of its graph, record traces.

What is watched are the functions that the static graph walks. A scenario whose run is changed by
the watching, or that fails, gets no trace and says why; its old trace stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from srcread.errors import FindingsError, NotFoundError, SrcreadError, did_you_mean
from srcread.evidence.traces.content import trace_of
from srcread.evidence.traces.files import read_traces, record_trace, trace_path
from srcread.evidence.traces.scenario import read_scenario, scenario_paths
from srcread.graph.observe import observe
from srcread.model import CallGraph, Diagnostic, Scenario, SymbolKind, Trace
from srcread.notes.format.tourfile import NAME
from srcread.opening.code import Code
from srcread.opening.coverage import LineCoverage, lines_run, read_wanted
from srcread.opening.tour import OpenTour, open_tour, tour_folders, tours_here
from srcread.opening.traces import other_code, other_version
from srcread.running.own import own_files_of
from srcread.running.plan import DEFAULT_LIMITS, LEVELS, RunLimits
from srcread.running.targets.units import Unit, unit_of
from srcread.running.traces import Recorded, record
from srcread.support.resources import is_shipped, refuse_installed

_FUNCTIONS = (SymbolKind.FUNCTION, SymbolKind.METHOD)


@dataclass(frozen=True, slots=True)
class Traced:
    """One scenario on one device: its trace's cases, size and lines, or why there is none."""

    tour: str
    scenario: Scenario
    device: str
    problems: tuple[str, ...]
    cases: int = 0
    bytes: int = 0
    lines: tuple[LineCoverage, ...] = ()
    changed: bool = False


def trace(
    names: Sequence[str],
    *,
    annotations: Path | None = None,
    devices: Sequence[str] = ("cpu",),
    python: Path | None = None,
    limits: RunLimits = DEFAULT_LIMITS,
    trust: bool = False,
    levels: Sequence[str] = LEVELS,
    records: Path | None = None,
    by: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Traced]:
    """Run these scenarios (`stem`, `tour/stem` or `tour`), or those of all tours here.

    Here is what it is for `confirm`. Each is yielded as it is recorded.
    Without `trust`, scenarios that srcread did not bring along run in a sandbox only. Of `levels`
    of confinement the first is taken that this machine has. The traces are written into the tours,
    or below the folder `records`, where they say to have been recorded `by` somebody.

    Raises:
        FindingsError: a scenario or tour.toml has errors; nothing was run.
        SrcreadError: there is no such scenario, its tour is not to be written, or the interpreter
            or device cannot be used.
    """
    date = datetime.now(UTC).date().isoformat()
    chosen = _chosen(names, annotations)
    if records is None:
        for folder in chosen:
            refuse_installed(folder)
    for folder, scenarios in chosen.items():
        opened = _opened(folder, progress)
        home = folder if records is None else records / opened.tour.name
        units = {f"{unit['module']}.{unit['name']}": unit for unit in watched(opened.code)}
        digests = {name: _digest(opened.code, name) for name in units}
        for device in devices:
            results = record(
                scenarios,
                list(units.values()),
                digests=digests,
                python=python,
                device=device,
                limits=limits,
                trusted=trust or is_shipped(folder),
                distributions=tuple(opened.tour.distributions),
                levels=levels,
                own=own_files_of(opened.code.distributions),
                date=date,
            )
            if progress is not None and scenarios:
                progress(f"running {scenarios[0].stem}")
            for number, result in enumerate(results, 1):
                yield _traced(opened, result, device, home, by)
                if progress is not None and number < len(scenarios):
                    progress(f"running {scenarios[number].stem}")


def _opened(folder: Path, progress: Callable[[str], None] | None) -> OpenTour:
    opened = open_tour(folder, words=False, progress=progress)
    errors = [
        item
        for item in opened.findings()
        if Path(item.path).name == NAME or item.code == "TOUR011"  # a link: it leads elsewhere
    ]
    if errors:
        raise FindingsError(errors)
    return opened


def watched(code: Code) -> Iterator[Unit]:
    """Yield the functions of a graph that a run can watch; functions inside come with theirs."""
    for name in code.graph.order:
        symbol = code.symbol(name)
        if symbol is None or symbol.kind not in _FUNCTIONS or ".<locals>." in name:
            continue
        try:
            yield unit_of(code.index, symbol)
        except NotFoundError:  # a script's: there is no module to import it from
            continue


def observed_graph(
    code: Code, annotations: Path | None = None
) -> tuple[CallGraph, tuple[Diagnostic, ...]]:
    """Merge what traces of the same source have recorded into a graph, of whatever tour they are.

    A trace of another version, or of which one function has another digest, is left out, with a
    warning.

    Raises:
        NotFoundError: the folder given does not exist.
    """
    kept: list[Trace] = []
    findings: list[Diagnostic] = []
    for folder in tour_folders([], annotations):
        traces, problems = read_traces(folder)
        findings += problems
        for item in traces:
            path = str(trace_path(folder, item.scenario, item.environment.device.kind))
            problem = other_code(item, code, path)
            if problem is not None:
                findings.append(problem)
            else:
                kept.append(item)
    return observe(code.graph, kept), tuple(findings)


def _chosen(names: Sequence[str], annotations: Path | None) -> dict[Path, list[Scenario]]:
    """Return the scenarios to run by tour.

    Raises:
        FindingsError: one of them cannot be read.
    """
    folders = tour_folders([], annotations) if names else tours_here(annotations)
    paths = {folder: scenario_paths(folder) for folder in folders}
    if names:
        whole = [folder for folder in folders if folder.name in names]
        tours = {folder.name for folder in whole}
        wanted = [_find(name, paths) for name in names if name not in tours]
        wanted += [path for folder in whole for path in paths[folder]]
        paths = {folder: [p for p in found if p in wanted] for folder, found in paths.items()}
    read = {folder: [read_scenario(path) for path in found] for folder, found in paths.items()}
    problems = [item for found in read.values() for _, items in found for item in items]
    if problems:
        raise FindingsError(problems)
    chosen = {folder: [one for one, _ in found if one] for folder, found in read.items()}
    if not any(chosen.values()):
        raise NotFoundError("No tour has a scenario. Write one: 'TOUR/scenarios/NAME.py'.")
    return {folder: scenarios for folder, scenarios in chosen.items() if scenarios}


def _find(name: str, paths: dict[Path, list[Path]]) -> Path:
    tour, _, stem = name.removesuffix(".py").replace("/scenarios/", "/").rpartition("/")
    every = {folder.name for folder in paths}
    if tour and Path(tour).name not in every:
        raise NotFoundError(f"There is no tour {tour!r}.{did_you_mean(tour, every)}")
    known = [
        path for folder, found in paths.items() for path in found
        if not tour or folder.name == Path(tour).name
    ]  # fmt: skip
    found = [path for path in known if path.stem == stem]
    if not found:
        stems = sorted({path.stem for path in known})
        hint = did_you_mean(stem, stems) or f" There are: {', '.join(stems) or 'none'}."
        raise NotFoundError(f"There is no scenario {name!r}.{hint}")
    if len(found) > 1:
        tours = ", ".join(f"{path.parent.parent.name}/{stem}" for path in found)
        raise SrcreadError(f"Several tours have a scenario {stem!r}. Say which: {tours}.")
    return found[0]


def _digest(code: Code, name: str) -> str:
    symbol = code.symbol(name)
    assert symbol is not None  # a unit was made of it
    return code.digest(symbol)


def _traced(opened: OpenTour, result: Recorded, device: str, home: Path, by: str | None) -> Traced:
    tour, scenario = opened.tour, result.scenario
    if result.content is None:
        return Traced(tour.name, scenario, device, result.problems)
    if other := other_version(trace_of(result.content).environment, tour.distributions):
        return Traced(tour.name, scenario, device, (other,))
    path = trace_path(home, scenario.stem, device)
    changed = record_trace(path, {**result.content, "by": by} if by else result.content)
    wanted, _ = read_wanted(tour.folder)
    return Traced(
        tour=tour.name,
        scenario=scenario,
        device=device,
        problems=(),
        cases=len(result.content["cases"]),
        bytes=path.stat().st_size,
        lines=lines_run(opened.code.index, wanted.functions, [trace_of(result.content)]),
        changed=changed,
    )
