"""A snippet's claims, read from its syntax: the snippet is never run here.

A claim is `assert test, "sentence"`, or `torch.testing.assert_…(…, msg="sentence")`, at any depth.
Which claims hold is for a run to say; that a claim could be false at all is looked at in
`srcread.notes.snippet_rules`.
"""

from __future__ import annotations

import ast
import textwrap
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.index.trees import range_of, split_lines
from srcread.model import Claim, Diagnostic, Snippet
from srcread.notes.format.codes import finding
from srcread.notes.format.files import check_hidden, read_text
from srcread.notes.snippet_rules import (
    check_controls,
    check_guards,
    check_imports,
    check_seed,
    check_test,
)

FULL_STOPS = (".", "。")


@dataclass(frozen=True, slots=True)
class _Found:
    """A claim's statement: what is tested, where its sentence should stand, and what it has."""

    statement: ast.Assert | ast.Expr
    tests: tuple[ast.expr, ...]
    message: ast.expr | None
    form: str


def read_snippet(
    path: Path, packages: Collection[str] = ()
) -> tuple[Snippet | None, tuple[Diagnostic, ...]]:
    """Read a snippet and report what is wrong with it; None where it is no Python.

    `packages` are the top-level packages that it may import beside the standard library and
    `srcread.lab`.
    """
    text, findings = read_text(path)
    if text is None:
        return None, findings
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `assert (x, y)` warns; CLAIM007 says it better
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = (error.lineno or 0) if isinstance(error, SyntaxError) else 0
        problem = error.msg if isinstance(error, SyntaxError) else str(error) or "nested too deeply"
        broken = finding("CLAIM001", path, line, f"The snippet is no valid Python: {problem}.")
        return None, (*findings, broken)
    nodes = tuple(ast.walk(tree))
    found = sorted(_claims(nodes), key=lambda claim: _place(claim.statement))
    lines = split_lines(text)
    snippet = Snippet(path, text, tuple(_claim(claim, lines) for claim in found))
    return snippet, (
        *findings,
        *check_imports(path, nodes, packages),
        *check_seed(path, nodes),
        *check_guards(path, nodes),
        *check_controls(path, nodes, {claim.sentence for claim in snippet.claims}),
        *(one for claim in found for test in claim.tests for one in check_test(path, test)),
        *_check_sentences(path, found),
        *_check_hidden(path, found, text),
    )


def _claims(nodes: Sequence[ast.AST]) -> Iterator[_Found]:
    names = _testing_names(nodes)
    for node in nodes:
        match node:
            case ast.Assert(test=ast.Constant(value=False)):
                continue  # a guard, not a claim
            case ast.Assert(test=test, msg=message):
                yield _Found(node, _parts(test), message, 'assert test, "…"')
            case ast.Expr(value=ast.Call(func=callee) as call) if _is_testing(callee, names):
                message = next((word.value for word in call.keywords if word.arg == "msg"), None)
                yield _Found(node, (call,), message, f'{ast.unparse(callee)}(…, msg="…")')


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


def _claim(found: _Found, lines: list[str]) -> Claim:
    statement = found.statement
    node = statement.test if isinstance(statement, ast.Assert) else statement
    place = range_of(node, lines)
    first, *rest = lines[place.first_line - 1 : place.last_line]
    if not rest:
        code = first[place.start.column : place.end.column]
    else:
        rest[-1] = rest[-1][: place.end.column]
        code = "\n".join([first[place.start.column :], textwrap.dedent("\n".join(rest))])
    return Claim(_sentence(found) or "", statement.lineno, code, len(found.tests))


def _sentence(found: _Found) -> str | None:
    match found.message:
        case ast.Constant(value=str(sentence)):
            return sentence
    return None


def _check_sentences(path: Path, found: list[_Found]) -> Iterator[Diagnostic]:
    lines: dict[str, int] = {}
    for claim in found:
        line, sentence = claim.statement.lineno, _sentence(claim)
        if claim.message is None:
            hint = f"Say in one sentence what it shows: {claim.form}."
            yield finding("CLAIM002", path, line, "A claim without a sentence.", hint)
        elif sentence is None:
            hint = "It is shown without running the snippet: write one literal string."
            yield finding("CLAIM003", path, line, "A claim's sentence is computed.", hint)
        elif not sentence.strip() or "\n" in sentence:
            hint = "Write one line that says what the claim shows."
            yield finding("CLAIM004", path, line, f"The sentence is {sentence[:40]!r}.", hint)
        elif not sentence.endswith(FULL_STOPS):
            hint = "End it with a full stop."
            yield finding("CLAIM005", path, line, f"{sentence!r} is no whole sentence.", hint)
        elif sentence in lines:
            hint = "Say what sets the two apart."
            message = f"{sentence!r} stands at line {lines[sentence]} already."
            yield finding("CLAIM006", path, line, message, hint)
        if sentence is not None:
            lines.setdefault(sentence, line)
    if not found:
        hint = 'Add assert test, "What it shows.", or nothing is confirmed.'
        yield finding("CLAIM015", path, 0, "The snippet makes no claim.", hint)


def _check_hidden(path: Path, found: list[_Found], text: str) -> Iterator[Diagnostic]:
    for claim in found:
        yield from check_hidden(path, claim.statement.lineno, _sentence(claim) or "", text)


def _place(node: ast.stmt) -> tuple[int, int]:
    return node.lineno, node.col_offset
