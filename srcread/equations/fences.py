"""The fences of a note's body that hold equations, found without a parser of Markdown.

A machine that runs snippets may lack one. So an equation's fence stands at the left margin, in no
list and no quote: `check` says of any other that it is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

INFO = "equation"
"""What stands behind the backticks of a fence that holds equations."""

_OPENING = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})(?P<info>.*)$")


@dataclass(frozen=True, slots=True)
class Fence:
    """The text between two fences; `line` is that of its first line, counted from 1 in the body."""

    text: str
    line: int


def fences_in(body: str) -> tuple[Fence, ...]:
    """Return the equation fences of a body, in their order; one that is not closed ends with it."""
    return tuple(_fences(body.split("\n"))) if INFO in body else ()


def _fences(lines: list[str]) -> Iterator[Fence]:
    number = 0
    while number < len(lines):
        found = _OPENING.match(lines[number])
        number += 1
        if found is None or (found["marks"][0] == "`" and "`" in found["info"]):
            continue
        start = number
        while number < len(lines) and not _closes(lines[number], found["marks"]):
            number += 1
        if found["info"].strip() == INFO and not lines[start - 1].startswith(" "):
            yield Fence("\n".join(lines[start:number]), start + 1)
        number += 1


def _closes(line: str, marks: str) -> bool:
    bare = line.strip()
    return (
        len(line) - len(line.lstrip(" ")) < 4
        and len(bare) >= len(marks)
        and not bare.strip(marks[0])
    )
