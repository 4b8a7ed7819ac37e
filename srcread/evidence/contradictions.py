"""What no run can have written: a record that contradicts itself, or the source that it is about.

Only what cannot be is refused. Operands are recorded as texts, floats rounded, and what is long is
cut: where they do not show that a claim cannot have held, nothing is said. Whole numbers count as
exact, so that a claim which allows these a tolerance is better made of floats.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from srcread.evidence.loading import Unusable
from srcread.model import ClaimResult, Control, Location, Reason, ReasonCode, Run

_OF_A_CLAIM = {
    ReasonCode.CLAIM_FALSE,
    ReasonCode.PART_FALSE,
    ReasonCode.CLAIM_UNEVALUATED,
    ReasonCode.PART_UNEVALUATED,
}
_EXPECTED = re.compile(r"(==|!=|<=|>=|<|>|is not|is|not in|in) (.+)", re.DOTALL)
_SINGLE = {"None", "True", "False", "Ellipsis"}
_ROUNDED = 1e-3  # operands have four significant digits


def refuse_contradiction(run: Run) -> None:
    """Refuse a run that says of itself what cannot be.

    Raises:
        Unusable: it does; the message says what.
    """
    for message in _contradictions(run):
        raise Unusable("EVID005", message)


def beyond_source(run: Run, locations: Sequence[Location]) -> str:
    """Say which line a run went through that its symbol does not have, or nothing.

    For a run of the very source in which these locations are.
    """
    lengths = {
        place.symbol.name: place.symbol.range.last_line - place.symbol.range.first_line + 1
        for place in locations
    }
    for reach in run.reach or ():
        last = max((*reach.reached, *reach.unreached), default=0)
        if last >= lengths.get(reach.symbol, last + 1):
            length = lengths[reach.symbol]
            return f"tells of line {last + 1} of {reach.symbol}, which has {length}"
    return ""


def _contradictions(run: Run) -> Iterator[str]:
    proven = bool(run.claims) and all(c.held and c.evaluations > 0 for c in run.claims)
    if run.confirmed and not (proven and not run.reasons):
        yield "is called confirmed, and its claims or reasons say otherwise"
    if not run.confirmed and not run.reasons:
        yield "is not confirmed, and gives no reason"
    yield from _of_claims(run)
    yield from _of_reach(run)
    yield from _of_environment(run)
    controls = (*run.controls.mutants, *run.controls.declared) if run.controls else ()
    yield from _of_controls(run, controls)


def _of_claims(run: Run) -> Iterator[str]:
    if len({claim.sentence for claim in run.claims}) != len(run.claims):
        yield "lists one claim twice"
    for number, claim in enumerate(run.claims, 1):
        if claim.evaluations < 0 or (claim.held and not claim.evaluations):
            yield f"says that claim {number} held, evaluated {claim.evaluations} times"
        if claim.held and _cannot_have_held(claim):
            seen = f"{claim.observed!r} where {claim.expected!r} was expected"
            yield f"says that claim {number} held, with {seen}"
    for reason in run.reasons:
        if reason.code in _OF_A_CLAIM and not _is_of_a_claim(reason, run):
            yield "gives a reason about a claim that says otherwise"


def _is_of_a_claim(reason: Reason, run: Run) -> bool:
    number, sentence = reason.values["claim"], reason.values["sentence"]
    if not isinstance(number, int) or not 0 < number <= len(run.claims):
        return False
    claim = run.claims[number - 1]
    return claim.sentence == sentence and not claim.held


def _of_reach(run: Run) -> Iterator[str]:
    names = [reach.symbol for reach in run.reach or ()]
    if len(set(names)) != len(names):
        yield "tells twice how far it went through one symbol"
    if strange := sorted(set(names) - run.depends.symbols.keys()):
        yield f"went through {strange[0]}, which it is not about"
    if list(run.replaced) != sorted(set(run.replaced)):
        yield "names functions that it replaced twice, or in no order"
    if run.executed is not None and (unrun := sorted(set(run.replaced) - run.executed.keys())):
        yield f"replaced {unrun[0]}, which it did not execute"


def _of_environment(run: Run) -> Iterator[str]:
    device = run.environment.device
    if device.kind == "cpu" and (device.compute_capability or device.cuda or device.driver):
        yield "ran on a CPU, and names what only a GPU has"
    if device.kind == "cpu" and run.peak_memory is not None:
        yield "ran on a CPU, and held memory on a GPU"
    if run.peak_memory is not None and run.peak_memory < 0:
        yield "held less memory than none"
    if not run.environment.records.keys() <= run.environment.distributions.keys():
        yield "has the RECORD of a distribution that was not there"


def _of_controls(run: Run, controls: Sequence[Control]) -> Iterator[str]:
    if any(not 0 <= claim < len(run.claims) for one in controls for claim in one.claims):
        yield "has a control that turned a claim false which is not there"
    if len({one.id for one in controls}) != len(controls):
        yield "has one control twice"


def _cannot_have_held(claim: ClaimResult) -> bool:
    """Tell whether a claim's operands show that it was false, whatever was rounded of them."""
    if claim.observed is None or claim.expected is None:
        return False
    found = _EXPECTED.fullmatch(claim.expected)
    sign, expected = (found[1], found[2]) if found else ("==", claim.expected)
    if sign in ("is", "is not"):
        both = {claim.observed, expected} <= _SINGLE
        return both and (claim.observed == expected) is (sign == "is not")
    try:
        one, other = ast.literal_eval(claim.observed), ast.literal_eval(expected)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False  # cut, of several parts, or no literal
    match sign:
        case "==" | "!=":
            return _is_exact(one) and _is_exact(other) and (one == other) is (sign == "!=")
        case "<" | "<=":
            return _is_above(one, other)
        case ">" | ">=":
            return _is_above(other, one)
    return False


def _is_above(one: object, other: object) -> bool:
    """Tell whether a number is above another by more than both were rounded."""
    match one, other:
        case int() | float(), int() | float():
            return one > other + _ROUNDED * max(abs(one), abs(other))
    return False


def _is_exact(value: object) -> bool:
    """Tell whether a value was recorded whole: no float is rounded in it, and no path cut."""
    match value:
        case float() | complex():
            return False
        case str():
            return "…" not in value
        case list() | tuple() | set():
            return all(map(_is_exact, value))
        case dict():
            return all(map(_is_exact, (*value.keys(), *value.values())))
    return True
