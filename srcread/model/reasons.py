"""Reasons: what srcread itself says of a run or of a note's standing, as values.

A reason is a code with values, never a sentence: programs compare codes, files keep both, and the
words files hold one sentence for each code and language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Union

Detail = Union[str, int, float, "Reason", tuple["Detail", ...]]
"""What fills a gap of a sentence. A text is a name, or somebody's own words: it is shown as it is.
A reason is said in the reader's language, and so are those in a tuple, which is a list."""


class ReasonCode(Enum):
    """Every sentence there is; behind a code stand the names of the values that fill its gaps."""

    gaps: tuple[str, ...]

    def __new__(cls, code: str, *gaps: str) -> ReasonCode:
        """Return a member whose value is its code."""
        member = object.__new__(cls)
        member._value_, member.gaps = code, gaps
        return member

    # Verdicts: why a run confirms nothing.
    NO_CLAIM = "no-claim"
    FOREIGN_BYTES = "foreign-bytes"
    CLAIM_FALSE = "claim-false", "claim", "sentence"
    PART_FALSE = "part-false", "part", "claim", "sentence"
    CLAIM_UNEVALUATED = "claim-unevaluated", "claim", "sentence"
    PART_UNEVALUATED = "part-unevaluated", "part", "claim", "sentence"
    FORGED = "forged", "claim", "sentence"
    FORGED_END = "forged-end"
    MEDDLED = "meddled", "name"
    REBOUND = "rebound", "name", "claim", "sentence"
    OWN_COMPARISON = "own-comparison", "name", "claim", "sentence"
    SIDES_DIFFER = "sides-differ", "observed", "expected", "claim", "sentence"
    LEFT_CHANGED = "left-changed", "names"
    UNSTABLE = "unstable", "reason"
    LAB_UNREADABLE = "lab-unreadable", "problem"
    TIME_LIMIT = "time-limit", "seconds"
    CPU_LIMIT = "cpu-limit", "seconds"
    MEMORY_LIMIT = "memory-limit", "size"
    PROCESS_LIMIT = "process-limit", "count"
    OUTPUT_LIMIT = "output-limit", "size"
    RECORD_LIMIT = "record-limit", "size"
    RUNNER_DIED = "runner-died"
    KILLED = "killed", "signal"
    KILLED_AFTER_END = "killed-after-end", "signal"
    ENDED_EARLY = "ended-early", "how"
    STATUS_BEFORE_END = "status-before-end", "status"
    STATUS_AFTER_END = "status-after-end", "status"
    RAISED = "raised", "error"
    RAISED_AT = "raised-at", "error", "line"
    RAISED_SAYING = "raised-saying", "error", "message"
    RAISED_AT_SAYING = "raised-at-saying", "error", "line", "message"
    CANNOT_RUN = "cannot-run", "why"
    NEEDS = "needs", "name"
    IMPORT_FAILS = "import-fails", "name", "reason"
    EXCUSED = "excused", "said"
    EXCUSED_SILENTLY = "excused-silently"

    # Standings: what recorded runs say about a note now.
    CONFIRMED = "confirmed"
    CONFIRMED_ON_CPU = "confirmed-on-cpu"
    CONFIRMED_ON_GPU_TOO = "confirmed-on-gpu-too", "how"
    EQUIVALENT = "equivalent"
    EQUIVALENT_ON_CPU = "equivalent-on-cpu"
    RUN_ELSEWHERE = "run-elsewhere", "what", "how"
    SAME_SOURCE = "same-source", "versions"
    REPLACED = "replaced", "own", "versions", "functions"
    FAILED = "failed", "reason"
    STALE = "stale", "changes"
    CHANGED_AND_FAILED = "changed-and-failed", "changes"
    NOT_RUN_HERE = "not-run-here", "why"
    NOT_CONFIRMED = "not-confirmed"
    NEVER_RUN = "never-run"
    NOT_RUN = "not-run"
    OTHER_CLAIMS = "other-claims"
    ONLY_RUN_ON = "only-run-on", "places"
    MACHINE_WITHOUT = "machine-without", "name"
    WITH_OTHER_CODE = "with-other-code", "versions", "functions"
    AND_MORE = "and-more", "count"
    SNIPPET_CHANGED = "snippet-changed"
    SNIPPET_NOT_SEEN = "snippet-not-seen"
    SNIPPET_LOST = "snippet-lost"
    SYMBOL_CHANGED = "symbol-changed", "name"
    SYMBOL_NOT_SEEN = "symbol-not-seen", "name"
    SYMBOL_UNKNOWN = "symbol-unknown", "name"
    SYMBOL_LOST = "symbol-lost", "name"
    PLACES_CHANGED = "places-changed"
    PLACES_NOT_SEEN = "places-not-seen"
    EQUATION_CHANGED = "equation-changed", "name"

    # What is said beside a standing.
    WITH_STAND_INS = "with-stand-ins"
    FROM_SOURCE = "from-source"
    BY_TEXT = "by-text"
    BESIDE_LINES = "beside-lines"
    OWN_CODE = "own-code"
    IMPORTED = "imported", "on", "date"
    IMPORTED_BY = "imported-by", "on", "date", "by"
    HELD_TOO = "held-too", "places"
    ON = "on", "versions"
    ON_SAME_SOURCE = "on-same-source", "versions"
    ON_SAME_FUNCTIONS = "on-same-functions", "versions"
    ON_OTHER_SOURCE = "on-other-source", "versions"
    OTHERWISE_ON = "otherwise-on", "versions"
    STOPS_ON = "stops-on", "versions"

    # Why a run is no evidence, and is not written.
    WITHOUT = "without", "names"
    FAILED_ELSEWHERE = "failed-elsewhere", "versions", "own"
    COULD_BEFORE = "could-before"
    OTHER_VERSION = "other-version", "versions", "own"

    # Watching: why a function of the read source could not be looked at.
    WATCHING_ENDED = "watching-ended", "reason"
    WATCHING_DIFFERS = "watching-differs"
    VALUES_VARY = "values-vary"
    TOO_SLOW = "too-slow", "seconds"
    NO_FUNCTION = "no-function", "name"
    NO_SYNTAX = "no-syntax", "message"
    NOT_IMPORTED = "not-imported", "module", "message"
    NOT_THERE = "not-there", "module", "name"
    NOT_PYTHON = "not-python", "module", "name"
    NOT_ONE_FUNCTION = "not-one-function", "name"
    MADE_BY_CALL = "made-by-call", "name"
    NOT_MADE = "not-made", "module"
    OTHER_TEXT = "other-text"
    OTHER_FUNCTION = "other-function", "name"
    VALUES_UNKNOWN = "values-unknown", "error"
    GENERATOR = "generator"
    COROUTINE = "coroutine"

    # Whatever a file of an older format, or a child of another srcread, says in other words.
    SAID = "said", "text"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and what fills the gaps of its sentence.

    For example, `Reason(ReasonCode.CLAIM_FALSE, {"claim": 2, "sentence": "The sum is zero."})` is
    in English: claim 2 is false: 'The sum is zero.'
    """

    code: ReasonCode
    values: Mapping[str, Detail] = field(default_factory=dict)


class Confinement(Enum):
    """What held a run back; a run's environment lists all that did, outermost first."""

    NAMESPACES = "namespaces"
    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "Landlock"
    LIMITS = "limits"
    EMPTY_ENVIRONMENT = "empty environment"


@dataclass(frozen=True, slots=True)
class Depends:
    """Digests of what a run depended on: its script, and by name the symbols of the read source.

    The script's is the sha256 of its bytes, empty where a note has none; a symbol's begins with the
    number of its rule, `d1:`, and is empty where the symbol is not found. That of the `places` in
    these symbols at which the note stands begins with `p1:`, and is empty where a run does not tell
    them. Reach and controls are of these places alone. `equations` are those of the note that the
    script evaluates, by name: a digest begins with `q1:`.
    """

    script: str
    symbols: Mapping[str, str] = field(default_factory=dict)
    places: str = ""
    equations: Mapping[str, str] = field(default_factory=dict)
