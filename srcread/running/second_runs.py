"""Second runs of a snippet, in which the functions that its note is about are watched.

The verdict is that of a first run, on untouched code. What a second one sees is taken only if its
claims came out the same: so looking can cost the reach, and never a confirmation. What an observer
says has gone through the snippet's process; what is not of the agreed shape counts as not seen.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from srcread.evidence.loading import Unusable
from srcread.evidence.reasons import read_reason
from srcread.model import Reach, Reason, ReasonCode
from srcread.running.judge import Json, claims_of, observed, records_of, why_stopped
from srcread.running.plan import Passed, Plan, PlannedRun, payload
from srcread.running.targets.targets import AnchoredSymbol, Target, Targets, start_of

LOOKING_FAILED = Reason(ReasonCode.WATCHING_DIFFERS)
REPLACE = "replace"
_WATCHING = (
    "install",
    "replace",
    "watching/units",
    "watching/marks",
    "watching/values",
    "watching/walking",
    "watching/natives",
    "watching/sketches",
    "watching/replies",
    "watching/errors",
    "watching/declare",
    "watching/executed",
    "watching/late",
    "overlay",
    "stirring",
)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a watched run saw: per target, in order; `values` are compared by `differs`.

    `whole` says of a target whether all its values were looked at. `errors` came to the snippet,
    which went on; `left_out` are the lines of its statements that did not run.
    """

    ran: tuple[tuple[bool, ...], ...]
    entered: tuple[int, ...]
    native: tuple[frozenset[str], ...]
    refused: tuple[Reason | None, ...]
    whole: tuple[bool, ...]
    values: Mapping[str, Any]
    errors: tuple[Passed, ...] = ()
    left_out: frozenset[int] = frozenset()


def watching(run: PlannedRun, targets: Targets, names: Sequence[Sequence[str]] = ()) -> PlannedRun:
    """Return a run like this one that watches the targets.

    `names` are, per target, those of the functions of which it asks whether they are native.
    """
    units = [
        {"number": n, "unit": target.unit, "places": target.places, "names": given}
        for n, (target, given) in enumerate(
            zip(targets.found, names or [()] * len(targets.found), strict=True)
        )
    ]
    about = {"units": units, "change": None, "mark": run["mark"], "decides": False}
    return _observed(run, about, "late", ())


def changing(
    run: PlannedRun,
    targets: Targets,
    number: int,
    change: Mapping[str, Any],
    errors: Sequence[Passed],
) -> PlannedRun:
    """Return a run like this one, its claims soft, with one change of the target of this number.

    `errors` are those that an unchanged run goes on after.
    """
    unit = {"number": number, "unit": targets.found[number].unit, "places": [], "names": []}
    return _changed(run, unit, change, errors)


def rewriting(
    run: PlannedRun,
    targets: Targets,
    number: int,
    change: Mapping[str, Any],
    errors: Sequence[Passed],
    offset: int,
) -> PlannedRun:
    """Return a run like `changing`, with the change made in a copy of the target's file.

    `offset` is where the target begins there.
    """
    unit, (start, end, new) = targets.found[number].unit, change["edit"]
    text = unit["text"][:start] + new + unit["text"][end:]
    about = {"number": number, "unit": {**unit, "text": text}, "places": [], "names": []}
    found = _changed(run, about, None, errors)
    file = next(file for file in targets.files if file.path == unit["file"])
    edit = offset + start, offset + end, new
    return {**found, "overlay": {"tree": file.tree, "file": file.file, "edit": edit}}


def _changed(
    run: PlannedRun,
    unit: Mapping[str, Any],
    change: Mapping[str, Any] | None,
    errors: Sequence[Passed],
) -> PlannedRun:
    about = {"units": [unit], "change": change, "mark": None, "decides": True}
    return _observed(run, about, "", errors)


def _observed(
    run: PlannedRun, about: Mapping[str, Any], gives_up: str, errors: Sequence[Passed]
) -> PlannedRun:
    """Return a run whose claims are soft, as in any other: no snippet shall tell them apart."""
    made = again(run, [*replacing(run), ("units", about), ("errors", None)])
    return {**made, "soft": True, "gives_up": gives_up, "errors": list(errors)}


def again(run: PlannedRun, observers: list[tuple[str, Any]]) -> PlannedRun:
    """Return a run like this one with other observers, and a key of its own."""
    return {**run, "key": secrets.token_hex(32), "checked": False, "observers": observers}


def replacing(run: PlannedRun) -> list[tuple[str, Any]]:
    """Return what of a run's observers replaces functions: every run like it needs that, too."""
    return [(name, about) for name, about in run["observers"] if name == REPLACE]


def add_watching(planned: Plan, runs: Sequence[PlannedRun]) -> Plan:
    """Return a plan with these runs behind its own, and with the modules that they need."""
    texts = {**planned["payload"], **payload(_WATCHING)}
    return {**planned, "payload": texts, "runs": [*planned["runs"], *runs]}


def observation(run: PlannedRun, targets: Targets, outcome: Json) -> Observation | None:
    """Return what a watched run saw, or None if it did not end, or not with all claims true."""
    seen = observed(run, outcome)
    if seen is None or any(claims_of(run, outcome)):
        return None
    return read_observation(seen, len(targets.found))


