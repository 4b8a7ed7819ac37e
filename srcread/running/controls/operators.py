"""The operators: small changes of one statement, each an edit of the text.

Never changed: messages, f-strings, annotations, arguments of raise and warn, and code that does
nothing at run time (`del`, is_scripting, has_torch_function, `device=`). Not among them, for they
only crash: swapped arguments, a call replaced by its receiver. An early return is none either: it
would be noticed by every claim and tell nothing about the statement.

RANKS orders them by how telling they are; `OPERATORS_VERSION` in
srcread/evidence/grading.py changes when their set or working does.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from srcread.child.watching.replies import PREFIX

RANKS = (
    "respelled",
    "swap-comparison",
    "negate",
    "drop-if",
    "first-argument",
    "default",
    "swap-operator",
    "drop-statement",
    "constant",
    "swap-boolean",
    "reply-zeros",
    "reply-negative",
    "reply-shifted",
    "reply-swapped",
    "sibling",
    "drop-keyword",
    "other-text",
)

_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: ">=",
    ast.GtE: "<",
    ast.Gt: "<=",
    ast.LtE: ">",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.In: "not in",
    ast.NotIn: "in",
}
_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "//",
    ast.MatMult: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.Pow: "*",
}
_INERT = re.compile(
    r"is_scripting|is_tracing|is_compiling|has_torch_function|handle_torch_function"
)
_REPLIES = ("zeros", "negative", "shifted", "swapped")
_PAIRS = (
    ("self_attn", "multihead_attn"),
    ("encoder", "decoder"),
    ("query", "key", "value"),
    ("src", "tgt"),
    ("q", "k", "v"),
)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change: what stands from `start` to `end` (line, column in bytes) becomes `text`.

    `native` is the dotted callee that must be native for the change to apply.
    """

    operator: str
    start: tuple[int, int]
    end: tuple[int, int]
    text: str
    native: str | None = None


