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
        steps.append(replace(step, locations=held, lost=found.lost))
        findings += [*found.findings, *changes]
    ordered, order_findings = order_steps(replace(tour, steps=tuple(steps)), graph)
    tour = replace(tour, steps=ordered)
    return tour, tuple(sorted({*findings, *order_findings, *check_chapters(tour)}))


def locate_note(note: Note, lookup: Lookup, locate: Locate = locate) -> LocatedNote:
    """Return the places of a note's anchors, and a finding for each that has none."""
    locations, findings = [], []
    lost: dict[Anchor, AnchorStatus] = {}
    for number, anchor in enumerate(note.anchors):
        if not _is_whole(anchor):  # reported where the note was read
            lost[anchor] = AnchorStatus.LOST
            continue
        match locate(anchor, lookup):
            case Location() as location:
                locations.append(location)
            case AnchorProblem() as problem:
                lost[anchor] = problem.status
                findings.append(_problem(note, number, problem))
    return LocatedNote(tuple(locations), lost, tuple(findings))


def renewed_lock(tour: Tour, step: Step) -> Lock:
    """Return the lock of a step with each anchor that had none locked where it is now.

    Anchors that are locked stay as they were, whatever became of them: that is for `accept`.
    """
    locked = _locked(lock_path(tour.folder, step.note.stem))
    anchors = {place.anchor: lock_location(place) for place in step.locations}
    kept = {anchor: locked.get(anchor, anchors.get(anchor)) for anchor in step.note.anchors}
    distribution, version = next(iter(tour.distributions.items()), ("", None))
    return Lock(step.note.stem, distribution, version, tuple(it for it in kept.values() if it))


def lock_path(folder: Path, stem: str) -> Path:
    """Return where the lock of a step is kept."""
    return folder / "lock" / f"{stem}.json"


def _is_whole(anchor: Anchor) -> bool:
    try:
        return bool(anchor.symbol) and (anchor.at is None or bool(parse_selector(anchor.at)))
    except SelectorError:
        return False


def _problem(note: Note, number: int, problem: AnchorProblem) -> Diagnostic:
    key = "symbol" if problem.status is AnchorStatus.MISSING else "at"
    message = problem.message[:1].upper() + problem.message[1:]
    line = _line(note, number, key)
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
        line, hint = _line(note, 0, "symbol"), "Run `srcread check --fix`."
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
            line = _line(note, note.anchors.index(location.anchor), "at")
            hint = f"Read the note against it, then run `srcread accept {note.stem}`."
            code = _CHANGES[comparison.status]
            findings.append(finding(code, note.path, line, comparison.hint, hint))
            found = replace(location, status=comparison.status or AnchorStatus.FOUND)
        held.append(found)
    if extra := [anchor for anchor in locked if anchor not in note.anchors]:
        message = f"The lock has {_name(extra[0])}, where the note has no anchor any more."
        findings.append(finding("LOCK001", path, 0, message, "Run `srcread check --fix`."))
    return tuple(held), findings


def _locked(path: Path) -> Mapping[Anchor, LockedAnchor]:
    lock = read_lock(path)
    return {Anchor(it.symbol, it.at): it for it in lock.anchors} if lock else {}


def _unlocked(note: Note, anchor: Anchor) -> Diagnostic:
    line = _line(note, note.anchors.index(anchor), "at")
    message = f"{_name(anchor)} is not locked."
    return finding("LOCK001", note.path, line, message, "Run `srcread check --fix`.")


def _name(anchor: Anchor) -> str:
    return f"{anchor.at!r} in {anchor.symbol!r}" if anchor.at else repr(anchor.symbol)


def _line(note: Note, number: int, key: str) -> int:
    """Return the line of a key of the note's first anchor, or of an `[[also]]`."""
    place = ("also", number - 1) if number else ()
    return note.lines.of(*place, key) or 1
