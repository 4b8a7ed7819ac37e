"""The story of `confirm`: run snippets, judge their claims, record the evidence.

What runs are the snippets of the annotations, each in a process of its own with limits. Beside this
story only `trace` runs code, and `serve` where a reader presses Run; read source is imported by
nothing but these processes.

Snippets of the annotations that are installed with srcread are trusted as its own code is. All
others are other people's: nothing tells a folder that its reader wrote from one that he cloned.
They run in a sandbox, or where the reader has said that he trusts them.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from srcread.errors import FindingsError, NotFoundError
from srcread.evidence import evidence_path, read_evidence, record_run
from srcread.evidence.admission import why_not_written
from srcread.evidence.files import identity
from srcread.model import (
    Diagnostic,
    Evidence,
    Origin,
    Reason,
    Run,
    Severity,
    Standing,
    Step,
    SymbolKind,
)
from srcread.notes.equations import evaluated
from srcread.notes.format.tourfile import NAME
from srcread.opening.tour import OpenTour, open_tour
from srcread.running.batch import BatchSettings, record_jobs
from srcread.running.executed import Walked
from srcread.running.own import own_files_of
from srcread.running.plan import DEFAULT_LIMITS, LEVELS, GivenTrees, Job, RunLimits
from srcread.running.targets.targets import targets_of
from srcread.sources import stored_trees
from srcread.stories.chosen import chosen_notes
from srcread.support.resources import is_installed, is_shipped


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One note's run with its grade, its folder, and whether its evidence had to change.

    The folder is None for a tour that is a part of the installed srcread: nothing is written there.
    `refused` says why this run is no evidence and was not written, None if it is. `standing` is
    what the note's page will say, that of an archive once it is taken in.
    """

    tour: str
    stem: str
    run: Run
    home: Path | None
    recorded: bool
    refused: Reason | None
    standing: Standing


def confirm(
    notes: Sequence[str],
    *,
    annotations: Path | None = None,
    device: str = "cpu",
    python: Path | None = None,
    limits: RunLimits = DEFAULT_LIMITS,
    controls: bool = False,
    replace: bool = False,
    trust: bool = False,
    levels: Sequence[str] = LEVELS,
    records: Path | None = None,
    by: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Confirmed]:
    """Run the snippets of these notes (`stem`, `tour/stem` or `tour`), or of all tours here.

    Here is ./annotations or the folder given, and what came with srcread only where that is all
    there is: whoever wrote a tour wants that run, and no evidence written into another's. A shipped
    tour runs when it is named.

    Each run is recorded, and then yielded, as soon as it is done: an interrupt loses none of them.
    A run that is no evidence, as of an environment without the framework, is yielded unrecorded.
    Without `trust`, snippets that srcread did not bring along run in a sandbox only. Of `levels` of
    confinement the first is taken that this machine has. The evidence is written beside the notes,
    or below the folder `records`, where it says to have been recorded `by` somebody. What is
    installed with srcread is run, and not written.

    With `replace`, functions that the interpreter has in another version get the code of the tour's
    where they stand; evidence names them.

    With `controls`, run them against changes of the lines that they are about as well, where that
    is not recorded already.

    Raises:
        FindingsError: a tour has errors; nothing was run.
        SrcreadError: there is no such note, or the interpreter or device cannot be used.
    """
    date = datetime.now(UTC).date().isoformat()
    for folder, stems in chosen_notes(notes, annotations).items():
        opened = _opened(folder, stems, progress)
        steps = _steps(opened, stems)
        places = {step.note.stem: f"{n} of {len(steps)}" for n, step in enumerate(steps, 1)}
        settings = BatchSettings(
            trust or is_shipped(folder),
            python,
            device,
            limits,
            tuple(opened.tour.distributions),
            levels,
            _given(opened),
            own_files_of(opened.code.distributions),
            replace,
        )
        runs = record_jobs(
            [_job(opened, step) for step in steps],
            settings,
            date=date,
            controls=controls,
            known=[_own_runs(evidence_path(folder, step.note.stem)) for step in steps],
            walked=_walked(opened),
            progress=_telling(progress, opened.tour.name, places),
        )
        home = _home(folder) if records is None else records / opened.tour.name
        with contextlib.closing(runs):
            for step, run in zip(steps, runs, strict=True):
                run = dataclasses.replace(run, lock=opened.lock(step.note.stem), by=by)
                yield _recorded(opened, step, run, home)


