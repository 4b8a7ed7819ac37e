"""The front page: a short path, what each tour holds and where it is confirmed, traps, questions.

Tours that say `start` stand first, and the first tour's path is shown in full. Addresses count from
the folder of the page's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from srcread.model import EvidenceStatus, Note
from srcread.site.data.address import web
from srcread.site.data.card import standing_of
from srcread.site.data.layout import Layout
from srcread.site.data.overview import Row, distributions_label, outline_rows, step_address
from srcread.site.data.reading import Path, path_of
from srcread.site.data.title import Title, step_title, tour_title


class ChapterCard(NamedTuple):
    """A chapter and the number of its steps; `href` leads to the first.

    Steps before the first chapter are one that has the title of its first step.
    """

    title: Title
    href: str | None
    steps: int


class TourCard(NamedTuple):
    """A tour. `places` counts its confirmed notes by what they were confirmed on.

    `chapters` are empty where there are none but steps.
    """

    title: Title
    href: str
    script: str
    version: str
    chapters: tuple[ChapterCard, ...]
    steps: int
    functions: int
    confirmed: int
    places: tuple[tuple[str, int], ...]
    path: Path | None
    repository: str | None


class Pointer(NamedTuple):
    """Words by which a reader may look for a note, and where it stands."""

    words: Title
    href: str


class Pointers(NamedTuple):
    """The pointers into one tour."""

    tour: Title
    found: tuple[Pointer, ...]


class Front(NamedTuple):
    """All that the front page shows in one language; `path` is that of the first tour with one."""

    tours: tuple[TourCard, ...]
    path: Path | None
    traps: tuple[Pointers, ...]
    questions: tuple[Pointers, ...]
    messages: tuple[Pointers, ...]
    repositories: tuple[str, ...]


def front(layouts: Sequence[Layout], language: str) -> Front:
    """Gather the front page over these tours."""
    layouts = sorted(layouts, key=lambda layout: not layout.view.tour.start)
    cards = tuple(_tour_card(layout, language) for layout in layouts)
    return Front(
        tours=cards,
        path=next((card.path for card in cards if card.path), None),
        traps=_by_tour(layouts, language, lambda layout: _traps(layout, language)),
        questions=_by_tour(
            layouts, language, lambda layout: _pointers(layout, lambda note: note.questions)
        ),
        messages=_by_tour(
            layouts, language, lambda layout: _pointers(layout, lambda note: note.messages)
        ),
        repositories=tuple(sorted({card.repository for card in cards if card.repository})),
    )


def _tour_card(layout: Layout, language: str) -> TourCard:
    tour, rows = layout.view.tour, outline_rows(layout, language)
    title = tour_title(tour, language)
    return TourCard(
        title=title,
        href=f"{layout.folder}/index.html",
        script=f"{layout.folder}/symbols.js",
        version=distributions_label(layout),
        chapters=tuple(_chapters(layout, rows)) if tour.chapters else (),
        steps=len(rows),
        functions=len(layout.pages),
        confirmed=sum(row.status == EvidenceStatus.CONFIRMED.value for row in rows),
        places=_places(layout),
        path=path_of(layout, language, title),
        repository=web(tour.repository),
    )


def _chapters(layout: Layout, rows: Sequence[Row]) -> Iterable[ChapterCard]:
    begins = [number for number, row in enumerate(rows) if row.chapter or not number]
    for number, end in zip(begins, [*begins[1:], len(rows)], strict=True):
        row = rows[number]
        href = f"{layout.folder}/{row.href}" if row.href else None
        yield ChapterCard(row.chapter or row.title, href, end - number)


def _places(layout: Layout) -> tuple[tuple[str, int], ...]:
    """Count confirmed notes by the device of the run that is shown, the most frequent first."""
    counts = Counter[str]()
    for step in layout.view.tour.steps:
        standing = standing_of(layout, step.note.stem)
        if standing.status is EvidenceStatus.CONFIRMED and standing.run is not None:
            device = standing.run.environment.device
            counts["CPU" if device.kind == "cpu" else device.name] += 1
    return tuple(sorted(counts.items(), key=lambda place: (-place[1], place[0])))


def _by_tour(
    layouts: Sequence[Layout], language: str, gather: Callable[[Layout], Iterable[Pointer]]
) -> tuple[Pointers, ...]:
    gathered = [(layout, tuple(gather(layout))) for layout in layouts]
    return tuple(
        Pointers(tour_title(layout.view.tour, language), found)
        for layout, found in gathered
        if found
    )


def _traps(layout: Layout, language: str) -> Iterable[Pointer]:
    for number, step in enumerate(layout.view.tour.steps):
        address = step_address(layout, number)
        if step.note.trap and address:
            yield Pointer(step_title(step, language), f"{layout.folder}/{address}")


def _pointers(layout: Layout, lines: Callable[[Note], Iterable[str]]) -> Iterable[Pointer]:
    for number, step in enumerate(layout.view.tour.steps):
        address = step_address(layout, number)
        for line in lines(step.note) if address else ():
            yield Pointer(Title(line, step.note.language), f"{layout.folder}/{address}")
