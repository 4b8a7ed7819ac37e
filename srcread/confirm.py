"""The story of `confirm`: run snippets, judge their claims, record the evidence.

This is the only command that runs code, and what it runs are the snippets of the annotations, each
in a process of its own with limits. The source that is read is imported by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePath

from srcread.errors import FindingsError, NotFoundError
from srcread.evidence import evidence_path, record_run
from srcread.evidence.plan import DEFAULT_LIMITS, Job, Limits
from srcread.evidence.runner import run_jobs
from srcread.model import Diagnostic, Run, Severity, Step
from srcread.notes.format.tourfile import NAME
from srcread.opening import OpenTour, find_step, open_tour, tour_folders


@dataclass(frozen=True, slots=True)
class Confirmed:
    """One note's run, and whether its evidence file had to change."""

    tour: str
    stem: str
    run: Run
    recorded: bool


def confirm(
    notes: Sequence[str],
    *,
    annotations: Path | None = None,
    device: str = "cpu",
    python: Path | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Callable[[str], None] | None = None,
) -> tuple[Confirmed, ...]:
    """Run the snippets of these notes (`stem` or `tour/stem`), or of all, and record the runs.

    Raises:
        FindingsError: a tour has errors; nothing was run.
        SrcreadError: there is no such note, or the interpreter or device cannot be used.
    """
    date = datetime.now(UTC).date().isoformat()
    results: list[Confirmed] = []
    for folder, stems in _chosen(notes, annotations).items():
        opened = open_tour(folder, words=False, progress=progress)
        errors = [item for item in opened.findings() if _forbids(item, stems)]
        if errors:
            raise FindingsError(errors)
        steps = _steps(opened, stems)
        runs = run_jobs(
            [_job(opened, step) for step in steps],
            python=python,
            device=device,
            limits=limits,
            distributions=tuple(opened.tour.distributions),
            progress=progress,
            date=date,
        )
        for step, run in zip(steps, runs, strict=True):
            stem = step.note.stem
            recorded = record_run(evidence_path(folder, stem), run)
            results.append(Confirmed(opened.tour.name, stem, run, recorded))
    return tuple(results)


def _chosen(notes: Sequence[str], annotations: Path | None) -> dict[Path, list[str]]:
    """Return the stems to run by tour; an empty list means all of them."""
    if not notes:
        return {folder: [] for folder in tour_folders([], annotations)}
    chosen: dict[Path, list[str]] = {}
    for name in notes:
        folder, stem = find_step(name, annotations)
        chosen.setdefault(folder, []).append(stem)
    return chosen


def _steps(opened: OpenTour, stems: Sequence[str]) -> list[Step]:
    steps = [step for step in opened.tour.steps if not stems or step.note.stem in stems]
    for step in steps:
        if step.snippet is None and step.note.stem in stems:
            name = step.note.path.with_suffix(".py").as_posix()
            raise NotFoundError(f"{step.note.stem!r} has no snippet to run. Write {name!r}.")
    return [step for step in steps if step.snippet is not None]


def _forbids(item: Diagnostic, stems: Sequence[str]) -> bool:
    """Tell whether a finding forbids to run these notes: one about another note does not."""
    if item.severity is not Severity.ERROR or item.code.startswith("EVID"):
        return False
    about = PurePath(item.path).name.split(".")[0]
    return not stems or about in (*stems, PurePath(NAME).stem)


def _job(opened: OpenTour, step: Step) -> Job:
    assert step.snippet is not None
    return Job(step.note.stem, step.snippet.text, step.snippet.claims, opened.digests(step))
