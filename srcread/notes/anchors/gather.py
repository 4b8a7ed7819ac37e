"""Syntax tree to places: one walk over a symbol's statements.

`if` is the whole chain, and encloses its first body only: `elif`, `else`, `except` and `finally`
are places of their own beside it, each from its keyword on. A class's methods are places without
an inside: what stands in them is named from the method's own symbol. The walk recurses over blocks
only, which Python's tokenizer limits to a depth of 100.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from srcread.index.digest import digest
from srcread.index.trees import parse_symbol, range_of, split_lines
from srcread.model import Position, Range, Symbol
from srcread.notes.anchors.names import calls, mentions
from srcread.notes.anchors.places import Place, Places, text_of
from srcread.notes.anchors.statements import (
    Definition,
    header_parts,
    interface,
    item_parts,
    parameters,
    reading,
)

_Ranged = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.excepthandler


@lru_cache(maxsize=64)  # several notes stand in one function
def places_of(text: str, symbol: Symbol) -> Places:
    """Return the places of a symbol, parsing only its own lines of the file's text.

    Raises:
        ValueError, SyntaxError, RecursionError: the lines cannot be parsed as a definition.
    """
    return read_places(parse_symbol(text, symbol), split_lines(text))


@lru_cache(maxsize=64)
def symbol_digest(text: str, symbol: Symbol) -> str:
    """Return the digest of a whole symbol, raising as `places_of` does."""
    return digest(parse_symbol(text, symbol))


def read_places(node: Definition, lines: Sequence[str]) -> Places:
    """Return the places of a definition whose positions are those in the file's lines."""
    gatherer = _Gatherer(list(lines))
    gatherer.symbol(node)
    places = tuple(gatherer.places)
    index: dict[tuple[str, str], int] = {}
    inside = [0] * len(places)
    for place in places:
        bit = 1 << place.number
        for key in _keys(place):
            index[key] = index.get(key, 0) | bit
        for parent in place.parents:
            inside[parent] |= bit
    return Places(
        places=places,
        lines=tuple(lines),
        index=index,
        inside=tuple(inside),
        simple=sum(1 << place.number for place in places if not place.compound),
        own=sum(1 << place.number for place in places if not place.parents),
    )


def _keys(place: Place) -> Iterable[tuple[str, str]]:
    yield from ((place.kind, name) for name in place.names)
    if place.kind != "def" or not place.names:  # bare `def` is the signature
        yield place.kind, ""
    if place.calls:
        yield "call", ""
        yield from {("call", callee) for call in place.calls for callee in call.callees}


