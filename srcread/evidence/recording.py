"""Run jobs and return what is to be recorded: verdicts, reach, and on request controls.

Plain and watched runs go through one warm process, so that a second run costs a fork, and not
another import of the framework.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from srcread.errors import SrcreadError
from srcread.evidence.controls.mutants import callees
from srcread.evidence.controls.operators import VERSION
from srcread.evidence.controls.running import Subject, run_controls
from srcread.evidence.judge import judge
from srcread.evidence.observing import Observation, add_watching, observation, reach_of, watching
from srcread.evidence.plan import DEFAULT_LIMITS, LEVELS, Job, Limits, Plan, PlannedRun, plan
from srcread.evidence.runner import run_plan
from srcread.model import Controls, Run


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch of runs is run; None is the interpreter that runs srcread.

    What is not `trusted` needs a sandbox. It has no default: whoever runs code says whose it is.
    """

    trusted: bool
    python: Path | None = None
    device: str = "cpu"
    limits: Limits = DEFAULT_LIMITS
    distributions: Sequence[str] = ("torch",)
    levels: Sequence[str] = LEVELS


def record_jobs(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    date: str,
    controls: bool = False,
    known: Sequence[Sequence[Run]] = (),
    progress: Callable[[str], None] | None = None,
) -> Generator[Run]:
    """Run every job, and once more with its targets watched; yield its run as soon as it is done.

    `known` are the runs that are recorded of each job: their controls are kept where they are of
    the same digests, versions, device and operators. With `controls`, those that are not known are
    run after all jobs, and a run is yielded when its own are done. `progress` is told the stem of
    each job as its turn comes, and how far the controls are.

    Raises:
        SrcreadError: the device or interpreter cannot be used, or a snippet cannot be parsed.
    """
    if controls and settings.device != "cpu":
        raise SrcreadError(f"Controls run on the CPU, not on {settings.device!r}. Drop --controls.")
    planned = plan(
        jobs,
        settings.limits,
        device=settings.device,
        distributions=settings.distributions,
        levels=settings.levels,
        trusted=settings.trusted,
    )
    firsts = _first_runs(jobs, planned, settings.python, date, 2 if controls else 1, progress)
    wanted: list[Subject] = []
    done: list[tuple[Run, bool]] = []
    with contextlib.closing(firsts):
        for number, (run, seen) in enumerate(firsts):
            job, kept = jobs[number], _known(run, known[number] if known else ())
            if run.confirmed and (job.targets.found or job.targets.refused):
                run = replace(run, reach=reach_of(job.targets, seen[0]))
            run = replace(run, controls=kept)
            if not controls:
                yield run
                continue
            done.append((run, run.confirmed and kept is None))
            if done[-1][1]:
                wanted.append(Subject(job, planned["runs"][number], *seen))
    with contextlib.closing(run_controls(wanted, planned, settings.python, progress)) as made:
        for run, is_wanted in done:
            yield replace(run, controls=next(made)) if is_wanted else run


def _first_runs(
    jobs: Sequence[Job],
    planned: Plan,
    python: Path | None,
    date: str,
    times: int,
    progress: Callable[[str], None] | None,
) -> Generator[tuple[Run, list[Observation | None]]]:
    """Run each job plainly, then `times` watched; yield its verdict and what was seen, twice."""
    runs: list[tuple[int, PlannedRun]] = []
    for number, job in enumerate(jobs):
        names = [callees(target) for target in job.targets.found]
        runs.append((number, planned["runs"][number]))
        for _ in range(times if job.targets.found else 0):
            runs.append((number, watching(planned["runs"][number], job.targets, names)))
    whole = add_watching({**planned, "runs": []}, [run for _, run in runs])

    def starting(place: int) -> None:
        if progress is not None and not runs[place][1]["observers"]:
            progress(jobs[runs[place][0]].stem)

    outcomes = run_plan(whole, python, starting)
    with contextlib.closing(outcomes):
        for number, job in enumerate(jobs):
            environment, outcome = next(outcomes)
            run = judge(
                planned["runs"][number],
                outcome,
                planned["limits"],
                environment=environment,
                date=date,
                digests=job.digests,
            )
            seen = [
                observation(watched, job.targets, next(outcomes)[1])
                for place, watched in runs
                if place == number and watched["observers"]
            ]
            yield run, [*seen, None, None][:2]


def _known(run: Run, recorded: Sequence[Run]) -> Controls | None:
    """Return the recorded controls that hold for this run, too."""
    for old in recorded:
        if (
            old.controls is not None
            and old.controls.version == VERSION
            and run.confirmed
            and old.digests == run.digests
            and old.environment.distributions == run.environment.distributions
            and old.environment.device.kind == run.environment.device.kind
        ):
            return old.controls
    return None
