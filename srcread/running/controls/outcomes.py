"""What a control did, told from the records of its run.

A change is noticed by a claim that turned false while the snippet ran as written. What comes after
a crash, caught or not, is no proof: the claim is false of what was never computed. Nor is anything
that a run with doubts of the reporter reports. The other way round, a snippet that gives up where a
value differs, leaves a claim out, or does there what makes the run doubtful, hides a change that no
claim noticed: these count as unseen, and not as crashes. So does a change after which nothing
differs, where not all values could be looked into: one may be another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from srcread.model import Outcome, ReasonCode
from srcread.running.judge import Json, claim_of, claims_of, observed, records_of, said_by
from srcread.running.plan import PlannedRun
from srcread.running.second_runs import Observation, differs, read_observation


def outcome_of(
    run: PlannedRun,
    outcome: Json,
    unchanged: Observation | None = None,
    target: int | None = None,
    claims: Collection[int] = (),
) -> tuple[Outcome, tuple[int, ...]] | None:
    """Return what a control run came to, and which claims it turned false.

    `unchanged` is what was seen without the change of this target; without one, as for a declared
    control, values are not compared. `claims` are the lines of the claims. None says that the
    change could not be made.
    """
    records = records_of(run, outcome)
    crash = _place(records, "crashed")
    false = {r["claim"] for r in records[:crash] if r["kind"] == "CLAIM" and not r["truth"]}
    false &= set(range(len(run["claims"])))
    if any(record["kind"] == "DOUBT" for record in records):
        return (Outcome.CRASH if unchanged is None else Outcome.UNSEEN), ()
    if false:
        return Outcome.CLAIM, tuple(sorted(false))
    seen = observed(run, outcome)
    if seen is None:
        left_out = unchanged.left_out if unchanged is not None else frozenset()
        hides = unchanged is not None and _gave_up(records, outcome, left_out, claims)
        return (Outcome.UNSEEN if hides else Outcome.CRASH), ()
    late, missing = claims_of(run, outcome)
    if late or (missing and unchanged is None):
        return Outcome.CRASH, ()
    if unchanged is None:
        return Outcome.SILENT, ()
    found = read_observation(seen, 1)
    if found is None:
        return Outcome.UNSEEN, ()
    why = found.refused[0]
    if why and why.code is not ReasonCode.VALUES_UNKNOWN and run["overlay"] is None:
        return None
    alike = found.whole[0] and not differs(unchanged, found, target)
    whole = target is None or unchanged.whole[target]
    return (Outcome.SILENT if alike and whole else Outcome.UNSEEN), ()


def seen_by(run: PlannedRun, outcome: Json, claim: int) -> str | None:
    """Return what a claim compared in a control run, in which it was false."""
    return claim_of(run, records_of(run, outcome), claim).observed


def _gave_up(
    records: Sequence[Json], outcome: Json, left_out: frozenset[int], claims: Collection[int]
) -> bool:
    """Tell whether a snippet ended by its own doing, and not in a claim.

    That is its raise or exit, a failure of its own code, and whatever comes of a statement that an
    unchanged run leaves out. A limit or a signal does not tell which statement met it.
    """
    if outcome["cut"] or outcome["signal"]:
        return bool(left_out)
    stopped = next((said_by(r) for r in records if r.get("observer") == "stopped"), None)
    match stopped:
        case None:
            return not any(record["kind"] == "EXCEPTION" for record in records)
        case [str(how), [*through]]:
            lines = {line for line in through if isinstance(line, int)}
            failed = how == "failed" and lines.isdisjoint(claims)
            return how == "own" or failed or not lines.isdisjoint(left_out)
    return False


def _place(records: Sequence[Json], observer: str) -> int:
    """Return the place of the first word of an observer among the records; their count if none."""
    places = (n for n, r in enumerate(records) if r["kind"] == "OBSERVED")
    return next((n for n in places if records[n]["observer"] == observer), len(records))
