"""From what a child passed on to a verdict: confirmed, or every reason why not.

Confirmed needs all of it: a planned claim at all, every part of every claim evaluated at least once
and true each time, the END record present, last and of the right sequence, every byte signed with
the run's key, exit status 0, no limit met, and no doubt of the reporter. A held `==` whose sides
are recorded as plain values that differ was not decided by them, and is refused, too. Reasons are
values; a page says them in words. Where something cut the run short, the claims behind it are not
listed as unevaluated: that follows.
"""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, TypeVar

from srcread.evidence.grids import read_grids
from srcread.evidence.lab import read_lab
from srcread.evidence.loading import Unusable
from srcread.model import (
    ClaimResult,
    Depends,
    Detail,
    Environment,
    Lab,
    Reason,
    ReasonCode,
    Run,
)
from srcread.running.plan import PlannedRun

DIED: Mapping[str, Any] = {
    "records": "",
    "output": "",
    "cut": "runner",
    "status": None,
    "signal": None,
}
SKIPPED: Mapping[str, Any] = {**DIED, "cut": "skipped"}
_EXCUSED = 77  # automake's exit status for a test that was skipped
_LONGEST = 200
_RAISED = {  # by whether the line is known, and whether the error says anything
    (False, False): ReasonCode.RAISED,
    (True, False): ReasonCode.RAISED_AT,
    (False, True): ReasonCode.RAISED_SAYING,
    (True, True): ReasonCode.RAISED_AT_SAYING,
}

_TEXT = (str, type(None))
_SHAPES: Mapping[str, Mapping[str, type | tuple[type, ...]]] = {
    "CLAIM": {"claim": int, "part": int, "truth": bool, "observed": _TEXT, "expected": _TEXT},
    "EXCEPTION": {"type": str, "message": str, "exit": bool, "line": int},
    "OBSERVED": {"observer": str, "value": str},
    "DOUBT": {"claim": int, "part": int, "code": str, "name": str},
    "REPLACED": {"name": str},
    "END": {"evaluations": list},
}
_MOST_NAMED = 3
_T = TypeVar("_T")
_ROUNDING = 1e-3  # recorded floats have four digits

# What `json.loads` gives for a signed record or an outcome: srcread.child.main lists their keys.
Json = Mapping[str, Any]


def judge(
    planned: PlannedRun,
    outcome: Json,
    limits: Mapping[str, float],
    *,
    environment: Environment,
    date: str,
    depends: Depends,
) -> Run:
    """Judge one run by its records; `outcome` is a `run` line of `srcread.child`."""
    records, foreign = _records(outcome, bytes.fromhex(planned["key"]))
    seen = observed(planned, outcome)
    lab, problem = _told(seen, "lab", read_lab)
    grids, strange = _told(seen, "grids", read_grids)
    reasons = (*_reasons(planned, outcome, limits, records, foreign), *problem, *strange)
    return Run(
        environment=environment,
        date=date,
        depends=depends,
        confirmed=not reasons,
        reasons=reasons,
        claims=tuple(claim_of(planned, records, claim) for claim in range(len(planned["claims"]))),
        output=outcome["output"],
        peak_memory=_peak_memory(seen),
        lab=with_replaced(lab, replaced_in(planned, outcome)),
        grids=grids or (),
    )


def observed(planned: PlannedRun, outcome: Json) -> Mapping[str, Any] | None:
    """Return by its name what each observer has seen; None for a run that did not end well."""
    records, foreign = _records(outcome, bytes.fromhex(planned["key"]))
    if foreign or outcome["cut"] or outcome["status"] != 0 or not any(_of(records, "END")):
        return None
    asked = {name for name, _ in planned["observers"]}
    told = [record for record in _of(records, "OBSERVED") if record["observer"] in asked]
    return {record["observer"]: said_by(record) for record in told}


def said_by(record: Json) -> Any:
    """Read what an observer said; its text went through the snippet's process."""
    try:
        return json.loads(record["value"])
    except (ValueError, RecursionError):
        return None


def records_of(planned: PlannedRun, outcome: Json) -> list[Json]:
    """Return the authentic records of a run, in order, up to the first foreign byte."""
    return _records(outcome, bytes.fromhex(planned["key"]))[0]


