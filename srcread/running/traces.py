"""Scenarios to traces: each runs four times, and its trace counts only if watching changed nothing.

    plain       its output and the state of the random generators
    profiled    the same, and the ordered list of operators
    probes      the same, and what the probes saw: run A
    both        the same, and what ran in each statement: run B

The outputs, random states and lists of operators must be equal, and what the probes saw without and
with the profiler, too. Then run B's trace is given. Every run is a process of its own; scenarios
are planned in small batches, so that progress shows.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from srcread.evidence.sentences import say
from srcread.evidence.traces.content import (
    CALLS,
    OPERATIONS,
    RAISED,
    environment_as_json,
    whole_case,
)
from srcread.model import Depends, Environment, ReasonCode, Scenario
from srcread.running.judge import judge, observed
from srcread.running.plan import (
    DEFAULT_LIMITS,
    LEVELS,
    NO_FILES,
    Job,
    OwnFiles,
    Plan,
    PlannedRun,
    RunLimits,
    payload,
    plan,
)
from srcread.running.runner import run_plan
from srcread.running.targets.units import Unit

OBSERVER = "tracer"

_PARTS = ("cases", "modules", "operators", "outcome", "probes", "recorder", "tracer", "words")
TRACING = ("install", *(f"tracing/{name}" for name in _PARTS))
_RUNS = ("a plain run", "a plain profile", "the run with probes", "the profile with probes")
TRACING_PYTHON = [3, 11]  # older ones' frames know no columns
_BATCH = 8
_NOTHING = Depends("")

_Run = tuple[PlannedRun, tuple[Environment, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of one scenario: the content of its trace file, or why there is none."""

    scenario: Scenario
    content: Mapping[str, Any] | None
    problems: tuple[str, ...]


def record(
    scenarios: Sequence[Scenario],
    units: Sequence[Unit],
    *,
    digests: Mapping[str, str],
    python: Path | None = None,
    device: str = "cpu",
    limits: RunLimits = DEFAULT_LIMITS,
    trusted: bool = True,
    distributions: Sequence[str] = ("torch",),
    levels: Sequence[str] = LEVELS,
    own: OwnFiles = NO_FILES,
    date: str,
) -> Iterator[Recorded]:
    """Run scenarios and yield the trace of each, or what forbids one.

    `units` are the functions to watch, `digests` the digest of each by name.

    Raises:
        SrcreadError: the device or interpreter cannot be used.
    """
    for start in range(0, len(scenarios), _BATCH):
        batch = scenarios[start : start + _BATCH]
        planned = trace_plan(
            batch,
            units,
            limits,
            device=device,
            distributions=distributions,
            trusted=trusted,
            levels=levels,
            own=own,
        )
        with contextlib.closing(run_plan(planned, python)) as done:
            runs = zip(planned["runs"], done, strict=True)
            for scenario in batch:
                four = list(itertools.islice(runs, len(_RUNS)))
                yield _recorded(scenario, four, planned, digests, date)


def trace_plan(
    scenarios: Sequence[Scenario],
    units: Sequence[Unit],
    limits: RunLimits = DEFAULT_LIMITS,
    *,
    device: str = "cpu",
    distributions: Sequence[str] = ("torch",),
    trusted: bool = True,
    levels: Sequence[str] = LEVELS,
    own: OwnFiles = NO_FILES,
) -> Plan:
    """Return the plan of four runs for each scenario."""
    jobs = [Job(item.stem, item.text, (), _NOTHING) for item in scenarios for _ in _RUNS]
    planned = plan(
        jobs,
        limits,
        device=device,
        distributions=distributions,
        trusted=trusted,
        levels=levels,
        own=own,
    )
    texts = {**payload(TRACING), "targets": targets_text(units)}
    profile = "operators" if device == "cpu" else "kernels"
    modes = itertools.product((False, True), ("", profile))
    for run, (probes, kind) in zip(planned["runs"], itertools.cycle(modes), strict=False):
        run["observers"] = [(OBSERVER, {"probes": probes, "profile": kind})]
    # All four runs begin with the same modules, whichever of them needs to look into one. Names are
    # asked for as well: a package that is put together when it is asked may replace its own module.
    # One's own are for the runs alone, which are confined more.
    ours = {Path(path).stem for path in own["readable"]}
    packages = sorted({unit["module"].partition(".")[0] for unit in units} - ours)
    asked = [name for one in scenarios for name in imported_names(ast.walk(ast.parse(one.text)))]
    named = [name for name in asked if re.split("[.:]", name)[0] not in ours]
    return {
        **planned,
        "requires_python": TRACING_PYTHON,
        "preload": list(dict.fromkeys([*planned["preload"], *packages, *named])),
        "payload": {**planned["payload"], **texts},
    }


