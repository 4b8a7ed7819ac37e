"""Make the claims of a snippet report themselves: its asserts, rewritten by libcst.

`assert a == b and c, "Sentence."` becomes

    assert (R.truth(0, 0, (R.see(0, 0, 0, a)) == (R.see(0, 0, 1, b)), "==")) and (R.truth(0, 1, c)),
    "Sentence."

on the one line that it had. R is the child's reporter: `see` remembers an operand and hands it
back, `truth` takes the truth once, reports it and hands it back. It stays an assert: the message
stays lazy, the interpreter raises the real AssertionError whatever a snippet did to that name, and
every line keeps its number. `torch.testing.assert_close(a, b, msg="Sentence.")` becomes
`R.passes(0, 0, torch.testing.assert_close, a, b, msg="Sentence.")`.

Asserts that are no planned claim (`assert False` as a guard) are left alone. Columns are not kept.
libcst is imported on the first call: it takes 0.2 s.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from srcread.errors import SrcreadError

_DEEPEST = 100  # libcst crashes on thousands of nested brackets; no snippet needs a hundred


@dataclass(frozen=True, slots=True)
class Instrumented:
    """A snippet whose claims report to `reporter`; `parts` counts those of each claim, in order."""

    text: str
    reporter: str
    parts: tuple[int, ...]


def instrument(path: str, text: str, sentences: Sequence[str]) -> Instrumented:
    """Rewrite the claims that `sentences` name; a claim's id is its place in `sentences`.

    Raises:
        SrcreadError: the snippet cannot be parsed, or a sentence is not said exactly once.
    """
    read_tree(path, text)
    import libcst as cst

    from srcread.running.claims.rewriting import ClaimRewriter

    reporter = _free_name(text)
    rewriter = ClaimRewriter(sentences, reporter)
    try:
        module = cst.parse_module(text).visit(rewriter)
    except cst.ParserSyntaxError as error:
        raise SrcreadError(f"{path}:{error.raw_line}: libcst cannot parse this.") from None
    for sentence, found in zip(sentences, rewriter.found, strict=True):
        if found != 1:
            raise SrcreadError(
                f"{path}: {found} asserts say {sentence!r}, where one must. Run `srcread check`."
            )
    return Instrumented(module.code, reporter, tuple(rewriter.parts))


def read_tree(path: str, text: str) -> ast.Module:
    """Parse a snippet by `ast`, and refuse what libcst would crash or hang on.

    Raises:
        SrcreadError: it cannot be parsed, or is nested too deeply.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is the notes' finding, not ours
            tree = ast.parse(text)
    except SyntaxError as error:
        raise SrcreadError(f"{path}:{error.lineno or 0}: {error.msg}. Mend the snippet.") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SrcreadError(f"{path}: cannot be parsed: {error}. Mend the snippet.") from None
    depth = _depth(tree)
    if depth > _DEEPEST:
        raise SrcreadError(f"{path}: nested {depth} deep, where {_DEEPEST} is the limit.")
    return tree


def _depth(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return depth


def _free_name(text: str) -> str:
    """Return a name that the snippet does not use; one underscore, for two are mangled."""
    name = "_srcread_claims"
    while name in text:
        name += "_"
    return name
