"""What runs on other versions than the tour's say of a note's claims, beside its standing.

A standing is of the tour's versions. A run of the very same snippet on another version adds a fact
of that version: the claims held there, too, or one of them is false there. Neither changes the
standing. What is *same source* is told by the functions that the run executed, as for a standing.

A run of an earlier snippet says nothing of these claims, one for which functions were replaced
nothing of that version: neither is told of here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from srcread.model import (
    ClaimResult,
    Depends,
    Detail,
    Elsewhere,
    Environment,
    Reason,
    ReasonCode,
    Run,
)

_DIGITS = re.compile(r"([0-9]+)")
_RAISED = (
    ReasonCode.RAISED,
    ReasonCode.RAISED_AT,
    ReasonCode.RAISED_SAYING,
    ReasonCode.RAISED_AT_SAYING,
)
_FALSE = (ReasonCode.CLAIM_FALSE, ReasonCode.PART_FALSE)


def elsewhere_of(
    runs: Iterable[Run],
    depends: Depends,
    versions: Mapping[str, str],
    current: Callable[[str], str | None],
) -> tuple[Elsewhere, ...]:
    """Return what the runs on other versions say of the claims, in the order of these versions.

    `current` gives the digest that a symbol has in the tour's version, None if it is not there.
    """
    found = [
        Elsewhere(run, other_versions(run.environment, versions), _differing_of(run, current))
        for run in runs
        if not run.replaced
        and unpinned(run.environment, versions)
        and _is_of_these_claims(run, depends)
        and (run.confirmed or tells_of_version(run))
    ]
    return tuple(sorted(found, key=lambda one: (_by_number(one.places), repr(one.run))))


def elsewhere_remarks(found: Sequence[Elsewhere]) -> Iterator[Reason]:
    """Say shortly where else the claims held, and where one of them does not."""
    held = {repr(place): place for place in (_held(one) for one in found if one.run.confirmed)}
    if held:
        yield Reason(ReasonCode.HELD_TOO, {"places": tuple(held.values())})
    for code, is_false in ((ReasonCode.OTHERWISE_ON, True), (ReasonCode.STOPS_ON, False)):
        places = {
            repr(place): place
            for one in found
            if not one.run.confirmed and bool(false_claims(one.run)) is is_false
            for place in [place_of(one)]
        }
        if places:
            yield Reason(code, {"versions": tuple(places.values())})


def place_of(one: Elsewhere) -> tuple[Detail, ...]:
    """Name the versions of a run, and its device where that is no CPU."""
    kind = one.run.environment.device.kind
    return one.places if kind == "cpu" else (*one.places, kind)


def false_claims(run: Run) -> tuple[ClaimResult, ...]:
    """Return the claims that were evaluated in a run and false; behind one, none is evaluated."""
    return tuple(claim for claim in run.claims if claim.evaluations and not claim.held)


def tells_of_version(run: Run) -> bool:
    """Tell whether a failed run says something of what it ran on: a false claim, or an error.

    A limit, a signal or a doubt tells of the machine and the run.
    """
    codes = [reason.code for reason in run.reasons]
    is_false = all(code in (*_FALSE, *_RAISED) for code in codes) and bool(false_claims(run))
    return is_false or (len(codes) == 1 and codes[0] in _RAISED)


def differing(run: Run, current: Callable[[str], str | None]) -> list[str]:
    """Name the functions that were others where a run executed them."""
    executed = run.executed or {}
    return [name for name in sorted(executed) if current(name) != executed[name]]


def other_versions(where: Environment, versions: Mapping[str, str]) -> tuple[Detail, ...]:
    """Name what ran in an environment where that differs from what the tour is about."""
    ran = where.distributions
    return tuple(
        f"{name} {ran[name]}" if name in ran else Reason(ReasonCode.MACHINE_WITHOUT, {"name": name})
        for name in unpinned(where, versions)
    )


def unpinned(where: Environment, versions: Mapping[str, str]) -> list[str]:
    """Return the distributions of which an environment does not have the tour's version."""
    ran = where.distributions
    return [
        name
        for name in sorted(versions)
        if ran.get(name, "").partition("+")[0] != versions[name].partition("+")[0]
    ]


def _by_number(places: tuple[Detail, ...]) -> list[str | int]:
    """Return what sorts versions by their numbers: 2.9.1 before 2.15.0."""
    return [int(part) if part.isdecimal() else part for part in _DIGITS.split(repr(places))]


def _is_of_these_claims(run: Run, depends: Depends) -> bool:
    """Tell whether a run was of this snippet: what its lines are in the tour is another matter."""
    return run.depends.script == depends.script and run.depends.equations == depends.equations


def _differing_of(run: Run, current: Callable[[str], str | None]) -> tuple[str, ...] | None:
    return tuple(differing(run, current)) if run.executed is not None else None


def _held(one: Elsewhere) -> Reason:
    """Return where a run held, and whether what it executed is what the tour reads."""
    if one.differing is None:
        code = ReasonCode.ON
    elif not one.differing:
        code = ReasonCode.ON_SAME_SOURCE
    elif one.run.depends.symbols.keys().isdisjoint(one.differing):
        code = ReasonCode.ON_SAME_FUNCTIONS
    else:
        code = ReasonCode.ON_OTHER_SOURCE
    return Reason(code, {"versions": place_of(one)})
