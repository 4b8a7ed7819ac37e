"""What recorded runs say about a note as it is now.

A run counts if it ran the tour's versions (their local part, as in 2.13.0+cpu, aside) and nothing
that it depended on has changed. Among those that count, a failure weighs more than a confirmation,
and that more than "cannot run here".

A run on other versions counts as *same source* if every walked function that it executed has the
digest that it has in the tour's version; what is native may differ, so the reason names the
version. It speaks where no run on the tour's own versions does, or adds a GPU to what those
confirm. So does a run for which functions that differ there were replaced by the tour's: it names
them, and is never called one of the tour's version.

What other versions add to that, and where a claim is false there, is said beside it (`elsewhere`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from srcread.evidence.elsewhere import (
    differing,
    elsewhere_of,
    elsewhere_remarks,
    other_versions,
    unpinned,
)
from srcread.evidence.grading import are_known, grade, proof_of
from srcread.model import (
    Depends,
    Detail,
    Evidence,
    EvidenceStatus,
    Grade,
    Proof,
    Reason,
    ReasonCode,
    Run,
    Standing,
)

_MOST_NAMED = 3
_HOLDING = (EvidenceStatus.CONFIRMED, EvidenceStatus.EQUIVALENT)
_PROOFS = {
    Proof.SOURCE: ReasonCode.FROM_SOURCE,
    Proof.STOOD_IN: ReasonCode.WITH_STAND_INS,
    Proof.READ: ReasonCode.BY_TEXT,
    Proof.BESIDE: ReasonCode.BESIDE_LINES,
    Proof.EQUIVALENT: ReasonCode.OWN_CODE,
}
"""What is said of how a run proves what it does: nothing where the lines ran as installed."""


def standing(
    evidence: Evidence | None,
    depends: Depends,
    versions: Mapping[str, str],
    explained: Collection[str] = (),
    current: Callable[[str], str | None] = lambda _: None,
    claims: Sequence[str] | None = None,
    reaches: bool = True,
) -> Standing:
    """Weigh a note's evidence against what it depends on and its tour's versions, as they are now.

    `explained` are the ids of the unseen survivors for which the note gives a reason. `current`
    gives the digest of any symbol by name, None if it is not there. `claims` are the sentences of
    the snippet: a record of this very snippet with others is forged or damaged, and weighs nothing.
    `reaches` tells that the note is about lines that a run can go through.
    """
    runs = evidence.runs if evidence is not None else ()
    runs = tuple(run for run in runs if not run.replaced or unpinned(run.environment, versions))
    if not runs:
        return _absent(ReasonCode.NEVER_RUN if depends.script else ReasonCode.NOT_RUN)
    if claims is not None:
        runs = tuple(run for run in runs if not _is_forged(run, depends, claims))
        if not runs:
            return _absent(ReasonCode.OTHER_CLAIMS)
    found = _weighed(runs, depends, versions, explained, current, reaches)
    rest = [run for run in runs if run not in (found.run, found.gpu)]
    return replace(found, elsewhere=elsewhere_of(rest, depends, versions, current))


def told(standing: Standing) -> tuple[Reason, ...]:
    """Return all that is said of a standing, on its page and on the command line."""
    return (standing.reason, *remarks(standing))


def remarks(standing: Standing) -> tuple[Reason, ...]:
    """Return what is said beside a standing: how it proves, which runs were imported, where else.

    Where else the claims held, or did not, is said of claims that hold on the tour's versions.
    """
    run, found = standing.run, []
    if run is not None and standing.status in _HOLDING:
        found += [Reason(code) for proof, code in _PROOFS.items() if proof is proof_of(run)]
    for one in (run, standing.controlled, standing.gpu):
        remark = imported_remark(one.imported, one.date, one.by) if one is not None else None
        if remark is not None and remark not in found:
            found.append(remark)
    if standing.status in _HOLDING:
        found += elsewhere_remarks(standing.elsewhere)
    return tuple(found)


def imported_remark(on: str | None, date: str, by: str | None) -> Reason | None:
    """Return what is said of a record that was taken in on that day, None of one's own."""
    if on is None:
        return None
    if by is None:
        return Reason(ReasonCode.IMPORTED, {"on": on, "date": date})
    return Reason(ReasonCode.IMPORTED_BY, {"on": on, "date": date, "by": by})