def claims_of(planned: PlannedRun, outcome: Json) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the claims that were false, and those of which a part was never evaluated.

    Where the reporter has a doubt, no claim counts as evaluated.
    """
    records, _ = _records(outcome, bytes.fromhex(planned["key"]))
    made = [] if any(_of(records, "DOUBT")) else list(_of(records, "CLAIM"))
    seen = {(record["claim"], record["part"]) for record in made}
    false = {record["claim"] for record in made if not record["truth"]}
    planned_parts = [
        (n, part) for n, c in enumerate(planned["claims"]) for part in range(c["parts"])
    ]
    missing = {claim for claim, part in planned_parts if (claim, part) not in seen}
    known = range(len(planned["claims"]))
    return tuple(sorted(false.intersection(known))), tuple(sorted(missing))


def why_stopped(
    outcome: Json, limits: Mapping[str, float], records: Sequence[Json], false: Sequence[str] = ()
) -> Reason | None:
    """Say what kept a snippet from its end, if so; a `false` claim's own error is no news."""
    if outcome["cut"]:
        return _cut_short(outcome["cut"], limits)
    for error in _of(records, "EXCEPTION"):
        return _error(error, outcome, false)
    ended = bool(list(_of(records, "END")))
    if outcome["signal"] == "SIGXCPU":
        return Reason(ReasonCode.CPU_LIMIT, {"seconds": limits["cpu_seconds"]})
    if outcome["signal"]:
        code = ReasonCode.KILLED_AFTER_END if ended else ReasonCode.KILLED
        return Reason(code, {"signal": str(outcome["signal"])})
    if outcome["status"] == 0:
        return None if ended else Reason(ReasonCode.ENDED_EARLY, {"how": "os._exit"})
    code = ReasonCode.STATUS_AFTER_END if ended else ReasonCode.STATUS_BEFORE_END
    return Reason(code, {"status": int(outcome["status"])})


def replaced_in(planned: PlannedRun, outcome: Json) -> frozenset[str]:
    """Return what stood for something else while a run was looked at."""
    return frozenset(record["name"] for record in _of(records_of(planned, outcome), "REPLACED"))


def with_replaced(lab: Lab | None, names: Collection[str]) -> Lab | None:
    """Return what a run took from the lab with these names among what it replaced."""
    if not names:
        return lab
    lab = lab if lab is not None else Lab()
    return replace(lab, given=tuple(sorted({*lab.given, *names})))


def _told(
    seen: Mapping[str, Any] | None, name: str, read: Callable[[Any], _T]
) -> tuple[_T | None, tuple[Reason, ...]]:
    """Return what the lab told under a name; what cannot be read is a reason not to confirm."""
    found = seen.get(name) if seen is not None else None
    try:
        return read(found) if found is not None else None, ()
    except Unusable as problem:
        return None, (Reason(ReasonCode.LAB_UNREADABLE, {"problem": problem.message}),)


def _peak_memory(seen: Mapping[str, Any] | None) -> int | None:
    """Return the bytes that a run on a GPU held at most, rounded: allocators differ in detail."""
    found = seen.get("memory") if seen is not None else None
    return int(float(f"{found:.1e}")) if type(found) is int and found >= 0 else None


def _records(outcome: Json, key: bytes) -> tuple[list[Json], bool]:
    """Return the authentic records up to the first foreign byte, and whether there was one."""
    records: list[Json] = []
    lines = base64.b64decode(outcome["records"]).split(b"\n")
    for line in lines[:-1]:
        record = _record(line, key)
        if record is None or record.get("sequence") != len(records):
            return records, True
        records.append(record)
    ends = [place for place, record in enumerate(records) if record["kind"] == "END"]
    return records, bool(lines[-1]) or ends not in ([], [len(records) - 1])


def _record(line: bytes, key: bytes) -> Json | None:
    """Return a signed record of a known shape; a forger with the key must not crash the judge."""
    mac, _, body = line.partition(b" ")
    if not compare_digest(mac, blake2b(body, key=key).hexdigest().encode()):
        return None
    try:
        record = json.loads(body)
        shape = _SHAPES[record["kind"]]
        known = all(isinstance(record[name], kind) for name, kind in shape.items())
        for claim, part, count in record.get("evaluations", ()):
            known = known and all(isinstance(number, int) for number in (claim, part, count))
    except (ValueError, KeyError, TypeError):
        return None
    return record if known else None


