"""How many sentences of a note stand on what, counted where Markdown is read anyhow.

A build in which nothing changed renders nothing, and so reads none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from srcread.evidence.grounds import Ground, Share, add, count
from srcread.site.data.card import Card
from srcread.site.data.grounds import Grounds, Mark


def share_of(card: Card) -> Share:
    """Count the sentences of the note on a card."""
    return _share(Grounds(card.body, card.title_labels, card.marks))


def shares(notes: Iterable[Grounds]) -> Share:
    """Count the sentences of several notes together."""
    return add(map(_share, notes))


def shown(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks that a page can show: those of labels that stand on something."""
    return tuple(mark for mark in marks if mark.target)


@lru_cache(maxsize=1024)
def _share(grounds: Grounds) -> Share:
    found = {mark.label: Ground(mark.kind) for mark in grounds.marks}
    return count(grounds.body, grounds.title_labels, found)
