"""Text on its way into a page or a script: hidden characters shown, tags made harmless."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from html import escape as escape_html

# Beside controls and what has no width: soft hyphens, fillers and tags, which show as nothing. The
# zero-width joiners stay: some scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)

_ESCAPED = re.compile(r"\\[bfru]|\x7f")  # what JSON in ASCII makes of them, and of more

_SHORT = 80  # what is longer hardly comes twice


def visible(text: str) -> str:
    """Show control characters that reorder or hide text, as ⟨U+202E⟩; keep tab and line feed."""
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def escape(text: str) -> str:
    """Escape text for HTML, with its hidden control characters shown."""
    return _escaped(text) if len(text) <= _SHORT else escape_html(visible(text))


@lru_cache(maxsize=1 << 14)  # code is of few words, and a quarter of its tokens are brackets
def _escaped(text: str) -> str:
    return escape_html(visible(text))


def script_json(value: object) -> str:
    """Return values as JSON that can stand in any script: ASCII, no tag, no hidden character."""
    written = json.dumps(value, separators=(",", ":"))
    if _ESCAPED.search(written):
        written = json.dumps(_shown(value), separators=(",", ":"))
    return tag_free(written)


def tag_free(text: str) -> str:
    """Write what could end a script, or begin a comment in it, as JSON's own escapes."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shown(value: object) -> object:
    match value:
        case str():
            return visible(value)
        case dict():
            return {key: _shown(item) for key, item in value.items()}
        case list() | tuple():
            return [_shown(item) for item in value]
    return value
