"""The prose of the tours in one language: one record for each tour, each chapter and each note.

Each has the address of its own place, so that a hit leads to the note and not to its page. Bodies
are Markdown still: a plan reads no Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from srcread.site.data.layout import Layout
from srcread.site.data.overview import step_address
from srcread.site.data.title import chapter_title, languages_of, step_title, tour_title, translation


class Record(NamedTuple):
    """Something to be found. `address` counts from the language's folder; `more` are sentences."""

    address: str
    title: str
    tour: str
    body: str = ""
    more: tuple[str, ...] = ()


def records(layouts: Sequence[Layout], language: str) -> tuple[Record, ...]:
    """Return the prose of all tours that there are in a language; of a tour without notes none."""
    shown = [one for one in layouts if one.view.tour.steps]
    shown = [one for one in shown if language in languages_of(one.view.tour)]
    return tuple(record for layout in shown for record in _of_tour(layout, language))


def _of_tour(layout: Layout, language: str) -> Iterable[Record]:
    tour = layout.view.tour
    title = tour_title(tour, language).text
    yield Record(f"{layout.folder}/index.html", title, "")
    stems = [step.note.stem for step in tour.steps]
    for chapter in tour.chapters:
        if chapter.first in stems:
            address = step_address(layout, stems.index(chapter.first))
            text = chapter_title(tour, chapter, language).text
            yield Record(f"{layout.folder}/{address}", text, title)
    for number in range(len(stems)):
        yield _of_step(layout, number, language, title)


def _of_step(layout: Layout, number: int, language: str, tour: str) -> Record:
    step = layout.view.tour.steps[number]
    text = translation(step, language)
    claims = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
    if text is not None:
        claims = [text.claims.get(claim, claim) for claim in claims]
    return Record(
        address=f"{layout.folder}/{step_address(layout, number)}",
        title=step_title(step, language).text,
        tour=tour,
        body=(text or step.note).body,
        more=tuple(claims),
    )