def _weighed(
    runs: Sequence[Run],
    depends: Depends,
    versions: Mapping[str, str],
    explained: Collection[str],
    current: Callable[[str], str | None],
    reaches: bool,
) -> Standing:
    usable = [
        run for run in runs if not (run.replaced or other_versions(run.environment, versions))
    ]
    fresh = [run for run in usable if not changes(run.depends, depends)]
    others = [run for run in runs if run not in usable]
    same = [run for run in others if _is_same_source(run, depends, current)]
    if any(not cannot_run(run) for run in fresh) or (fresh and not same):
        return _with_gpu_of(same, _fresh_standing(fresh, explained, reaches), versions)
    if same:
        found = _fresh_standing(same, explained, reaches)
        assert found.run is not None
        how = _same_source(found.run, versions)
        elsewhere = Reason(ReasonCode.RUN_ELSEWHERE, {"what": found.reason, "how": how})
        return replace(found, reason=elsewhere)
    if usable:
        return _stale_standing(usable, depends)
    places = {repr(place): place for run in others for place in _place(run, versions, current)}
    return _absent(ReasonCode.ONLY_RUN_ON, places=tuple(places[key] for key in sorted(places)))


def lists_claims(run: Run, claims: Sequence[str]) -> bool:
    """Tell whether a run's record is of these claims, all of them and in their order."""
    return [claim.sentence for claim in run.claims] == list(claims)


def _with_gpu_of(same: Sequence[Run], own: Standing, versions: Mapping[str, str]) -> Standing:
    """Add to what runs on a CPU confirm that the same source was confirmed on a GPU."""
    gpu = [run for run in same if run.confirmed and run.environment.device.kind != "cpu"]
    on_cpu = own.run is not None and own.run.environment.device.kind == "cpu"
    if own.status is not EvidenceStatus.CONFIRMED or not on_cpu or not gpu:
        return own
    best = _best(gpu)
    how = _same_source(best, versions)
    return replace(own, reason=Reason(ReasonCode.CONFIRMED_ON_GPU_TOO, {"how": how}), gpu=best)


def _same_source(run: Run, versions: Mapping[str, str]) -> Reason:
    other = other_versions(run.environment, versions)
    if not run.replaced:
        return Reason(ReasonCode.SAME_SOURCE, {"versions": other})
    own = tuple(f"{name} {versions[name]}" for name in unpinned(run.environment, versions))
    values = {"own": own, "versions": other, "functions": _few(run.replaced)}
    return Reason(ReasonCode.REPLACED, values)


def _few(names: Sequence[str]) -> tuple[Detail, ...]:
    rest = len(names) - _MOST_NAMED
    more = (Reason(ReasonCode.AND_MORE, {"count": rest}),) if rest > 0 else ()
    return (*names[:_MOST_NAMED], *more)


def _is_same_source(run: Run, depends: Depends, current: Callable[[str], str | None]) -> bool:
    unchanged = not changes(run.depends, depends) and run.executed is not None
    return unchanged and not differing(run, current)


def _place(
    run: Run, versions: Mapping[str, str], current: Callable[[str], str | None]
) -> tuple[Detail, ...]:
    """Name what a run ran on, and why it does not count for the same source where that is known."""
    where = other_versions(run.environment, versions)
    others = differing(run, current)
    if not run.confirmed or not others:
        return where
    values = {"versions": where, "functions": _few(others)}
    return (Reason(ReasonCode.WITH_OTHER_CODE, values),)


def _is_forged(run: Run, depends: Depends, claims: Sequence[str]) -> bool:
    return run.depends.script == depends.script and not lists_claims(run, claims)


