"""Annotations: tours of ordered steps, their notes, snippets and anchors, and earlier versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from srcread.model.code import Symbol
from srcread.model.positions import Range

KeyPath = tuple[str | int, ...]
"""The way to a key of a TOML text, through tables by name and lists of tables by place."""


@dataclass(frozen=True, slots=True)
class KeyLines:
    """Where the keys of a TOML text stand in its file; `first` is the line above all of them."""

    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    first: int = 0

    def of(self, *keys: str | int) -> int:
        """Return the line of a key; where it has none, that of the nearest table around it."""
        for end in range(len(keys), 0, -1):
            if keys[:end] in self.lines:
                return self.lines[keys[:end]]
        return self.first


NO_LINES = KeyLines()
"""What was read from no file."""


@dataclass(frozen=True, slots=True)
class SelectorStep:
    """One step of a selector: a kind, the names that must all be there, and a count.

    `argument` is the NAME of `call f(NAME)`, `value` that of `assign x = NAME`.
    """

    kind: str
    names: tuple[str, ...] = ()
    argument: str | None = None
    value: str | None = None
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Selector:
    """A place in a symbol: the steps to it, and the steps to its end for `a .. b`."""

    text: str
    start: tuple[SelectorStep, ...]
    end: tuple[SelectorStep, ...] | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a note says it stands: a symbol, and a selector in it; none means all of it."""

    symbol: str
    at: str | None = None


class AnchorStatus(Enum):
    """How an anchor stands against the sources and its lock."""

    FOUND = "found"
    """The same statement, the same count among its twins, the same enclosing headers."""
    CHANGED = "changed"
    """The place is there and its statement, or what encloses it, differs from the lock."""
    MOVED = "moved"
    """The locked statement stands elsewhere now; a person decides."""
    LOST = "lost"
    """The symbol is there, the selector names no place in it."""
    AMBIGUOUS = "ambiguous"
    """The selector names several places."""
    MISSING = "missing"
    """The symbol is not in the sources."""


@dataclass(frozen=True, slots=True)
class Location:
    """An anchor found: the note's mark hangs at `range`, in the file of `symbol`.

    `digest` is the statement's (`d1:…`), `headers` that of the enclosing headers; `number` of
    `twins` counts the statements of this symbol with the same digest, in order.
    """

    anchor: Anchor
    symbol: Symbol
    range: Range
    digest: str
    headers: str
    number: int
    twins: int
    status: AnchorStatus = AnchorStatus.FOUND


@dataclass(frozen=True, slots=True)
class Claim:
    """One checkable sentence of a snippet: `assert test, "sentence"`.

    `parts` is the number of tests joined by `and` at its top: each is counted by itself. Its
    statement begins at `line` and `column`.
    """

    sentence: str
    line: int
    code: str
    parts: int = 1
    column: int = 0


class BasisKind(Enum):
    """What a sentence of a note stands on."""

    CLAIM = "claim"
    """A claim of the note's snippet."""
    READ = "read"
    """A place that was read: in the sources, or in code that is no Python."""
    SOURCE = "source"
    """What somebody else has written: an issue, a release's notes, a paper."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A footnote of a note: what sentences with its label stand on.

    `text` is the claim's sentence, the place as it is written, or the address. `anchor` is a place
    in the tour's own sources; `release` is `name==version` where another one was read.
    """

    label: str
    kind: BasisKind
    text: str
    line: int = field(default=0, compare=False)
    anchor: Anchor | None = None
    release: str | None = None


