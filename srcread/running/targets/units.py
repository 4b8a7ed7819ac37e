"""Functions of the read source as the child rebuilds them: their text, and what stands around it.

A unit is the outermost function around a symbol. `srcread.child.install` compiles it, as
it is or changed, in the process that has the framework imported.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TypedDict

from srcread.errors import NotFoundError
from srcread.index import Index
from srcread.model import Origin, Symbol, SymbolKind

_FUNCTIONS = (SymbolKind.FUNCTION, SymbolKind.METHOD)


class Unit(TypedDict):
    """One function: `name` is its qualname in `module`, `line` the first line of `text`.

    `text` is whole lines, decorators included, as they stand in the file. `classes` are those
    around it, outermost first; `imports` the names that its module imports at its top level, for
    the compiler calls them otherwise. `file` is where it lies if that is a source tree, of which
    nothing is installed, and else empty.
    """

    module: str
    name: str
    line: int
    text: str
    classes: list[str]
    imports: list[str]
    file: str


def unit_of(index: Index, symbol: Symbol) -> Unit:
    """Return the unit around a function or method.

    Raises:
        NotFoundError: the symbol is no function, or stands in a script without a module's name.
    """
    module = index.module_of(symbol.name)
    outermost = index.symbol(symbol.name.partition(".<locals>.")[0])
    if module is None or outermost is None or outermost.kind not in _FUNCTIONS:
        raise NotFoundError(f"{symbol.name!r} is no function of a module that can be imported.")
    name = outermost.name.removeprefix(module.name + ".")
    first, last = outermost.range.start.line, outermost.range.end.line
    tree = index.sources.distribution(outermost.distribution)
    return {
        "module": module.name,
        "name": name,
        "line": first,
        "text": "\n".join(module.lines[first - 1 : last]) + "\n",
        "classes": name.split(".")[:-1],
        "imports": sorted(set(_imported(module.tree.body))),
        "file": str(tree.root / outermost.path) if tree.origin is Origin.GIT else "",
    }


def _imported(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Yield the names that imports bind in a module's own scope."""
    for statement in body:
        match statement:
            case ast.Import(names=aliases):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in aliases)
            case ast.ImportFrom(names=aliases):
                yield from (alias.asname or alias.name for alias in aliases if alias.name != "*")
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case _:
                for field in ("body", "orelse", "finalbody"):
                    yield from _imported(getattr(statement, field, []))
                for handler in getattr(statement, "handlers", []):
                    yield from _imported(handler.body)
