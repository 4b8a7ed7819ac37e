"""Run jobs and return what is to be recorded: verdicts, reach, and on request controls.

Plain, stirred and watched runs go through one warm process, so that a further run costs a fork, and
not another import of the framework. What must be run in another interpreter is run there at once
for all jobs that need it.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from srcread.errors import SrcreadError
from srcread.evidence.grading import are_known
from srcread.model import Controls, Environment, Reason, Run
from srcread.running.agreeing import More, disagreeing, more_runs, stirred
from srcread.running.controls.mutants import callees
from srcread.running.controls.running import Subject, run_controls
from srcread.running.executed import (
    Walked,
    differing,
    executed_of,
    looking,
    replaced_of,
)
from srcread.running.imports import with_import_failures
from srcread.running.judge import (
    Json,
    claims_of,
    judge,
    observed,
    replaced_in,
    with_replaced,
)
from srcread.running.plan import (
    DEFAULT_LIMITS,
    LEVELS,
    NO_FILES,
    NO_TREES,
    GivenTrees,
    Job,
    OwnFiles,
    Plan,
    PlannedRun,
    RunLimits,
    imported_packages,
    plan,
    recorded_packages,
)
from srcread.running.runner import locate_modules, run_plan
from srcread.running.second_runs import (
    LOOKING_FAILED,
    REPLACE,
    Observation,
    add_watching,
    observation,
    reach_of,
    watching,
    why_unseen,
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
    own: OwnFiles = field(default_factory=lambda: NO_FILES)
    replace: bool = False


@dataclass(frozen=True, slots=True)
class _Planned:
    """The runs of one job: plain, stirred, watched once or twice, and looked at whole."""

    job: Job
    plain: PlannedRun
    stirred: tuple[PlannedRun, ...]
    watched: tuple[PlannedRun, ...]
    whole: PlannedRun | None

    @property
    def runs(self) -> list[PlannedRun]:
        return [self.plain, *self.stirred, *self.watched, *([self.whole] if self.whole else [])]


@dataclass(frozen=True, slots=True)
class _First:
    """What came of the runs of one job in the first interpreter, and which `more` it needs.

    `unseen` is why a watched one saw nothing, if so, `cpu_seconds` the time of the processor that
    one took.
    """

    run: Run
    seen: tuple[Observation | None, Observation | None]
    more: More
    unseen: Reason = LOOKING_FAILED
    cpu_seconds: float = 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the runs of a batch have in common."""

    whole: Plan
    settings: BatchSettings
    walked: Walked | None
    date: str
    progress: Callable[[str], None] | None

    def judged(self, job: Job, run: PlannedRun, told: tuple[Environment, Json]) -> Run:
        """Judge one run of a job."""
        return judge(
            run,
            told[1],
            self.whole["limits"],
            environment=_of_job(told[0], job, self.settings.distributions),
            date=self.date,
            depends=job.depends,
        )


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
    """Run every job, and again stirred and watched; yield its run as soon as it is known.

    `known` are the runs that are recorded of each job: their controls are kept where they are of
    the same digests, versions, device and operators. With `controls`, these are run anew after all
    jobs, whatever is recorded, and a run is yielded when its own are done. What each run executes
    of `walked` is recorded. `progress` is told the stem of each job as its turn comes, and how far
    the controls are.

    Raises:
        SrcreadError: the device or interpreter cannot be used, or a snippet cannot be parsed.
    """
    if controls and settings.device != "cpu":
        raise SrcreadError(f"Controls run on the CPU, not on {settings.device!r}. Drop --controls.")
    asked = _Asked(_plan(jobs, settings, walked), settings, walked, date, progress)
    planned, python = asked.whole, settings.python
    pairs = zip(jobs, planned["runs"], strict=True)
    all_of_them = [_planned(job, run, asked, 2 if controls else 1) for job, run in pairs]
    firsts = _settled(all_of_them, _first_runs(all_of_them, asked), asked)
    explained = with_import_failures(planned, python, _installed(walked, settings.given))
    wanted: list[Subject] = []
    done: list[Run] = []
    with contextlib.closing(firsts):
        for number, first in enumerate(firsts):
            run = explained(jobs[number], first.run)
            if not controls:
                yield replace(run, controls=_known(run, known[number] if known else ()))
                continue
            read = run.lab.read if run.lab else ()
            about = *first.seen, first.unseen, read, first.cpu_seconds
            subject = Subject(jobs[number], planned["runs"][number], *about)
            done.append(run)
            wanted += [subject] if run.confirmed else []
    with contextlib.closing(run_controls(wanted, planned, python, progress)) as made:
        for run in done:
            yield replace(run, controls=next(made)) if run.confirmed else run


