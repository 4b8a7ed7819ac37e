"""How many sentences of a note stand on what: a sentence is as good as the weakest of its labels.

Counted when a page is rendered, because Markdown is read then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from srcread.notes.sentences import sentences_of
from srcread.site.data.card import Card
from srcread.site.data.grounds import Ground, Grounds, Mark

_ORDER = tuple(Ground)


class Share(NamedTuple):
    """How many sentences stand on what, all told; those without need of any are not counted."""

    total: int
    run: int
    read: int
    cited: int
    open: int
    none: int


def share_of(card: Card) -> Share:
    """Count the sentences of the note on a card."""
    return share(Grounds(card.body, card.title_labels, card.marks))


@lru_cache(maxsize=1024)
def share(grounds: Grounds) -> Share:
    """Count the sentences of a note, and its title where that has labels of its own."""
    kinds = {mark.label: Ground(mark.kind) for mark in grounds.marks}
    stated = [one.labels for one in sentences_of(grounds.body) if one.states]
    labels = [*stated, grounds.title_labels] if grounds.title_labels else stated
    found = Counter(_weakest([kinds.get(label, Ground.NONE) for label in each]) for each in labels)
    return Share(sum(found.values()), *(found[ground] for ground in Ground))


def shares(notes: Iterable[Grounds]) -> Share:
    """Count the sentences of several notes together."""
    counted = [share(one) for one in notes]
    return Share(*(sum(column) for column in zip(*counted, strict=True))) if counted else _NOTHING


def shown(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the marks that a page can show: those of labels that stand on something."""
    return tuple(mark for mark in marks if mark.target)


_NOTHING = Share(0, 0, 0, 0, 0, 0)


def _weakest(grounds: list[Ground]) -> Ground:
    return max(grounds, key=_ORDER.index, default=Ground.NONE)
