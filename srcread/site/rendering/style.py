"""The style as a reader's browser gets it: without comments, and without space that says nothing.

The file in `templates/` is to be read, a page's visitor has to wait for it. No value is changed.
"""

from __future__ import annotations

import re

_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_GAP = rb"(?:\s|" + _COMMENT.pattern + rb")"
_PIECES = re.compile(
    rb"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|G*;?G*(\})G*|G*([{;,>])G*|(:)G+|G+""".replace(
        b"G", _GAP
    ),
    re.DOTALL,
)


def squeezed(style: bytes) -> bytes:
    r"""Return a style without what a browser passes over: `a { b: c; }\n` as `a{b:c}`."""
    return _PIECES.sub(_kept, style).lstrip()


def _kept(found: re.Match[bytes]) -> bytes:
    text: bytes | None = next(filter(None, found.groups()), None)
    if text is not None:
        return text
    return b" " if _COMMENT.sub(b"", found[0]) else b""
