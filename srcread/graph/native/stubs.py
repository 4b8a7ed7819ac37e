"""The stub of a compiled module, by its text: what its classes and functions are and return.

Torch's stubs have 43,000 lines, of which a graph asks for some hundred: declarations are found by a
regular expression, and only a signature that is asked for is parsed. What stands below `if`, and
what a stub imports, is left out.

For example, of `class Grid(Base):` with `cells: list[Cell]` and `def turn(self) -> Grid: ...` in
it: `members("Grid")` has "cells" and "turn", and the signature of "turn" returns `Grid`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_TOP = re.compile(r"\n(?:(?:async )?def (\w+)\(|class (\w+)|([A-Za-z_]\w*)(?:: | = ))")
_MEMBER = re.compile(r"\n    (?:(?:async )?def (\w+)\(|class (\w+)|(\w+)(?:: | = ))")
_BASES = re.compile(r"[ \t]*(?:\[[^\n]*?\])?\(([^)]*)\)")
_BODY_END = re.compile(r"\n[^\s)#]")
_SIGNATURE_END = re.compile(r"\)(?:[ \t]*->[ \t]*[^\n]*?)?:(?=\s|\Z)")
_ANNOTATION = re.compile(r"[ ]*\w+: ([^=#\n]+)")
_DOCUMENTED = re.compile(r'r?"""(?s:.*?)"""')

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Stub:
    """The declarations of one stub; classes are looked into when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = f"\n{text}"
        self._top: dict[str, list[int]] | None = None
        self._bodies: dict[str, str] = {}
        self._members: dict[str, dict[str, list[int]]] = {}
        self._bases: dict[str, tuple[str, ...]] = {}

    def names(self) -> Mapping[str, Sequence[int]]:
        """Return what stands at the top level, with where it starts: every overload of it."""
        if self._top is None:
            self._top = _starts(_TOP, self._text)
        return self._top

    def is_class(self, name: str) -> bool:
        """Tell whether the stub declares a class of this name."""
        return any(self._text.startswith("\nclass ", at) for at in self.names().get(name, ()))

    def bases(self, cls: str) -> tuple[str, ...]:
        """Return the bases of a class as they are written: `Base`, `tuple[int, ...]`."""
        if cls not in self._bases:
            self._bases[cls] = self._find_bases(cls)
        return self._bases[cls]

    def _find_bases(self, cls: str) -> tuple[str, ...]:
        found = _BASES.match(self._text, self.names()[cls][0] + len("\nclass ") + len(cls))
        bases = ast.parse(f"f({found[1]})", mode="eval").body if found is not None else None
        return tuple(map(ast.unparse, bases.args)) if isinstance(bases, ast.Call) else ()

    def members(self, cls: str) -> Mapping[str, Sequence[int]]:
        """Return what a class declares itself, with where it starts in the class's body."""
        if cls not in self._members:
            start = self._text.find("\n", self.names()[cls][0] + 1)
            end = _BODY_END.search(self._text, start) if start >= 0 else None
            body = self._text[start : end.start() if end is not None else None]
            self._bodies[cls] = _DOCUMENTED.sub("", body) if start >= 0 else ""
            self._members[cls] = _starts(_MEMBER, self._bodies[cls])
        return self._members[cls]

    def signatures(self, name: str, cls: str = "") -> tuple[Function, ...]:
        """Return the definitions of a function, or a method: several, where it is overloaded.

        One that cannot be parsed is left out.
        """
        starts = (self.members(cls) if cls else self.names()).get(name, ())
        text = self._bodies[cls] if cls else self._text
        return tuple(node for at in starts if (node := _signature(text, at)) is not None)

    def annotation(self, name: str, cls: str = "") -> ast.expr | None:
        """Return what a name at the top level, or an attribute, is declared as; None if not said.

        A property is told by what it returns.
        """
        starts = (self.members(cls) if cls else self.names()).get(name, ())
        text = self._bodies[cls] if cls else self._text
        for at in starts:
            if (found := _ANNOTATION.match(text, at + 1)) is not None:
                return parsed(found[1].strip())
            if self.is_property(name, cls):
                return next((node.returns for node in self.signatures(name, cls)), None)
        return None

    def is_property(self, name: str, cls: str) -> bool:
        """Tell whether a method of a class is read like an attribute."""
        starts = self.members(cls).get(name, ())
        return any(self._bodies[cls].endswith("\n    @property", 0, at) for at in starts)

    def is_function(self, name: str, cls: str = "") -> bool:
        """Tell whether a name is defined by `def`, and not read like an attribute."""
        starts = (self.members(cls) if cls else self.names()).get(name, ())
        text = self._bodies[cls] if cls else self._text
        defined = any(_defines(text, at) for at in starts)
        return defined and not (cls and self.is_property(name, cls))


def _starts(pattern: re.Pattern[str], text: str) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for match in pattern.finditer(text):
        found.setdefault(match[match.lastindex or 0], []).append(match.start())
    return found


def _defines(text: str, at: int) -> bool:
    line = text[at : at + len("\n    async def ")].lstrip()
    return line.startswith(("def ", "async def "))


def _signature(text: str, at: int) -> Function | None:
    """Parse the definition that starts here, without what stands in it."""
    end = _SIGNATURE_END.search(text, at) if _defines(text, at) else None
    if end is None:
        return None
    try:
        parsed = ast.parse(f"{text[at : end.end()].lstrip()} ...").body[0]
    except (SyntaxError, ValueError):
        return None
    return parsed if isinstance(parsed, Function) else None


@lru_cache(maxsize=4096)
def parsed(text: str) -> ast.expr | None:
    """Return a type that a stub writes, None for one that cannot be parsed; the same every time."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None
