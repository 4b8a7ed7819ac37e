"""Where functions stand in a folder: other tools' lines and names, as places of a record.

A record names a function by the line of its `def`. Tools give that line, the line of a decorator,
or a class where its `__init__` runs. Each gets the benefit of the doubt: any line of a head stands
for the function, and a class for the `__init__` that it has or inherits by a name that is unique.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class _Made:
    """A class: the line of its own `__init__`, and the names of its bases."""

    file: str
    constructor: int | None
    bases: tuple[str, ...]


@dataclass(slots=True)
class Definitions:
    """The functions and classes of every Python file below a folder, by line."""

    root: Path
    _functions: dict[tuple[str, int], str] = field(default_factory=dict)
    _classes: dict[tuple[str, int], _Made] = field(default_factory=dict)
    _named: dict[str, list[_Made]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.root.rglob("*.py")):
            file = path.relative_to(self.root).as_posix()
            for node in ast.walk(ast.parse(path.read_bytes())):
                self._take(file, node)

    def place(self, file: str, line: int) -> str | None:
        """Return the place of the function, or of the constructor, whose head has this line."""
        if (file, line) in self._functions:
            return self._functions[file, line]
        made = self._classes.get((file, line))
        return self._constructor(made) if made is not None else None

    def _take(self, file: str, node: ast.AST) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                for line in _head(node):
                    self._functions[file, line] = f"{file}:{node.lineno}"
            case ast.ClassDef():
                own = [n.lineno for n in node.body if isinstance(n, Function)]
                named = [n.name for n in node.body if isinstance(n, Function)]
                constructor = own[named.index("__init__")] if "__init__" in named else None
                made = _Made(file, constructor, tuple(_last_names(node.bases)))
                self._named.setdefault(node.name, []).append(made)
                for line in _head(node):
                    self._classes[file, line] = made

    def _constructor(self, made: _Made, depth: int = 0) -> str | None:
        if made.constructor is not None:
            return f"{made.file}:{made.constructor}"
        for name in made.bases:
            match self._named.get(name, []):
                case [above] if depth < 20:
                    if (found := self._constructor(above, depth + 1)) is not None:
                        return found
        return None


def _head(node: Function | ast.ClassDef) -> range:
    first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
    return range(first, node.lineno + 1)


def _last_names(bases: list[ast.expr]) -> Iterator[str]:
    for base in bases:
        match base:
            case ast.Name(name) | ast.Attribute(attr=name):
                yield name
