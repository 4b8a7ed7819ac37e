"""A tour as text: chapters, pages and steps in reading order, and what is confirmed."""

from __future__ import annotations

from collections.abc import Iterator

from srcread.evidence.grading import evidence_details
from srcread.evidence.sentences import say
from srcread.evidence.standing import told
from srcread.model import Grade, Location, Standing, Step
from srcread.opening.tour import OpenTour

_GRADES = {Grade.CONFIRMED: (), Grade.SENSITIVE: ("sensitive",), Grade.STRONG: ("strongly",)}


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
        if step.lead and step.lead.symbol.name != symbol:
            symbol = step.lead.symbol.name
            yield f"  {symbol}  {_place(step.lead)}"
        yield f"    {number:2} {step.note.title}"
        yield f"       {step.note.stem}: {_details(opened, step)}"
    confirmed = sum(opened.standing(step).status.value == "confirmed" for step in tour.steps)
    walked = len(opened.code.graph.order)
    yield ""
    yield f"{len(tour.steps)} steps, {confirmed} confirmed; {walked} functions walked."


def _details(opened: OpenTour, step: Step) -> str:
    first, lead = step.note.anchors[0], step.lead
    lost = step.lost[first].value if first in step.lost else ""
    lines = f"{_lines(lead)} {lead.status.value}" if lead else lost
    claims = len(step.snippet.claims) if step.snippet else 0
    languages = ", ".join([step.note.language, *sorted(step.translations)])
    parts = [
        first.at or "all of it",
        lines,
        f"{claims} claims",
        *_evidence(opened.standing(step)),
        languages,
    ]
    return " · ".join(part for part in parts if part)


def _evidence(standing: Standing) -> list[str]:
    """Return a standing in words; with its grade and details where controls are recorded."""
    run, words = standing.controlled or standing.run, [say(one) for one in told(standing)]
    if standing.grade is None or run is None:
        return words
    return [*words, *_GRADES[standing.grade], *evidence_details(run)]


def _place(location: Location) -> str:
    return f"{location.symbol.path}:{location.symbol.line}"


def _lines(location: Location) -> str:
    first, last = location.range.first_line, location.range.last_line
    return f"L{first}" if first == last else f"L{first}-{last}"