def _reasons(
    planned: PlannedRun,
    outcome: Json,
    limits: Mapping[str, float],
    records: Sequence[Json],
    foreign: bool,
) -> Iterator[Reason]:
    false = sorted({(r["claim"], r["part"]) for r in _of(records, "CLAIM") if not r["truth"]})
    false = [place for place in false if place[0] < len(planned["claims"])]
    if not planned["claims"]:
        yield Reason(ReasonCode.NO_CLAIM)
    if foreign and not outcome["cut"]:
        yield Reason(ReasonCode.FOREIGN_BYTES)
    for claim, part in false:
        yield _of_claim(planned, claim, part, ReasonCode.CLAIM_FALSE, ReasonCode.PART_FALSE)
    yield from _doubts(planned, records)
    sentences = [_sentence(planned, claim) for claim, _ in false]
    stopped = why_stopped(outcome, limits, records, sentences)
    if stopped:
        yield stopped
    if not (foreign or false or stopped):
        yield from _unevaluated(planned, records)


def _doubts(planned: PlannedRun, records: Sequence[Json]) -> Iterator[Reason]:
    """Say what the reporter doubts, and which sides of what held are recorded as different."""
    left: list[Detail] = []
    for record in _of(records, "DOUBT"):
        name, known = record["name"], 0 <= record["claim"] < len(planned["claims"])
        about = _about(planned, record["claim"]) if known else {}
        match record["code"]:
            case "elsewhere":
                yield Reason(ReasonCode.FORGED, about) if known else Reason(ReasonCode.FORGED_END)
            case "rebound" if known:
                yield Reason(ReasonCode.REBOUND, {"name": name, **about})
            case "own" if known:
                yield Reason(ReasonCode.OWN_COMPARISON, {"name": name, **about})
            case "left":
                left.append(name)
            case _:
                yield Reason(ReasonCode.MEDDLED, {"name": name})
    if left:
        more = [Reason(ReasonCode.AND_MORE, {"count": len(left) - _MOST_NAMED})]
        names = (*left[:_MOST_NAMED], *(more if len(left) > _MOST_NAMED else ()))
        yield Reason(ReasonCode.LEFT_CHANGED, {"names": names})
    for record in _of(records, "CLAIM"):
        sides = record["observed"], record["expected"]
        if record["truth"] and 0 <= record["claim"] < len(planned["claims"]) and _differ(*sides):
            values = {"observed": sides[0], "expected": sides[1]}
            yield Reason(ReasonCode.SIDES_DIFFER, {**values, **_about(planned, record["claim"])})


def _differ(observed: str | None, expected: str | None) -> bool:
    """Tell whether two recorded sides are plain values that cannot be equal.

    What is no literal says too little: `> 3`, a tensor, an unknown class, what was cut.
    """
    try:
        one, other = (ast.literal_eval(side or "") for side in (observed, expected))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return not _agree(one, other)


def _agree(one: Any, other: Any) -> bool:
    match one, other:
        case ((bool() | int() | float() | complex()), (bool() | int() | float() | complex())):
            return abs(one - other) <= _ROUNDING * max(abs(one), abs(other))
        case (list(), list()) | (tuple(), tuple()):
            return len(one) == len(other) and all(map(_agree, one, other))
        case dict(), dict():
            return one.keys() == other.keys() and all(_agree(one[k], other[k]) for k in one)
    return bool(one == other)


def _cut_short(cut: str, limits: Mapping[str, float]) -> Reason:
    match cut:
        case "cpu":
            return Reason(ReasonCode.CPU_LIMIT, {"seconds": limits["cpu_counted"]})
        case "time":
            return Reason(ReasonCode.TIME_LIMIT, {"seconds": limits["wall_seconds"]})
        case "memory":
            return Reason(ReasonCode.MEMORY_LIMIT, {"size": _size(limits["memory_bytes"])})
        case "processes":
            return Reason(ReasonCode.PROCESS_LIMIT, {"count": limits["processes"]})
        case "output":
            return Reason(ReasonCode.OUTPUT_LIMIT, {"size": _size(limits["output_bytes"])})
        case "records":
            return Reason(ReasonCode.RECORD_LIMIT, {"size": _size(limits["record_bytes"])})
    return Reason(ReasonCode.RUNNER_DIED)


