"""One syntax tree to what the index of a whole distribution keeps of it, as compact as it comes.

Names are those of `srcread.index.module`: qualnames with `.<locals>.`, `@setter` and `~2`. The walk
is one loop over a stack, by tables of fields, because a visitor takes three times as long and
overflows on what nests deeply. A statement whose only line has no parenthesis has no call.
"""

from __future__ import annotations

import ast
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any

Extract = tuple[list[tuple[str, str, int, int]], str, bytes, list[tuple[str, str, int]]]
"""Symbols (qualname, kind, line, end_line), callee texts, call sites and imports.

The callee texts stand between line feeds. A call site is four numbers: 0 for the module or the
place of its symbol from 1, the place of its text, line and column. An import is a module, its
names between commas and the line.
"""

CALL_CODE = "I"
_MAX_TEXT = 120
_SPACE = re.compile(r"\s+")
_OpenBlock = tuple[Iterator[ast.AST], int, str, dict[str, int]]
_Getter = Callable[[Any], tuple[Any, ...]]


def _getter(names: Sequence[str]) -> _Getter:
    """Return what gets the fields of a node as a tuple, a single one as a tuple, too."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda node: (get(node),)


_NO_EXPRESSIONS = """
arg asname attr conversion cls ctx id is_async kind kwd_attrs level lineno module n name names op
ops rest simple tag type_comment type_ignores
"""
"""The fields that hold no expression, of whatever node."""

_DEFINITIONS = {
    ast.FunctionDef: "function",
    ast.AsyncFunctionDef: "function",
    ast.ClassDef: "class",
}
_BLOCKS: dict[type, tuple[str, ...]] = {
    ast.If: ("body", "orelse"),
    ast.For: ("body", "orelse"),
    ast.AsyncFor: ("body", "orelse"),
    ast.While: ("body", "orelse"),
    ast.With: ("body",),
    ast.AsyncWith: ("body",),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
    ast.TryStar: ("body", "handlers", "orelse", "finalbody"),
    ast.ExceptHandler: ("body",),
    ast.Match: ("cases",),
    ast.match_case: ("body",),
}
_WITHOUT_HEAD = frozenset((ast.Match, ast.match_case))
"""What has no body, or no line."""


def _expression_fields() -> dict[type, _Getter]:
    fields: dict[type, _Getter] = {}
    for kind in vars(ast).values():
        if isinstance(kind, type) and issubclass(kind, ast.AST) and kind is not ast.Constant:
            left_out = {*_NO_EXPRESSIONS.split(), *_BLOCKS.get(kind, ())}
            if kind in _DEFINITIONS:
                left_out.add("body")
            if names := [name for name in kind._fields if name not in left_out]:
                fields[kind] = _getter(names)
    fields[ast.MatchClass] = _getter(("cls", "patterns", "kwd_patterns"))
    return fields


_FIELDS = _expression_fields()


def extract(tree: ast.Module, lines: Sequence[str], package: str) -> Extract:
    """Return what a file defines, calls and imports; `package` is what `from .` stands for."""
    return _Extractor(lines, package).extract(tree)


class _Extractor:
    """Gathers over one tree; `texts` numbers the distinct callee texts in order."""

    def __init__(self, lines: Sequence[str], package: str) -> None:
        self.lines = lines
        self.package = package
        self.symbols: list[tuple[str, str, int, int]] = []
        self.imports: list[tuple[str, str, int]] = []
        self.texts: dict[str, int] = {}
        self.calls: list[tuple[int, int, int, int]] = []

    def extract(self, tree: ast.Module) -> Extract:
        blocks: list[_OpenBlock] = [(iter(tree.body), 0, "", {})]
        while blocks:
            for node in blocks[-1][0]:
                if opened := self.statement(node, blocks[-1]):
                    blocks += opened  # its iterator goes on when these are done
                    break
            else:
                blocks.pop()
        self.calls.sort(key=lambda call: call[2:])
        numbers = array(CALL_CODE, (number for call in self.calls for number in call))
        return self.symbols, "\n".join(["", *self.texts, ""]), numbers.tobytes(), self.imports

    def statement(self, node: Any, block: _OpenBlock) -> list[_OpenBlock] | None:
        """Gather one statement; return the blocks inside it, the last one first."""
        kind = type(node)
        if kind in _DEFINITIONS:
            if _may_call(node, self.lines):
                self.expressions(node, block[1])
            return [self.definition(node, _DEFINITIONS[kind], block)]
        if kind in _BLOCKS:
            if kind in _WITHOUT_HEAD or "(" in _head(node, node.lineno, self.lines):
                self.expressions(node, block[1])
            _, owner, prefix, taken = block
            inner = [getattr(node, name) for name in reversed(_BLOCKS[kind])]
            return [(iter(nodes), owner, prefix, taken) for nodes in inner if nodes]
        if kind is ast.Import or kind is ast.ImportFrom:
            self.imported(node)
        elif node.lineno != node.end_lineno or "(" in self.lines[node.lineno - 1]:
            self.expressions(node, block[1])
        return None

    def definition(self, node: Any, kind: str, block: _OpenBlock) -> _OpenBlock:
        _, owner, prefix, taken = block
        name = prefix + node.name + _role(node)
        count = taken[name] = taken.get(name, 0) + 1
        if count > 1:
            name = f"{name}~{count}"
        if kind == "function" and owner and self.symbols[owner - 1][1] == "class":
            kind = "method"
        self.symbols.append((name, kind, node.lineno, node.end_lineno))
        separator = "." if kind == "class" else ".<locals>."
        return iter(node.body), len(self.symbols), name + separator, {}

    def imported(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            self.imports += [(alias.name, "", node.lineno) for alias in node.names]
            return
        source = node.module or ""
        if node.level:
            parts = self.package.split(".")
            kept = parts[: max(len(parts) + 1 - node.level, 0)]
            source = ".".join([*kept, source] if source else kept)
        names = ",".join(alias.name for alias in node.names)
        self.imports.append((source, names, node.lineno))

    def expressions(self, root: ast.AST, owner: int) -> None:
        """Gather the calls in a statement's own expressions, in no order."""
        stack: list[Any] = [root]
        fields = _FIELDS
        while stack:
            node = stack.pop()
            kind = type(node)
            while kind is ast.Attribute:
                node = node.value
                kind = type(node)
            if kind is ast.Call:
                self.call(node, owner)
                stack.append(node.func)
                stack += node.args
                stack += [keyword.value for keyword in node.keywords]
            elif kind in fields:
                for value in fields[kind](node):
                    if value.__class__ is list:
                        stack += value
                    elif value is not None:
                        stack.append(value)

    def call(self, node: ast.Call, owner: int) -> None:
        text = self.text(node.func)
        number = self.texts.setdefault(text, len(self.texts))
        line, column = self.lines[node.lineno - 1], node.col_offset
        if not line.isascii():  # `ast` counts UTF-8 bytes
            column = len(line.encode()[:column].decode(errors="replace"))
        self.calls.append((owner, number, node.lineno, column))

    def text(self, node: ast.expr) -> str:
        """Return what is called as written, on one line; of a long text its end."""
        if isinstance(node, ast.Name):
            return node.id
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name):
            return ".".join([inner.id, *reversed(parts)])
        return self.written(node)

    def written(self, node: ast.expr) -> str:
        first, last = node.lineno, node.end_lineno or node.lineno
        end = node.end_col_offset or 0
        if last - first > _MAX_TEXT:
            first = last - _MAX_TEXT
        lines = [line.encode() for line in self.lines[first - 1 : last]]
        lines[-1] = lines[-1][max(end - 4 * _MAX_TEXT, 0) if first < last else 0 : end]
        if first == node.lineno:
            lines[0] = lines[0][node.col_offset :]
        text = _SPACE.sub(" ", b"\n".join(lines).decode(errors="replace")).strip()
        return text if len(text) <= _MAX_TEXT else "…" + text[1 - _MAX_TEXT :]


def _may_call(node: Any, lines: Sequence[str]) -> bool:
    """Tell whether a definition's head may hold a call, by its parentheses: most have one pair."""
    if node.decorator_list:
        first = node.decorator_list[0].lineno
        return isinstance(node, ast.ClassDef) or _head(node, first, lines).count("(") > 1
    return _head(node, node.lineno, lines).count("(") > 1


def _head(node: Any, first: int, lines: Sequence[str]) -> str:
    """Return the lines of a compound statement before its body, and that of a body beside it."""
    body = node.body[0]
    last = body.lineno - (not lines[body.lineno - 1][: body.col_offset].strip())
    return lines[first - 1] if last <= first else "".join(lines[first - 1 : last])


def _role(node: Any) -> str:
    """Tell a property's setter and deleter from its getter: `@setter`, `@deleter`."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
            return "@" + decorator.attr
    return ""
