"""A tour as text: chapters, pages and steps in reading order, and what is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from srcread.evidence.grading import evidence_details
from srcread.evidence.grounds import Share, add, count, grounded, grounds_of
from srcread.evidence.sentences import say
from srcread.model import Grade, Location, Standing, Step
from srcread.opening.tour import OpenTour

_GRADES = {
    Grade.EQUIVALENT: (),  # its standing says it
    Grade.CONFIRMED: (),
    Grade.SENSITIVE: ("noticed",),
    Grade.STRONG: ("strongly",),
}


def outline_lines(opened: OpenTour) -> Iterator[str]:
    """Yield the lines of a tour's outline: the same for the same tour, sources and evidence."""
    tour = opened.tour
    versions = ", ".join(f"{name} {version}" for name, version in tour.distributions.items())
    yield f"{tour.title} ({tour.name}; {versions})"
    chapters = {chapter.first: chapter.title for chapter in tour.chapters}
    symbol = ""
    for number, step in enumerate(tour.steps, 1):
        if (title := chapters.get(step.note.stem)) is not None:
            yield ""
            yield title
        if step.locations and step.locations[0].symbol.name != symbol:
            symbol = step.locations[0].symbol.name
            yield f"  {symbol}  {_place(step.locations[0])}"
        yield f"    {number:2} {step.note.title}"
        yield f"       {step.note.stem}: {_details(opened, step)}"
    share = add(_share(opened, step) for step in tour.steps)
    confirmed = sum(opened.standing(step).status.value == "confirmed" for step in tour.steps)
    walked = len(opened.code.graph.order)
    yield ""
    yield f"{len(tour.steps)} steps, {confirmed} confirmed; {walked} functions walked."
    yield f"{share.run} of {share.total} sentences checked by a run{_rest(share)}."


def outline_data(opened: OpenTour) -> dict[str, Any]:
    """Return a tour's outline for programs: each step with its claims, and each sentence's ground.

    `standing` and `grade` are None-able names of `EvidenceStatus` and `Grade`; `ground` is a value
    of `srcread.evidence.grounds.Ground`.
    """
    tour = opened.tour
    return {
        "format": 1,
        "tour": tour.name,
        "title": tour.title,
        "distributions": dict(tour.distributions),
        "sentences": asdict(add(_share(opened, step) for step in tour.steps)),
        "steps": [_step_data(opened, step) for step in tour.steps],
    }


def _step_data(opened: OpenTour, step: Step) -> dict[str, Any]:
    standing, note = opened.standing(step), step.note
    grounds = grounds_of(step, standing)
    languages = (note.language, *sorted(step.translations))
    return {
        "stem": note.stem,
        "title": note.title,
        "title_labels": list(note.title_labels),
        "places": [[place.anchor.symbol, place.anchor.at] for place in step.locations],
        "standing": standing.status.value,
        "reason": say(standing.reason),
        "grade": standing.grade.name.lower() if standing.grade is not None else None,
        "claims": [claim.sentence for claim in step.snippet.claims] if step.snippet else [],
        "bases": {
            basis.label: {
                "kind": basis.kind.value,
                "text": basis.text,
                "ground": grounds[basis.label].value,
            }
            for basis in note.bases
        },
        "sentences": {language: _sentences(step, standing, language) for language in languages},
    }


def _sentences(step: Step, standing: Standing, language: str) -> list[dict[str, Any]]:
    return [
        {
            "text": one.sentence.text,
            "line": one.sentence.line,
            "labels": list(one.sentence.labels),
            "ground": one.ground.value,
        }
        for one in grounded(step, standing, language)
    ]


def _share(opened: OpenTour, step: Step) -> Share:
    note = step.note
    return count(note.body, note.title_labels, grounds_of(step, opened.standing(step)))


def _rest(share: Share) -> str:
    rest = {
        "by an equivalent": share.equivalent,
        "read": share.read,
        "cited": share.cited,
        "claimed and not confirmed now": share.open,
        "without a label": share.none,
    }
    return "".join(f", {number} {words}" for words, number in rest.items() if number)


def _details(opened: OpenTour, step: Step) -> str:
    anchor = step.note.anchors[0].at
    lines = (
        f"{_lines(step.locations[0])} {step.locations[0].status.value}" if step.locations else ""
    )
    claims = len(step.snippet.claims) if step.snippet else 0
    languages = ", ".join([step.note.language, *sorted(step.translations)])
    share = _share(opened, step)
    parts = [
        anchor or "all of it",
        lines,
        f"{claims} claims",
        f"{share.run} of {share.total} sentences checked" if step.note.bases else "",
        *_evidence(opened.standing(step)),
        languages,
    ]
    return " · ".join(part for part in parts if part)


def _evidence(standing: Standing) -> list[str]:
    """Return a standing in words; with its grade and details where controls are recorded."""
    run, words = standing.controlled or standing.run, say(standing.reason)
    if standing.grade is None or run is None:
        return [words]
    return [words, *_GRADES[standing.grade], *evidence_details(run)]


def _place(location: Location) -> str:
    return f"{location.symbol.path}:{location.symbol.line}"


def _lines(location: Location) -> str:
    first, last = location.range.first_line, location.range.last_line
    return f"L{first}" if first == last else f"L{first}-{last}"
