"""Evidence: recorded runs of snippets, what they took from the lab, what they say of a note now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from srcread.model.grid import Grid
from srcread.model.reasons import Confinement, Depends, Detail, Reason


class EvidenceStatus(Enum):
    """What the recorded runs say about a note as it is now."""

    CONFIRMED = "confirmed"
    EQUIVALENT = "equivalent"
    """The claims hold of code beside the note's lines: no confirmation of the source."""
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
    """Where a run ran, written by the parent; nothing that names a person or a machine.

    `records` has the sha256 of the RECORD of each distribution that is installed with one.
    """

    python: str
    platform: str
    distributions: Mapping[str, str]
    device: Device
    sandbox: tuple[Confinement, ...]
    records: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What one claim did in a run. Operands of a comparison as text, ≤ 200 characters each."""

    sentence: str
    evaluations: int
    held: bool
    observed: str | None = None
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A line that led to calls of a network's methods: those it made, and those further down.

    `symbol` is a function, or a module at its top; `offset` counts lines from its first.
    """

    symbol: str
    offset: int
    made: Mapping[str, int]
    led_to: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RecordedNetwork:
    """What a stand-in for TensorRT recorded: layers by kind for each module, and calls by line."""

    title: str
    layers: int
    inputs: int
    outputs: int
    modules: tuple[tuple[str, Mapping[str, int]], ...] = ()
    lines: tuple[NetworkLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Lab:
    """What a run took from the lab, where the framework that it is about is not installed.

    `trees` are source trees by `name==version` with their revisions, `extracted` names with their
    digests. `given` are the helpers that a snippet replaced, and, of what is installed, too, the
    names that stood for something else while it was looked at. `stood_in` is what was not the real
    thing, `references` the plugins whose numbers come from another function than their kernel.
    `read` are the files of trees, of those that the note stands in, whose text the snippet read.
    """

    trees: Mapping[str, str] = field(default_factory=dict)
    extracted: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    stood_in: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    networks: tuple[RecordedNetwork, ...] = ()
    read: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Which anchored statements of one symbol ran, as line offsets from the symbol's first line.

    A line counts as reached if all of its statements ran. `entered` tells that the symbol was
    called, and so its signature reached. `reason` says why nothing could be observed, if so.
    """

    symbol: str
    entered: bool
    reached: tuple[int, ...] = ()
    unreached: tuple[int, ...] = ()
    reason: Reason | None = None


class Outcome(Enum):
    """What a control did to a snippet."""

    CLAIM = "claim"
    """A planned claim turned false, before any error: the change was noticed."""
    CRASH = "crash"
    """An error or a limit stopped it, or came before a claim turned false: counts neither way."""
    UNSEEN = "unseen"
    """A value of the anchored functions changed, or the snippet gave up, and no claim noticed."""
    SILENT = "silent"
    """Nothing visible changed on this input."""


@dataclass(frozen=True, slots=True)
class Control:
    """One change and what it did. `claims` are the places in `Run.claims` that it turned false.

    The id of a mutant is `OPERATOR@ANCHOR+LINE:COLUMN-LINE:COLUMN`, the lines counted from the
    first of that anchor, with `#N` where that is not unique. A declared control has the place of
    its claim and a number; `observed` is what that claim saw when it was false.
    """

    id: str
    outcome: Outcome
    claims: tuple[int, ...] = ()
    observed: str | None = None


@dataclass(frozen=True, slots=True)
class Controls:
    """The control runs of one snippet: mutants of its anchored statements, and declared ones.

    `version` is that of the set of operators. `refused` says, by symbol, why it has no mutants.
    """

    version: int
    mutants: tuple[Control, ...] = ()
    declared: tuple[Control, ...] = ()
    refused: Mapping[str, Reason] = field(default_factory=dict)


class Grade(Enum):
    """How far a note's claims are shown to depend on the lines that it stands at, least first.

    Declared controls are shown and never graded: they change the snippet, and no line.
    """

    EQUIVALENT = "by an equivalent"
    """No line of the note ran, was read or was changed: the claims hold of other code."""
    CONFIRMED = "confirmed"
    SENSITIVE = "confirmed, and noticed"
    """A change of these lines turned a claim false."""
    STRONG = "strongly confirmed"
    """Each claim was turned false by a change of these lines, no unseen survivor is without a
    reason, and all of the lines were reached."""


class Proof(Enum):
    """How a run comes by what it shows of a note's lines, strongest first."""

    EXECUTED = "executed"
    """They ran, as they are installed."""
    SOURCE = "source"
    """They ran out of a source tree, with nothing in the place of anything else."""
    STOOD_IN = "stood-in"
    """They ran with stand-ins, mocks or the snippet's own helpers around them."""
    READ = "read"
    """The snippet read their text."""
    BESIDE = "beside"
    """Other functions of the source ran, and not these."""
    EQUIVALENT = "equivalent"
    """Nothing of the source ran or was read: the snippet brings what it runs."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a snippet, judged. `reasons` says why it is not confirmed, and is empty if it is.

    `depends` holds the digests of the snippet and of each anchored symbol. `executed` holds by name
    the digests of what the run executed of all that the tour walks, and of the anchored symbols, as
    they were installed where it ran. `reach`, `controls` and `executed` are None where they were
    not recorded, and so is `peak_memory`, the most bytes that the snippet's tensors held on a GPU,
    in two significant digits. `lab` is what it took from `srcread.lab`: the sources that it ran
    without an installation, and what stood in. `grids` are what the snippet shows of its values.
    `replaced` names the functions that ran with the code of the tour's version, on another one.
    `lock` is the sha256 of the note's lock then. `by` is who says to have recorded it, `imported`
    the day on which it was taken in from elsewhere.
    """

    environment: Environment
    date: str
    depends: Depends
    confirmed: bool
    reasons: tuple[Reason, ...]
    claims: tuple[ClaimResult, ...]
    output: str
    reach: tuple[Reach, ...] | None = None
    controls: Controls | None = None
    executed: Mapping[str, str] | None = None
    peak_memory: int | None = None
    lab: Lab | None = None
    grids: tuple[Grid, ...] = ()
    replaced: tuple[str, ...] = ()
    lock: str | None = None
    by: str | None = None
    imported: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All recorded runs of one note: one per distribution version, device and capability."""

    note: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A run of the very snippet on other versions than the tour's, which `places` names.

    `differing` are the functions that it executed and that the tour's version has otherwise, None
    where it is not recorded what it executed.
    """

    run: Run
    places: tuple[Detail, ...]
    differing: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A note's evidence weighed against the note as it is now; `reason` says what it rests on.

    `grade` is None unless all claims hold; `controlled` is the run on which it rests. `gpu` is a
    run on a GPU that the reason speaks of beside `run`. `elsewhere` are runs on other versions:
    they add facts of these, and change nothing of the standing.
    """

    status: EvidenceStatus
    reason: Reason
    run: Run | None = None
    grade: Grade | None = None
    controlled: Run | None = None
    gpu: Run | None = None
    elsewhere: tuple[Elsewhere, ...] = ()
