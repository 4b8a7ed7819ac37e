"""How much of each note a page shows where many stand: a page has to stay small enough to read.

A function with few notes shows them whole on each of its pages. Of many, its first page has all
but their evidence, which has a page of its own; a page for a further way through the function,
where the same notes would stand again, has their titles, which lead to the first. A note that
names this way's scenario is not shortened there.
"""

from __future__ import annotations

from collections.abc import Container

from srcread.site.data.address import fragment
from srcread.site.data.card import Card
from srcread.site.data.layout import Layout

MOST_WHOLE = 3
"""So many notes stand on a page with their evidence. Each is 3 KB, compressed, and a third text."""


def evidence_file(stem: str) -> str:
    """Return the file of a note's evidence page: `e-in-projection.html`; no symbol's is like it."""
    return f"e-{fragment(stem)}.html"


def has_evidence(card: Card) -> bool:
    """Tell whether there is a snippet, or a run, to be shown."""
    return bool(card.snippet or card.run)


def evidence_alone(card: Card) -> Card:
    """Return a card without its text: an edited sentence changes no page of evidence."""
    return card._replace(
        on_path=False,
        body="",
        marks=(),
        places=(),
        grids=(),
        faults=(),
        unreached="",
        questions=(),
        messages=(),
        authors=(),
        see=(),
        exercises=(),
        versions="",
        links=(),
    )


def without_evidence(card: Card) -> Card:
    """Return a card whose evidence is a link; what a page does not show, its key must not cover."""
    if not has_evidence(card):
        return card
    return card._replace(
        apart=evidence_file(card.stem),
        claims=tuple(
            one._replace(code="", observed=None, expected=None, evaluations=0)
            for one in card.claims
        ),
        run=None,
        reach=None,
        controls=None,
        snippet="",
        command="",
        releases=(),
    )


def short(card: Card, whole: str) -> Card:
    """Return a card of title and standing, that leads to the page on which the note is whole."""
    return evidence_alone(without_evidence(card))._replace(
        whole=f"{whole}#{card.anchor}", apart="", equations=(), claims=(), otherwise=()
    )


def opening_on(layout: Layout, page: str, file: str) -> frozenset[str]:
    """Return the stems of the notes to which links lead on this one of a function's pages."""
    steps = layout.view.tour.steps
    found = (
        number
        for number in layout.steps.get(page, ())
        if layout.opening.get(number, "").partition("?")[0] == file
    )
    return frozenset(steps[number].note.stem for number in found)


class Crowd:
    """The cards of one function's pages, each form made once: pages share what is rendered."""

    def __init__(self, cards: tuple[Card, ...], first: str) -> None:
        self._whole = len(cards) <= MOST_WHOLE
        self._cards = cards if self._whole else tuple(map(without_evidence, cards))
        self._short = () if self._whole else tuple(short(card, first) for card in self._cards)
        self._first = first

    def on(self, file: str, opening: Container[str]) -> tuple[Card, ...]:
        """Return what one of the pages shows; `opening` are the stems of notes that open there."""
        if self._whole or file == self._first:
            return self._cards
        pairs = zip(self._cards, self._short, strict=True)
        return tuple(card if card.stem in opening else brief for card, brief in pairs)
