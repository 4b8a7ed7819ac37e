"""One definition found in a file's text, without parsing the file.

For what is only named and not read: parsing torch's symbolic_shapes.py takes 30 ms, finding a
function in it 0.3. Only plain cases are answered, one definition of the name at the left edge; for
anything else the answer is None and the file has to be parsed.
"""

from __future__ import annotations

import ast
import re

from srcread.index.block.scope import Definition
from srcread.index.trees import parse_text
from srcread.model import SourceFile

_NEXT_STATEMENT = re.compile(r"^[^\s#)\]}]", re.MULTILINE)


def glimpse(file: SourceFile, name: str) -> Definition | None:
    """Return the only top-level definition of a name, its lines as in the file."""
    if not name.isidentifier():
        return None
    heads = list(re.finditer(rf"^(?:async +)?(?:def|class) +{name}\b", file.text, re.MULTILINE))
    if len(heads) != 1 or "\r" in file.text:
        return None
    start = _first_decorator(file.text, heads[0].start())
    if start > 0 and file.text[file.text.rfind("\n", 0, start - 1) + 1] in ")]}":
        return None  # the end of a decorator of several lines
    following = _NEXT_STATEMENT.search(file.text, heads[0].end())
    block = file.text[start : following.start() if following else len(file.text)]
    try:
        body = parse_text(block).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if len(body) != 1 or not isinstance(
        body[0], ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    ):
        return None
    ast.increment_lineno(body[0], file.text.count("\n", 0, start))
    return body[0]


def _first_decorator(text: str, start: int) -> int:
    """Return where the one-line decorators above a definition begin."""
    while start > 0:
        line = text.rfind("\n", 0, start - 1) + 1
        if text[line] != "@":
            break
        start = line
    return start
