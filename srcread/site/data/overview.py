"""The pages that are not of one function: all tours, a tour's outline, licences, search index.

As on a function's page, the data are named tuples that `json` can write for the page's key.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from srcread.model import EdgeKind, SymbolKind
from srcread.site.data.address import short_name
from srcread.site.data.card import note_anchor, standing_of, title_of
from srcread.site.data.function import Link, link_to, native_anchor
from srcread.site.data.layout import Layout

_DEEPEST = 40  # browsers stop nesting at 512; a longer chain of calls goes on at this depth


class Row(NamedTuple):
    """One step of the outline. `chapter` is the heading before it, or empty."""

    chapter: str
    number: int
    title: str
    href: str | None
    page: str
    status: str
    words: str


class Leaf(NamedTuple):
    """A native function, and its place on the page of the function that calls it."""

    name: str
    short: str
    anchor: str


class Branch(NamedTuple):
    """One function of the call tree. `opens` has children below it, `closes` ends that many."""

    link: Link
    steps: tuple[int, ...]
    natives: tuple[Leaf, ...]
    unresolved: int
    opens: bool
    closes: int


class TourCard(NamedTuple):
    """A tour on the front page."""

    title: str
    href: str
    name: str
    version: str
    steps: int
    functions: int
    confirmed: int


class LicenceText(NamedTuple):
    """The licences of one distribution."""

    distribution: str
    version: str
    expression: str
    repository: str | None
    files: tuple[tuple[str, str], ...]


def outline_rows(layout: Layout, language: str) -> tuple[Row, ...]:
    """Return the steps of a tour under their chapters."""
    chapters = {chapter.first: chapter.title for chapter in layout.view.tour.chapters}
    rows = []
    for number, step in enumerate(layout.view.tour.steps):
        stem, page = step.note.stem, layout.page_of_step.get(number, "")
        standing = standing_of(layout, stem)
        rows.append(
            Row(
                chapter=chapters.get(stem, ""),
                number=number + 1,
                title=title_of(step, language),
                href=f"{layout.files[page]}#{note_anchor(stem)}" if page else None,
                page=page,
                status=standing.status.value,
                words=standing.words,
            )
        )
    return tuple(rows)


def call_tree(layout: Layout) -> tuple[Branch, ...]:
    """Return the functions by first reach, flat: each says how many lists it opens and closes."""
    flat = list(_walk(layout))
    depths = [depth for depth, _ in flat] + [0]
    return tuple(
        _branch(layout, name, depths[place + 1] > depth, max(depth - depths[place + 1], 0))
        for place, (depth, name) in enumerate(flat)
    )


def tour_card(layout: Layout, language: str) -> TourCard:
    """Return what the front page says about a tour; `href` counts from the language's folder."""
    rows = outline_rows(layout, language)
    return TourCard(
        title=layout.view.tour.title,
        href=f"{layout.folder}/index.html",
        name=layout.view.tour.name,
        version=distributions_label(layout),
        steps=len(rows),
        functions=len(layout.pages),
        confirmed=sum(row.status == "confirmed" for row in rows),
    )


def distributions_label(layout: Layout) -> str:
    """Return the distributions of a tour with their versions, as a line of text."""
    return ", ".join(
        f"{item.name} {item.version}" if item.version else item.name
        for item in layout.view.distributions
    )


def licences(layout: Layout) -> tuple[LicenceText, ...]:
    """Return the licence texts of every distribution of a tour."""
    return tuple(
        LicenceText(
            item.name,
            item.version or "",
            item.licence_expression or "",
            _web(item.repository),
            tuple((licence.path, licence.text) for licence in item.licences),
        )
        for item in layout.view.distributions
    )


def symbols_script(layout: Layout, language: str) -> bytes:
    """Return the search index: a classic script that assigns one global, also from file://.

    Each list holds pairs: what is searched, and the address from the tour's folder.
    """
    rows = outline_rows(layout, language)
    index = {
        "claims": list(_claims(layout, language)),
        "notes": [[row.title, row.href] for row in rows if row.href],
        "operators": list(_operators(layout)),
        "symbols": [[name, layout.files[name]] for name in layout.pages],
    }
    # ASCII, so that no line separator and no bidi control reaches the script's text
    return f"window.srcread = {json.dumps(index, separators=(',', ':'))};\n".encode()


def _walk(layout: Layout) -> Iterable[tuple[int, str]]:
    stack = [(0, name) for name in reversed(layout.children.get(None, ()))]
    while stack:
        depth, name = stack.pop()
        yield depth, name
        below = reversed(layout.children.get(name, ()))
        stack.extend((min(depth + 1, _DEEPEST), child) for child in below)


def _branch(layout: Layout, name: str, opens: bool, closes: int) -> Branch:
    edges = layout.calls.get(name, ())
    natives = dict.fromkeys(
        edge.callee for edge in edges if edge.callee and edge.kind is EdgeKind.NATIVE
    )
    return Branch(
        link=link_to(layout, name),
        steps=tuple(number + 1 for number in layout.steps.get(name, ())),
        natives=tuple(Leaf(leaf, leaf.rpartition(".")[2], native_anchor(leaf)) for leaf in natives),
        unresolved=len({edge.site for edge in edges if edge.kind is EdgeKind.UNRESOLVED}),
        opens=opens,
        closes=closes,
    )


def _claims(layout: Layout, language: str) -> Iterable[Sequence[str]]:
    for number, page in layout.page_of_step.items():
        step = layout.view.tour.steps[number]
        text = step.translations.get(language)
        for claim in step.snippet.claims if step.snippet else ():
            sentence = text.claims.get(claim.sentence, claim.sentence) if text else claim.sentence
            yield [sentence, f"{layout.files[page]}#{note_anchor(step.note.stem)}"]


def _operators(layout: Layout) -> Iterable[Sequence[str]]:
    for name, symbol in sorted(layout.symbols.items()):
        callers = layout.callers.get(name, ())
        if symbol.kind is SymbolKind.NATIVE and callers and callers[0].site.caller in layout.files:
            site = callers[0].site
            yield [short_name(name), f"{layout.files[site.caller]}#L{site.range.first_line}"]


def _web(address: str | None) -> str | None:
    return address if address and address.startswith(("https://", "http://")) else None
