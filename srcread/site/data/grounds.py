"""What the sentences of a note stand on, for its page: marks, places that were read, sources.

How many sentences stand on what is counted where Markdown is read anyhow: see
`srcread.site.rendering.marks`.
"""

from __future__ import annotations

from typing import NamedTuple

from srcread.evidence import grounds
from srcread.evidence.grounds import Ground
from srcread.model import AnchorStatus, Basis, BasisKind, Location, Standing, Step
from srcread.site.data.address import note_anchor, web
from srcread.site.data.layout import Layout, line_address
from srcread.site.data.title import translation


class Mark(NamedTuple):
    """What a label shows: `kind` is the value of a `Ground`; `target` an id on the page."""

    label: str
    kind: str
    target: str


class Place(NamedTuple):
    """A place that was read, or a source. `changed` tells that the place is not what was read."""

    id: str
    kind: str
    text: str
    href: str | None
    changed: bool


class Grounds(NamedTuple):
    """All from which the sentences of one note in one language can be counted."""

    body: str
    title_labels: tuple[str, ...]
    marks: tuple[Mark, ...]


def grounds_of(step: Step, standing: Standing, language: str) -> Grounds:
    """Return what the sentences of a step stand on, in one language."""
    text = translation(step, language)
    body = text.body if text else step.note.body
    return Grounds(body, step.note.title_labels, marks_of(step, standing))


def marks_of(step: Step, standing: Standing) -> tuple[Mark, ...]:
    """Return what each label of a step shows."""
    found = grounds.grounds_of(step, standing)
    return tuple(_mark(step, basis, found[basis.label]) for basis in step.note.bases)


def places_of(layout: Layout, step: Step) -> tuple[Place, ...]:
    """Return the places and sources of a step's footnotes, in their order."""
    found = {place.anchor: place for place in step.read}
    return tuple(
        _place(layout, step, basis, found.get(basis.anchor) if basis.anchor else None)
        for basis in step.note.bases
        if basis.kind is not BasisKind.CLAIM
    )


def claim_id(stem: str, number: int) -> str:
    """Return the id of a claim on its page; claims are counted from 1."""
    return f"{note_anchor(stem)}-claim-{number}"


def _mark(step: Step, basis: Basis, ground: Ground) -> Mark:
    stem = step.note.stem
    if basis.kind is not BasisKind.CLAIM:
        return Mark(basis.label, ground.value, _id(stem, basis))
    claims = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
    known = basis.text in claims
    target = claim_id(stem, claims.index(basis.text) + 1) if known else ""
    return Mark(basis.label, ground.value, target)


def _place(layout: Layout, step: Step, basis: Basis, location: Location | None) -> Place:
    return Place(
        id=_id(step.note.stem, basis),
        kind=Ground.CITED.value if basis.kind is BasisKind.SOURCE else Ground.READ.value,
        text=basis.text,
        href=_href(layout, basis, location),
        changed=basis.anchor is not None
        and (location is None or location.status is not AnchorStatus.FOUND),
    )


def _href(layout: Layout, basis: Basis, location: Location | None) -> str | None:
    """Return where a place can be looked at: a page of the tour, or upstream."""
    if basis.kind is BasisKind.SOURCE:
        return _address(basis.text)
    if location is not None:
        return line_address(layout, location.symbol.name, location.range.first_line)
    distributions = layout.view.distributions
    if basis.anchor is not None or basis.release is not None or not distributions:
        return None
    repository, revision = web(distributions[0].repository), distributions[0].revision
    path = basis.text.partition(":")[0]
    return f"{repository.rstrip('/')}/blob/{revision}/{path}" if repository and revision else None


def _address(text: str) -> str | None:
    for prefix, site in (("arXiv:", "https://arxiv.org/abs/"), ("doi:", "https://doi.org/")):
        if text.startswith(prefix):
            return site + text.removeprefix(prefix)
    return web(text)


def _id(stem: str, basis: Basis) -> str:
    return f"{note_anchor(stem)}-{basis.label}"
