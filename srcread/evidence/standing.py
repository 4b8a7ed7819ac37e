"""What recorded runs say about a note as it is now, in the page's words.

A run counts if it ran the tour's versions (their local part, as in 2.13.0+cpu, aside) and nothing
that it depended on has changed. Among those that count, a failure weighs more than a confirmation,
and that more than "cannot run here".

A run on other versions counts as *same source* if every walked function that it executed has the
digest that it has in the tour's version; what is native may differ, so the words name the version.
It speaks where no run on the tour's own versions does, or adds a GPU to what those confirm. So does
a run for which functions that differ there were replaced by the tour's: it names them, and is never
called one of the tour's version.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from srcread.evidence.grading import are_known, grade
from srcread.model import Evidence, EvidenceStatus, Run, Standing

CANNOT_RUN = "cannot run here: "  # how the judge begins the reason of a snippet that excused itself
_MOST_NAMED = 3

OTHER_CLAIMS = "not confirmed: its record is not of this snippet's claims"


def standing(
    evidence: Evidence | None,
    digests: Mapping[str, str],
    versions: Mapping[str, str],
    explained: Collection[str] = (),
    current: Callable[[str], str | None] = lambda _: None,
    claims: Sequence[str] | None = None,
    reaches: bool = True,
) -> Standing:
    """Weigh a note's evidence against its digests and its tour's versions, as they are now.

    `explained` are the ids of the unseen survivors for which the note gives a reason. `current`
    gives the digest of any symbol by name, None if it is not there. `claims` are the sentences of
    the snippet: a record of this very snippet with others is forged or damaged, and weighs nothing.
    `reaches` tells that the note is about lines that a run can go through.
    """
    runs = evidence.runs if evidence is not None else ()
    runs = tuple(run for run in runs if not run.replaced or _others(run, versions))
    if not runs:
        return Standing(EvidenceStatus.ABSENT, "not confirmed: never run")
    if claims is not None:
        runs = tuple(run for run in runs if not _is_forged(run, digests, claims))
        if not runs:
            return Standing(EvidenceStatus.ABSENT, OTHER_CLAIMS)
    usable = [run for run in runs if not (run.replaced or _other_versions(run, versions))]
    fresh = [run for run in usable if not _changes(run, digests)]
    others = [run for run in runs if run not in usable]
    same = [run for run in others if _is_same_source(run, digests, current)]
    if any(not _cannot_run(run) for run in fresh) or (fresh and not same):
        return _with_gpu_of(same, _fresh_standing(fresh, explained, reaches), versions)
    if same:
        found = _fresh_standing(same, explained, reaches)
        assert found.run is not None
        return replace(found, words=f"{found.words} ({_same_source(found.run, versions)})")
    if usable:
        return _stale_standing(usable, digests)
    words = sorted({_other_source(run, digests, versions, current) for run in others})
    return Standing(EvidenceStatus.ABSENT, f"not confirmed: only run on {', '.join(words)}")


def lists_claims(run: Run, claims: Sequence[str]) -> bool:
    """Tell whether a run's record is of these claims, all of them and in their order."""
    return [claim.sentence for claim in run.claims] == list(claims)


def _with_gpu_of(same: Sequence[Run], own: Standing, versions: Mapping[str, str]) -> Standing:
    """Add to what runs on a CPU confirm that the same source was confirmed on a GPU."""
    gpu = [run for run in same if run.confirmed and run.environment.device.kind != "cpu"]
    on_cpu = own.run is not None and own.run.environment.device.kind == "cpu"
    if own.status is not EvidenceStatus.CONFIRMED or not on_cpu or not gpu:
        return own
    the = "" if _best(gpu).replaced else "the "
    how = _same_source(_best(gpu), versions)
    return replace(own, words=f"confirmed on CPU, on a GPU with {the}{how}")


def _same_source(run: Run, versions: Mapping[str, str]) -> str:
    other = _other_versions(run, versions)
    if not run.replaced:
        return f"same source, {other}"
    own = ", ".join(f"{name} {versions[name]}" for name in _others(run, versions))
    return f"{own}'s Python on {other}, functions replaced: {_few(run.replaced)}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _is_same_source(
    run: Run, digests: Mapping[str, str], current: Callable[[str], str | None]
) -> bool:
    return not _changes(run, digests) and run.executed is not None and not _differing(run, current)


def _differing(run: Run, current: Callable[[str], str | None]) -> list[str]:
    """Name the functions that were others where a run executed them."""
    executed = run.executed or {}
    return [name for name in sorted(executed) if current(name) != executed[name]]


def _other_source(
    run: Run,
    digests: Mapping[str, str],
    versions: Mapping[str, str],
    current: Callable[[str], str | None],
) -> str:
    """Name what a run ran on, and why it does not count for the same source where that is known."""
    where = _other_versions(run, versions)
    differing = _differing(run, current)
    if not run.confirmed or not differing:
        return where
    verb = "differs" if len(differing) == 1 else "differ"
    return f"{where}, where {_few(differing)} {verb}"


def _is_forged(run: Run, digests: Mapping[str, str], claims: Sequence[str]) -> bool:
    return run.digests.get("snippet") == digests.get("snippet") and not lists_claims(run, claims)


def _fresh_standing(runs: Sequence[Run], explained: Collection[str], reaches: bool) -> Standing:
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
    controlled = [run for run in able if run.controls is not None and are_known(run.controls)]
    basis = _best(controlled) if controlled else None
    found = grade(basis or run, explained, reaches=reaches)
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
        for name in _others(run, versions)
    )


def _others(run: Run, versions: Mapping[str, str]) -> list[str]:
    """Return the distributions of which a run did not run the tour's version."""
    ran = run.environment.distributions
    return [
        name
        for name in sorted(versions)
        if ran.get(name, "").partition("+")[0] != versions[name].partition("+")[0]
    ]


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
