"""How large the values of a record may be, and when it may be of: what exceeds that is refused.

A record is contributed content, and shown. No run prints more than its limit, describes an operand
in more than a line, or is of a day to come; a text without end, or a number that is none, was not
written by a run either. The bounds are those of `srcread.running`, or far beyond what it writes.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta

from srcread.evidence.fields import field_of, optional_of
from srcread.evidence.loading import Unusable

MOST_OUTPUT = 64 << 10
"""Characters of what a run printed: its limit in bytes, of which no character has less than one."""

MOST_OPERAND = 200
"""Characters of an operand, an error's message, and whatever names a machine's parts."""

MOST_RUNS = 64
"""Runs in one file."""

_MOST_TEXT = 4_000
_MOST_ITEMS = 100_000
_DEEPEST = 16
_LARGEST = 2**63
_MOST_NAME = 100
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_AHEAD = timedelta(days=1)


def refuse_excess(value: object) -> None:
    """Refuse a value of JSON with a text, a number, a depth or a count of items beyond all bounds.

    What a run printed has a bound of its own, and is passed over.

    Raises:
        Unusable: it has one.
    """
    left, items = [(value, 0)], 0
    while left:
        found, depth = left.pop()
        items += 1
        if items > _MOST_ITEMS or depth > _DEEPEST:
            raise Unusable("EVID025", "has more in it than any run can say")
        match found:
            case dict():
                left += [(name, depth + 1) for name in found]
                left += [(part, depth + 1) for name, part in found.items() if name != "output"]
            case list():
                left += [(part, depth + 1) for part in found]
            case str() if len(found) > _MOST_TEXT:
                raise Unusable("EVID025", f"has a text of {len(found):,} characters")
            case int() if abs(found) >= _LARGEST:
                raise Unusable("EVID025", "has a number that counts nothing")
            case float() if not math.isfinite(found):
                raise Unusable("EVID025", f"has {found!r}, which is no number")


def output_of(value: object) -> str:
    """Return what a run printed.

    Raises:
        Unusable: it is no text, or longer than a run's output may be.
    """
    found = field_of(value, "output", str)
    if len(found) > MOST_OUTPUT:
        message = f"printed {len(found):,} characters, and a run may print {MOST_OUTPUT:,}"
        raise Unusable("EVID025", message)
    return found


def short_of(value: object, key: str) -> str:
    """Return a text of at most a line.

    Raises:
        Unusable: it is of another kind, or longer.
    """
    return _short(field_of(value, key, str), key)


def optional_short_of(value: object, key: str) -> str | None:
    """Return a text of at most a line, or None where there is none.

    Raises:
        Unusable: it is of another kind, or longer.
    """
    found = optional_of(value, key)
    return None if found is None else _short(found, key)


def name_of(value: object, key: str) -> str | None:
    """Return who says to have recorded something, or None where nobody does.

    Raises:
        Unusable: it is no name that can be shown.
    """
    found = optional_of(value, key)
    if found is not None and not is_name(found):
        raise Unusable("EVID025", f"has a name {found[:_MOST_NAME]!r} in {key!r}, which is none")
    return found


def is_name(text: str) -> bool:
    """Tell whether a text can be shown as a name: one line, printable, not long."""
    return bool(text.strip()) and len(text) <= _MOST_NAME and text.isprintable()


def day_of(value: object, key: str) -> str:
    """Return a day as `2026-01-02`; one after today is borne with for the sake of time zones.

    Raises:
        Unusable: it is no day, or one that is still to come.
    """
    found = field_of(value, key, str)
    try:
        day = date.fromisoformat(found) if _DATE.fullmatch(found) else None
    except ValueError:
        day = None
    if day is None:
        raise Unusable("EVID024", f"has {found[:MOST_OPERAND]!r} for a day in {key!r}")
    today = datetime.now(UTC).date()
    if day > today + _AHEAD:
        raise Unusable("EVID024", f"is of {found}, a day that is still to come")
    return found


def _short(text: str, key: str) -> str:
    if len(text) > MOST_OPERAND:
        raise Unusable("EVID025", f"has {len(text):,} characters in {key!r}")
    return text