@dataclass(frozen=True, slots=True)
class Exercise:
    """A question that a declared control answers: one of the claim of this sentence.

    Of several exercises with one claim the first is about its first control, and so on.
    """

    claim: str
    ask: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note's source file, every key of the format read. `body` is Markdown.

    `survivors` gives the author's reason for each change that no claim notices, by its id. `bases`
    are the footnotes, which its translations share; `title_labels` those of the title. `scenario`
    names the one of the tour's that shows it.
    """

    stem: str
    path: Path
    language: str
    title: str
    anchors: tuple[Anchor, ...]
    body: str
    body_line: int
    reach: bool = True
    reach_reason: str | None = None
    native: str | None = None
    after: str | None = None
    versions: str | None = None
    trap: bool = False
    questions: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    survivors: Mapping[str, str] = field(default_factory=dict)
    bases: tuple[Basis, ...] = ()
    title_labels: tuple[str, ...] = ()
    exercises: tuple[Exercise, ...] = ()
    scenario: str | None = None
    lines: KeyLines = field(default=NO_LINES, compare=False)


@dataclass(frozen=True, slots=True)
class Translation:
    """A note in another language. `stale` tells that its source has changed since.

    Its `questions` stand in place of the note's, its `messages` beside them: a program prints its
    messages in one language, whatever its user asks in. `exercises` are by the note's own words,
    `grids` are titles by the snippet's own.
    """

    path: Path
    language: str
    title: str
    body: str
    body_line: int
    claims: Mapping[str, str]
    source_digest: str
    stale: bool = False
    questions: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()
    exercises: Mapping[str, str] = field(default_factory=dict)
    grids: Mapping[str, str] = field(default_factory=dict)
    lines: KeyLines = field(default=NO_LINES, compare=False)


@dataclass(frozen=True, slots=True)
class Snippet:
    """The script beside a note, the claims that it makes, and the titles of grids that it shows."""

    path: Path
    text: str
    claims: tuple[Claim, ...]
    grids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading in the outline, before the step with this stem; `titles` in other languages."""

    title: str
    first: str
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prose:
    """What introduces a tour or a chapter, in one language: Markdown that stands at no code.

    So is a page beside the steps, which alone has a `title`. `source_digest` is that of a
    translation, and None of what it translates; `stale` tells that this has changed since.
    """

    path: Path
    language: str
    body: str
    body_line: int
    source_digest: str | None = None
    stale: bool = False
    title: str = ""
    lines: KeyLines = field(default=NO_LINES, compare=False)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a language calls a thing, first and otherwise, and what it means by that.

    In the phrases of `but` these words mean something else.
    """

    name: str
    means: str
    also: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """All that it is called, and the phrases in which it is not."""
        return (self.name, *self.also), self.but


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a tour's glossary, by language. `note` is the stem of the step that shows it.

    One that is `shared` stands in the glossary of the folder around the tour.
    """

    meanings: Mapping[str, Meaning]
    note: str | None = None
    shared: bool = False
    path: Path = Path()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One note's place in a tour. `locations` pairs with the note's anchors; the first leads.

    `read` are the places that its sentences stand on, as far as they were found. An anchor without
    a place is not among either: `lost` says of each what became of it.
    """

    note: Note
    translations: Mapping[str, Translation]
    snippet: Snippet | None
    locations: tuple[Location, ...]
    read: tuple[Location, ...] = ()
    lost: Mapping[Anchor, AnchorStatus] = field(default_factory=dict)

    @property
    def lead(self) -> Location | None:
        """Where the note itself stands; None where its own anchor has no place."""
        own = self.note.anchors[:1]
        return self.locations[0] if self.locations and self.lost.keys().isdisjoint(own) else None


@dataclass(frozen=True, slots=True)
class Tour:
    """A tour as its files say, its steps in reading order; `titles` in other languages.

    `earlier` are versions of the first distribution which the tour had before.
    `path` holds the stems of the few steps to read first. A tour that says `start` is read first.
    `introduction` is by language, and so is the lead of a chapter, by the stem of its first step,
    and each of the `appendices`, the pages beside the steps, by its own stem, in their order.
    `sources` are the packages of its own repository, which come before the distributions.
    """

    name: str
    folder: Path
    title: str
    distributions: Mapping[str, str]
    entries: tuple[str, ...]
    languages: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    steps: tuple[Step, ...]
    titles: Mapping[str, str] = field(default_factory=dict)
    site_url: str | None = None
    repository: str | None = None
    earlier: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    start: bool = False
    introduction: Mapping[str, Prose] = field(default_factory=dict)
    leads: Mapping[str, Mapping[str, Prose]] = field(default_factory=dict)
    appendices: Mapping[str, Mapping[str, Prose]] = field(default_factory=dict)
    terms: tuple[Term, ...] = ()
    sources: tuple[str, ...] = ()
    lines: KeyLines = field(default=NO_LINES, compare=False)


class Stretch(NamedTuple):
    """Lines `first` to `last` of an earlier version; `now` is the present line of the first.

    The others follow it. None means that they are not carried.
    """

    first: int
    last: int
    now: int | None


class EarlierPage(NamedTuple):
    """A page that an earlier version had. `stretches` is empty where the symbol is gone."""

    symbol: Symbol
    stretches: tuple[Stretch, ...]


class EarlierVersion(NamedTuple):
    """A version whose addresses lead on to the present one, with all pages that it had."""

    version: str
    pages: tuple[EarlierPage, ...]
