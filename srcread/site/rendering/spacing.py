"""Which space the end of a line in Markdown becomes: between Chinese characters none."""

from __future__ import annotations

import unicodedata
from typing import Any


def soft_break(renderer: Any, tokens: Any, place: int, options: Any, environment: Any) -> str:
    """Write the end of a source line: a space to the reader, but nothing between CJK characters."""
    before = next((one.content for one in reversed(tokens[:place]) if one.content), "")
    after = next((one.content for one in tokens[place + 1 :] if one.content), "")
    return "" if _run_on(before[-1:], after[:1]) else "\n"


def _run_on(before: str, after: str) -> bool:
    """Tell whether no space belongs between two characters, after CSS Text 4, section 4.1.3.

    That is so between two wide ones, and beside wide punctuation. Hangul is wide and spaced.
    """
    wide = [_is_wide(character) for character in (before, after)]
    marks = [unicodedata.category(one or " ")[0] == "P" for one in (before, after)]
    return all(wide) or any(one and mark for one, mark in zip(wide, marks, strict=True))


def _is_wide(character: str) -> bool:
    if not character or "HANGUL" in unicodedata.name(character, ""):
        return False
    return unicodedata.east_asian_width(character) in "WFH"
