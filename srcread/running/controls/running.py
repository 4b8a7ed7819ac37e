"""Run the controls of a batch of snippets, two interpreters at a time, and say what each did.

Claims are soft: a false one is noted, and the snippet goes on, so that each claim is judged by
itself. A change that hangs is ended early: an unchanged snippet is a matter of a second. What is
counted is the time of the processor, for an outcome must not depend on what else a machine does.
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
from srcread.model import Control, Controls, Reason, ReasonCode
from srcread.notes.controls import Declared, declared_controls
from srcread.running.controls.mutants import Mutant, mutants_of, offsets_of
from srcread.running.controls.outcomes import outcome_of, seen_by
from srcread.running.judge import Json
from srcread.running.plan import Job, Plan, PlannedRun
from srcread.running.runner import run_plan
from srcread.running.second_runs import (
    LOOKING_FAILED,
    Observation,
    add_watching,
    again,
    changing,
    differs,
    replacing,
    rewriting,
)

_AT_ONCE = 2
_WALL_SECONDS = 30  # of a change, or six times what a watched run took of the processor
_CPU_SECONDS = 10  # or twice as long
_SLOW_SECONDS = 30
_SLOW = Reason(ReasonCode.TOO_SLOW, {"seconds": _SLOW_SECONDS})
_UNSTEADY = Reason(ReasonCode.VALUES_VARY)


@dataclass(frozen=True, slots=True)
class Subject:
    """One snippet to control: its job, its plain run, and what two watched runs of it saw.

    `unseen` is why one of these two saw nothing, if so. `read` are the files of its targets whose
    text it read, by the names that evidence has, and `cpu_seconds` the time of the processor that a
    watched run took.
    """

    job: Job
    run: PlannedRun
    seen: Observation | None
    again: Observation | None
    unseen: Reason = LOOKING_FAILED
    read: tuple[str, ...] = ()
    cpu_seconds: float = 0


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
    changed = offsets_of(subject.job.targets, subject.read) if _can_change(subject) else {}
    for number, target in enumerate(subject.job.targets.found):
        why = _refusal(subject, number)
        if why and number not in changed:
            refused |= {part.symbol.name: why for part in target.parts}
    return {name: refused[name] for name in sorted(refused)}


def _refusal(subject: Subject, number: int) -> Reason | None:
    if subject.seen is None or subject.again is None:
        return subject.unseen
    if subject.cpu_seconds > _SLOW_SECONDS:
        return _SLOW
    if differs(subject.seen, subject.again):
        return _UNSTEADY
    return subject.seen.refused[number]


def _trials(number: int, subject: Subject) -> list[_Trial]:
    job, run = subject.job, subject.run
    trials = []
    if subject.seen is not None and _can_change(subject):
        for mutant in mutants_of(job.targets, subject.seen, subject.read):
            about = run, job.targets, mutant.target, mutant.change, subject.seen.errors
            place = mutant.offset
            changed = changing(*about) if place is None else rewriting(*about, place)
            trials.append(_Trial(number, changed, mutant))
    for declared in declared_controls(job.text, job.claims):
        trials.append(_Trial(number, _declaring(run, declared), declared))
    return trials


def _can_change(subject: Subject) -> bool:
    """Tell whether two watched runs saw the same, and soon enough to try it with changes."""
    seen, again = subject.seen, subject.again
    slow = subject.cpu_seconds > _SLOW_SECONDS
    return not slow and seen is not None and again is not None and not differs(seen, again)


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
        hurried = [_hurried(trial.run, subjects[trial.subject], planned) for trial in share]
        plan = add_watching({**planned, "runs": []}, hurried)
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


def _hurried(run: PlannedRun, subject: Subject, planned: Plan) -> PlannedRun:
    """Return a changed run that is ended early: what takes far longer than unchanged, hangs."""
    used, most = subject.cpu_seconds, planned["limits"]
    wall = min(most["wall_seconds"], max(_WALL_SECONDS, 6 * used))
    counted = min(most["cpu_counted"], max(_CPU_SECONDS, 2 * used))
    return {**run, "limits": {"wall_seconds": wall, "cpu_counted": counted}}


def _control(subject: Subject, trial: _Trial, outcome: Json) -> Control | None:
    """Say what a control did; None for a change that could not be made."""
    match trial.control:
        case Mutant(target=target):
            claims = [claim.line for claim in subject.job.claims]
            found = outcome_of(trial.run, outcome, subject.seen, target, claims)
        case Declared(claim=claim):
            found = outcome_of(trial.run, outcome)
            if found is not None and claim in found[1]:
                observed = seen_by(trial.run, outcome, claim)
                return Control(trial.control.id, *found, observed)
    return Control(trial.control.id, *found) if found is not None else None


def _collected(subject: Subject, controls: Sequence[Control]) -> Controls:
    ordered = sorted(controls, key=lambda one: one.id)
    declared = [one for one in ordered if one.id.startswith("declared@")]
    mutants = [one for one in ordered if one not in declared]
    return Controls(OPERATORS_VERSION, tuple(mutants), tuple(declared), refusals(subject))
