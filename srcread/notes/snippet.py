"""A snippet and its claims, read from its syntax: the snippet is never run here.

What a claim is, `srcread.notes.claims` says; which claims hold is for a run to say; that a claim
could be false at all is looked at in `srcread.notes.snippet_rules`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from srcread.model import Diagnostic, Snippet
from srcread.notes.claims import Stated, claims_in
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
    found = claims_in(nodes, text)
    claims = tuple(one.claim for one in found)
    snippet = Snippet(path, text, claims, tuple(_grids(nodes)))
    return snippet, (
        *findings,
        *check_imports(path, nodes, packages),
        *check_seed(path, nodes),
        *check_guards(path, nodes),
        *check_controls(path, nodes, {claim.sentence for claim in snippet.claims}),
        *(one for stated in found for test in stated.tests for one in check_test(path, test)),
        *_check_sentences(path, found),
        *_check_hidden(path, found, text),
    )


def _grids(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Yield the titles that are given to `show_grid` of the lab, as far as they are literal."""
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Name("show_grid") | ast.Attribute(attr="show_grid"),
                args=[ast.Constant(value=str(title)), *_],
            ):
                yield title


def _check_sentences(path: Path, found: Sequence[Stated]) -> Iterator[Diagnostic]:
    lines: dict[str, int] = {}
    for one in found:
        line, sentence = one.claim.line, one.sentence
        if one.message is None:
            hint = f"Say in one sentence what it shows: {one.form}."
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


def _check_hidden(path: Path, found: Sequence[Stated], text: str) -> Iterator[Diagnostic]:
    for one in found:
        yield from check_hidden(path, one.claim.line, one.claim.sentence, text)
