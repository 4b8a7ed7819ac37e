"""`{% kept page, words %}…{% endkept %}`: a part of a template, rendered once for its values.

A function has a page for every way through it, and most of these pages is the same: the lists of
what it calls, the outline beside it. Values are told apart by which object they are, so a look-up
is cheap, and none is mistaken for another: they are held as long as the part is kept, and none of
them changes during a build. The tag names everything that its part depends on, macros' own
surroundings too; a test compares whole sites with and without. A note's card is no such part: which
words it explains depends on the cards before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

_MOST = 4096  # parts, rows of lists among them; the ways through one function follow each other


class Kept(Extension):
    """The tag. Each environment has its own memory."""

    tags = {"kept"}  # noqa: RUF012  # jinja2 declares it so, and reads it only
    identifier = "srcread_kept"

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._parts: dict[tuple[object, ...], tuple[tuple[object, ...], Markup]] = {}

    def parse(self, parser: Parser) -> nodes.Node:
        """Read the names behind the tag, and what stands up to its end."""
        line = next(parser.stream).lineno
        names = [parser.parse_expression()]
        while parser.stream.skip_if("comma"):
            names.append(parser.parse_expression())
        body = parser.parse_statements(("name:endkept",), drop_needle=True)
        place = nodes.Const(f"{parser.name}:{line}")
        call = self.call_method("_part", [place, *names], lineno=line)
        return nodes.CallBlock(call, [], [], body).set_lineno(line)

    def _part(self, place: str, *values: object, caller: Callable[[], Markup]) -> Markup:
        key = (place, *map(id, values))
        if (found := self._parts.get(key)) is not None:
            return found[1]
        part = caller()
        if len(self._parts) >= _MOST:
            del self._parts[next(iter(self._parts))]
        self._parts[key] = values, part
        return part
