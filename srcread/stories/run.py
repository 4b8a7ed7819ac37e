"""The story of `read --run`: a script of the reader's runs twice, and the site shows what it did.

    read the entry ─> run the script: which functions run, who calls whom
    walk once more, into what reading had not found ─> watch those functions in a second run
    cut the graph to what ran ─> the site, with the run at the lines

Nothing of it is evidence: the pages say whose run it was.
"""

from __future__ import annotations

import contextlib
import shlex
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from srcread.errors import SrcreadError
from srcread.evidence.traces.content import trace_of
from srcread.graph.idioms import extended_idioms
from srcread.graph.limits import NO_LIMITS, Limits
from srcread.graph.observe import SEEN, cut_to, seen_calls
from srcread.graph.seen import SeenCalls
from srcread.index import Index
from srcread.model import OWN_ORIGINS, Scenario, ScenarioGroup, Tour, Trace
from srcread.opening.code import Code, defining_modules
from srcread.opening.entry import Asked, open_entry
from srcread.opening.maps import recorded_maps, source_of, static_maps
from srcread.opening.meaning import Entry
from srcread.opening.ran import RanCalls, ran_calls, roots_of
from srcread.opening.traces import other_version
from srcread.running.auto import Made
from srcread.running.plan import OwnFiles
from srcread.running.reading import (
    Interpreter,
    RunSettings,
    Script,
    Watched,
    discover,
    imported,
    watch,
)
from srcread.site import OWN_RUN, Theme, TourView, tour_folder
from srcread.site.runs.condense import KnownLines, condense, ordered
from srcread.site.scenarios import FunctionRuns, MadeSmall, OwnRun, TourRuns
from srcread.sources import interpreter_of
from srcread.stories.auto import Auto, made_by_rules, made_small
from srcread.stories.build import Built, publish_views
from srcread.stories.scripts import main_part, module_at, own_files, text_of, title_of
from srcread.stories.trace import watched
from srcread.support.resources import resources

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RanSite:
    """A site of what ran, and what is told of the run.

    `added` are functions that reading had not found, `unknown` those that ran and have no text.
    `made` is the model that was made by rules, where it was, and `kept` the file with its script;
    `failed` names what could not be imported for both runs at once, and why.
    """

    built: Built
    run: OwnRun
    added: tuple[str, ...]
    unknown: tuple[str, ...]
    made: Made | None = None
    kept: Path | None = None
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScriptToRun:
    """A script of the reader's, with its arguments, and what else it may read.

    Where there is an `auto`, the script is made by rules, and the path is where it is kept.
    """

    path: Path
    arguments: tuple[str, ...] = ()
    data: tuple[Path, ...] = ()
    auto: Auto | None = None


def read_run(
    entry: str,
    script: ScriptToRun,
    out: Path,
    *,
    idioms: Sequence[Path] = (),
    settings: RunSettings | None = None,
    python: Path | None = None,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
) -> RanSite:
    """Build a site of what a script runs below an entry.

    `python` is the environment that is read and run, as `sources.search_path` takes it.

    Raises:
        SrcreadError: there is no such entry or script, it fails, or it runs nothing of the entry.
    """
    asked = replace(settings or RunSettings(), python=interpreter_of(python))
    with contextlib.closing(_Reading(script, idioms, asked, progress)) as reading:
        code, tour = open_entry(
            entry,
            idioms=idioms,
            progress=progress,
            python=python,
            limits=limits,
            run=reading.ask,
        )
        seen = reading.watch(code)
    return _published(code, tour, reading, seen, out, progress)


