"""The lines of the keys in a TOML text, found in one pass over its tokens.

tomllib gives values and no positions. The text is one that tomllib has read, so only what separates
statements is told apart here: keys, brackets, strings and comments. Inside a value nothing is
looked for: a key of an inline table has the line of the statement that it stands in, and so has one
that nests deeper than any of our formats.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

from srcread.model import KeyPath

_DEEPEST = 6  # paths of 10,000 dots would cost the square of that

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}=\n]"
    r"""|[^\s\[\]{}=.,#"']+""",
    re.DOTALL,
)


def key_lines(text: str, offset: int = 0) -> dict[KeyPath, int]:
    """Return the line of each key of a valid TOML text, `offset` lines further down.

    An element of `[[key]]` has its place as a further part: `("also", 0, "at")`.
    """
    found: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for line, brackets, keys in _statements(text):
        if brackets:
            table = _table(keys[:_DEEPEST], counts, is_array=brackets == "[[")
        path = table if brackets else (*table, *keys[:_DEEPEST])
        for end in range(1, len(path) + 1):
            found.setdefault(path[:end], line + offset)
    return found


def _statements(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each header and each assignment: its line, its opening brackets, its keys."""
    line, depth, brackets = 1, 0, ""
    keys: list[str] = []
    in_value = False
    for token in _TOKEN.findall(text + "\n"):
        if token == "\n" and depth == 0:
            if brackets:
                yield line, brackets, keys
            brackets, keys, in_value = "", [], False
        elif token in ("[", "{", "]", "}"):
            depth += 1 if token in "[{" else -1
            brackets += "[" if token == "[" and not in_value else ""
        elif token == "=" and not in_value:
            yield line, "", keys
            keys, in_value = [], True
        elif not in_value and token[0] not in "#\n":
            keys.append(_name(token))
        line += token.count("\n")


def _table(keys: list[str], counts: dict[KeyPath, int], is_array: bool) -> KeyPath:
    """Return where a header leads: into the last element of each list of tables on the way."""
    path: KeyPath = ()
    for number, key in enumerate(keys, 1):
        path = (*path, key)
        if is_array and number == len(keys):
            counts[path] = counts.get(path, 0) + 1
        if path in counts:
            path = (*path, counts[path] - 1)
    return path


def _name(token: str) -> str:
    """Return the key that a token writes, in quotes or bare."""
    if "\\" in token:
        return str(tomllib.loads(f"key = {token}")["key"])
    return token[1:-1] if token[0] in "\"'" else token
