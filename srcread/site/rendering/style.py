"""The style as a reader's browser gets it: without comments, and without space that says nothing.

The file in `templates/` is to be read, a page's visitor has to wait for it. No value is changed.
"""

from __future__ import annotations

import re

_PIECES = re.compile(
    rb"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/|\s*([{};])\s*|\s+""", re.DOTALL
)


def squeezed(style: bytes) -> bytes:
    r"""Return a style without what a browser passes over: `a { b: c; }\n` as `a{b: c;}`."""
    return _PIECES.sub(_kept, style).lstrip()


def _kept(found: re.Match[bytes]) -> bytes:
    text, sign = found[1], found[2]
    if text is not None or sign is not None:
        return text or sign
    return b"" if found[0].startswith(b"/*") else b" "