class _Reading:
    """One script on its way: what is known of its run before the walk, and what behind it."""

    def __init__(
        self,
        script: ScriptToRun,
        idioms: Sequence[Path],
        settings: RunSettings,
        progress: Progress | None,
    ) -> None:
        self.script, self.settings = script.path, settings
        self._asked = script
        self._text = text_of(script.path) if script.auto is None else ""
        self._interpreter: Interpreter | None = None
        self.made: Made | None = None
        self.kept: Path | None = None
        self._plumbing = sorted(extended_idioms(tuple(idioms)).call_dispatches_to)
        self._progress = progress

    def ask(self, index: Index, entry: Entry) -> Asked:
        """Run the script before the walk, and say what that is to look at beside."""
        began = time.monotonic()
        distributions, ours = index.sources.distributions, entry.distribution
        if ours.notebook:
            raise SrcreadError(
                f"A script cannot import from {ours.notebook!r}. Write the notebook's code into a "
                f"file, and name that: jupyter nbconvert --to script {shlex.quote(ours.notebook)}"
            )
        versions = {item.name: item.version for item in distributions}
        pinned = tuple(name for name, version in versions.items() if version is not None)
        self.settings = replace(self.settings, distributions=pinned)
        self.job = self._job(
            own_files(self.script, self._asked.arguments, self._asked.data, ours), index, entry
        )
        _tell(self._progress, f"running {self.script.name}")
        roots = roots_of(distributions), roots_of([ours])
        self.found = discover(self._runs(), self.job, *roots, self._plumbing)
        if other := other_version(self.found.environment, versions):
            raise SrcreadError(
                f"{other[0].upper()}{other[1:]}. Give --python the environment to be read and run."
            )
        found = self.found
        self.ran = ran_calls(index, found.functions, found.calls, found.entered)
        called = tuple(dict.fromkeys(_called(self.ran, index, entry)))
        if not called:
            name = self.script.name
            raise SrcreadError(
                f"{name} ran, and called nothing of {entry.title!r}: name what it does."
            )
        further = tuple(one for name in called if (one := _as_entry(index, name)))
        packages = frozenset(ours.packages if ours.origin in OWN_ORIGINS else ())
        seen = SeenCalls(self.ran.calls, packages, self.ran.functions)
        return Asked(further, seen, time.monotonic() - began)

    def _job(self, own: OwnFiles, index: Index, entry: Entry) -> Script:
        """Return the script to run, having made it where it is to be made by rules."""
        if self._asked.auto is not None:
            module, _, name = entry.names[0].partition(":")
            package, _, last = module.rpartition(".")
            wanted = f"from {package} import {last}" if package and not name else f"import {module}"
            self._start(Script(f"import torch\n{wanted}", "", own))
            _tell(self._progress, f"making a small {name or module}")
            self.made, self.kept = made_by_rules(self._asked.auto, entry, self._runs(), self.script)
            return Script(self.made.script, title_of(self.made.script, self.script), own)
        text, title = self._text, title_of(self._text, self.script)
        if (module_here := module_at(self.script, index, entry)) is not None:
            text = main_part(text, module_here, self.script)
        job = Script(text, title, own)
        self._start(job)
        return job

    def _start(self, job: Script) -> None:
        self._interpreter = Interpreter(job.own, imported(job), self.settings)

    def _runs(self) -> Interpreter:
        assert self._interpreter is not None
        return self._interpreter

    @property
    def made_small(self) -> MadeSmall | None:
        """How rules made the model small, if they made it."""
        auto = self._asked.auto
        return None if auto is None or self.made is None else made_small(self.made, auto.sizes)

    @property
    def failed(self) -> Mapping[str, str]:
        """What could not be imported for both runs at once, and why."""
        return self._runs().failed

    def close(self) -> None:
        """End the interpreter that was kept for both runs."""
        if self._interpreter is not None:
            self._interpreter.close()

    def watch(self, code: Code) -> Watched:
        """Run the script once more, with the functions watched that were walked and ran."""
        units = {f"{unit['module']}.{unit['name']}": unit for unit in watched(code)}
        units = {name: unit for name, unit in units.items() if name in self.ran.functions}
        digests = {
            name: code.digest(symbol) for name in units if (symbol := code.symbol(name)) is not None
        }
        _tell(self._progress, f"running {self.script.name}, {len(units)} functions are watched")
        date = datetime.now(UTC).date().isoformat()
        listed = list(units.values())
        return watch(self._runs(), self.job, listed, self.found, digests=digests, date=date)


