"""What a claim is: the one rule, read from a snippet's syntax, which is never run for it.

A claim is the statement `assert test, "sentence"`, or `torch.testing.assert_…(…, msg="sentence")`
under whatever name that was imported, at any depth. `assert False` is a guard, and a call whose
value is used is none: it may be made for another reason. Each operand of `and` at the top of a test
is a part of its claim, to be evaluated and true by itself.

`check` holds claims against further rules, and `confirm` rewrites them to report: both begin here,
and a claim's place, parts and sentence are never worked out elsewhere.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from srcread.index.trees import range_of, split_lines
from srcread.model import Claim


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim with its statement: what is tested, and where its sentence should stand."""

    claim: Claim
    statement: ast.Assert | ast.Expr
    tests: tuple[ast.expr, ...]
    message: ast.expr | None
    form: str

    @property
    def sentence(self) -> str | None:
        """The claim's sentence where it is written out, which may be empty."""
        return _literal(self.message)


def claims_in(nodes: Sequence[ast.AST], text: str) -> tuple[Stated, ...]:
    """Return the claims among the nodes of a snippet, in the order of its text."""
    names = _testing_names(nodes)
    lines = split_lines(text)
    found = [one for node in nodes for one in _claims(node, names, lines)]
    return tuple(sorted(found, key=lambda one: (one.claim.line, one.claim.column)))


def _claims(node: ast.AST, names: set[str], lines: Sequence[str]) -> Iterator[Stated]:
    match node:
        case ast.Assert(test=ast.Constant(value=False)):
            return
        case ast.Assert(test=test, msg=message):
            tests, form = _parts(test), 'assert test, "…"'
        case ast.Expr(value=ast.Call(func=callee) as test) if _is_testing(callee, names):
            tests, form = (test,), f'{ast.unparse(callee)}(…, msg="…")'
            message = next((word.value for word in test.keywords if word.arg == "msg"), None)
        case _:
            return
    start = range_of(node, lines).start
    code = _code(test if isinstance(node, ast.Assert) else node, lines)
    claim = Claim(_literal(message) or "", start.line, code, len(tests), start.column)
    yield Stated(claim, node, tests, message, form)


def _parts(test: ast.expr) -> tuple[ast.expr, ...]:
    """Return the operands of the `and` at a test's top, and of those in them."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return tuple(part for value in values for part in _parts(value))
    return (test,)


def _testing_names(nodes: Sequence[ast.AST]) -> set[str]:
    """Return the bare names under which a snippet imports torch.testing's assertions."""
    return {
        alias.asname or alias.name
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "torch.testing"
        for alias in node.names
        if alias.name.startswith("assert_")
    }


def _is_testing(callee: ast.expr, names: set[str]) -> bool:
    match callee:
        case ast.Name(id=name):
            return name in names
        case ast.Attribute(value=owner, attr=name) if name.startswith("assert_"):
            return ast.unparse(owner) in ("torch.testing", "testing")
    return False


def _code(node: ast.expr | ast.stmt, lines: Sequence[str]) -> str:
    """Return the text of a node, its further lines without their common indentation."""
    place = range_of(node, lines)
    first, *rest = lines[place.first_line - 1 : place.last_line]
    if not rest:
        return first[place.start.column : place.end.column]
    rest[-1] = rest[-1][: place.end.column]
    return "\n".join([first[place.start.column :], textwrap.dedent("\n".join(rest))])


def _literal(message: ast.expr | None) -> str | None:
    match message:
        case ast.Constant(value=str(sentence)):
            return sentence
    return None