class _Gatherer:
    """Adds the places of a definition in document order."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.places: list[Place] = []
        self.in_class = False

    def symbol(self, node: Definition) -> None:
        for decorator in node.decorator_list:
            self.decorator(decorator, ())
        self.signature(node)
        self.in_class = isinstance(node, ast.ClassDef)
        self.body(node, ())

    def body(self, node: Definition, parents: tuple[int, ...]) -> None:
        if not isinstance(node, ast.ClassDef):
            self.parameters(node.args, parents)
        rest = node.body
        match rest:
            case [ast.Expr(value=ast.Constant(value=str())) as doc, *rest]:
                range_ = self.range(doc)
                self.add("doc", range_, parents, code=(doc,), text=text_of(self.lines, range_))
        self.block(rest, parents)

    def block(self, body: Iterable[ast.stmt], parents: tuple[int, ...]) -> None:
        for node in body:
            self.statement(node, parents)

    def statement(self, node: ast.stmt, parents: tuple[int, ...]) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node, parents)
            case ast.If():
                self.conditional(node, parents)
            case ast.For() | ast.AsyncFor() | ast.While():
                self.loop(node, parents)
            case ast.With() | ast.AsyncWith():
                parts = [part for item in node.items for part in item_parts(item)]
                self.block(node.body, self.compound("with", node, parents, parts))
            case ast.Try() | ast.TryStar():
                self.attempt(node, parents)
            case ast.Match():
                self.selection(node, parents)
            case _:
                self.simple(node, parents)

    def definition(self, node: Definition, parents: tuple[int, ...]) -> None:
        for decorator in node.decorator_list:
            self.decorator(decorator, parents)
        inner = self.add(
            "def",
            self.range(node),
            parents,
            names=(node.name,),
            header=interface(node),
            code=(node,),
            head_line=self.signature_range(node).last_line,
            compound=True,
        )
        if not self.in_class:
            self.body(node, inner)

    def conditional(self, node: ast.If, parents: tuple[int, ...]) -> None:
        self.block(node.body, self.compound("if", node, parents, [node.test]))
        tests = [node.test]
        while branch := self.elif_of(node):
            tests.append(branch.test)
            start = self.range(branch).start
            inner = self.add(
                "elif",
                Range(start, self.range(branch.body[-1]).end),
                parents,
                names=mentions(branch.test),
                called=[branch.test],
                header=tuple(tests),
                code=(*tests, *branch.body),
                head_line=self.behind_colon(start, [branch.test]).line,
                compound=True,
            )
            self.block(branch.body, inner)
            node = branch
        self.otherwise(node.body[-1], node.orelse, tests, parents)

    def elif_of(self, node: ast.If) -> ast.If | None:
        match node.orelse:
            case [ast.If() as branch] if self.text_at(branch).startswith("elif"):
                return branch
        return None

    def loop(self, node: ast.For | ast.AsyncFor | ast.While, parents: tuple[int, ...]) -> None:
        kind = "while" if isinstance(node, ast.While) else "for"
        header = [node.test] if isinstance(node, ast.While) else [node.target, node.iter]
        self.block(node.body, self.compound(kind, node, parents, header))
        self.otherwise(node.body[-1], node.orelse, header, parents)

    def attempt(self, node: ast.Try | ast.TryStar, parents: tuple[int, ...]) -> None:
        self.block(node.body, self.compound("try", node, parents, []))
        before: ast.stmt = node.body[-1]
        for handler in node.handlers:
            types = [handler.type] if handler.type else []
            self.block(handler.body, self.compound("except", handler, parents, types))
            before = handler.body[-1]
        self.otherwise(before, node.orelse, [], parents)
        before = node.orelse[-1] if node.orelse else before
        self.otherwise(before, node.finalbody, [], parents, "finally")

    def selection(self, node: ast.Match, parents: tuple[int, ...]) -> None:
        guards = [case.guard for case in node.cases if case.guard]
        inner = self.compound("match", node, parents, [node.subject], called=guards)
        for case in node.cases:
            self.block(case.body, inner)

    def otherwise(
        self,
        before: ast.stmt,
        body: Sequence[ast.stmt],
        tests: Sequence[ast.expr],
        parents: tuple[int, ...],
        keyword: str = "else",
    ) -> None:
        """Add an `else` or `finally`, which has no node of its own, and what is in it."""
        if not body:
            return
        start = self.keyword(keyword, before, body[0])
        inner = self.add(
            keyword,
            Range(start, self.range(body[-1]).end),
            parents,
            names=mentions(*tests),
            header=tuple(tests),
            code=(*tests, *body),
            head_line=start.line,
            compound=True,
        )
        self.block(body, inner)

    def compound(
        self,
        kind: str,
        node: ast.stmt | ast.excepthandler,
        parents: tuple[int, ...],
        header: Sequence[ast.expr],
        called: Sequence[ast.expr] = (),
    ) -> tuple[int, ...]:
        """Add a compound statement and return the parents of what is in it."""
        return self.add(
            kind,
            self.range(node),
            parents,
            names=mentions(*header),
            called=[*header, *called],
            header=tuple(header),
            code=(node,),
            head_line=self.behind_colon(self.range(node).start, header).line,
            compound=True,
        )

    def simple(self, node: ast.stmt, parents: tuple[int, ...]) -> None:
        kind, names, values = reading(node)
        # An annotation is not in the digest, so it makes no key either.
        called = [node.target, node.value] if isinstance(node, ast.AnnAssign) else [node]
        self.add(
            kind, self.range(node), parents, names=names, values=values, called=called, code=(node,)
        )

    def decorator(self, node: ast.expr, parents: tuple[int, ...]) -> None:
        range_ = self.range(node)
        self.add("decorator", range_, parents, names=mentions(node), called=[node], code=(node,))

    def signature(self, node: Definition) -> None:
        self.add("def", self.signature_range(node), (), code=interface(node))

    def parameters(self, arguments: ast.arguments, parents: tuple[int, ...]) -> None:
        for parameter, default in parameters(arguments):
            end = self.range(default or parameter).end
            range_ = Range(self.range(parameter).start, end)
            self.add(
                "param",
                range_,
                parents,
                names=(parameter.arg,),
                called=[default],
                code=(parameter,),
                text=text_of(self.lines, range_),
            )

    def add(
        self,
        kind: str,
        range_: Range,
        parents: tuple[int, ...],
        *,
        names: tuple[str, ...] = (),
        values: tuple[str, ...] = (),
        called: Sequence[ast.AST | None] = (),
        header: tuple[ast.AST, ...] = (),
        code: tuple[ast.AST, ...],
        text: str | None = None,
        head_line: int | None = None,
        compound: bool = False,
    ) -> tuple[int, ...]:
        """Add one place and return the parents of what is in it."""
        number = len(self.places)
        self.places.append(
            Place(
                number=number,
                kind=kind,
                range=range_,
                head_line=head_line or range_.last_line,
                names=names,
                values=frozenset(values),
                calls=calls(*called),
                parents=parents,
                header=header,
                code=code,
                text=text,
                compound=compound,
            )
        )
        return (*parents, number)

    def range(self, node: _Ranged) -> Range:
        return range_of(node, self.lines)

    def text_at(self, node: ast.stmt) -> str:
        start = self.range(node).start
        return self.lines[start.line - 1][start.column :]

    def keyword(self, word: str, before: ast.stmt, first: ast.stmt) -> Position:
        """Return where `else` or `finally` stands; only blanks and comments can come before it."""
        for line in range((before.end_lineno or before.lineno) + 1, first.lineno + 1):
            if found := re.match(rf"\s*({word})\b", self.lines[line - 1]):
                return Position(line, found.start(1))
        return self.range(first).start

    def signature_range(self, node: Definition) -> Range:
        """Return from `def` or `class` to its colon."""
        start = self.range(node).start
        return Range(start, self.behind_colon(start, header_parts(node)))

    def behind_colon(self, start: Position, parts: Iterable[_Ranged]) -> Position:
        """Return where a header ends: at the first colon behind all its parts."""
        place = max([start, *(self.range(part).end for part in parts)])
        line, column = place.line, place.column
        while line <= len(self.lines):
            code = self.lines[line - 1][column:].partition("#")[0]
            if ":" in code:
                return Position(line, column + code.index(":") + 1)
            line, column = line + 1, 0
        return place
