"""srcread from Python: what `import srcread` gives. All else may change with any version.

    import srcread

    graph = srcread.call_graph("torch.nn.LSTM")
    opened = srcread.open_tour("torch-transformer")
    for step in opened.tour.steps:
        print(step.note.title, "-", srcread.say(opened.standings[step.note.stem].reason))

Values are those of `srcread.model`: frozen data. As on the command line, read source is parsed and
never imported, and nothing here runs a snippet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from srcread.errors import FindingsError, NotFoundError, SrcreadError, did_you_mean
from srcread.evidence import read_evidence as _read_evidence
from srcread.evidence.sentences import say
from srcread.model import CallGraph, Diagnostic, Evidence, Standing, Tour
from srcread.opening.entry import walk_entry
from srcread.opening.tour import LockedTour, OpenTour, tour_folders, try_open_tour

__all__ = [
    "FindingsError",
    "NotFoundError",
    "OpenedTour",
    "SrcreadError",
    "call_graph",
    "open_tour",
    "read_evidence",
    "say",
    "standing",
]


@dataclass(frozen=True, slots=True)
class OpenedTour:
    """A tour with its notes in their places, its call graph, and what its evidence says of it.

    `standings` is keyed by the stem of a note. `findings` are what `srcread check` says of the
    tour's files; what is wrong with them is an error among these, and does not keep them from being
    opened.
    """

    tour: Tour
    graph: CallGraph
    standings: Mapping[str, Standing]
    findings: tuple[Diagnostic, ...]
    _opened: OpenTour | LockedTour = field(repr=False, compare=False)


def call_graph(entry: str, *, idioms: Sequence[Path] = ()) -> CallGraph:
    """Return the static call graph below an entry point.

    `entry` is what the command line takes: a public name (`torch.nn.LSTM`), a name in a module
    (`package.module:Class.method`), or a path (`model.py:MyModel`). `idioms` are files of what is
    known of further frameworks.

    For example, `call_graph("torch.nn.LSTM").order[0]` is the name of the function that it begins
    with, and `graph.edges` has an edge for each call site, unresolved ones with their reason.

    Raises:
        SrcreadError: there is no such entry, or its sources cannot be had.
    """
    return walk_entry(entry, idioms=idioms).graph


def open_tour(name: str, *, annotations: Path | None = None) -> OpenedTour:
    """Open a tour by its name: of `annotations`, else of ./annotations, else of those shipped.

    Where its sources cannot be had, its graph.json stands in for them, and a finding says so.

    Raises:
        NotFoundError: there is no such tour; the message offers the nearest.
        FindingsError: neither its sources nor a graph.json can be read; the error says why.
    """
    (folder,) = tour_folders([name], annotations)
    opened, findings = try_open_tour(folder)
    if opened is None:
        raise FindingsError(findings)
    standings = {step.note.stem: opened.standing(step) for step in opened.tour.steps}
    return OpenedTour(opened.tour, opened.code.graph, standings, findings, opened)


def read_evidence(path: Path) -> tuple[Evidence | None, tuple[Diagnostic, ...]]:
    """Read a file of recorded runs, and say what of it cannot be used.

    None for the evidence means that there is no such file, or that none of it can be used, which a
    finding explains. For example, of `annotations/torch-transformer/evidence/in-projection.json`
    `evidence.runs[0].environment.device.name` is the device of the first run.
    """
    return _read_evidence(path)


def standing(opened: OpenedTour, stem: str, evidence: Evidence | None = None) -> Standing:
    """Weigh evidence against a note as it is now: what is recorded beside it, if none is given.

    For example, `standing(opened, "in-projection").status` is `EvidenceStatus.CONFIRMED` where a
    run of this very snippet on the tour's version confirmed it.

    Raises:
        NotFoundError: the tour has no such note; the message offers the nearest.
    """
    steps = {step.note.stem: step for step in opened.tour.steps}
    if stem not in steps:
        raise NotFoundError(f"There is no note {stem!r}.{did_you_mean(stem, steps)}")
    return opened._opened.standing(steps[stem], evidence)
