"""The pages worth finding, for search engines: an XML file after sitemaps.org, and robots.txt.

Listed are the lists of tours, the outlines and the pages with notes, each in all its languages.
Engines read robots.txt at the root of a host only, so a site in a folder has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from srcread.site.outside.head import head_of

_OPEN = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
)


def sitemap(web: str, pages: Iterable[tuple[str, Sequence[str]]]) -> bytes:
    """Return the sitemap of these pages: their addresses, and the languages that each is in."""
    entries = []
    for address, languages in pages:
        head = head_of(web, address, languages, listed=True)
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(name)} href={quoteattr(href)}/>\n'
            for name, href in head.alternates
        )
        entries.append(f"<url>\n<loc>{escape(head.canonical)}</loc>\n{links}</url>\n")
    return (_OPEN + "".join(sorted(set(entries))) + "</urlset>\n").encode()


def robots(web: str) -> bytes:
    """Return robots.txt, which lets every engine in and names the sitemap."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {web}sitemap.xml\n".encode()