def why_unseen(run: PlannedRun, outcome: Json, limits: Mapping[str, float]) -> Reason:
    """Say why nothing is taken of a watched run: what ended it early, or that it differs."""
    why = why_stopped(outcome, limits, records_of(run, outcome))
    return Reason(ReasonCode.WATCHING_ENDED, {"reason": why}) if why else LOOKING_FAILED


def read_observation(seen: Mapping[str, Any], units: int) -> Observation | None:
    """Read what the observer said of so many units; None if it is not of the agreed shape."""
    try:
        about, came = seen["units"], seen["errors"]
        found = Observation(
            ran=tuple(tuple(bool(each) for each in row) for row in about["ran"]),
            entered=tuple(int(count) for count in about["entered"]),
            native=tuple(frozenset(map(str, row)) for row in about["native"]),
            refused=tuple(read_reason(why) if why else None for why in about["refused"]),
            whole=tuple(each is True for each in about["whole"]),
            values={"tensors": list(about["values"]["tensors"]), "rows": about["values"]["rows"]},
            errors=tuple(
                (int(place), int(claims), int(times)) for place, claims, times in came["came"]
            ),
            left_out=frozenset(int(line) for line in came["left_out"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, Unusable):
        return None
    listed = found.ran, found.entered, found.native, found.refused, found.whole
    return found if set(map(len, listed)) == {units} else None


def differs(one: Observation, other: Observation, unit: int | None = None) -> bool:
    """Tell whether two runs saw other values, or other activations, beyond rounding.

    Of all units, or of that one.
    """
    try:
        rows, others = (
            [row for row in seen.values["rows"] if unit is None or row[0] == unit]
            for seen in (one, other)
        )
        return len(rows) != len(others) or any(
            _row_differs(row, one.values["tensors"], same, other.values["tensors"])
            for row, same in zip(rows, others, strict=True)
        )
    except (TypeError, ValueError, IndexError):
        return True


def reach_of(
    targets: Targets, seen: Observation | None, unseen: Reason = LOOKING_FAILED
) -> tuple[Reach, ...]:
    """Return the reach of every symbol that a note is anchored in.

    `unseen` is why nothing was seen, if so.
    """
    refused = [Reach(name, False, reason=why) for name, why in targets.refused]
    reaches = [
        _reach(number, target, part, seen, unseen)
        for number, target in enumerate(targets.found)
        for part in target.parts
    ]
    return tuple(sorted((*refused, *reaches), key=lambda reach: reach.symbol))


def ran_places(number: int, target: Target, seen: Observation) -> set[tuple[int, int]]:
    """Return the places of the statements of a target that ran."""
    return {place for place, ran in zip(target.places, seen.ran[number], strict=True) if ran}


def _reach(
    number: int, target: Target, part: AnchoredSymbol, seen: Observation | None, unseen: Reason
) -> Reach:
    why = unseen if seen is None else seen.refused[number]
    if seen is None or why or len(seen.ran[number]) != len(target.places):
        return Reach(part.symbol.name, False, reason=why or LOOKING_FAILED)
    ran = ran_places(number, target, seen)
    first = part.symbol.range.start.line
    lines: dict[int, bool] = {}
    for place in map(start_of, part.statements):
        offset = place[0] - first
        lines[offset] = lines.get(offset, True) and place in ran
    return Reach(
        symbol=part.symbol.name,
        entered=part.entry in ran if part.entry else seen.entered[number] > 0,
        reached=tuple(sorted(line for line, all_ran in lines.items() if all_ran)),
        unreached=tuple(sorted(line for line, all_ran in lines.items() if not all_ran)),
    )


def _row_differs(row: Any, tensors: list[Any], other: Any, others: list[Any]) -> bool:
    unit, text, numbers, floats = row
    unit2, text2, numbers2, floats2 = other
    if (unit, text, len(numbers), len(floats)) != (unit2, text2, len(numbers2), len(floats2)):
        return True
    pairs = zip(floats, floats2, strict=True)
    if any(_apart(a, b) for a, b in pairs):
        return True
    return any(
        _tensor_differs(tensors[a], others[b]) for a, b in zip(numbers, numbers2, strict=True)
    )


_ROUNDING = 1e-6
_NOTHING = 1e-12
_UNEVEN = 0.01  # of a tolerance, which a small part of a tensor has by the size of its large ones


def _tensor_differs(one: Any, other: Any) -> bool:
    if one is other or one == other:
        return False
    exact, tolerance, sums, giants = one
    exact2, _, sums2, giants2 = other
    if exact != exact2 or len(sums) != len(sums2) or len(giants) != len(giants2):
        return True
    least = tolerance * _UNEVEN * max((*sums[::4], *sums2[::4]), default=0.0) + _NOTHING
    return _sums_differ(sums, sums2, tolerance, least) or _sums_differ(
        giants, giants2, tolerance, 0
    )


def _sums_differ(one: list[Any], other: list[Any], tolerance: float, least: float) -> bool:
    """Tell whether the sums of a part of two tensors differ, fours that begin with its norm."""
    for start in range(0, len(one), 4):
        part, same = one[start : start + 4], other[start : start + 4]
        bound = tolerance * max(part[0], same[0]) + least
        if not all(abs(a - b) <= bound for a, b in zip(part, same, strict=True)):
            return True
    return False


def _apart(one: Any, other: Any) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return bool(one != other)
    return not abs(one - other) <= max(_NOTHING, _ROUNDING * max(abs(one), abs(other)))
