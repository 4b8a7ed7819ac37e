"""From a running frame to its place in the source: the definition, and the expression it is at.

Code objects know their lines and, from Python 3.11, the exact range of each instruction; the syntax
tree says whether a call stands there. One file is parsed once. Left out: code without a file of its
own, such as what `dataclasses` and `namedtuple` generate.
"""

from __future__ import annotations

import ast
import dis
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import CodeType

from srcread.index.trees import parse_text, range_of, split_lines

from .observed import Site

INLINED = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
"""Frames that are part of the function around them, as the static graph has them."""
LAMBDA = "<lambda>"
_INNER = re.compile(r"(\.<locals>)?\.?<(listcomp|setcomp|dictcomp|genexpr|lambda)>.*$")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Key = tuple[int | None, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Definition:
    """A function that has a name; `wraps` is the name that `functools.wraps` was given."""

    path: str
    qualname: str
    first: int
    line: int
    last: int
    wraps: str | None

    @property
    def place(self) -> str:
        """What it is called in a record."""
        return f"{self.path}:{self.line}"


class SourceText:
    """One file's syntax tree, asked by line and by the position of an instruction."""

    def __init__(self, path: Path, relative: str) -> None:
        with tokenize.open(path) as file:
            text = file.read()
        self.path = relative
        self.module = relative.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.lines = split_lines(text)
        self.tree = parse_text(text)

    @cached_property
    def definitions(self) -> tuple[Definition, ...]:
        """Every named function of the file, outer before inner."""
        return tuple(_definitions(self.tree, self.path, ""))

    @cached_property
    def calls(self) -> dict[Key, ast.Call]:
        """The calls by the positions that the compiler may give their instruction."""
        calls: dict[Key, ast.Call] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                calls.update(dict.fromkeys(_positions(node), node))
        return calls

    @cached_property
    def attributes(self) -> dict[Key, ast.Attribute]:
        """The attribute accesses, likewise: a property runs at one."""
        attributes: dict[Key, ast.Attribute] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute):
                attributes.update(dict.fromkeys(_positions(node), node))
        return attributes

    @cached_property
    def managers(self) -> dict[Key, ast.expr]:
        """The first context manager of each `with`, by the position of the whole statement."""
        return {
            (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset): node.items[
                0
            ].context_expr
            for node in ast.walk(self.tree)
            if isinstance(node, ast.With | ast.AsyncWith)
        }

    @cached_property
    def run_again(self) -> frozenset[Key]:
        """Positions that other calls share: a decorator's application, the exit of a `with`."""
        shared: list[ast.expr] = []
        for node in ast.walk(self.tree):
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    shared += node.decorator_list
                case ast.With() | ast.AsyncWith():
                    shared += [item.context_expr for item in node.items]
        return frozenset(key for node in shared for key in _positions(node))

    def definition(self, code: CodeType) -> Definition | None:
        """Return the named function of a code object, the one around a lambda; None at the top."""
        qualname = _INNER.sub("", code.co_qualname)
        found = None
        for item in self.definitions:
            if item.qualname == qualname and item.first <= code.co_firstlineno <= item.last:
                found = item
        return found

    def site(self, node: ast.expr) -> Site:
        """Return an expression's range."""
        place = range_of(node, self.lines)
        start, end = place.start, place.end
        return Site(self.path, start.line, start.column, end.line, end.column)

    def calls_by_name(self, definition: Definition, name: str) -> list[ast.Call]:
        """Return the calls in a function whose callee ends in this name."""
        return [
            node
            for node in self.calls.values()
            if definition.first <= node.lineno <= definition.last and called_name(node) == name
        ]


def called_name(node: ast.Call) -> str | None:
    """Return the last part of the name that a call calls: `c` of `a.b.c(…)`."""
    match node.func:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return None


@dataclass(frozen=True, slots=True)
class Instruction:
    """Where a frame is: the operation, its position, and whether it is the first call there."""

    operation: str
    position: Key
    is_first: bool


class Instructions:
    """A code object's instructions, by the offset that a frame's `f_lasti` holds."""

    def __init__(self, code: CodeType) -> None:
        self._operations = [dis.opname[code.co_code[i]] for i in range(0, len(code.co_code), 2)]
        self._positions = [(a, c, b, d) for a, b, c, d in code.co_positions()]
        self._first: dict[Key, int] = {}
        for number, operation in enumerate(self._operations):
            if is_call(operation):
                self._first.setdefault(self._positions[number], number)

    def at(self, offset: int) -> Instruction:
        """Return the instruction at an offset; a frame may stand on the caches behind it."""
        number = max(offset, 0) // 2
        while number and self._operations[number] == "CACHE":
            number -= 1
        position = self._positions[number]
        first = self._first.get(position, number)
        return Instruction(self._operations[number], position, first == number)

    def is_first_resume(self, offset: int) -> bool:
        """Tell whether a generator starts here, and is not taken up behind a `yield`."""
        number = max(offset, 0) // 2
        return "RETURN_GENERATOR" in self._operations[max(0, number - 3) : number + 1]


def is_call(operation: str) -> bool:
    """Tell whether an operation is a call that a call expression compiles to."""
    return operation.startswith("CALL") and "INTRINSIC" not in operation


def _definitions(node: ast.AST, path: str, prefix: str) -> Iterator[Definition]:
    for inner in ast.iter_child_nodes(node):
        match inner:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield Definition(
                    path,
                    prefix + name,
                    min([inner.lineno, *(item.lineno for item in inner.decorator_list)]),
                    inner.lineno,
                    inner.end_lineno or inner.lineno,
                    _wrapped_name(inner),
                )
                yield from _definitions(inner, path, f"{prefix}{name}.<locals>.")
            case ast.ClassDef(name=name):
                yield from _definitions(inner, path, f"{prefix}{name}.")
            case _:
                yield from _definitions(inner, path, prefix)


def _wrapped_name(node: Function) -> str | None:
    for decorator in node.decorator_list:
        match decorator:
            case ast.Call(args=[ast.Name(name), *_]) if called_name(decorator) == "wraps":
                return name
    return None


def _positions(node: ast.expr) -> Iterator[Key]:
    """An expression's own range; of an attribute and a method, also that from its name on.

    Where the name stands on a later line than what it is taken of, the compiler begins there.
    """
    yield node.lineno, node.col_offset, node.end_lineno, node.end_col_offset
    attribute = node.func if isinstance(node, ast.Call) else node
    if isinstance(attribute, ast.Attribute):
        column = (attribute.end_col_offset or 0) - len(attribute.attr.encode())
        yield attribute.end_lineno, column, node.end_lineno, node.end_col_offset
