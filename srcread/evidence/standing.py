"""What recorded runs say about a note as it is now, in the page's words.

A run counts if it ran the tour's versions (their local part, as in 2.13.0+cpu, aside) and nothing
that it depended on has changed. Among those that count, a failure weighs more than a confirmation,
and that more than "cannot run here". Left out: runs on other versions whose source is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from srcread.evidence.controls.grading import grade
from srcread.model import Evidence, EvidenceStatus, Run, Standing

CANNOT_RUN = "cannot run here: "  # how the judge begins the reason of a snippet that excused itself


def standing(
    evidence: Evidence | None,
    digests: Mapping[str, str],
    versions: Mapping[str, str],
    explained: Collection[str] = (),
) -> Standing:
    """Weigh a note's evidence against its digests and its tour's versions, as they are now.

    `explained` are the ids of the unseen survivors for which the note gives a reason.
    """
    runs = evidence.runs if evidence is not None else ()
    if not runs:
        return Standing(EvidenceStatus.ABSENT, "not confirmed: never run")
    usable = [run for run in runs if not _other_versions(run, versions)]
    if not usable:
        others = sorted({_other_versions(run, versions) for run in runs})
        return Standing(EvidenceStatus.ABSENT, f"not confirmed: only run on {', '.join(others)}")
    fresh = [run for run in usable if not _changes(run, digests)]
    return _fresh_standing(fresh, explained) if fresh else _stale_standing(usable, digests)


def _fresh_standing(runs: Sequence[Run], explained: Collection[str]) -> Standing:
    able = [run for run in runs if not _cannot_run(run)]
    if not able:
        run = _best(runs)
        reason = run.reasons[0].removeprefix(CANNOT_RUN)
        return Standing(EvidenceStatus.ABSENT, f"not confirmed: {reason}", run)
    failed = [run for run in able if not run.confirmed]
    if failed:
        run = _best(failed)
        return Standing(EvidenceStatus.FAILED, f"failed: {run.reasons[0]}", run)
    run = _best(able)
    only = " on CPU only" if run.environment.device.kind == "cpu" else ""
    controlled = [run for run in able if run.controls is not None]
    basis = _best(controlled) if controlled else None
    found = grade(basis or run, explained)
    return Standing(EvidenceStatus.CONFIRMED, f"confirmed{only}", run, found, basis)


def _stale_standing(runs: Sequence[Run], digests: Mapping[str, str]) -> Standing:
    confirmed = [run for run in runs if run.confirmed]
    run = _best(confirmed or runs)
    words = "; ".join(_changes(run, digests))
    if confirmed:
        return Standing(EvidenceStatus.STALE, f"stale: {words}", run)
    return Standing(EvidenceStatus.ABSENT, f"not confirmed: {words}, and that run failed", run)


def _other_versions(run: Run, versions: Mapping[str, str]) -> str:
    """Name what a run ran on where that differs from what the tour is about."""
    ran = run.environment.distributions
    return ", ".join(
        f"{name} {ran[name]}" if name in ran else f"a machine without {name}"
        for name in sorted(versions)
        if ran.get(name, "").partition("+")[0] != versions[name].partition("+")[0]
    )


def _changes(run: Run, digests: Mapping[str, str]) -> list[str]:
    return [
        _change(name, run.digests.get(name), digests[name])
        for name in sorted(digests)
        if run.digests.get(name) != digests[name]
    ]


def _change(name: str, old: str | None, new: str) -> str:
    what = name.removeprefix("symbol:") if name != "snippet" else "the snippet"
    if old is None:
        return f"the run did not look at {what}"
    if old.rpartition(":")[0] != new.rpartition(":")[0]:
        return f"whether {what} has changed is unknown, its digest follows another rule"
    return f"{what} has changed" + (" since the run" if name == "snippet" else "")


def _cannot_run(run: Run) -> bool:
    return bool(run.reasons) and run.reasons[0].startswith(CANNOT_RUN)


def _best(runs: Sequence[Run]) -> Run:
    """Choose the run to show: of a GPU before a CPU, of a later date, then any, always the same."""
    return max(runs, key=lambda run: (run.environment.device.kind != "cpu", run.date, repr(run)))
