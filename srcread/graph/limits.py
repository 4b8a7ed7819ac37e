"""How far a walk goes at most."""

from __future__ import annotations

from dataclasses import dataclass


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
INTERRUPTED = "by Ctrl-C"
"""How a walk was stopped that somebody had enough of."""
