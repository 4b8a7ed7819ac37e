"""What a page says of itself to search engines and to previews of links.

Engines show one page for each thing: a scenario's page stands behind its function's, the site's
first page before the list of tours in the first language. Pages that only repeat what stands
elsewhere ask not to be listed: licences, and in a tour with notes the functions that have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

CARD = "card.png"
"""The picture that a preview of a link shows."""


class Head(NamedTuple):
    """Addresses are whole, and empty where nobody said where the site will stand.

    `alternates` pairs a language with the address of the same page in it.
    """

    canonical: str
    alternates: tuple[tuple[str, str], ...]
    image: str
    listed: bool


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
