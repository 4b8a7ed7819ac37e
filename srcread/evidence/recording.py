"""Run jobs and return what is to be recorded: verdicts, and the reach of what notes are about.

Plain and watched runs go through one warm process, so that a second run costs a fork, and not
another import of the framework.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from srcread.evidence.judge import judge
from srcread.evidence.observing import Observation, add_watching, observation, reach_of, watching
from srcread.evidence.plan import DEFAULT_LIMITS, LEVELS, Job, Limits, plan
from srcread.evidence.runner import run_plan
from srcread.model import Run


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch of runs is run; None is the interpreter that runs srcread."""

    python: Path | None = None
    device: str = "cpu"
    limits: Limits = DEFAULT_LIMITS
    distributions: Sequence[str] = ("torch",)
    levels: Sequence[str] = LEVELS
    trusted: bool = True


def record_jobs(
    jobs: Sequence[Job],
    settings: Settings,
    *,
    date: str,
    progress: Callable[[str], None] | None = None,
) -> tuple[Run, ...]:
    """Run every job, and once more with its targets watched; return the runs in the same order.

    Raises:
        SrcreadError: the device or interpreter cannot be used, or a snippet cannot be parsed.
    """
    planned = plan(
        jobs, settings.limits, device=settings.device, distributions=settings.distributions
    )
    watched = [n for n, job in enumerate(jobs) if job.targets.found]
    second = [watching(planned["runs"][n], jobs[n].targets) for n in watched]
    whole = add_watching(planned, second) if second else planned
    runs: list[Run] = []
    seen: dict[int, Observation | None] = {}
    for number, (environment, outcome) in enumerate(run_plan(whole, settings.python)):
        if number < len(jobs):
            run = judge(
                whole["runs"][number],
                outcome,
                whole["limits"],
                environment=environment,
                date=date,
                digests=jobs[number].digests,
            )
            runs.append(run)
            if progress is not None:
                progress(jobs[number].stem)
        else:
            place = watched[number - len(jobs)]
            seen[place] = observation(whole["runs"][number], jobs[place].targets, outcome)
    return tuple(
        replace(run, reach=reach_of(job.targets, seen.get(number)))
        if run.confirmed and (job.targets.found or job.targets.refused)
        else run
        for number, (job, run) in enumerate(zip(jobs, runs, strict=True))
    )
