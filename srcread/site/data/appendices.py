"""The pages beside the steps of a tour: what each says in a language, and where its links lead.

A link to a step of another tour leads into that tour's folder where both are of one site; where
not, its words stay and the link is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from srcread.notes.format.prose import source_of
from srcread.site.data.address import appendix_file
from srcread.site.data.introducing import Introduced, introduced_by
from srcread.site.data.layout import Layout
from srcread.site.data.overview import step_address
from srcread.site.data.title import Title, languages_of

_AWAY = re.compile(r"\]\(#(([^()\s/]+)/(n-[^()\s/]+))\)")


class Listed(NamedTuple):
    """A page in a list of them."""

    title: Title
    href: str


class Appendix(NamedTuple):
    """A page beside the steps. `source` is its Markdown in the language that it was written in.

    The headings of that give the sections their addresses, so that they are those of all languages.
    """

    title: Title
    file: str
    text: Introduced
    source: str


def listed(layout: Layout, language: str) -> tuple[Listed, ...]:
    """Return a tour's pages beside the steps, in their order."""
    return tuple(Listed(one.title, one.file) for one in appendices(layout, language))


def appendices(
    layout: Layout, language: str, layouts: Sequence[Layout] = ()
) -> tuple[Appendix, ...]:
    """Return what a tour's pages say; `layouts` are those of the site, to which links may lead."""
    away = _addresses(layouts, language)
    found = []
    for stem, texts in layout.view.tour.appendices.items():
        source = source_of(texts)
        text = texts.get(language) or source
        if source is None or text is None:
            continue
        shown = introduced_by(layout, text, language)
        links = tuple(
            (anchor, away[tour, note])
            for anchor, tour, note in sorted(set(_AWAY.findall(text.body)))
            if (tour, note) in away
        )
        shown = shown._replace(links=(*shown.links, *links))
        title = Title(text.title, text.language)
        found.append(Appendix(title, appendix_file(stem), shown, source.body))
    return tuple(found)


def _addresses(layouts: Sequence[Layout], language: str) -> Mapping[tuple[str, str], str]:
    """Return where the notes of these tours stand, by tour and anchor, from a tour's folder."""
    return dict(_away(layouts, language))


def _away(layouts: Sequence[Layout], language: str) -> Iterator[tuple[tuple[str, str], str]]:
    for layout in layouts:
        tour = layout.view.tour
        for number in range(len(tour.steps)) if language in languages_of(tour) else ():
            address = step_address(layout, number)
            yield (tour.name, address.partition("#")[2]), f"../../{layout.folder}/{address}"
