"""How far a walk goes at most."""

from __future__ import annotations

from dataclasses import dataclass

from srcread.model import Stop, StopWhy


@dataclass(frozen=True, slots=True)
class Limits:
    """`functions` to be looked at, and `seconds`, of which some may be `spent`; None is no limit.

    A walk that is limited by functions only stops at the same place in every run. One that is
    `interruptible` is stopped by Ctrl-C, and answers what it knows; no other is.
    """

    functions: int | None = None
    seconds: float | None = None
    spent: float = 0.0
    interruptible: bool = False


NO_LIMITS = Limits()
INTERRUPTED = Stop(StopWhy.KEY)
"""How a walk was stopped that somebody had enough of."""


def stop_words(stop: Stop) -> str:
    """Say where a walk was stopped, as "after 2,000 functions"; in the language of the terminal."""
    number = f"{stop.count:,g}" if stop.count < 1e6 else f"{stop.count:,.0f}"
    several = "" if stop.count == 1 else "s"
    match stop.why:
        case StopWhy.KEY:
            return "by Ctrl-C"
        case StopWhy.CALLS:
            calls = "one call" if stop.count == 1 else f"{number} calls"
            return f"at {calls} whose callees were not found in time"
    return f"after {number} {stop.why.value.removesuffix('s')}{several}"