def _plan(jobs: Sequence[Job], settings: BatchSettings, walked: Walked | None) -> Plan:
    planned = plan(
        jobs,
        settings.limits,
        device=settings.device,
        distributions=settings.distributions,
        modules=sorted(set(walked.modules.values())) if walked else (),
        levels=settings.levels,
        given=settings.given,
        own=settings.own,
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


def _planned(job: Job, run: PlannedRun, asked: _Asked, times: int) -> _Planned:
    names = [callees(target) for target in job.targets.found]
    watched = [watching(run, job.targets, names) for _ in range(times if names else 0)]
    again = stirred(run, 2 if asked.settings.device == "cpu" else 1)
    whole = looking(run, asked.walked) if asked.walked else None
    return _Planned(job, run, again, tuple(watched), whole)


def _first_runs(planned: Sequence[_Planned], asked: _Asked) -> Generator[_First]:
    """Run each job's runs in one interpreter; yield what came of them."""
    stems = {one.plain["key"]: one.job.stem for one in planned}
    runs = [run for one in planned for run in one.runs]
    files: dict[str, str] = {}

    def starting(place: int) -> None:
        if asked.progress is not None and runs[place]["key"] in stems:
            asked.progress(stems[runs[place]["key"]])

    every = add_watching({**asked.whole, "runs": []}, runs)
    with contextlib.closing(
        run_plan(every, asked.settings.python, starting, files.update)
    ) as outcomes:
        for one in planned:
            told = list(itertools.islice(outcomes, len(one.runs)))
            yield _first(one, told, files, asked)


def _first(
    one: _Planned,
    told: Sequence[tuple[Environment, Json]],
    files: Mapping[str, str],
    asked: _Asked,
) -> _First:
    """Return a job's verdict, with reach, what was seen of its targets, and how it goes on."""
    run, targets = asked.judged(one.job, one.plain, told[0]), one.job.targets
    if not run.confirmed:
        return _First(run, (None, None), More())
    outcomes = [outcome for _, outcome in told]
    count = 1 + len(one.stirred)
    others = [asked.judged(one.job, *pair) for pair in zip(one.stirred, told[1:count], strict=True)]
    run = disagreeing(run, others)
    looked = list(zip(one.runs[count:], outcomes[count:], strict=True))
    watched, limits = looked[: len(one.watched)], asked.whole["limits"]
    seen = [observation(each, targets, outcome) for each, outcome in watched]
    pairs = zip(watched, seen, strict=True)
    lost = (why_unseen(*pair, limits) for pair, found in pairs if found is None)
    unseen = next(lost, LOOKING_FAILED)  # of a second one after it, that it was skipped
    if seen and seen[0] is not None:
        run = replace(run, lab=with_replaced(run.lab, replaced_in(*looked[0])))
    seen += [None, None]
    if run.confirmed and (targets.found or targets.refused):
        run = replace(run, reach=reach_of(targets, seen[0], unseen))
    if asked.walked is not None and one.whole is not None:
        replaced = replaced_of(one.whole, outcomes[-1])
        about = asked.walked, one.job.anchored, files, replaced
        executed = executed_of(one.whole, outcomes[-1], *about) if run.confirmed else None
        ran = replaced if executed is None else replaced & executed.keys()
        run = replace(run, executed=executed, replaced=tuple(sorted(ran)))
    strange = any(observed(*pair) is None or any(claims_of(*pair)) for pair in looked)
    more = more_runs(one.job, one.stirred, outcomes[1:count], strange)
    used = max((outcome.get("cpu", 0.0) for _, outcome in watched), default=0.0)
    return _First(run, (seen[0], seen[1]), more if run.confirmed else More(), unseen, used)


def _settled(
    planned: Sequence[_Planned], firsts: Generator[_First], asked: _Asked
) -> Generator[_First]:
    """Yield what came of each job, in order, when it has been run as often as it needs."""
    waiting: list[tuple[_Planned, _First]] = []
    with contextlib.closing(firsts):
        for one, first in zip(planned, firsts, strict=True):
            if first.more.times or waiting:
                waiting.append((one, first))
            else:
                yield first
    with contextlib.ExitStack() as stack:
        again = {
            fresh: stack.enter_context(contextlib.closing(_again(waiting, fresh, asked)))
            for fresh in (False, True)
        }
        for _, first in waiting:
            others = [next(again[first.more.fresh]) for _ in range(first.more.times)]
            yield replace(first, run=disagreeing(first.run, others))


def _again(
    waiting: Sequence[tuple[_Planned, _First]], fresh: bool, asked: _Asked
) -> Generator[Run]:
    """Run again those that need it in a fresh interpreter each, or in one for all."""
    runs = [
        (one.job, run)
        for one, first in waiting
        if first.more.fresh == fresh
        for run in stirred(one.plain, first.more.times)
    ]
    whole: Plan = {**asked.whole, "runs": [], "warm": asked.whole["warm"] and not fresh}
    every = add_watching(whole, [run for _, run in runs])
    with contextlib.closing(run_plan(every, asked.settings.python)) as outcomes:
        for (job, run), told in zip(runs, outcomes, strict=True):
            yield asked.judged(job, run, told)


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
