"""The front page: a short path, what each tour holds and where it is confirmed, traps, questions.

Tours that say `start` stand first; the first path of a tour is shown in full. The time of a path is
counted from what stands there, so that it cannot go stale: nothing is measured on readers, and one
who follows the calls takes longer. Addresses count from the folder of the page's language.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from srcread.model import EvidenceStatus, Grade, Step
from srcread.notes.sentences import without_labels
from srcread.site.data.address import short_name, web
from srcread.site.data.card import standing_of
from srcread.site.data.grounds import Grounds
from srcread.site.data.layout import Layout
from srcread.site.data.maps import MapFigure, figures
from srcread.site.data.overview import (
    Row,
    distributions_label,
    outline_rows,
    step_address,
    tour_grounds,
)
from srcread.site.data.title import (
    Title,
    messages_of,
    questions_of,
    step_title,
    tour_title,
    translation,
)

_WORDS_A_MINUTE = 200
_CHARACTERS_A_MINUTE = 255  # of Chinese; both rates are those of prose read with understanding
_LINES_A_MINUTE = 20  # of code beside a note that says what it does
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class Stop(NamedTuple):
    """A step of a path: where it stands in the tour, and the function that it is about."""

    number: int
    title: Title
    href: str
    function: str


class Path(NamedTuple):
    """A tour's path, in the order of reading. `folder` is the tour's, from that of the language."""

    tour: Title
    folder: str
    stops: tuple[Stop, ...]
    minutes: int


class ChapterCard(NamedTuple):
    """A chapter and the number of its steps; `href` leads to the first.

    Steps before the first chapter are one that has the title of its first step.
    """

    title: Title
    href: str
    steps: int


class Proof(NamedTuple):
    """What is behind notes. `places` counts the confirmed ones by what they were confirmed on.

    `strongly` of these are, and `equivalents` are no confirmation of the source.
    """

    notes: int
    confirmed: int
    places: tuple[tuple[str, int], ...]
    strongly: int
    equivalents: int
    grounds: tuple[Grounds, ...]


class TourCard(NamedTuple):
    """A tour. `chapters` are empty where there are none but steps."""

    title: Title
    href: str
    script: str
    version: str
    chapters: tuple[ChapterCard, ...]
    steps: int
    functions: int
    proof: Proof
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


class FrontMap(NamedTuple):
    """The map of the first tour that has one, and its model's name.

    `folder` is the tour's, from that of the language.
    """

    name: str
    folder: str
    figure: MapFigure


class Front(NamedTuple):
    """All that the front page shows in one language; `path` is that of the first tour with one.

    `proof` is that of all tours together.
    """

    tours: tuple[TourCard, ...]
    proof: Proof
    path: Path | None
    map: FrontMap | None
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
        proof=_together([card.proof for card in cards]),
        path=next((card.path for card in cards if card.path), None),
        map=next(_maps(layouts, language), None),
        traps=_by_tour(layouts, language, lambda layout: _traps(layout, language)),
        questions=_by_tour(
            layouts,
            language,
            lambda layout: _pointers(layout, lambda step: questions_of(step, language)),
        ),
        messages=_by_tour(
            layouts,
            language,
            lambda layout: _pointers(layout, lambda step: messages_of(step, language)),
        ),
        repositories=tuple(sorted({card.repository for card in cards if card.repository})),
    )


def path_of(layout: Layout, language: str, tour: Title) -> Path | None:
    """Return a tour's path; none where its writer chose none."""
    chosen = frozenset(layout.view.tour.path)
    steps = [
        (number, step)
        for number, step in enumerate(layout.view.tour.steps)
        if step.note.stem in chosen
    ]
    if not steps:
        return None
    stops = tuple(_stop(layout, number, step, language) for number, step in steps)
    return Path(tour, layout.folder, stops, minutes([step for _, step in steps], language))


