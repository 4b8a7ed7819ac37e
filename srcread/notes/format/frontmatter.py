"""TOML with the lines of its keys, alone in a file or between the `+++` lines of a note.

tomllib gives values and no positions. A finding needs the line of a key, so the text is cut into
its statements, each of which tomllib reads again: slow (0.1 ms a key) and only done for a finding.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from srcread.model import Diagnostic
from srcread.notes.format.codes import finding
from srcread.notes.format.files import read_text

FENCE = "+++"

_MOST_LINES = 200

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Toml:
    """A TOML text, its values, and the file it stands in, `offset` lines from the top."""

    path: Path
    values: Mapping[str, object]
    text: str
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A note's file: its keys and its Markdown, which begins at `body_line`."""

    head: Toml
    body: str
    body_line: int


def read_document(path: Path, text: str) -> Document | Diagnostic:
    """Split a note's text at its `+++` lines and read what stands between them."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return finding(
            "NOTE004",
            path,
            1,
            f"The note begins with {lines[0][:40]!r}, not with a line {FENCE}.",
            f"Put its keys between two lines {FENCE}.",
        )
    close = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if close is None:
        return finding(
            "NOTE005",
            path,
            1,
            f"No second line {FENCE} closes the keys.",
            f"Write {FENCE} on a line of its own above the body.",
        )
    head = read_toml(path, "\n".join(lines[1:close]), "NOTE006", offset=1)
    if isinstance(head, Diagnostic):
        return head
    first = next((n for n, line in enumerate(lines) if n > close and line.strip()), close + 1)
    return Document(head, "\n".join(lines[first:]).rstrip(), first + 1)


def read_toml(path: Path, text: str, code: str, offset: int = 0) -> Toml | Diagnostic:
    """Read a TOML text, or say with `code` where it is none."""
    try:
        return Toml(path, tomllib.loads(text), text, offset)
    except (ValueError, RecursionError) as error:  # of numbers of 5,000 digits, too
        message = str(error) or "nested too deeply"
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    if place is None:
        line, problem = 0, message
    else:
        line = int(place[1]) if place[1] else text.count("\n") + 1
        problem = message[: place.start()]
    return finding(
        code,
        path,
        line + offset if line else 0,
        f"Not TOML: {problem}.",
        'Texts stand in quotes, lists in brackets: title = "…", see = ["…"].',
    )


def line_of(toml: Toml, *keys: str | int) -> int:
    """Return the line of a key in its file; where it has none, that of the nearest above it."""
    lines = _key_lines(toml.text)
    for end in range(len(keys), 0, -1):
        if keys[:end] in lines:
            return lines[keys[:end]] + toml.offset
    return toml.offset or 1


def line_of_key(path: Path, *keys: str | int) -> int:
    """Return the line of a key in a note's file, which is read again: for a finding only."""
    text, _ = read_text(path)
    document = read_document(path, text) if text is not None else None
    return line_of(document.head, *keys) if isinstance(document, Document) else 0


@lru_cache(maxsize=8)  # a file's findings come one after the other
def _key_lines(text: str) -> Mapping[KeyPath, int]:
    found: dict[KeyPath, int] = {}
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    for line, statement in _statements(text):
        keys, is_header, is_array = _keys(statement)
        if is_header:
            table = keys
            if is_array:
                table = (*keys, counts.get(keys, 0))
                counts[keys] = counts.get(keys, 0) + 1
            keys = table
        else:
            keys = table + keys
        for end in range(1, len(keys) + 1):
            found.setdefault(keys[:end], line)
    return found


def _statements(text: str) -> list[tuple[int, str]]:
    """Cut a valid TOML text into its headers and assignments, each with its first line.

    A value of very many lines ends the search, whose cost grows with their square.
    """
    statements: list[tuple[int, str]] = []
    pending, first = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        if not pending:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            first = number
        pending += line + "\n"
        try:
            tomllib.loads(pending)
        except ValueError:
            if number - first > _MOST_LINES:
                break
            continue  # a value of several lines: not whole yet
        statements.append((first, pending))
        pending = ""
    return statements


def _keys(statement: str) -> tuple[KeyPath, bool, bool]:
    """Return the keys that one statement names, and whether it is a header, and of an array."""
    is_header = statement.lstrip().startswith("[")
    is_array = statement.lstrip().startswith("[[")
    keys: list[str | int] = []
    value: object = tomllib.loads(statement)
    while isinstance(value, dict) and len(value) == 1:
        [(key, value)] = value.items()
        keys.append(key)
    return tuple(keys), is_header, is_array
