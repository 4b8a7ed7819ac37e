"""What goes into the site room and what comes out: tours to show, pages planned, files written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from srcread.model import CallGraph, Distribution, EarlierVersion, SourceFile, Standing, Tour
from srcread.site.scenarios import TourRuns

if TYPE_CHECKING:  # a build without callers needs none of the index
    from srcread.index.uses import Use


class Fault(NamedTuple):
    """What is wrong with a file: where, from the tour's folder, the rule's code, and in words."""

    place: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class TourView:
    """A tour and all that its pages show. `standings` is keyed by the stem of a note.

    `read` returns a file by its distribution's name and its path: of this tour's version, for two
    tours may show different versions of one distribution. `absent` are the distributions whose
    files are not here: their pages show the graph without the code. `earlier` are versions whose
    addresses lead on. `elsewhere` are certain calls from outside the walk, by function, where they
    were asked for. `faults` are those of a note's files, by its stem.
    """

    tour: Tour
    graph: CallGraph
    standings: Mapping[str, Standing]
    distributions: tuple[Distribution, ...]
    read: Callable[[str, str], SourceFile]
    absent: frozenset[str] = frozenset()
    runs: TourRuns = field(default_factory=TourRuns)
    earlier: tuple[EarlierVersion, ...] = ()
    elsewhere: Mapping[str, tuple[Use, ...]] = field(default_factory=dict)
    faults: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict)


class SiteAddress(NamedTuple):
    """Where the site will stand on the web, its first page's address, empty where nobody said so.

    `base` is the path of that address. It may be known alone: a local server's is `/`. Both end in
    a slash.
    """

    address: str = ""
    base: str = ""


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One file of the site: where it stands, what it is made of, and how to make it.

    `address` is relative to the site's folder. Equal `key`s mean equal bytes from `render`. `work`
    is about how much there is to render, in lines of code: what is around them counts as 40.
    """

    address: str
    key: str
    render: Callable[[], bytes]
    work: int = 40


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The addresses of one publish: made anew, taken over unchanged, gone.

    `digests` are the sha256 of what was made anew, by address.
    """

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]
    digests: Mapping[str, str] = field(default_factory=dict, compare=False)