class Operators:
    """Finds the edits of the statements of one unit; `slice_of` gives the text of a node."""

    def __init__(
        self, slice_of: Callable[[ast.AST], str], names: frozenset[str], *, as_text: bool = False
    ) -> None:
        """Take the names that occur in the unit: a sibling must be one of them.

        What is read `as_text` need not run: there, strings are changed and any statement is left
        out, a return or an assertion, too.
        """
        self._text = slice_of
        self._names = names
        self._as_text = as_text

    def statement(self, node: ast.stmt) -> Iterator[Edit]:
        """Yield the edits of one statement: of a compound one, those of its header."""
        match node:
            case ast.Return() | ast.Raise() | ast.Assert() | ast.Import() | ast.ImportFrom() if (
                self._as_text
            ):
                yield self._edit("drop-statement", node, "pass")
        match node:
            case ast.Raise() | ast.Delete() | ast.Import() | ast.ImportFrom() | ast.Pass():
                return
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return
            case ast.If(test=test) if _INERT.search(self._text(test)):
                return
            case ast.If(test=test):
                yield self._edit("drop-if", test, "(False)")
                yield from self._condition(test)
            case ast.For(iter=iterated):
                yield self._edit("drop-statement", node, "pass")
                yield from self._expression(iterated)
            case ast.Expr(value=ast.Call(func=callee) as call):
                yield self._edit("drop-statement", node, "pass")
                if "warn" not in self._text(callee):
                    yield from self._arguments(call)
                    yield from self._replies(call)
            case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.AnnAssign(value=value):
                if value is not None and (self._as_text or not _is_message(value)):
                    yield self._edit("drop-statement", node, "pass")
                    yield from self._expression(value)
            case ast.Assert(test=test):
                yield from self._expression(test)
            case ast.While(test=test):
                yield from self._expression(test)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                for item in items:
                    yield from self._expression(item.context_expr)
            case ast.Return(value=value) | ast.Expr(value=value) if value is not None:
                yield from self._expression(value)
            case ast.Match(subject=subject):
                yield from self._expression(subject)

    def default(self, name: str, node: ast.expr) -> tuple[Edit, object] | None:
        """Return the edit of a parameter's default and the value of it; None where there is none.

        `None` has no other: a snippet declares what would be passed instead.
        """
        match node:
            case ast.Constant(value=bool(value)):
                new: object = not value
            case ast.Constant(value=int() | float() as value):
                new = value * 2 or type(value)(1)
            case _:
                return None
        return self._edit("default", node, repr(new)), new

    def _condition(self, test: ast.expr) -> Iterator[Edit]:
        yield self._edit("negate", test, f"(not ({self._text(test)}))")
        match test:
            case ast.Compare():
                inner: list[ast.expr] = [test.left, *test.comparators]
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = [operand]
            case _:
                inner = [test]
        for node in inner:
            yield from self._expression(node)

    def _expression(self, node: ast.expr) -> Iterator[Edit]:
        text = self._text
        match node:
            case ast.JoinedStr() if self._as_text:
                yield self._edit("other-text", node, '""')
                return
            case ast.JoinedStr() | ast.Lambda():
                return
            case ast.IfExp(test=test, body=body, orelse=other):
                yield from self._condition(test)
                yield from self._expression(body)
                yield from self._expression(other)
                return
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                swapped = f"(({text(left)}) {_COMPARISONS[type(sign)]} ({text(right)}))"
                yield self._edit("swap-comparison", node, swapped)
            case ast.BoolOp(op=sign, values=values):
                word = " or " if isinstance(sign, ast.And) else " and "
                joined = word.join(f"({text(value)})" for value in values)
                yield self._edit("swap-boolean", node, f"({joined})")
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
                if _is_message(left) and not self._as_text:
                    return
                swapped = f"(({text(left)}) {_OPERATORS[type(sign)]} ({text(right)}))"
                yield self._edit("swap-operator", node, swapped)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield self._edit("negate", node, f"({text(operand)})")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield self._edit("swap-operator", node, f"({text(operand)})")
            case ast.Constant():
                yield from self._constant(node)
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield from self._siblings(node, name)
            case ast.Call():
                yield from self._call(node)
                return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                yield from self._expression(child.iter)
                for test in child.ifs:
                    yield from self._condition(test)
            elif isinstance(child, ast.expr):
                yield from self._expression(child)

    def _call(self, node: ast.Call) -> Iterator[Edit]:
        if _INERT.search(self._text(node.func)):
            return
        first = node.args[0] if node.args else None
        if first is not None and not isinstance(first, ast.Starred | ast.Constant):
            yield self._edit("first-argument", node, f"({self._text(first)})")
        yield from self._replies(node)
        yield from self._arguments(node)

    def _arguments(self, node: ast.Call) -> Iterator[Edit]:
        """Yield the edits of what a call is made of, and the keywords dropped one by one."""
        yield from self._expression(node.func)
        for argument in node.args:
            yield from self._expression(argument)
        for dropped in node.keywords:
            if dropped.arg == "device":
                continue
            kept = [
                self._text(item) for item in (*node.args, *node.keywords) if item is not dropped
            ]
            call = f"{self._text(node.func)}({', '.join(kept)})"
            yield self._edit("drop-keyword", node, call)
            yield from self._expression(dropped.value)

    def _replies(self, node: ast.Call) -> Iterator[Edit]:
        callee = self._text(node.func)
        if re.fullmatch(r"\w+(\.\w+)*", callee):
            for reply in _REPLIES:
                changed = f"{(PREFIX + reply)!r}({callee})"
                yield Edit(f"reply-{reply}", *_range(node.func), changed, native=callee)

    def _constant(self, node: ast.Constant) -> Iterator[Edit]:
        match node.value:
            case bool(value):
                yield self._edit("constant", node, repr(not value))
            case int(value) | float(value):
                yield self._edit("constant", node, repr(value + 1))
            case str(value) if self._as_text:
                yield self._edit("other-text", node, repr(f"{value}_"))

    def _siblings(self, node: ast.Name | ast.Attribute, name: str) -> Iterator[Edit]:
        for other in _similar(name):
            if isinstance(node, ast.Attribute):
                known = other in self._names or name[-1:].isdigit()
                changed = f"{self._text(node.value)}.{other}"
            else:
                known, changed = other in self._names, other
            if known:
                yield self._edit("sibling", node, changed)

    def _edit(self, operator: str, node: ast.expr | ast.stmt, text: str) -> Edit:
        return Edit(operator, *_range(node), text)


def _similar(name: str) -> Iterator[str]:
    """Yield the names that stand beside a name: norm1 and norm2, q, k and v."""
    if re.fullmatch(r"[a-z_]+[12]", name):
        yield name[:-1] + ("2" if name[-1] == "1" else "1")
    parts = name.split("_")
    for family in _PAIRS:
        if name in family:
            yield from (other for other in family if other != name)
        elif parts[0] in family:
            yield from ("_".join([other, *parts[1:]]) for other in family if other != parts[0])
        elif len(parts) > 1 and parts[-1] in family:
            yield from ("_".join([*parts[:-1], other]) for other in family if other != parts[-1])


def _is_message(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr():
            return True
        case ast.Constant(value=value):
            return isinstance(value, str)
        case ast.BinOp(left=left):
            return _is_message(left)
    return False


def _range(node: ast.expr | ast.stmt) -> tuple[tuple[int, int], tuple[int, int]]:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