def minutes(steps: Iterable[Step], language: str) -> int:
    """Estimate how long steps take to read, in whole minutes, rounded up.

    A note's title, body and claims count 200 words a minute, or 255 characters of Chinese or
    Japanese; the lines that it stands at count 20 a minute. Further places, which stand on other
    pages, what folds, and the rest of the function's code count nothing.
    """
    return max(1, math.ceil(sum(_prose(step, language) + _code(step) for step in steps)))


def _maps(layouts: Iterable[Layout], language: str) -> Iterator[FrontMap]:
    for layout in layouts:
        for figure in figures(layout, language)[:1]:
            root = layout.view.runs.maps[0].root
            yield FrontMap(root.kind or root.name, layout.folder, figure)


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
        proof=_proof(layout, rows, language),
        path=path_of(layout, language, title),
        repository=web(tour.repository),
    )


def _proof(layout: Layout, rows: Sequence[Row], language: str) -> Proof:
    statuses = Counter(row.status for row in rows)
    return Proof(
        notes=len(rows),
        confirmed=statuses[EvidenceStatus.CONFIRMED.value],
        places=_ranked(_places(layout)),
        strongly=sum(row.grade == Grade.STRONG.name.lower() for row in rows),
        equivalents=statuses[EvidenceStatus.EQUIVALENT.value],
        grounds=tour_grounds(layout, language),
    )


def _together(proofs: Sequence[Proof]) -> Proof:
    places = Counter[str]()
    for proof in proofs:
        places.update(dict(proof.places))
    return Proof(
        notes=sum(proof.notes for proof in proofs),
        confirmed=sum(proof.confirmed for proof in proofs),
        places=_ranked(places),
        strongly=sum(proof.strongly for proof in proofs),
        equivalents=sum(proof.equivalents for proof in proofs),
        grounds=tuple(one for proof in proofs for one in proof.grounds),
    )


def _chapters(layout: Layout, rows: Sequence[Row]) -> Iterable[ChapterCard]:
    begins = [number for number, row in enumerate(rows) if row.chapter or not number]
    for number, end in zip(begins, [*begins[1:], len(rows)], strict=True):
        row = rows[number]
        href = f"{layout.folder}/{row.href}"
        yield ChapterCard(row.chapter or row.title, href, end - number)


def _places(layout: Layout) -> Counter[str]:
    """Count confirmed notes by the device of the run that is shown."""
    counts = Counter[str]()
    for step in layout.view.tour.steps:
        standing = standing_of(layout, step.note.stem)
        if standing.status is EvidenceStatus.CONFIRMED and standing.run is not None:
            device = standing.run.environment.device
            counts["CPU" if device.kind == "cpu" else device.name] += 1
    return counts


def _ranked(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Return counts with their names, the most frequent first."""
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
        if step.note.trap:
            yield Pointer(step_title(step, language), f"{layout.folder}/{address}")


def _pointers(layout: Layout, lines: Callable[[Step], Iterable[Title]]) -> Iterable[Pointer]:
    for number, step in enumerate(layout.view.tour.steps):
        address = step_address(layout, number)
        for line in lines(step):
            yield Pointer(line, f"{layout.folder}/{address}")


def _stop(layout: Layout, number: int, step: Step, language: str) -> Stop:
    page = layout.page_of_step.get(number)
    address = step_address(layout, number)
    return Stop(number + 1, step_title(step, language), address, short_name(page) if page else "")


def _prose(step: Step, language: str) -> float:
    text = translation(step, language)
    told = [text.title, text.body] if text else [step.note.title, step.note.body]
    told = [without_labels(each) for each in told]
    for claim in step.snippet.claims if step.snippet else ():
        told.append(text.claims.get(claim.sentence, claim.sentence) if text else claim.sentence)
    prose = " ".join(told)
    wide = len(_WIDE.findall(prose))
    words = len(_WIDE.sub(" ", prose).split())
    return wide / _CHARACTERS_A_MINUTE + words / _WORDS_A_MINUTE


def _code(step: Step) -> float:
    if step.lead is None:
        return 0
    place = step.lead.range
    return (place.last_line - place.first_line + 1) / _LINES_A_MINUTE
