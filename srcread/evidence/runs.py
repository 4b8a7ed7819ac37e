"""A recorded run as JSON, both ways: `run_json` writes it, `read_run` reads it with suspicion.

Controls are grouped by what they did, `{"claim": {ID: [CLAIM, …]}, "crash": [ID, …], …}`: that is
what a reviewer looks for. A run recorded without reach, controls or what it executed has no such
keys. What has a wrong kind or contradicts itself is refused: it must never confirm, nor be graded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from srcread.evidence.bounds import (
    day_of,
    name_of,
    optional_short_of,
    output_of,
    refuse_excess,
    short_of,
)
from srcread.evidence.contradictions import refuse_contradiction
from srcread.evidence.fields import each_of, field_of, numbers_of, texts_of
from srcread.evidence.grids import grids_json, read_grids
from srcread.evidence.lab import lab_json, read_lab
from srcread.evidence.loading import Unusable
from srcread.evidence.reasons import read_reason, read_reasons, reason_json
from srcread.model import (
    ClaimResult,
    Confinement,
    Control,
    Controls,
    Depends,
    Device,
    Environment,
    Outcome,
    Reach,
    Reason,
    Run,
)

# What `Control.id` says of mutants, or `declared@CLAIM#N`.
_CONTROL = re.compile(r"[a-z-]+@\d+(\+-?\d+:\d+--?\d+:\d+)?(#\d+)?", re.ASCII)

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)

DEVICES = ("cpu", "cuda")

_CONFINEMENTS = {one.value: one for one in Confinement}


def run_json(run: Run) -> dict[str, Any]:
    """Return a run as plain JSON values."""
    values = asdict(run)
    del values["depends"]
    values["digests"] = {"snippet": run.depends.script, "symbols": dict(run.depends.symbols)}
    if run.depends.places:
        values["digests"]["places"] = run.depends.places
    if run.depends.equations:
        values["digests"]["equations"] = dict(run.depends.equations)
    values["environment"] = environment_json(run.environment)
    values["reasons"] = [reason_json(reason) for reason in run.reasons]
    values["reach"] = [_reach_json(reach) for reach in run.reach] if run.reach is not None else None
    for key in ("reach", "executed", "peak_memory", "lock", "by", "imported"):
        if values[key] is None:
            del values[key]
    if run.lab is None:
        del values["lab"]
    else:
        values["lab"] = lab_json(run.lab)
    if run.grids:
        values["grids"] = grids_json(run.grids)
    else:
        del values["grids"]
    if run.replaced:
        values["replaced"] = list(run.replaced)
    else:
        del values["replaced"]
    if run.controls is None:
        del values["controls"]
    else:
        values["controls"] = {
            "version": run.controls.version,
            "mutants": _by_outcome(run.controls.mutants),
            "declared": _by_outcome(run.controls.declared),
            "refused": {n: reason_json(why) for n, why in run.controls.refused.items()},
        }
        if seen := {one.id: one.observed for one in run.controls.declared if one.observed}:
            values["controls"]["seen"] = seen
    return values


def environment_json(environment: Environment) -> dict[str, Any]:
    """Return where a run ran as plain JSON values; digests of RECORDs only where there are any."""
    values = {**asdict(environment), "sandbox": [one.value for one in environment.sandbox]}
    if not environment.records:
        del values["records"]
    return values


def read_run(value: object) -> Run:
    """Read a run.

    Raises:
        Unusable: a key is missing or of a wrong kind, is beyond what a run can say, or the run
            contradicts itself.
    """
    refuse_excess(value)
    run = Run(
        environment=read_environment(field_of(value, "environment", dict)),
        date=day_of(value, "date"),
        depends=_depends(field_of(value, "digests", dict)),
        confirmed=field_of(value, "confirmed", bool),
        reasons=tuple(map(read_reason, field_of(value, "reasons", list))),
        claims=tuple(_claim(claim) for claim in field_of(value, "claims", list)),
        output=output_of(value),
        reach=_reaches(value) if _has(value, "reach") else None,
        controls=_controls(field_of(value, "controls", dict)) if _has(value, "controls") else None,
        executed=texts_of(value, "executed") if _has(value, "executed") else None,
        peak_memory=field_of(value, "peak_memory", int) if _has(value, "peak_memory") else None,
        lab=read_lab(field_of(value, "lab", dict)) if _has(value, "lab") else None,
        grids=read_grids(field_of(value, "grids", list)) if _has(value, "grids") else (),
        replaced=tuple(each_of(field_of(value, "replaced", list), str, "replaced"))
        if _has(value, "replaced")
        else (),
        lock=_digest_of(value, "lock") if _has(value, "lock") else None,
        by=name_of(value, "by"),
        imported=day_of(value, "imported") if _has(value, "imported") else None,
    )
    refuse_contradiction(run)
    return run


def read_environment(value: dict[str, Any]) -> Environment:
    """Read where a run ran.

    Raises:
        Unusable: a key is missing or of a wrong kind.
    """
    held = each_of(field_of(value, "sandbox", list), str, "sandbox")
    strange = next((one for one in held if one not in _CONFINEMENTS), None)
    if strange is not None:
        raise Unusable("EVID004", f"was confined by {strange!r}, which is unknown")
    return Environment(
        python=short_of(value, "python"),
        platform=short_of(value, "platform"),
        distributions=texts_of(value, "distributions"),
        device=_device(field_of(value, "device", dict)),
        sandbox=tuple(_CONFINEMENTS[one] for one in held),
        records=_records(field_of(value, "records", dict)) if _has(value, "records") else {},
    )


def _records(value: dict[str, Any]) -> dict[str, str]:
    return {name: _digest_of(value, name) for name in sorted(value)}


def _digest_of(value: object, key: str) -> str:
    found = field_of(value, key, str)
    if not _SHA256.fullmatch(found):
        raise Unusable("EVID004", f"has no sha256 in {key!r}")
    return found


def _depends(value: dict[str, Any]) -> Depends:
    places = field_of(value, "places", str) if _has(value, "places") else ""
    equations = texts_of(value, "equations") if _has(value, "equations") else {}
    return Depends(field_of(value, "snippet", str), texts_of(value, "symbols"), places, equations)


def _device(value: object) -> Device:
    kind = field_of(value, "kind", str)
    if kind not in DEVICES:
        raise Unusable("EVID004", f"is of the device {kind!r}, and not {' or '.join(DEVICES)}")
    return Device(
        kind=kind,
        name=short_of(value, "name"),
        compute_capability=optional_short_of(value, "compute_capability"),
        cuda=optional_short_of(value, "cuda"),
        driver=optional_short_of(value, "driver"),
    )


def _claim(value: object) -> ClaimResult:
    return ClaimResult(
        sentence=field_of(value, "sentence", str),
        evaluations=field_of(value, "evaluations", int),
        held=field_of(value, "held", bool),
        observed=optional_short_of(value, "observed"),
        expected=optional_short_of(value, "expected"),
    )


def _reaches(value: object) -> tuple[Reach, ...]:
    return tuple(_reach(item) for item in field_of(value, "reach", list))


def _reach(value: object) -> Reach:
    reach = Reach(
        symbol=field_of(value, "symbol", str),
        entered=field_of(value, "entered", bool),
        reached=numbers_of(field_of(value, "reached", list), "reached"),
        unreached=numbers_of(field_of(value, "unreached", list), "unreached"),
        reason=_optional_reason(value),
    )
    if set(reach.reached) & set(reach.unreached) or (reach.reached and not reach.entered):
        raise Unusable("EVID005", f"says of {reach.symbol} that a line ran and that it did not")
    return reach


def _reach_json(reach: Reach) -> dict[str, Any]:
    return {
        "symbol": reach.symbol,
        "entered": reach.entered,
        "reached": list(reach.reached),
        "unreached": list(reach.unreached),
        "reason": reason_json(reach.reason) if reach.reason is not None else None,
    }


def _optional_reason(value: object) -> Reason | None:
    absent = isinstance(value, dict) and value.get("reason") is None
    return None if absent else read_reason(field_of(value, "reason", dict))


def _controls(value: object) -> Controls:
    seen = field_of(value, "seen", dict) if _has(value, "seen") else {}
    declared = _grouped(field_of(value, "declared", dict))
    if stray := sorted(seen.keys() - {one.id for one in declared if one.claims}):
        raise Unusable("EVID005", f"saw something in {stray[0]!r}, which turned no claim false")
    return Controls(
        version=field_of(value, "version", int),
        mutants=_grouped(field_of(value, "mutants", dict)),
        declared=tuple(
            replace(one, observed=optional_short_of(seen, one.id)) if one.id in seen else one
            for one in declared
        ),
        refused=read_reasons(field_of(value, "refused", dict)),
    )


def _by_outcome(controls: Sequence[Control]) -> dict[str, Any]:
    """Group controls by outcome; those that turned claims false name these."""
    grouped: dict[str, Any] = {
        outcome.value: [one.id for one in controls if one.outcome is outcome]
        for outcome in Outcome
        if outcome is not Outcome.CLAIM
    }
    killed = {one.id: list(one.claims) for one in controls if one.outcome is Outcome.CLAIM}
    return {Outcome.CLAIM.value: killed, **grouped}


def _grouped(value: Mapping[str, object]) -> tuple[Control, ...]:
    killed = field_of(value, Outcome.CLAIM.value, dict)
    found = []
    for name, claims in killed.items():
        numbers = numbers_of(each_of([claims], list, name)[0], name)
        if not numbers:
            raise Unusable("EVID005", f"says that {name!r} turned a claim false, and names none")
        found.append(Control(name, Outcome.CLAIM, numbers))
    for outcome in (Outcome.CRASH, Outcome.UNSEEN, Outcome.SILENT):
        names = each_of(field_of(value, outcome.value, list), str, outcome.value)
        found += [Control(name, outcome) for name in names]
    strange = next((one.id for one in found if not _CONTROL.fullmatch(one.id)), None)
    if strange is not None:
        raise Unusable("EVID005", f"has a control {strange!r}, which no run can have made")
    return tuple(sorted(found, key=lambda one: one.id))


def _has(value: object, key: str) -> bool:
    return isinstance(value, dict) and key in value
