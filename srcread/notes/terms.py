"""Where texts use the words of a glossary: found by a pattern, outside code, links and footnotes.

A word of Latin letters is found whole, in either case and with a plural's s; of others any
occurrence counts. The longest word at a place is found: of "attention" and "cross-attention" the
second. Light: a build asks it for every page, without reading Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

Names = tuple[tuple[str, ...], tuple[str, ...]]
"""What one thing is called, and phrases in which these words mean another."""

_HIDDEN = re.compile(
    r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)|\[[^\[\]]*\]\([^()]*\)|https?://\S+|\[\^[^\]]+\]"
    r"|^\#{1,6} [^\n]*",
    re.DOTALL | re.MULTILINE,
)


def uses_of(markdown: str, terms: Sequence[Names]) -> frozenset[int]:
    """Return which of these terms, by number, a text uses: of `head` in "Two heads." 0."""
    return frozenset(number for _, _, number in found_in(_visible(markdown), terms))


def found_in(text: str, terms: Sequence[Names]) -> Iterator[tuple[int, int, int]]:
    """Yield where a plain text has a term: from, to, and the term's number."""
    if not terms:
        return
    pattern, numbers = _pattern(tuple(terms))
    for found in pattern.finditer(text):
        number = numbers[(found.lastindex or 1) - 1]
        if number >= 0:
            yield found.start(), found.end(), number


@lru_cache(maxsize=512)  # each text of a tour is asked for each term
def _visible(markdown: str) -> str:
    return _HIDDEN.sub(" ", markdown)


@lru_cache(maxsize=64)
def _pattern(terms: tuple[Names, ...]) -> tuple[re.Pattern[str], tuple[int, ...]]:
    pairs = [(name, number) for number, (names, _) in enumerate(terms) for name in names]
    pairs += [(phrase, -1) for _, phrases in terms for phrase in phrases]
    pairs.sort(key=lambda pair: (-len(pair[0]), pair))
    pattern = "|".join(f"({_word(name)})" for name, _ in pairs)
    return re.compile(pattern, re.IGNORECASE), tuple(number for _, number in pairs)


def _word(name: str) -> str:
    words = r"\s+".join(map(re.escape, name.split()))
    if not name.isascii():
        return words
    return rf"(?<![A-Za-z0-9_.-]){words}s?(?![A-Za-z0-9_-]|\.\w)"
