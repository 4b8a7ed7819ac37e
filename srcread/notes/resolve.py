"""A tour's steps placed in the sources, held against their locks, and ordered.

A place that is not the locked one stays in the tour with its status, so that a page can say so. So
does the status of an anchor without a place, which has no location; a finding says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from srcread.errors import SelectorError, SrcreadError
from srcread.model import Anchor, AnchorStatus, CallGraph, Diagnostic, Location, Note, Step, Tour
from srcread.notes.anchors.locate import AnchorProblem, locate
from srcread.notes.anchors.lock import Lock, LockedAnchor, compare, lock_location, read_lock
from srcread.notes.anchors.selector import parse_selector
from srcread.notes.format.codes import finding
from srcread.notes.lookup import Lookup
from srcread.notes.order import check_chapters, order_steps

Locate = Callable[[Anchor, Lookup], Location | AnchorProblem]

_PROBLEMS = {
    AnchorStatus.LOST: "LOCK004",
    AnchorStatus.AMBIGUOUS: "LOCK005",
    AnchorStatus.MISSING: "LOCK006",
}
_CHANGES = {AnchorStatus.CHANGED: "LOCK002", AnchorStatus.MOVED: "LOCK003", None: "LOCK011"}


@dataclass(frozen=True, slots=True)
class LocatedNote:
    """The places of a note's anchors, what became of those without one, and the findings on it."""

    locations: tuple[Location, ...]
    lost: Mapping[Anchor, AnchorStatus]
    findings: tuple[Diagnostic, ...]


def resolve_tour(
    tour: Tour, lookup: Lookup, graph: CallGraph, locate: Locate = locate
) -> tuple[Tour, tuple[Diagnostic, ...]]:
    """Return a tour with every step's places and in reading order, and what is wrong with them."""
    steps, findings = [], []
    for step in tour.steps:
        found = locate_note(step.note, lookup, locate)
        held, changes = _hold(tour.folder, step.note, found.locations, lookup)
        locations = tuple(place for place in held if place.anchor in step.note.anchors)
        read = tuple(place for place in held if place.anchor in read_by(step.note))
        own = {anchor: found.lost[anchor] for anchor in step.note.anchors if anchor in found.lost}
        steps.append(replace(step, locations=locations, read=read, lost=own))
        findings += [*found.findings, *changes]
    ordered, order_findings = order_steps(replace(tour, steps=tuple(steps)), graph)
    tour = replace(tour, steps=ordered)
    return tour, tuple(sorted({*findings, *order_findings, *check_chapters(tour)}))


def locate_note(note: Note, lookup: Lookup, locate: Locate = locate) -> LocatedNote:
    """Return the places of a note's anchors, then of what it read, and a finding without one."""
    locations, findings = [], []
    lost: dict[Anchor, AnchorStatus] = {}
    for anchor in all_anchors(note):
        if not _is_whole(anchor):  # reported where the note was read
            lost[anchor] = AnchorStatus.LOST
            continue
        match locate(anchor, lookup):
            case Location() as location:
                locations.append(location)
            case AnchorProblem() as problem:
                lost[anchor] = problem.status
                findings.append(_problem(note, anchor, problem))
    return LocatedNote(tuple(locations), lost, tuple(findings))


def all_anchors(note: Note) -> tuple[Anchor, ...]:
    """Return the places that a note's lock holds: its anchors, then what its sentences read."""
    return tuple(dict.fromkeys((*note.anchors, *read_by(note))))


def read_by(note: Note) -> tuple[Anchor, ...]:
    """Return the places in the tour's sources that a note's sentences stand on, each once."""
    return tuple(dict.fromkeys(basis.anchor for basis in note.bases if basis.anchor))