def imported_names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield what some nodes import, as a plan's `preload` has it; relative ones are left out.

    For example, `import a.b` gives `a.b`, and `from a import b` gives `a:b`.
    """
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from (f"{module}:{one.name}" for one in names)


def _recorded(
    scenario: Scenario,
    four: Sequence[_Run],
    planned: Plan,
    digests: Mapping[str, str],
    date: str,
) -> Recorded:
    problems = list(_failures(four, planned["limits"]))
    if problems:
        return Recorded(scenario, None, tuple(dict.fromkeys(problems)))
    seen = [told[OBSERVER] for run, (_, outcome) in four if (told := observed(run, outcome))]
    problems = differences(seen)
    trace = seen[3]["trace"]
    if not seen[0]["output"]:
        problems = ["it left nothing in 'output'"]
    elif trace["left_out"]:
        problems.append(f"{trace['left_out']} activations are too many; make the model smaller")
    elif not trace["roots"]:
        problems.append("it ran no function of the tour")
    if problems:
        return Recorded(scenario, None, tuple(problems))
    content = trace_content(
        scenario, four[3][1][0], seen[3], digests, calls=seen[1]["modules"], date=date
    )
    return Recorded(scenario, content, ())


def targets_text(units: Sequence[Unit]) -> str:
    """Return the text of the module of a payload that names the functions to watch."""
    return f"UNITS = {list(units)!r}\n"


def trace_content(
    scenario: Scenario,
    environment: Environment,
    told: Mapping[str, Any],
    digests: Mapping[str, str],
    *,
    calls: Mapping[str, int],
    date: str,
) -> dict[str, Any]:
    """Return the content of a trace file from what the tracer told; `calls` are modules'."""
    trace = told["trace"]
    return {
        "scenario": scenario.stem,
        "environment": environment_as_json(environment),
        "date": date,
        "digest": hashlib.sha256(scenario.text.encode("utf-8", "surrogatepass")).hexdigest(),
        "untraced": told["untraced"],
        **{key: trace[key] for key in ("operations", "cases", "roots", "words")},
        **missed(calls, trace),
        "symbols": _digested(trace, digests),
    }


def missed(calls: Mapping[str, int], trace: Mapping[str, Any]) -> dict[str, Any]:
    """Return the paths of modules, and by class the calls that were made and not seen, if any."""
    missed = {name: calls[name] - trace["seen"].get(name, 0) for name in sorted(calls)}
    unseen = {name: count for name, count in missed.items() if count > 0}
    found = (("modules", trace["modules"]), ("unseen", unseen))
    return {key: value for key, value in found if value}


def differences(seen: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say what differs between the four runs of a scenario; nothing means nobody noticed."""
    plain, profiled, probed, both = seen
    problems: list[str] = []
    for run, name in zip(seen[1:], _RUNS[1:], strict=True):
        problems += other_output(plain["output"], run["output"], name)
        if run["random"] != plain["random"]:
            problems.append(f"{name} left the random generators in another state")
    problems += _other_operators(profiled["operators"], both["operators"])
    if _without_operations(probed["trace"]) != _without_operations(both["trace"]):
        problems.append("the profiler changed what the probes saw")
    return problems


def _failures(four: Sequence[_Run], limits: Mapping[str, float]) -> Iterator[str]:
    for (run, (environment, outcome)), name in zip(four, _RUNS, strict=True):
        if said := why_failed(run, environment, outcome, limits, OBSERVER):
            yield f"{name} failed: {said}"
            return  # the others mostly say the same


def why_failed(
    run: PlannedRun,
    environment: Environment,
    outcome: Mapping[str, Any],
    limits: Mapping[str, float],
    observer: str,
) -> str:
    """Say why a run did not end well, or left no word of its observer; nothing if it did."""
    judged = judge(run, outcome, limits, environment=environment, date="", depends=_NOTHING)
    said = [say(one) for one in judged.reasons if one.code is not ReasonCode.NO_CLAIM]
    if not said and observer not in (observed(run, outcome) or {}):
        said = ["nothing was recorded"]
    return "; ".join(said)


def other_output(plain: Any, run: Any, name: str) -> Iterator[str]:
    """Say where the output of a run is another than a plain one's, both as `outcome` gives it."""
    if not plain or not run:
        return
    for before, after in zip(plain, run, strict=False):
        if before != after:
            what = f"{after[0]} is {after[1]}"
            yield f"{name} gave another output: {what}" + (
                f" instead of {before[1]}" if before[1] != after[1] else ", with other contents"
            )
            return
    if len(plain) != len(run):
        yield f"{name} gave {len(run)} parts of output instead of {len(plain)}"


def _other_operators(plain: Sequence[str], run: Sequence[str]) -> Iterator[str]:
    for number, (before, after) in enumerate(zip(plain, run, strict=False), 1):
        if before != after:
            yield f"operator {number} of {len(plain)} was {after} instead of {before}"
            return
    if len(plain) != len(run):
        yield f"{len(run)} operators ran instead of {len(plain)}"


def _without_operations(trace: Mapping[str, Any]) -> object:
    """Return a trace's symbols and roots, cases named by what they hold but operations."""
    names: list[str] = []
    for row in trace["cases"]:
        case = whole_case(row)
        calls = [[place, [names[n] for n in _called(listed)]] for place, listed in case[CALLS]]
        text = json.dumps([case[:OPERATIONS], calls, case[RAISED]])
        names.append(hashlib.sha256(text.encode()).hexdigest())
    return trace["symbols"], trace["words"], [names[number] for number in trace["roots"]]


def _called(listed: Sequence[Any]) -> Iterator[int]:
    for item in listed:
        case, count = item if isinstance(item, list) else (item, 1)
        yield from itertools.repeat(case, count)


def _digested(trace: Mapping[str, Any], digests: Mapping[str, str]) -> list[list[Any]]:
    """Return the symbols of a trace, each with the digest of the function that holds it."""
    return [
        [name, digests[name.partition(".<locals>.")[0]], *rest] for name, *rest in trace["symbols"]
    ]
