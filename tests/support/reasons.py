"""Reasons in tests: written by their words, and read as them."""

from __future__ import annotations

from srcread.evidence.sentences import say
from srcread.model import Confinement, Reason, ReasonCode, Run

LIMITS = (Confinement.LIMITS,)


def in_words(text: str) -> Reason:
    """Return a reason in somebody's own words."""
    return Reason(ReasonCode.SAID, {"text": text})


def said(run: Run) -> tuple[str, ...]:
    """Return why a run is not confirmed, in English."""
    return tuple(map(say, run.reasons))
