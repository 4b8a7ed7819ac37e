"""A script as a reader's browser gets it: without comments, and without space that says nothing.

The file in `templates/` is to be read, a page's visitor has to wait for it. Only what can be told
line by line is left out, so a script with a template literal, whose lines are a text, stays whole.
"""

from __future__ import annotations

import re

_COMMENTS = re.compile(rb"^[ \t]*/\*.*?\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
_SPACE = re.compile(rb"""^\s+| // [^"'/\n]*$""", re.MULTILINE)
_PIECES = re.compile(rb"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')| ?([=*<>?:&|,{}();\[\]]+) ?""")


def squeezed_script(script: bytes) -> bytes:
    r"""Return a script without what a browser passes over: `  a = b; // so` as `a=b;`.

    A line with a slash keeps its spaces: they may be a pattern's.
    """
    code = _SPACE.sub(b"", _COMMENTS.sub(b"", script))
    if b"`" in code:
        return script
    lines = code.split(b"\n")
    return b"\n".join(line if b"/" in line else _PIECES.sub(_kept, line) for line in lines)


def _kept(found: re.Match[bytes]) -> bytes:
    return found[1] or found[2]
