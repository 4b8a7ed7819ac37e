"""Run jobs and return what is to be recorded: verdicts, reach, and on request controls.

Plain and watched runs go through one warm process, so that a second run costs a fork, and not
another import of the framework.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from srcread.errors import SrcreadError
from srcread.evidence.grading import are_known
from srcread.model import Controls, Environment, Run
from srcread.running.controls.mutants import callees
from srcread.running.controls.running import Subject, refusals, run_controls
from srcread.running.executed import (
    Walked,
    differing,
    executed_of,
    looking,
    replaced_of,
)
from srcread.running.imports import with_import_failures
from srcread.running.judge import judge
from srcread.running.plan import (
    DEFAULT_LIMITS,
    LEVELS,
    NO_TREES,
    GivenTrees,
    Job,
    Plan,
    PlannedRun,
    RunLimits,
    imported_packages,
    plan,
    recorded_packages,
)
from srcread.running.runner import locate_modules, run_plan
from srcread.running.second_runs import (
    REPLACE,
    Observation,
    add_watching,
    observation,
    reach_of,
    watching,
)


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """How a batch of runs is run; None is the interpreter that runs srcread.

    With `replace`, functions that are others where it runs get the code of the tour's version. What
    is not `trusted` needs a sandbox. It has no default: whoever runs code says whose it is.
    """

    trusted: bool
    python: Path | None = None
    device: str = "cpu"
    limits: RunLimits = DEFAULT_LIMITS
    distributions: Sequence[str] = ("torch",)
    levels: Sequence[str] = LEVELS
    given: GivenTrees = field(default_factory=lambda: NO_TREES)
    replace: bool = False


@dataclass(frozen=True, slots=True)
class _Planned:
    """The runs of one job: plain, watched once or twice, and looked at whole."""

    job: Job
    plain: PlannedRun
    watched: tuple[PlannedRun, ...]
    whole: PlannedRun | None

    @property
    def runs(self) -> list[PlannedRun]:
        return [self.plain, *self.watched, *([self.whole] if self.whole else [])]


def record_jobs(
    jobs: Sequence[Job],
    settings: BatchSettings,
    *,
    date: str,
    controls: bool = False,
    known: Sequence[Sequence[Run]] = (),
    walked: Walked | None = None,
    progress: Callable[[str], None] | None = None,
) -> Generator[Run]:
    """Run every job, and again with its targets watched; yield its run as soon as it is done.

    `known` are the runs that are recorded of each job: their controls are kept where they are of
    the same digests, versions, device and operators. With `controls`, those that are not known are
    run after all jobs, and a run is yielded when its own are done. What each run executes of
    `walked` is recorded. `progress` is told the stem of each job as its turn comes, and how far the
    controls are.

    Raises:
        SrcreadError: the device or interpreter cannot be used, or a snippet cannot be parsed.
    """
    if controls and settings.device != "cpu":
        raise SrcreadError(f"Controls run on the CPU, not on {settings.device!r}. Drop --controls.")
    planned = _plan(jobs, settings, walked)
    pairs = zip(jobs, planned["runs"], strict=True)
    all_of_them = [_planned(job, run, walked, 2 if controls else 1) for job, run in pairs]
    about = walked, settings.distributions
    firsts = _first_runs(all_of_them, planned, settings.python, *about, date, progress)
    explained = with_import_failures(planned, settings.python, _installed(walked, settings.given))
    wanted: list[Subject] = []
    done: list[tuple[Run, bool]] = []
    with contextlib.closing(firsts):
        for number, (run, seen) in enumerate(firsts):
            run = explained(jobs[number], run)
            kept = _known(run, known[number] if known else ())
            if not controls:
                yield replace(run, controls=kept)
                continue
            read = run.lab.read if run.lab else ()
            subject = Subject(jobs[number], planned["runs"][number], *seen, read)
            if kept is not None and kept.refused != refusals(subject):
                kept = None  # what could not be watched then can be now, or the other way round
            done.append((replace(run, controls=kept), run.confirmed and kept is None))
            wanted += [subject] if done[-1][1] else []
    with contextlib.closing(run_controls(wanted, planned, settings.python, progress)) as made:
        for run, is_wanted in done:
            yield replace(run, controls=next(made)) if is_wanted else run


def _plan(jobs: Sequence[Job], settings: BatchSettings, walked: Walked | None) -> Plan:
    planned = plan(
        jobs,
        settings.limits,
        device=settings.device,
        distributions=settings.distributions,
        modules=sorted(set(walked.modules.values())) if walked else (),
        levels=settings.levels,
        given=settings.given,
        trusted=settings.trusted,
    )
    if settings.replace and walked is not None:
        units = differing(walked, locate_modules(planned, settings.python))
        for one in planned["runs"] if units else ():
            one["observers"] = [(REPLACE, {"units": units}), *one["observers"]]
    return planned


def _installed(walked: Walked | None, given: GivenTrees) -> set[str]:
    """Return the top-level packages of the tour that are installed, and no source trees."""
    return {
        module.partition(".")[0]
        for name, module in (walked.modules if walked else {}).items()
        if walked and walked.symbols[name].distribution not in given["versions"]
    }


def _planned(job: Job, run: PlannedRun, walked: Walked | None, times: int) -> _Planned:
    names = [callees(target) for target in job.targets.found]
    watched = [watching(run, job.targets, names) for _ in range(times if names else 0)]
    return _Planned(job, run, tuple(watched), looking(run, walked) if walked else None)


def _first_runs(
    planned: Sequence[_Planned],
    whole: Plan,
    python: Path | None,
    walked: Walked | None,
    distributions: Sequence[str],
    date: str,
    progress: Callable[[str], None] | None,
) -> Generator[tuple[Run, tuple[Observation | None, Observation | None]]]:
    """Run each job's runs; yield its verdict, with reach, and what was seen of its targets."""
    stems = {one.plain["key"]: one.job.stem for one in planned}
    runs = [run for one in planned for run in one.runs]
    files: dict[str, str] = {}

    def starting(place: int) -> None:
        if progress is not None and runs[place]["key"] in stems:
            progress(stems[runs[place]["key"]])

    every = add_watching({**whole, "runs": []}, runs)
    with contextlib.closing(run_plan(every, python, starting, files.update)) as outcomes:
        for one in planned:
            environment, outcome = next(outcomes)
            environment = _of_job(environment, one.job, distributions)
            depends, limits = one.job.depends, whole["limits"]
            run = judge(
                one.plain, outcome, limits, environment=environment, date=date, depends=depends
            )
            targets = one.job.targets
            seen = [observation(each, targets, next(outcomes)[1]) for each in one.watched]
            seen += [None, None]
            if run.confirmed and (targets.found or targets.refused):
                run = replace(run, reach=reach_of(targets, seen[0]))
            if walked is not None and one.whole is not None:
                _, outcome = next(outcomes)
                replaced = replaced_of(one.whole, outcome)
                about = walked, one.job.anchored, files, replaced
                executed = executed_of(one.whole, outcome, *about) if run.confirmed else None
                ran = replaced if executed is None else replaced & executed.keys()
                run = replace(run, executed=executed, replaced=tuple(sorted(ran)))
            yield run, (seen[0], seen[1])


def _of_job(environment: Environment, job: Job, distributions: Sequence[str]) -> Environment:
    """Return an environment with the versions that one snippet depends on, of those of a batch."""
    names = {*distributions, *recorded_packages(imported_packages(job))}
    versions = {n: v for n, v in environment.distributions.items() if n in names}
    records = {n: v for n, v in environment.records.items() if n in names}
    return replace(environment, distributions=versions, records=records)


def _known(run: Run, recorded: Sequence[Run]) -> Controls | None:
    """Return the recorded controls that hold for this run, too."""
    for old in recorded:
        if (
            old.controls is not None
            and are_known(old.controls)
            and run.confirmed
            and old.depends == run.depends
            and old.environment.distributions == run.environment.distributions
            and old.replaced == run.replaced
            and old.reach == run.reach  # a note may stand at other lines of the same symbol now
            and old.environment.device.kind == run.environment.device.kind
        ):
            return old.controls
    return None
