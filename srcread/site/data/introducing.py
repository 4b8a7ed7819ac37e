"""What introduces a tour and its chapters on a page, and the words of its glossary.

A text that is not in the page's language is shown in its own, and says so, as a note does. Which
words of the glossary a page may explain is decided here, by the Markdown of its texts; where each
stands first, whoever renders finds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from srcread.model import Meaning, Prose, Term
from srcread.notes.format.prose import Texts, source_of
from srcread.notes.terms import Names, uses_of
from srcread.site.data.address import appendix_anchor, appendix_file
from srcread.site.data.layout import Layout
from srcread.site.data.overview import step_address
from srcread.site.data.title import Title, languages_of, plain, step_title, translation

FILE = "glossary.html"


class Introduced(NamedTuple):
    """An introduction or a lead in one language; `fallback` tells that it is not the page's.

    `links` lead from a note's anchor to the page that it stands on.
    """

    body: str
    language: str
    fallback: bool
    stale: bool
    links: tuple[tuple[str, str], ...]


class TermLink(NamedTuple):
    """A word that a page may explain: its place in the glossary, its names, what it means."""

    id: str
    names: Names
    means: str


class TermNames(NamedTuple):
    """What a term is called: where it is explained, then in the first of the tour's languages."""

    id: str
    names: tuple[str, ...]


class TermUse(NamedTuple):
    """A note that uses a term."""

    title: Title
    href: str


class TermView(NamedTuple):
    """A term of the glossary's page, in that language where it is explained in it.

    `others` are its names in other languages. `shown` is the note that shows it,
    `uses` are the others that use it.
    """

    id: str
    language: str
    name: str
    also: tuple[str, ...]
    others: tuple[Title, ...]
    means: str
    shown: TermUse | None
    uses: tuple[TermUse, ...]


def introduction(layout: Layout, language: str) -> Introduced | None:
    """Return a tour's introduction; None where it has none."""
    return _introduced(layout, layout.view.tour.introduction, language)


def leads(layout: Layout, language: str) -> Mapping[str, Introduced]:
    """Return the leads of a tour's chapters, by the number of the first step, as text."""
    tour = layout.view.tour
    found = {}
    for number, step in enumerate(tour.steps, 1):
        lead = _introduced(layout, tour.leads.get(step.note.stem, {}), language)
        if lead is not None:
            found[str(number)] = lead
    return found


def term_links(layout: Layout, language: str) -> tuple[TermLink, ...]:
    """Return the terms of a tour's glossary in a language, sorted as its page has them."""
    return tuple(
        TermLink(name, meaning.names, plain(meaning.means))
        for name, said, _, meaning in _sorted(layout, language)
        if said == language
    )


def term_names(layout: Layout, language: str) -> tuple[TermNames, ...]:
    """Return what a tour's terms are called, sorted as the glossary's page has them.

    For example, in Chinese: `TermNames("t-cross-attention", ("交叉注意力", "cross-attention"))`.
    """
    first = languages_of(layout.view.tour)[0]
    found = []
    for name, _, term, meaning in _sorted(layout, language):
        names = (*meaning.names[0], *term.meanings.get(first, meaning).names[0])
        found.append(TermNames(name, tuple(dict.fromkeys(names))))
    return tuple(found)


def links_on(links: Sequence[TermLink], bodies: Iterable[str]) -> tuple[TermLink, ...]:
    """Return the terms that these Markdown texts use."""
    names = [link.names for link in links]
    used = {number for body in bodies for number in uses_of(body, names)}
    return tuple(links[number] for number in sorted(used))


def glossary(layout: Layout, language: str) -> tuple[TermView, ...]:
    """Return what the page of a tour's glossary shows in a language."""
    terms = _sorted(layout, language)
    names = [meaning.names for _, _, _, meaning in terms]
    users: dict[int, list[int]] = {}
    for number, step in enumerate(layout.view.tour.steps):
        text = translation(step, language) or step.note
        for used in uses_of(text.body, names) if text.language == language else ():
            users.setdefault(used, []).append(number)
    stems = {step.note.stem: number for number, step in enumerate(layout.view.tour.steps)}
    found = []
    for place, (name, said, term, meaning) in enumerate(terms):
        shown = stems.get(term.note or "")
        uses = [number for number in users.get(place, ()) if number != shown]
        found.append(
            TermView(
                id=name,
                language=said,
                name=meaning.name,
                also=meaning.also,
                others=_others(term, meaning, said),
                means=meaning.means,
                shown=_use(layout, shown, language) if shown is not None else None,
                uses=tuple(_use(layout, number, language) for number in uses),
            )
        )
    return tuple(found)


def introduced_by(layout: Layout, text: Prose, language: str) -> Introduced:
    """Return what a text says on a page of this language, and where its links lead."""
    other = text.language != language
    return Introduced(text.body, text.language, other, text.stale, _links(layout, text))


def _introduced(layout: Layout, texts: Texts, language: str) -> Introduced | None:
    text = texts.get(language) or source_of(texts)
    return None if text is None else introduced_by(layout, text, language)


def _links(layout: Layout, text: Prose) -> tuple[tuple[str, str], ...]:
    tour = layout.view.tour
    addresses = (step_address(layout, number) for number in range(len(tour.steps)))
    named = [(address.partition("#")[2], address) for address in addresses]
    named += [(appendix_anchor(stem), appendix_file(stem)) for stem in tour.appendices]
    return tuple((anchor, address) for anchor, address in named if f"#{anchor})" in text.body)


def _sorted(layout: Layout, language: str) -> list[tuple[str, str, Term, Meaning]]:
    """Return the terms in the order of their first names, each with the language of its meaning."""
    languages = languages_of(layout.view.tour)
    found = []
    for term in layout.view.tour.terms:
        said = next(
            name for name in (language, *languages, *term.meanings) if name in term.meanings
        )
        name = (term.meanings.get(languages[0]) or term.meanings[said]).name
        found.append((name.lower(), _id(name), said, term, term.meanings[said]))
    found.sort(key=lambda one: one[:2])
    return [(name, said, term, meaning) for _, name, said, term, meaning in found]


def _id(name: str) -> str:
    """Return the `id` of a term: its name in letters of an address, or a digest of others."""
    safe = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if name.isascii() and safe:
        return f"t-{safe}"
    return f"t-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _others(term: Term, meaning: Meaning, language: str) -> tuple[Title, ...]:
    return tuple(
        Title(one.name, other)
        for other, one in term.meanings.items()
        if other != language and one.name != meaning.name
    )


def _use(layout: Layout, number: int, language: str) -> TermUse:
    step = layout.view.tour.steps[number]
    return TermUse(step_title(step, language), step_address(layout, number))


def outlined(
    layout: Layout, language: str, links: Sequence[TermLink], bodies: Sequence[str]
) -> dict[str, object]:
    """Gather what an outline says beside its steps: texts, and their terms and those of bodies."""
    opening = introduction(layout, language)
    chapters = leads(layout, language)
    texts = [*([opening] if opening else []), *chapters.values()]
    return {
        "introduction": opening,
        "leads": chapters,
        "links": links_on(links, [*(one.body for one in texts), *bodies]),
        "has_glossary": bool(layout.view.tour.terms),
    }
