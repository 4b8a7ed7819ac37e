"""An equation's text to syntax that can be drawn, or an error with its line and column.

A fence holds one equation a line, or over several lines in brackets, as Python does: assignments
to a name, an item (`mask[i, j] = …`) or several names, else an expression. What is read is Python's
own grammar, so that precedence and brackets are Python's; what has no place in an equation is
refused by name. Lengths and depths have bounds, for a fence is other people's text.

For example, `read_equations("y = x[i] ** 2")` is one equation, whose name is `y`.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

from srcread.equations.vocabulary import FOLDS

LONGEST = 1_000
"""Characters of a fence."""

MOST = 12
"""Equations of a fence."""

DEEPEST = 40
"""Levels of an expression: a sum of n terms has n - 1."""

_SHOWN = 40
_DRAWN = (
    *(ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Slice, ast.Call, ast.keyword),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Tuple, ast.List),
    *(ast.GeneratorExp, ast.comprehension, ast.operator, ast.unaryop, ast.boolop, ast.cmpop),
    ast.expr_context,
)
_NAMED = {
    ast.Lambda: "a lambda",
    ast.ListComp: "a list that is computed",
    ast.SetComp: "a set",
    ast.Set: "a set",
    ast.Dict: "a dictionary",
    ast.DictComp: "a dictionary",
    ast.JoinedStr: "an f-string",
    ast.NamedExpr: "an assignment inside an expression",
    ast.Starred: "a star",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.AugAssign: "an assignment such as +=",
    ast.AnnAssign: "an annotation",
}
Placed = ast.expr | ast.stmt | ast.keyword
"""What of a syntax tree has a place in its text."""

_PARSER_GIVES_UP = (ValueError, RecursionError, MemoryError)


class EquationError(ValueError):
    """A text that is no equation; line and column are counted from 1, in its fence."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.line, self.column, self.hint = message, line, column, hint


@dataclass(frozen=True, slots=True)
class Equation:
    """One equation; `target` is its left side, None where it is an expression alone.

    `name` is the left side without what stands in its square brackets, empty where there is none.
    """

    name: str
    text: str
    line: int
    value: ast.expr = field(compare=False)
    target: ast.expr | None = field(default=None, compare=False)


def read_equations(text: str) -> tuple[Equation, ...]:
    """Read the equations of a fence.

    Raises:
        EquationError: it is too long or nests too deeply, is no Python, or holds what has no place
            in an equation.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > LONGEST:
        message = f"The equations have {len(text):,} characters; at most {LONGEST:,} are read."
        raise EquationError(message, 1, 1, "Split them.")
    statements = _parsed(text).body
    if not statements:
        raise EquationError("The fence holds no equation.", 1, 1, "Write one, or delete the fence.")
    if len(statements) > MOST:
        message = f"The fence holds {len(statements)} equations; at most {MOST} are shown."
        raise EquationError(message, statements[MOST].lineno, 1, "Split it.")
    _refuse_comments(text)
    return tuple(_equation(one, text) for one in statements)


def column_of(node: Placed, text: str) -> int:
    """Return the column of a node in characters, counted from 1; `ast` counts bytes."""
    line = text.split("\n")[node.lineno - 1].encode("utf-8", "surrogatepass")
    return len(line[: node.col_offset].decode("utf-8", "replace")) + 1


def _parsed(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `1 is x` and `"\d"` warn: no matter here
            return ast.parse(text)
    except SyntaxError as error:
        line, column = error.lineno or 1, max(error.offset or 1, 1)
        shown = _short([*text.split("\n"), ""][line - 1].strip())
        message = f"{shown!r} is no Python: {error.msg}."
        raise EquationError(message, line, column) from None
    except _PARSER_GIVES_UP:
        message = f"{_short(text)!r} nests too deeply, or holds what Python cannot read."
        raise EquationError(message, 1, 1, "Write it in several equations.") from None


def _refuse_comments(text: str) -> None:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            message = f"{_short(token.string)!r} would not be shown."
            raise EquationError(message, line, column + 1, "Say it in the note's text.")


def _equation(statement: ast.stmt, text: str) -> Equation:
    match statement:
        case ast.Assign(targets=[target], value=value):
            _refuse(target, text)
            _refuse(value, text)
            return Equation(
                _name(target, text), _line(statement, text), statement.lineno, value, target
            )
        case ast.Expr(value=value):
            _refuse(value, text)
            return Equation("", _line(statement, text), statement.lineno, value)
    what = _NAMED.get(type(statement), "this statement")
    if isinstance(statement, ast.Assign):
        what = "a chain of assignments"
    raise _no_place(statement, what, text)


def _name(target: ast.expr, text: str) -> str:
    """Return what a left side is called: of `mask[i, j]` it is `mask`."""
    match target:
        case ast.Name() | ast.Attribute():
            return ast.unparse(target)
        case ast.Subscript(value=ast.Name() | ast.Attribute() as value):
            return _name(value, text)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) if parts:
            return ", ".join(_name(part, text) for part in parts)
    raise _no_place(target, "this left side", text)


def _line(statement: ast.stmt, text: str) -> str:
    """Return the text of a statement on one line."""
    return " ".join((ast.get_source_segment(text, statement) or "").split())


def _refuse(node: ast.expr, text: str) -> None:
    """Refuse what cannot be drawn, at any depth, before anything goes into it by recursion."""
    level: list[ast.AST] = [node]
    depth, place = 0, node
    while level:
        depth += 1
        place = next((one for one in level if isinstance(one, ast.expr)), place)
        if depth > DEEPEST:
            message = f"The equation nests more than {DEEPEST} levels deep."
            hint = "Write it in several equations."
            raise EquationError(message, place.lineno, column_of(place, text), hint)
        for one in level:
            if what := _refused(one):
                at = one if isinstance(one, ast.expr | ast.keyword) else place
                raise _no_place(at, what, text)
        level = list(_parts(level))


def _parts(level: list[ast.AST]) -> Iterator[ast.AST]:
    """Yield what stands in these nodes; a comprehension only where it is summed up, or the like."""
    for node in level:
        match node:
            case ast.Call(
                func=ast.Name(id=name),
                args=[ast.GeneratorExp(elt=elt, generators=generators)],
                keywords=[],
            ) if name in FOLDS:
                yield from (elt, *generators)
            case _:
                yield from ast.iter_child_nodes(node)


def _refused(node: ast.AST) -> str:
    """Return what has no place in an equation, in words; nothing for all else."""
    match node:
        case ast.Constant(value=complex() | bytes()):
            return f"{node.value!r}"
        case ast.Constant(value=str() as value) if len(value) > _SHOWN:
            return f"a text of more than {_SHOWN} characters"
        case ast.Attribute(attr=name) if name.startswith("__"):
            return f"the name {name!r}"
        case ast.keyword(arg=None):
            return "a star"
        case ast.comprehension(is_async=1):
            return "async"
        case ast.Call(func=function) if not isinstance(function, ast.Name | ast.Attribute):
            return "a call of what is computed"
        case ast.GeneratorExp():
            return f"a comprehension that is no sole argument of {', '.join(FOLDS)}"
    return "" if isinstance(node, _DRAWN) else _NAMED.get(type(node), type(node).__name__)


def _no_place(node: Placed, what: str, text: str) -> EquationError:
    shown = _short(ast.get_source_segment(text, node) or "")
    message = f"{shown!r}: {what} has no place in an equation."
    return EquationError(message, node.lineno, column_of(node, text))


def _short(text: str) -> str:
    bare = " ".join(text.split())
    return bare if len(bare) <= _SHOWN else bare[: _SHOWN - 1] + "…"
