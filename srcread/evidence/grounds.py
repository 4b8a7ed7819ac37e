"""How well the sentences of a note stand, by what they stand on and by what runs say of it now.

A claim that no run confirms now checks nothing. A sentence is as good as the weakest of its labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import Enum

from srcread.model import Basis, BasisKind, EvidenceStatus, Standing, Step
from srcread.notes.sentences import Sentence, sentences_of


class Ground(Enum):
    """How well a sentence stands, the best first."""

    RUN = "run"
    """A claim held in a run that counts."""
    EQUIVALENT = "equivalent"
    """A claim held, of code that the snippet brings itself."""
    READ = "read"
    CITED = "cited"
    OPEN = "open"
    """There is a claim, and no run that counts in which it held."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Share:
    """How many sentences stand on what; those without need of any are not counted."""

    total: int = 0
    run: int = 0
    equivalent: int = 0
    read: int = 0
    cited: int = 0
    open: int = 0
    none: int = 0


@dataclass(frozen=True, slots=True)
class Grounded:
    """A sentence of a note and how well it stands."""

    sentence: Sentence
    ground: Ground


def grounds_of(step: Step, standing: Standing) -> Mapping[str, Ground]:
    """Return how well each label of a step stands."""
    claims = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
    return {basis.label: _ground(basis, standing, claims) for basis in step.note.bases}


def weakest(labels: Collection[str], grounds: Mapping[str, Ground]) -> Ground:
    """Return how well a sentence with these labels stands: as its weakest one."""
    found = [grounds.get(label, Ground.NONE) for label in labels]
    return max(found, key=_ORDER.index, default=Ground.NONE)


def count(body: str, title_labels: Collection[str], grounds: Mapping[str, Ground]) -> Share:
    """Count the sentences of a body, and the title where that has labels of its own."""
    labels = [one.labels for one in sentences_of(body) if one.states]
    labels += [tuple(title_labels)] if title_labels else []
    found = Counter(weakest(each, grounds) for each in labels)
    return Share(len(labels), *(found[ground] for ground in Ground))


def add(shares: Iterable[Share]) -> Share:
    """Add up the shares of several notes."""
    rows = [tuple(asdict(one).values()) for one in shares]
    return Share(*(sum(column) for column in zip(*rows, strict=True)))


def grounded(step: Step, standing: Standing, language: str) -> tuple[Grounded, ...]:
    """Return the sentences of a step in a language, else in its own, and how well each stands.

    A question or a pointer needs nothing to stand on, and is left out.
    """
    grounds, text = grounds_of(step, standing), step.translations.get(language)
    body, line = (text.body, text.body_line) if text else (step.note.body, step.note.body_line)
    return tuple(
        Grounded(one, weakest(one.labels, grounds))
        for one in sentences_of(body, line)
        if one.states
    )


_ORDER = tuple(Ground)


def _ground(basis: Basis, standing: Standing, claims: Collection[str]) -> Ground:
    match basis.kind:
        case BasisKind.READ:
            return Ground.READ
        case BasisKind.SOURCE:
            return Ground.CITED
    if basis.text not in claims:
        return Ground.NONE
    run = standing.run
    held = run is not None and any(
        claim.held for claim in run.claims if claim.sentence == basis.text
    )
    return _HELD.get(standing.status, Ground.OPEN) if held else Ground.OPEN


_HELD = {
    EvidenceStatus.CONFIRMED: Ground.RUN,
    EvidenceStatus.EQUIVALENT: Ground.EQUIVALENT,
}