def _called(ran: RanCalls, index: Index, entry: Entry) -> Iterator[str]:
    """Yield what the script called of what is read: the tops of the tree.

    Of files of one's own that is all. Of a package it is what is defined beside an entry, and what
    is called on an object whose class is: a script does more with a framework than a reader asks.
    """
    beside = {module for name in entry.names for module in defining_modules(index, name)}
    for name, of in ran.by_script:
        module = index.module_of(name)
        near = of in beside or (module is not None and module.name in beside)
        if ".<locals>." not in name and (entry.distribution.origin in OWN_ORIGINS or near):
            yield name


def _published(
    code: Code,
    tour: Tour,
    reading: _Reading,
    seen: Watched,
    out: Path,
    progress: Progress | None,
) -> RanSite:
    found, ran = reading.found, reading.ran
    trace = trace_of(seen.content)
    roots = tuple(dict.fromkeys(trace.cases[number].symbol for number in trace.roots))
    shown = {case.symbol for case in trace.cases} | set(trace.untraced)
    static = {edge.callee for edge in code.graph.edges if edge.reason != SEEN}
    seen_here = seen_calls(code.graph, [trace])
    code.graph = cut_to(code.graph, seen_here, shown, roots, ran.functions)
    order = code.graph.order
    packages = {name.partition(".")[0] for name in order}
    idle = [name for name in found.made if name.partition(".")[0] in packages]
    own = OwnRun(
        script=reading.script.name,
        functions=len(order),
        cases=len(trace.cases),
        computing=tuple(sorted(_computing(trace))),
        idle=tuple(sorted(set(idle) - set(found.called))),
        left_out=seen.left_out,
        differences=seen.differences,
        made=reading.made_small,
    )
    view = TourView(
        tour,
        code.graph,
        {},
        code.distributions,
        code.sources.read,
        runs=_recorded(code, trace, reading.job, roots)._replace(own=own),
    )
    built = publish_views([view], out, Theme([resources("templates")], OWN_RUN), progress)
    start = out / tour.languages[0] / tour_folder(view) / "index.html"
    return RanSite(
        built=replace(built, distributions=code.distributions, graph=code.graph, start=start),
        run=own,
        added=tuple(name for name in order if name not in static and name not in roots),
        unknown=ran.unknown,
        made=reading.made,
        kept=reading.kept,
        failed=reading.failed,
    )


def _recorded(code: Code, trace: Trace, job: Script, roots: Sequence[str]) -> TourRuns:
    """Return a trace as the pages show one, as that of the only scenario."""
    path = Path(job.own["script"])
    scenario = Scenario(trace.scenario, path, job.title, ScenarioGroup.READING, False, job.text)
    ((shown, _),) = ordered([trace], {trace.scenario: scenario}, roots)
    shown = shown._replace(versions=f"{path.name}, {trace.date}, {shown.versions}")
    runs = [(shown, trace)]
    functions = condense(runs, code.graph.order, source_of(code), _lines(code))
    return TourRuns(
        scenarios=(shown,),
        functions={name: FunctionRuns(text) for name, text in functions.items()},
        maps=recorded_maps(code, runs) or static_maps(code),
    )


def _computing(trace: Trace) -> set[str]:
    """Return the functions in whose calls, or those below, an operator ran."""
    computes: list[bool] = []
    for case in trace.cases:  # a callee stands before its caller
        called = (computes[callee] for calls in case.calls.values() for callee, _ in calls)
        computes.append(any(case.operations.values()) or any(called))
    return {case.symbol for case, does in zip(trace.cases, computes, strict=True) if does}


def _lines(code: Code) -> Callable[[str], KnownLines]:
    from srcread.opening.coverage import executable_lines

    def lines(name: str) -> KnownLines:
        first = code.graph.symbols[name].range.first_line
        executable = sorted(offset + first for offset in executable_lines(code.index, name))
        return KnownLines(executable, ())

    return lines


def _as_entry(index: Index, name: str) -> str:
    """Return a function as an entry; empty for one that no text names alone."""
    module = index.module_of(name)
    if module is None or "~" in name:
        return ""
    return f"{module.name}:{name[len(module.name) + 1 :]}"


def _tell(progress: Progress | None, words: str) -> None:
    if progress is not None:
        progress(words)
