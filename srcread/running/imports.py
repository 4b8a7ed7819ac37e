"""Whether what a tour reads can be imported at all, asked where a snippet was stopped.

A framework that is broken where a snippet runs (a library of the system is missing, a build for
another processor) fails every snippet, and says nothing of any. So what a stopped snippet imports
of the tour's packages is imported alone, in a run of its own. Where that is stopped too, the
snippet could not run here. It is asked only after something other than a claim or a limit ended a
run: a good batch pays nothing, and a hang its limit once.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from srcread.model import Depends, Reason, ReasonCode, Run
from srcread.notes.claims import claims_in
from srcread.running.judge import judge
from srcread.running.plan import Job, Plan, RunLimits, imported_packages, plan
from srcread.running.runner import run_plan

_STOPPED = frozenset(
    {
        ReasonCode.RAISED,
        ReasonCode.RAISED_AT,
        ReasonCode.RAISED_SAYING,
        ReasonCode.RAISED_AT_SAYING,
        ReasonCode.KILLED,
        ReasonCode.ENDED_EARLY,
        ReasonCode.STATUS_BEFORE_END,
        ReasonCode.RUNNER_DIED,
    }
)


def with_import_failures(
    planned: Plan, python: Path | None, packages: Collection[str]
) -> Callable[[Job, Run], Run]:
    """Return what gives a stopped run the reason that one of these packages cannot be imported.

    Each package is asked once in a batch.
    """
    known: dict[str, Reason | None] = {}

    def explained(job: Job, run: Run) -> Run:
        if run.confirmed or not {reason.code for reason in run.reasons} <= _STOPPED:
            return run
        for name in sorted(imported_packages(job).intersection(packages)):
            if name not in known:
                known[name] = _import_failure(name, planned, python)
            if (why := known[name]) is not None:
                failed = Reason(ReasonCode.IMPORT_FAILS, {"name": name, "reason": why})
                return replace(run, reasons=(Reason(ReasonCode.CANNOT_RUN, {"why": failed}),))
        return run

    return explained


def _import_failure(name: str, planned: Plan, python: Path | None) -> Reason | None:
    """Import a package alone as the plan's runs do, and return what stops that, if so."""
    text = f'import {name}\n\nassert {name} is not None, "It can be imported."\n'
    claims = tuple(one.claim for one in claims_in(tuple(ast.walk(ast.parse(text))), text))
    alone = plan(
        [Job("import", text, claims, Depends(""))],
        RunLimits(**planned["limits"]),  # type: ignore[arg-type] # made of one by asdict
        device=planned["device"],
        distributions=(),
        levels=planned["sandbox"]["levels"],
        given=planned["given"],
        own=planned["own"],
        trusted=not planned["sandbox"]["required"],
    )
    with contextlib.closing(run_plan(alone, python)) as outcomes:
        environment, outcome = next(outcomes)
    run = judge(
        alone["runs"][0],
        outcome,
        planned["limits"],
        environment=environment,
        date="",
        depends=Depends(""),
    )
    return run.reasons[0] if run.reasons else None