def _error(error: Json, outcome: Json, false: Sequence[str]) -> Reason | None:
    name, message = str(error["type"]), str(error["message"])
    if error["exit"] and message == str(_EXCUSED):
        return Reason(ReasonCode.CANNOT_RUN, {"why": _excuse(str(outcome["output"]))})
    if error["exit"]:
        return Reason(ReasonCode.ENDED_EARLY, {"how": f"SystemExit({message})"})
    if name == "AssertionError" and any(message.startswith(_cut(text)) for text in false):
        return None
    missing = message.removeprefix("No module named ").strip("'")
    is_whole = missing == "srcread.lab" or "." not in missing  # of a package a part is no excuse
    if name == "ModuleNotFoundError" and missing != message and is_whole:
        return Reason(ReasonCode.CANNOT_RUN, {"why": Reason(ReasonCode.NEEDS, {"name": missing})})
    values: dict[str, Detail] = {"error": name}
    if error["line"]:
        values["line"] = error["line"]
    if message:
        values["message"] = message
    return Reason(_RAISED["line" in values, "message" in values], values)


def _excuse(output: str) -> Reason:
    printed = output.strip().splitlines()
    if not printed:
        return Reason(ReasonCode.EXCUSED_SILENTLY)
    return Reason(ReasonCode.EXCUSED, {"said": printed[-1].strip()[:_LONGEST]})


def _unevaluated(planned: PlannedRun, records: Sequence[Json]) -> Iterator[Reason]:
    seen = {(record["claim"], record["part"]) for record in _of(records, "CLAIM")}
    for claim, about in enumerate(planned["claims"]):
        missing = [part for part in range(about["parts"]) if (claim, part) not in seen]
        for part in missing[:1]:
            some = part if len(missing) < about["parts"] else None
            codes = ReasonCode.CLAIM_UNEVALUATED, ReasonCode.PART_UNEVALUATED
            yield _of_claim(planned, claim, some, *codes)


def claim_of(planned: PlannedRun, records: Sequence[Json], claim: int) -> ClaimResult:
    """Return what one claim did in a run."""
    mine = [record for record in _of(records, "CLAIM") if record["claim"] == claim]
    false = [record for record in mine if not record["truth"]]
    counts = [row for end in _of(records, "END") for row in end["evaluations"]]
    # Without an END the counts are unknown; the signed records are what surely happened.
    counted = sum(count for number, part, count in counts if number == claim and part == 0)
    seen = sum(record["part"] == 0 for record in mine)
    shown = sorted(false[:1] or mine, key=lambda record: int(record["part"]))
    parts = planned["claims"][claim]["parts"]
    return ClaimResult(
        sentence=_sentence(planned, claim),
        evaluations=counted or seen,
        held=not false and len({record["part"] for record in mine}) == parts,
        observed=_joined(shown, "observed"),
        expected=_joined(shown, "expected"),
    )


def _joined(records: Sequence[Json], key: str) -> str | None:
    texts = [record[key] for record in records if record["observed"] is not None]
    joined = "; ".join(text for text in texts if text is not None)
    return (joined if len(joined) <= _LONGEST else joined[: _LONGEST - 1] + "…") or None


def _of(records: Sequence[Json], kind: str) -> Iterator[Json]:
    return (record for record in records if record["kind"] == kind)


def _of_claim(
    planned: PlannedRun, claim: int, part: int | None, whole: ReasonCode, some: ReasonCode
) -> Reason:
    values = _about(planned, claim)
    if part is None or planned["claims"][claim]["parts"] == 1:
        return Reason(whole, values)
    return Reason(some, {**values, "part": part + 1})


def _about(planned: PlannedRun, claim: int) -> dict[str, Detail]:
    return {"claim": claim + 1, "sentence": _sentence(planned, claim)}


def _sentence(planned: PlannedRun, claim: int) -> str:
    return planned["claims"][claim]["sentence"]


def _cut(sentence: str) -> str:
    return " ".join(sentence.split())[:_LONGEST]


def _size(count: float) -> str:
    units = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))
    return next(f"{count / unit:g} {name}" for name, unit in units if count >= unit or unit == 1024)