def _fresh_standing(runs: Sequence[Run], explained: Collection[str], reaches: bool) -> Standing:
    able = [run for run in runs if not cannot_run(run)]
    if not able:
        run = _best(runs)
        why = run.reasons[0].values["why"]
        return Standing(EvidenceStatus.ABSENT, Reason(ReasonCode.NOT_RUN_HERE, {"why": why}), run)
    failed = [run for run in able if not run.confirmed]
    if failed:
        run = _best(failed)
        failure = Reason(ReasonCode.FAILED, {"reason": run.reasons[0]})
        return Standing(EvidenceStatus.FAILED, failure, run)
    run = _best(able)
    on_cpu = run.environment.device.kind == "cpu"
    controlled = [run for run in able if run.controls is not None and are_known(run.controls)]
    basis = _best(controlled) if controlled else None
    found = grade(basis or run, explained, reaches=reaches)
    if found is Grade.EQUIVALENT:
        code = ReasonCode.EQUIVALENT_ON_CPU if on_cpu else ReasonCode.EQUIVALENT
        return Standing(EvidenceStatus.EQUIVALENT, Reason(code), run, found, basis)
    code = ReasonCode.CONFIRMED_ON_CPU if on_cpu else ReasonCode.CONFIRMED
    return Standing(EvidenceStatus.CONFIRMED, Reason(code), run, found, basis)


def _stale_standing(runs: Sequence[Run], depends: Depends) -> Standing:
    confirmed = [run for run in runs if run.confirmed]
    run = _best(confirmed or runs)
    values = {"changes": changes(run.depends, depends)}
    if confirmed:
        return Standing(EvidenceStatus.STALE, Reason(ReasonCode.STALE, values), run)
    return Standing(EvidenceStatus.ABSENT, Reason(ReasonCode.CHANGED_AND_FAILED, values), run)


def _absent(code: ReasonCode, **values: Detail) -> Standing:
    return Standing(EvidenceStatus.ABSENT, Reason(code, values))


def changes(ran: Depends, now: Depends) -> tuple[Reason, ...]:
    """Return what of a note has changed since a run depended on it; nothing means that it holds."""
    found = []
    if ran.script != now.script:
        found.append(Reason(_script_change(ran.script, now.script)))
    for name in sorted(now.symbols):
        old, new = ran.symbols.get(name), now.symbols[name]
        if old != new or not new:
            found.append(Reason(_change(old, new), {"name": name}))
    for name in sorted(ran.equations.keys() | now.equations.keys()):
        if ran.equations.get(name) != now.equations.get(name):
            found.append(Reason(ReasonCode.EQUATION_CHANGED, {"name": name}))
    if not found and now.places and ran.places != now.places:
        found.append(
            Reason(ReasonCode.PLACES_CHANGED if ran.places else ReasonCode.PLACES_NOT_SEEN)
        )
    return tuple(found)


def _script_change(old: str, new: str) -> ReasonCode:
    if not new:
        return ReasonCode.SNIPPET_LOST
    return ReasonCode.SNIPPET_CHANGED if old else ReasonCode.SNIPPET_NOT_SEEN


def _change(old: str | None, new: str) -> ReasonCode:
    if not new:
        return ReasonCode.SYMBOL_LOST
    if old is None:
        return ReasonCode.SYMBOL_NOT_SEEN
    if old.rpartition(":")[0] != new.rpartition(":")[0]:
        return ReasonCode.SYMBOL_UNKNOWN
    return ReasonCode.SYMBOL_CHANGED


def cannot_run(run: Run) -> bool:
    """Tell whether a run says that it could not be made where it was tried."""
    return bool(run.reasons) and run.reasons[0].code is ReasonCode.CANNOT_RUN


def _best(runs: Sequence[Run]) -> Run:
    """Choose the run to show: of a GPU before a CPU, of a later date, then any, always the same."""
    return max(runs, key=lambda run: (run.environment.device.kind != "cpu", run.date, repr(run)))
