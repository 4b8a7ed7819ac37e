"""The names that stand in a symbol, in its class and at its module's top, read from its file.

For example, in `def scale(x): return x * RATE` these are `scale`, `x` and `RATE`, with all that the
module imports and defines. Texts and comments hold none.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from srcread.index.trees import PARSE_ERRORS, parse_text
from srcread.model import Symbol

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def names_at(text: str, symbol: Symbol) -> set[str]:
    """Return the names of a symbol's own lines, of the class around it, and of its module's top."""
    if (tree := _tree(text)) is None:
        return set()
    first, last = symbol.range.first_line, symbol.range.last_line
    found = {name for node in tree.body for name in _bound_by(node)}
    for node, is_around in _beside(tree, first, last):
        names = _of_class if is_around else _named_by
        found |= {name for inner in ast.walk(node) for name in names(inner)}
    return found


@lru_cache(maxsize=4)  # many notes stand in few files, and a large one takes 0.1 s to parse
def _tree(text: str) -> ast.Module | None:
    with suppress(*PARSE_ERRORS):
        return parse_text(text)
    return None


def _beside(node: ast.AST, first: int, last: int) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield the outermost statements within some lines, and, marked, the classes around these.

    What begins and ends elsewhere is not looked into: a module has ten times what a symbol has.
    """
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            continue
        if not isinstance(child, ast.stmt):  # a handler, a case
            yield from _beside(child, first, last)
            continue
        begin, end = child.lineno, child.end_lineno or child.lineno
        is_around = isinstance(child, ast.ClassDef) and begin <= first and last <= end
        is_within = first <= begin and end <= last
        if is_around or is_within:
            yield child, is_around
        if is_around or (not is_within and begin <= last and first <= end):
            yield from _beside(child, first, last)


def _named_by(node: ast.AST) -> Iterator[str]:
    """Yield each name that a node says."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.arg(arg=name):
            yield name
        case ast.keyword(arg=str(name)):
            yield name
    yield from _bound_by(node)


def _of_class(node: ast.AST) -> Iterator[str]:
    """Yield what a class has: attributes that are asked for or set, methods, annotated names."""
    match node:
        case ast.Attribute(attr=name) | ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _ if isinstance(node, _DEFINITIONS):
            yield node.name


def _bound_by(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (one.asname or one.name.partition(".")[0] for one in names)
        case ast.Assign(targets=targets):
            yield from (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
