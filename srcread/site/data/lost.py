"""The page for an address that the site does not have: what a host serves as 404.html.

One file answers in every language and at every depth. Where the site's base path is known its
links are absolute. Where it is not, they count from the host's root, which is right for a local
server and a host of its own; elsewhere its script finds the root by where it was found itself, and
mends them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from srcread.site.data.layout import Layout
from srcread.site.data.title import Title, languages_of, tour_title

DEPTHS = ("", "../", "../../", "../../../", "../../../../")
"""Ways up to the root from wherever the page may be served: a page of a tour is three deep."""


class LostTour(NamedTuple):
    """A tour to go on with; `folder` is that of its present version, in a language's folder."""

    title: Title
    folder: str


class LostPage(NamedTuple):
    """The tours in one language."""

    language: str
    tours: tuple[LostTour, ...]


def lost_pages(layouts: Sequence[Layout], languages: Sequence[str]) -> tuple[LostPage, ...]:
    """Return what the page shows, in every language."""
    return tuple(
        LostPage(
            language,
            tuple(
                LostTour(tour_title(layout.view.tour, language), layout.folder)
                for layout in layouts
                if language in languages_of(layout.view.tour)
            ),
        )
        for language in languages
    )