def renewed_lock(tour: Tour, step: Step) -> Lock:
    """Return the lock of a step with each anchor that had none locked where it is now.

    Anchors that are locked stay as they were, whatever became of them: that is for `accept`.
    """
    locked = _locked(lock_path(tour.folder, step.note.stem))
    places = (*step.locations, *step.read)
    anchors = {place.anchor: lock_location(place) for place in places}
    kept = {anchor: locked.get(anchor, anchors.get(anchor)) for anchor in all_anchors(step.note)}
    distribution, version = first_read(tour)
    return Lock(step.note.stem, distribution, version, tuple(it for it in kept.values() if it))


def first_read(tour: Tour) -> tuple[str, str | None]:
    """Return the name of what a tour reads first, and its version; one's own sources have none."""
    if tour.sources:
        return tour.sources[0], None
    return next(iter(tour.distributions.items()), ("", None))


def lock_path(folder: Path, stem: str) -> Path:
    """Return where the lock of a step is kept."""
    return folder / "lock" / f"{stem}.json"


def _is_whole(anchor: Anchor) -> bool:
    try:
        return bool(anchor.symbol) and (anchor.at is None or bool(parse_selector(anchor.at)))
    except SelectorError:
        return False


def _problem(note: Note, anchor: Anchor, problem: AnchorProblem) -> Diagnostic:
    key = "symbol" if problem.status is AnchorStatus.MISSING else "at"
    message = problem.message[:1].upper() + problem.message[1:]
    line = _line(note, anchor, key)
    return finding(_PROBLEMS[problem.status], note.path, line, message, problem.hint)


def _hold(
    folder: Path, note: Note, locations: tuple[Location, ...], lookup: Lookup
) -> tuple[tuple[Location, ...], list[Diagnostic]]:
    """Hold a note's places against its lock: their statuses, and a finding for each that is off."""
    path = lock_path(folder, note.stem)
    try:
        locked = _locked(path)
    except SrcreadError as error:
        return locations, [finding("LOCK008", path, 0, str(error))]
    if not locked and locations:
        line, hint = _line(note, note.anchors[0], "symbol"), "Run `srcread check --fix`."
        return locations, [finding("LOCK001", note.path, line, "The note has no lock.", hint)]
    held, findings = [], []
    for location in locations:
        before = locked.get(location.anchor)
        if before is None:
            findings.append(_unlocked(note, location.anchor))
            held.append(location)
            continue
        found, comparison = location, compare(location, before, lookup)
        if comparison.status is not AnchorStatus.FOUND:
            line = _line(note, location.anchor, "at")
            hint = f"Read the note against it, then run `srcread accept {note.stem}`."
            code = _CHANGES[comparison.status]
            findings.append(finding(code, note.path, line, comparison.hint, hint))
            found = replace(location, status=comparison.status or AnchorStatus.FOUND)
        held.append(found)
    if extra := [anchor for anchor in locked if anchor not in all_anchors(note)]:
        message = f"The lock has {_name(extra[0])}, where the note has no anchor any more."
        findings.append(finding("LOCK001", path, 0, message, "Run `srcread check --fix`."))
    return tuple(held), findings


def _locked(path: Path) -> Mapping[Anchor, LockedAnchor]:
    lock = read_lock(path)
    return {Anchor(it.symbol, it.at): it for it in lock.anchors} if lock else {}


def _unlocked(note: Note, anchor: Anchor) -> Diagnostic:
    line = _line(note, anchor, "at")
    message = f"{_name(anchor)} is not locked."
    return finding("LOCK001", note.path, line, message, "Run `srcread check --fix`.")


def _name(anchor: Anchor) -> str:
    return f"{anchor.at!r} in {anchor.symbol!r}" if anchor.at else repr(anchor.symbol)


def _line(note: Note, anchor: Anchor, key: str) -> int:
    """Return the line of a key of the note's first anchor, of an `[[also]]`, or of a footnote."""
    if anchor not in note.anchors:
        return next(basis.line for basis in note.bases if basis.anchor == anchor)
    number = note.anchors.index(anchor)
    place = ("also", number - 1) if number else ()
    return note.lines.of(*place, key) or 1