def _opened(folder: Path, stems: Sequence[str], progress: Callable[[str], None] | None) -> OpenTour:
    opened = open_tour(folder, words=False, progress=progress)
    errors = [item for item in opened.findings() if _forbids(item, stems)]
    if errors:
        raise FindingsError(errors)
    return opened


def _home(folder: Path) -> Path | None:
    return None if is_installed(folder) else folder


def _telling(
    progress: Callable[[str], None] | None, tour: str, places: Mapping[str, str]
) -> Callable[[str], None]:
    def tell(stem: str) -> None:
        if progress is not None:
            place = f", {places[stem]}" if stem in places else ""
            progress(f"Running {tour}/{stem}{place}")

    return tell


def _steps(opened: OpenTour, stems: Sequence[str]) -> list[Step]:
    steps = [step for step in opened.tour.steps if not stems or step.note.stem in stems]
    for step in steps:
        if step.snippet is None and step.note.stem in stems:
            name = step.note.path.with_suffix(".py").as_posix()
            raise NotFoundError(f"{step.note.stem!r} has no snippet to run. Write {name!r}.")
    return [step for step in steps if step.snippet is not None]


def _forbids(item: Diagnostic, stems: Sequence[str]) -> bool:
    """Tell whether a finding forbids to run these notes: one about another note does not."""
    if item.code == "TOUR011":  # a link: evidence would be written where it leads
        return True
    if item.severity is not Severity.ERROR or item.code.startswith("EVID"):
        return False
    about = PurePath(item.path).name.split(".")[0]
    return not stems or about in (*stems, PurePath(NAME).stem)


def _given(opened: OpenTour) -> GivenTrees:
    """Return the source trees for a tour of what is only in git, in all versions that are here."""
    own = {item.name: item for item in opened.code.distributions if item.origin is Origin.GIT}
    trees = {key: tree for name in own for key, tree in stored_trees(name).items()}
    return {
        "trees": {key: (str(tree.root), tree.revision or "") for key, tree in trees.items()},
        "versions": {name: str(item.version) for name, item in own.items()},
    }


def _recorded(opened: OpenTour, step: Step, run: Run, home: Path | None) -> Confirmed:
    """Record a run if it is evidence, and say how the note stands then."""
    tour, stem = opened.tour, step.note.stem
    runs = _runs(evidence_path(tour.folder, stem))
    refused = why_not_written(run, tour.distributions, Evidence(stem, runs))
    recorded = False
    if home is not None and refused is None:
        recorded = record_run(evidence_path(home, stem), run)
        there = _runs(evidence_path(home, stem))
        known = {identity(one) for one in there}
        runs = (*there, *(one for one in runs if identity(one) not in known))
    standing = opened.standing(step, Evidence(stem, runs))
    return Confirmed(tour.name, stem, run, home, recorded, refused, standing)


def _own_runs(path: Path) -> tuple[Run, ...]:
    """Return the runs whose controls may be kept: those of an import are not of this machine."""
    return tuple(run for run in _runs(path) if run.imported is None)


def _runs(path: Path) -> tuple[Run, ...]:
    evidence, _ = read_evidence(path)
    return evidence.runs if evidence else ()


def _walked(opened: OpenTour) -> Walked:
    """Return the functions of the tour's graph, and the symbols at which its notes stand."""
    code = opened.code
    symbols = {
        symbol.name: symbol
        for symbol in code.graph.symbols.values()
        if symbol.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD)
    }
    for step in opened.tour.steps:
        symbols |= {location.symbol.name: location.symbol for location in step.locations}
    modules = {
        name: module
        for name, symbol in symbols.items()
        if (module := code.sources.read(symbol.distribution, symbol.path).module)
    }
    return Walked(code.index, symbols, modules, code.digest)


def _job(opened: OpenTour, step: Step) -> Job:
    assert step.snippet is not None
    return Job(
        step.note.stem,
        step.snippet.text,
        step.snippet.claims,
        opened.depends(step),
        targets_of(opened.code.index, step.locations),
        {name: stated.text for name, (stated, _) in evaluated(step).items()},
    )
