"""Turns the first use of a glossary's word on a page into a link to what it means.

Only words in running text are looked at: not in code, links, headings or equations. A page has one
`Terms`, which forgets a word once it is linked, so that what is rendered first has the link.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from srcread.notes.terms import found_in
from srcread.site.data.introducing import FILE, TermLink


class Terms:
    """The words that a page has still to explain, for its texts in the order of the page."""

    def __init__(self, links: Sequence[TermLink] = ()) -> None:
        self.left = tuple(links)

    def strike(self, used: Collection[str]) -> None:
        """Forget the words that are linked now, by their places in the glossary."""
        if used:
            self.left = tuple(link for link in self.left if link.id not in used)


def link_terms(tokens: Sequence[Any], links: Sequence[TermLink]) -> frozenset[str]:
    """Put a link around the first use of each term in a text, and return which have one.

    `tokens` are those of markdown-it, and are changed.
    """
    used = set[str]()
    if not links:
        return frozenset()
    inside = 0
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            inside += token.nesting
        elif token.type == "inline" and not inside:
            token.children = list(_linked(token.children, links, used))
    return frozenset(used)


def lead_on(tokens: Sequence[Any], addresses: Mapping[str, str]) -> None:
    """Let links to these anchors lead to the pages that have them."""
    for token in tokens if addresses else ():
        for child in token.children or ():
            anchor = str(child.attrs.get("href", ""))[1:] if child.type == "link_open" else ""
            if anchor in addresses:
                child.attrs["href"] = addresses[anchor]


def _linked(children: Sequence[Any], links: Sequence[TermLink], used: set[str]) -> Iterator[Any]:
    inside = 0
    for child in children:
        if child.type in ("link_open", "link_close"):
            inside += child.nesting
        if child.type == "text" and not inside:
            yield from _pieces(child, links, used)
        else:
            yield child


def _pieces(token: Any, links: Sequence[TermLink], used: set[str]) -> Iterator[Any]:
    start = 0
    for first, last, number in found_in(token.content, [link.names for link in links]):
        link = links[number]
        if link.id in used:
            continue
        used.add(link.id)
        yield from _text(token, token.content[start:first])
        yield _token(token, "link_open", 1, href=f"#{link.id}", title=link.means)
        yield from _text(token, token.content[first:last])
        yield _token(token, "link_close", -1)
        start = last
    yield from _text(token, token.content[start:])


def _text(token: Any, content: str) -> Iterator[Any]:
    if content:
        yield token.copy(content=content)


def _token(token: Any, kind: str, nesting: int, **attributes: str) -> Any:
    found = token.copy(type=kind, tag="a", nesting=nesting, content="")
    found.attrs = {"class": "term", **attributes} if attributes else {}
    return found


def address_of(anchor: str) -> str:
    """Return where a term is explained, from a page of its tour."""
    return f"{FILE}#{anchor}"
