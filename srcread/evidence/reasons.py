"""A reason as JSON, both ways: `{"code": CODE, …}` with its values beside the code.

    {"code": "claim-false", "claim": 2, "sentence": "The sum is zero."}

A value is a text, a number, a reason in its turn, or a list of these.
"""

from __future__ import annotations

from typing import Any

from srcread.evidence.fields import field_of
from srcread.evidence.loading import Unusable
from srcread.model import Detail, Reason, ReasonCode

_CODES = {code.value: code for code in ReasonCode}
_DEEPEST = 4


def reason_json(reason: Reason) -> dict[str, Any]:
    """Return a reason as plain JSON values."""
    return {"code": reason.code.value, **{k: _plain(v) for k, v in reason.values.items()}}


def read_reason(value: object) -> Reason:
    """Read a reason.

    Raises:
        Unusable: its code is unknown, or it has not exactly the values that the code needs.
    """
    return _reason(value, _DEEPEST)


def read_reasons(values: dict[str, Any]) -> dict[str, Reason]:
    """Read reasons by name, sorted.

    Raises:
        Unusable: one of them is none.
    """
    return {name: read_reason(values[name]) for name in sorted(values)}


def _plain(value: Detail) -> Any:
    match value:
        case Reason():
            return reason_json(value)
        case tuple():
            return [_plain(one) for one in value]
    return value


def _reason(value: object, depth: int) -> Reason:
    name = field_of(value, "code", str)
    code = _CODES.get(name)
    if code is None:
        raise Unusable("EVID004", f"has a reason of an unknown code {name!r}")
    given = value if isinstance(value, dict) else {}
    if given.keys() != {"code", *code.gaps}:
        raise Unusable("EVID004", f"has a reason {name!r} without the values that it needs")
    return Reason(code, {gap: _detail(given[gap], name, depth) for gap in code.gaps})


def _detail(value: object, name: str, depth: int) -> Detail:
    match value:
        case bool():
            pass
        case str() | int() | float():
            return value
        case dict() if depth:
            return _reason(value, depth - 1)
        case list() if depth:
            return tuple(_detail(one, name, depth - 1) for one in value)
    raise Unusable("EVID004", f"has a reason {name!r} with a value of a wrong kind")
