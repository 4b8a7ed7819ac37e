"""The site as the web meets it: its address, what pages say to engines and previews, the sitemap.

Engines show one page for each thing: a scenario's page stands behind its function's, the site's
first page before the list of tours in the first language. Pages that only repeat what stands
elsewhere ask not to be listed: licences, and in a tour with notes the functions that have none.
The sitemap follows sitemaps.org, and lists the lists of tours, the outlines and the pages with
notes, each in all its languages. Engines read robots.txt at the root of a host only, so a site in a
folder has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape  # that of `xml.sax` brings sockets, and a tenth of all that is imported
from typing import NamedTuple
from urllib.parse import urlsplit

from srcread.errors import SrcreadError
from srcread.site.view import SiteAddress, TourView

CARD = "card.png"
"""The picture that a preview of a link shows."""
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[\w.~%-]+)*/?", re.ASCII)
_OPEN = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


class Head(NamedTuple):
    """Addresses are whole, and empty where nobody said where the site will stand.

    `alternates` pairs a language with the address of the same page in it.
    """

    canonical: str
    alternates: tuple[tuple[str, str], ...]
    image: str
    listed: bool


def place_of(asked: str | None, views: Iterable[TourView]) -> SiteAddress:
    """Return where the site will stand: as asked, else as the tours say, if they agree.

    Raises:
        SrcreadError: that is no address of a folder on the web.
    """
    said = {view.tour.site_url for view in views if view.tour.site_url}
    address = asked or (said.pop() if len(said) == 1 else None)
    if address is None:
        return SiteAddress()
    if not _ADDRESS.fullmatch(address):
        raise SrcreadError(
            f"{address!r} is no address of a site. Write it as https://example.org/tours/."
        )
    address = address.rstrip("/") + "/"
    return SiteAddress(address, urlsplit(address).path)


def head_of(web: str, address: str, languages: Sequence[str], listed: bool) -> Head:
    """Return the head of the page that stands at an address; `web` is the site's."""
    if not web:
        return Head("", (), "", listed)
    own = [(language, web + in_language(address, language, languages)) for language in languages]
    alternates = (*own, ("x-default", own[0][1])) if len(own) > 1 and listed else ()
    return Head(web + in_language(address, None, languages), alternates, web + CARD, listed)


def in_language(address: str, language: str | None, languages: Sequence[str]) -> str:
    """Return a page's address in a language, None for its own; the site's first page is empty."""
    own, _, rest = address.partition("/")
    if not rest:
        own, rest = languages[0], address
    language = language or own
    if rest == "index.html" and language == languages[0]:
        return ""
    return f"{language}/{rest}"


def sitemap(web: str, pages: Iterable[tuple[str, Sequence[str]]]) -> bytes:
    """Return the sitemap of these pages: their addresses, and the languages that each is in."""
    entries = []
    for address, languages in pages:
        head = head_of(web, address, languages, listed=True)
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{escape(name)}" href="{escape(href)}"/>\n'
            for name, href in head.alternates
        )
        entries.append(f"<url>\n<loc>{escape(head.canonical)}</loc>\n{links}</url>\n")
    return (_OPEN + "".join(sorted(set(entries))) + "</urlset>\n").encode()


def robots(web: str) -> bytes:
    """Return robots.txt, which lets every engine in and names the sitemap."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {web}sitemap.xml\n".encode()
