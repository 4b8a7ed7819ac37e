"""Run the controls of a batch of snippets, two interpreters at a time, and say what each did.

Claims are soft: a false one is noted, and the snippet goes on, so that each claim is judged by
itself. A change that hangs is ended early: an unchanged snippet is a matter of a second.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Event

from srcread.evidence.grading import OPERATORS_VERSION
from srcread.model import Control, Controls, Outcome, Reason, ReasonCode
from srcread.running.controls.declared import Declared, declared_controls
from srcread.running.controls.mutants import Mutant, mutants_of
from srcread.running.judge import Json, claims_of, observed
from srcread.running.plan import Job, Plan, PlannedRun
from srcread.running.runner import run_plan
from srcread.running.second_runs import (
    LOOKING_FAILED,
    Observation,
    add_watching,
    again,
    changing,
    differs,
    read_observation,
    replacing,
)

_AT_ONCE = 2
_WALL_SECONDS = 10
_UNSTEADY = Reason(ReasonCode.VALUES_VARY)


@dataclass(frozen=True, slots=True)
class Subject:
    """One snippet to control: its job, its plain run, and what two watched runs of it saw."""

    job: Job
    run: PlannedRun
    seen: Observation | None
    again: Observation | None


@dataclass(frozen=True, slots=True)
class _Trial:
    """One control run of the subject at `subject`."""

    subject: int
    run: PlannedRun
    control: Mutant | Declared


def run_controls(
    subjects: Sequence[Subject],
    planned: Plan,
    python: Path | None,
    progress: Callable[[str], None] | None = None,
) -> Generator[Controls]:
    """Yield the controls of each subject, in order, as soon as all of its changes have been tried.

    `planned` gives the settings of the plans. Close it to stop: what has been yielded is whole.
    """
    trials = [trial for number, one in enumerate(subjects) for trial in _trials(number, one)]
    found: list[list[Control]] = [[] for _ in subjects]
    left = Counter(trial.subject for trial in trials)
    tried = _tried(trials, subjects, planned, python)
    with contextlib.closing(tried):
        for number, subject in enumerate(subjects):
            while left[number]:
                place, control = next(tried)
                left[place] -= 1
                found[place] += [control] if control is not None else []
                done = len(trials) - left.total()
                if progress is not None and done % 20 == 0:
                    progress(f"{subject.job.stem}: {done} of {len(trials)} changes")
            yield _collected(subject, found[number])


def refusals(subject: Subject) -> dict[str, Reason]:
    """Return by symbol why a subject's targets have no mutants."""
    refused = dict(subject.job.targets.refused)
    for number, target in enumerate(subject.job.targets.found):
        why = _refusal(subject, number)
        if why:
            refused |= {part.symbol.name: why for part in target.parts}
    return {name: refused[name] for name in sorted(refused)}


def _refusal(subject: Subject, number: int) -> Reason | None:
    if subject.seen is None or subject.again is None:
        return LOOKING_FAILED
    if differs(subject.seen, subject.again):
        return _UNSTEADY
    return subject.seen.refused[number]


def _trials(number: int, subject: Subject) -> list[_Trial]:
    job, run = subject.job, subject.run
    trials = []
    if subject.seen and subject.again and not differs(subject.seen, subject.again):
        for mutant in mutants_of(job.targets, subject.seen):
            changed = changing(run, job.targets, mutant.target, mutant.change)
            trials.append(_Trial(number, changed, mutant))
    for declared in declared_controls(job.text, job.claims):
        trials.append(_Trial(number, _declaring(run, declared), declared))
    return trials


def _declaring(run: PlannedRun, declared: Declared) -> PlannedRun:
    observers = [*replacing(run), ("declare", {"line": declared.line})]
    return {**again(run, observers), "soft": True, "gives_up": ""}


def _tried(
    trials: Sequence[_Trial], subjects: Sequence[Subject], planned: Plan, python: Path | None
) -> Generator[tuple[int, Control | None]]:
    """Run trials in several interpreters at once; yield each one's subject and what it did.

    Raises:
        SrcreadError: an interpreter cannot be used.
    """
    results: SimpleQueue[tuple[int, Control | None] | Future[None]] = SimpleQueue()
    stop = Event()

    def run_share(share: Sequence[_Trial]) -> None:
        plan = add_watching(_hurried(planned), [trial.run for trial in share])
        with contextlib.closing(run_plan(plan, python)) as outcomes:
            for trial, (_, outcome) in zip(share, outcomes, strict=True):
                results.put((trial.subject, _control(subjects[trial.subject], trial, outcome)))
                if stop.is_set():
                    return

    shares = [trials[start::_AT_ONCE] for start in range(min(_AT_ONCE, len(trials)))]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for share in shares:
            pool.submit(run_share, share).add_done_callback(results.put)
        try:
            for _ in range(len(trials) + len(shares)):
                result = results.get()
                if isinstance(result, Future):
                    result.result()  # raises what ended that share early
                else:
                    yield result
        finally:
            stop.set()


def _hurried(planned: Plan) -> Plan:
    limits = {**planned["limits"]}
    limits["wall_seconds"] = min(limits["wall_seconds"], _WALL_SECONDS)
    return {**planned, "limits": limits, "runs": []}


def _control(subject: Subject, trial: _Trial, outcome: Json) -> Control | None:
    """Say what a control did; None for a change that could not be made."""
    false, missing = claims_of(trial.run, outcome)
    name = trial.control.id
    if false:
        return Control(name, Outcome.CLAIM, false)
    seen = observed(trial.run, outcome)
    if seen is None or missing:
        return Control(name, Outcome.CRASH)
    if isinstance(trial.control, Declared):
        return Control(name, Outcome.SILENT)
    found = read_observation(seen, 1)
    if found is None or subject.seen is None:
        return Control(name, Outcome.CRASH)
    if found.refused[0]:
        return None
    changed = differs(subject.seen, found, trial.control.target)
    return Control(name, Outcome.UNSEEN if changed else Outcome.SILENT)


def _collected(subject: Subject, controls: Sequence[Control]) -> Controls:
    ordered = sorted(controls, key=lambda one: one.id)
    declared = [one for one in ordered if one.id.startswith("declared@")]
    mutants = [one for one in ordered if one not in declared]
    return Controls(OPERATORS_VERSION, tuple(mutants), tuple(declared), refusals(subject))
