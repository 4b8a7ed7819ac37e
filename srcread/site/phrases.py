"""Sentences of the evidence room in the reader's language.

A standing's words and a run's reasons are stored in English. The table `[phrases]` of a language's
words pairs English patterns, with gaps in braces, with their translation. What fills a gap is
translated in its turn; what no pattern fits stays as it is and is marked as English. The first
pattern that fits wins, so a narrower one stands before a wider one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from markupsafe import Markup, escape

from srcread.site.code import visible

_GAP = re.compile(r"{(\w+)}")

Patterns = tuple[tuple[re.Pattern[str], str], ...]


def translate(sentence: str, phrases: Mapping[str, str]) -> Markup | None:
    """Translate a sentence by the first phrase that fits all of it; None where none does."""
    return _translate(sentence, _patterns(tuple(phrases.items())))


def _translate(sentence: str, patterns: Patterns) -> Markup | None:
    for pattern, translation in patterns:
        found = pattern.fullmatch(sentence)
        if found is not None:
            gaps = {
                name: (_translate(text, patterns) if len(text) < len(sentence) else None)
                or _english(text)
                for name, text in found.groupdict().items()
            }
            return Markup(escape(translation)).format(**gaps)
    return None


def _english(text: str) -> Markup:
    if not any(character.isalpha() for character in text):
        return escape(visible(text))  # a number is of no language
    return Markup('<span lang="en">{}</span>').format(visible(text))


@lru_cache
def _patterns(phrases: tuple[tuple[str, str], ...]) -> Patterns:
    return tuple((_pattern(english), translation) for english, translation in phrases)


def _pattern(english: str) -> re.Pattern[str]:
    parts = _GAP.split(english)  # text, gap, text, gap, …, text
    written = (
        f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
    return re.compile("".join(written), re.DOTALL)
