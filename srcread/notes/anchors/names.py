"""What an expression lets a selector say: the names it mentions, its calls, its targets.

A mention is any contiguous piece of a dotted chain: `self.norm.weight` mentions `norm`,
`self.norm`, `norm.weight` and so on. Subscripts and calls break a chain. Pieces longer than eight
names are left out, so that a hostile chain of a thousand costs thousands of pieces, not millions.
Walks keep their own stack: a sum of two thousand terms nests deeper than Python recurses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

_LONGEST = 8


@dataclass(frozen=True, slots=True)
class CallInCode:
    """One call: every suffix of its callee's chain, and what its arguments can be called.

    An argument can be called by a name that it mentions, by its keyword, or by the word in it if
    it is a string that reads as an identifier, with or without an option's dashes.
    """

    callees: frozenset[str]
    arguments: frozenset[str]


def mentions(*nodes: ast.AST | None) -> tuple[str, ...]:
    """Return every name that the expressions mention, each once, in the order of the text."""
    names: dict[str, None] = {}
    waiting = [node for node in reversed(nodes) if node is not None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name | ast.Attribute):
            parts, root = _chain(node)
            names.update(dict.fromkeys(_pieces(parts)))
            waiting.extend([root] if root is not None else [])
        else:
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))
    return tuple(names)


def calls(*nodes: ast.AST | None) -> tuple[CallInCode, ...]:
    """Return every call in the expressions or statements, outer ones first."""
    return tuple(
        CallInCode(_callees(inner.func), _arguments(inner))
        for node in nodes
        if node is not None
        for inner in ast.walk(node)
        if isinstance(inner, ast.Call)
    )


def targets(*nodes: ast.expr) -> tuple[str, ...]:
    """Return the full texts of assignment targets: `x`, `self.x`, `x[]` for `x[0] = …`."""
    texts: list[str] = []
    for node in nodes:
        match node:
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                texts.extend(targets(*elements))
            case ast.Starred(value=value):
                texts.extend(targets(value))
            case _:
                texts.append(".".join(_spelling(node)))
    return tuple(dict.fromkeys(text for text in texts if text))


def imported(node: ast.Import | ast.ImportFrom) -> tuple[str, ...]:
    """Return what an import can be called: pieces of its module, its names, their aliases."""
    dotted = [alias.name for alias in node.names] + [alias.asname or "" for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        dotted.append(node.module or "")
    pieces = (piece for name in dotted for piece in _pieces(name.split(".")))
    return tuple(dict.fromkeys(piece for piece in pieces if piece != "*"))


def _chain(node: ast.expr) -> tuple[list[str], ast.expr | None]:
    """Return a chain's names from left to right, and what it hangs on if that is no name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return [node.id, *reversed(names)], None
    return names[::-1], node


def _pieces(parts: list[str]) -> Iterator[str]:
    for start in range(len(parts)):
        for end in range(start + 1, min(len(parts), start + _LONGEST) + 1):
            if piece := ".".join(parts[start:end]):
                yield piece


def _spelling(node: ast.expr) -> list[str]:
    """Return a chain's parts, subscripts as `x[]` and calls as `x()`; any other root ends it."""
    parts: list[str] = []
    marks = ""
    while True:
        match node:
            case ast.Attribute(value=value, attr=name):
                parts.append(name + marks)
                node, marks = value, ""
            case ast.Subscript(value=value):
                node, marks = value, "[]" + marks
            case ast.Call(func=value):
                node, marks = value, "()" + marks
            case ast.Name(id=name):
                return [name + marks, *reversed(parts)]
            case _:
                return parts[::-1]


def _callees(function: ast.expr) -> frozenset[str]:
    parts = _spelling(function)
    if not parts or parts[-1].endswith("()"):  # f()(): the outer call has no name
        return frozenset()
    return frozenset(
        ".".join(parts[start:]) for start in range(max(0, len(parts) - _LONGEST), len(parts))
    )


def _arguments(call: ast.Call) -> frozenset[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    keywords = {keyword.arg for keyword in call.keywords if keyword.arg}
    return frozenset(chain(mentions(*values), keywords, _words(values)))


def _words(values: Iterable[ast.expr]) -> Iterator[str]:
    for value in values:
        match value:
            # ASCII, because Python's parser would write other words in another form (PEP 3131).
            case ast.Constant(value=str(text)) if (
                text.isascii() and text.lstrip("-").isidentifier()
            ):
                yield text.lstrip("-")
