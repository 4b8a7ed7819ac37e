"""Evidence: recorded runs of snippets, and what they say about a note now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class EvidenceStatus(Enum):
    """What the recorded runs say about a note as it is now."""

    CONFIRMED = "confirmed"
    STALE = "stale"
    """A run confirmed it, and the snippet or the source has changed since."""
    FAILED = "failed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Device:
    """What a run ran on. The versions are None on a CPU."""

    kind: str
    name: str
    compute_capability: str | None = None
    cuda: str | None = None
    driver: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """Where a run ran, written by the parent; nothing that names a person or a machine."""

    python: str
    platform: str
    distributions: Mapping[str, str]
    device: Device
    sandbox: str


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What one claim did in a run. Operands of a comparison as text, ≤ 200 characters each."""

    sentence: str
    evaluations: int
    held: bool
    observed: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a snippet, judged. `reasons` says why it is not confirmed, and is empty if it is.

    `digests` holds what the run depended on: "snippet" (sha256 of its bytes) and, per anchored
    symbol, `symbol:NAME`.
    """

    environment: Environment
    date: str
    digests: Mapping[str, str]
    confirmed: bool
    reasons: tuple[str, ...]
    claims: tuple[ClaimResult, ...]
    output: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """All recorded runs of one note: one per distribution version, device and capability."""

    note: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A note's evidence weighed against the note as it is now; `words` are the page's."""

    status: EvidenceStatus
    words: str
    run: Run | None = None
