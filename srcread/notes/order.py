"""Steps in the order of a tour: depth-first from the entries, as a run comes by.

Building comes before running, as an author tells it, and constructors stand where they are called.

A function's notes stay together in line order. A note with `after` stands behind the step of that
name instead: where the walk does not get to it, or where a course reads better than a run. A note
without a place still comes out, at the end, with a finding: nothing is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from itertools import pairwise

from srcread.errors import did_you_mean
from srcread.graph.reading import in_call_order
from srcread.model import AnchorStatus, CallGraph, Diagnostic, Edge, Position, Step, Tour
from srcread.notes.format.codes import finding
from srcread.notes.format.tourfile import NAME

_Place = tuple[int, int, Position, str]


def order_steps(tour: Tour, graph: CallGraph) -> tuple[tuple[Step, ...], tuple[Diagnostic, ...]]:
    """Return a tour's steps in reading order, and what is wrong with their `after` keys."""
    calls: dict[str, list[Edge]] = {name: [] for name in graph.order}
    for edge in graph.edges:
        calls[edge.site.caller].append(edge)
    order = dict.fromkeys((*in_call_order(graph.entries, calls), *graph.order))
    walked = {name: number for number, name in enumerate(order)}
    placed: list[tuple[_Place, Step]] = []
    followers: dict[str, list[Step]] = defaultdict(list)
    adrift: list[Step] = []
    findings = []
    steps = {step.note.stem: step for step in tour.steps}
    for step in sorted(tour.steps, key=lambda step: step.note.stem):
        place, after = _place(step, walked, graph.entries), step.note.after
        findings += _check_after(step, steps) if after is not None else []
        if after in steps:
            followers[after].append(step)
        if place is not None:
            placed.append((place, step))
        elif after not in steps:
            adrift.append(step)
            findings += _needs_after(step) if after is None else []
    walk = [step for _, step in sorted(placed, key=lambda pair: pair[0])]
    findings += _check_idle(walk, steps)
    leaders = [step for step in walk if step.note.after not in steps] + adrift
    ordered = _with_followers(leaders, followers)
    out = {step.note.stem for step in ordered}
    circle = [step for stem, step in sorted(steps.items()) if stem not in out]
    findings += [_in_circle(step, circle) for step in circle]
    return tuple(ordered + circle), tuple(findings)


def check_chapters(tour: Tour) -> tuple[Diagnostic, ...]:
    """Warn of each chapter that begins before the one that is listed above it."""
    order = {step.note.stem: number for number, step in enumerate(tour.steps)}
    known = [(n, it) for n, it in enumerate(tour.chapters) if it.first in order]
    return tuple(
        finding(
            "TOUR018",
            tour.folder / NAME,
            tour.lines.of("chapter", number, "first"),
            f"{chapter.first!r} is read before {above.first!r}, which is listed above it.",
            "`srcread outline` shows the order of the steps.",
        )
        for (_, above), (number, chapter) in pairwise(known)
        if order[chapter.first] < order[above.first]
    )


def _place(step: Step, walked: Mapping[str, int], entries: Iterable[str]) -> _Place | None:
    """Return where the walk puts a step, or None where it does not get there.

    A note on an entry's class leads the class's first walked method, which is its `__init__`
    unless that is inherited.
    """
    leading = step.note.anchors[0]
    located = next((place for place in step.locations if place.anchor == leading), None)
    name = located.symbol.name if located else leading.symbol
    start = located.range.start if located else Position(0, 0)
    if name in walked:
        return walked[name], 1, start, step.note.stem
    if any(entry.rpartition(".")[0] == name for entry in entries):
        methods = [n for method, n in walked.items() if method.rpartition(".")[0] == name]
        return min(methods, default=0), 0, start, step.note.stem
    return None


def _with_followers(leaders: Iterable[Step], followers: Mapping[str, list[Step]]) -> list[Step]:
    ordered = []
    stack = list(reversed(list(leaders)))
    while stack:
        step = stack.pop()
        ordered.append(step)
        stack += reversed(followers.get(step.note.stem, []))
    return ordered


def _check_after(step: Step, steps: Mapping[str, Step]) -> list[Diagnostic]:
    note = step.note
    if note.after in steps:
        return []
    hint = did_you_mean(note.after or "", steps).strip() or "Write the stem of a step."
    message = f"after names no step: {note.after!r}."
    return [finding("NOTE018", note.path, note.lines.of("after"), message, hint)]


def _check_idle(walk: Iterable[Step], steps: Container[str | None]) -> list[Diagnostic]:
    """Warn of each `after` that names the step behind which the walk puts the note anyway."""
    return [
        finding(
            *("NOTE021", step.note.path, step.note.lines.of("after")),
            f"The walk puts this note there by itself: after = {step.note.after!r} does nothing.",
            "Delete it.",
        )
        for before, step in pairwise(walk)
        if step.note.after == before.note.stem and before.note.after not in steps
    ]


def _needs_after(step: Step) -> list[Diagnostic]:
    note = step.note
    if not note.anchors[0].symbol or AnchorStatus.MISSING in step.lost.values():
        return []  # reported where the note was read or placed
    message = f"The walk from the entries does not reach {note.anchors[0].symbol!r}."
    hint = 'Say behind which step it is read: after = "stem".'
    return [finding("NOTE020", note.path, note.lines.of("symbol"), message, hint)]


def _in_circle(step: Step, circle: Iterable[Step]) -> Diagnostic:
    note = step.note
    stems = ", ".join(other.note.stem for other in circle)
    message = f"after leads back to this note, by way of: {stems}."
    hint = "Let one of them stand behind a step that the walk places."
    return finding("NOTE019", note.path, note.lines.of("after"), message, hint)
