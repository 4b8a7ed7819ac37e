"""Make the claims of a snippet report themselves: its asserts, rewritten by libcst.

`assert a == b and c, "Sentence."` becomes

    assert (R.truth(0, 0, (R.see(0, 0, 0, a)) == (R.see(0, 0, 1, b)), "==")) and (R.truth(0, 1, c)),
    "Sentence."

on the one line that it had. R is the child's reporter: `see` remembers an operand and hands it
back, `truth` takes the truth once, reports it and hands it back. It stays an assert: the message
stays lazy, the interpreter raises the real AssertionError whatever a snippet did to that name, and
every line keeps its number. `torch.testing.assert_close(a, b, msg="Sentence.")` becomes
`R.passes(0, 0, torch.testing.assert_close, a, b, msg="Sentence.")`.

Which statements are claims is not asked here: `srcread.notes.claims` says it, and those that are
planned are rewritten where they stand. All else is left alone. Columns are not kept. libcst is
imported with the first claim: it takes 0.2 s.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from srcread.errors import SrcreadError
from srcread.model import Claim
from srcread.notes.claims import Stated, claims_in

_DEEPEST = 100  # libcst crashes on thousands of nested brackets; no snippet needs a hundred


@dataclass(frozen=True, slots=True)
class Instrumented:
    """A snippet whose claims report to `reporter`."""

    text: str
    reporter: str


def instrument(path: str, text: str, claims: Sequence[Claim]) -> Instrumented:
    """Rewrite these claims of a snippet; a claim's id is its place in `claims`.

    Raises:
        SrcreadError: the snippet cannot be parsed, or a sentence is not said exactly once.
    """
    tree, reporter = read_tree(path, text), _free_name(text)
    if not claims:
        return Instrumented(text, reporter)
    import libcst as cst

    from srcread.running.claims.rewriting import ClaimRewriter

    nodes = tuple(ast.walk(tree))
    statements = [node for node in nodes if isinstance(node, ast.Assert | ast.Expr)]
    places = _places(path, claims, claims_in(nodes, text), statements)
    rewriter = ClaimRewriter(places, reporter)
    try:
        module = cst.parse_module(text).visit(rewriter)
    except cst.ParserSyntaxError as error:
        raise SrcreadError(f"{path}:{error.raw_line}: libcst cannot parse this.") from None
    counted = [rewriter.parts.get(number) for number in range(len(claims))]
    if rewriter.seen != len(statements) or counted != [claim.parts for claim in claims]:
        raise SrcreadError(f"{path}: libcst and Python see different claims. Write them simpler.")
    return Instrumented(module.code, reporter)


def _places(
    path: str,
    claims: Sequence[Claim],
    found: Sequence[Stated],
    statements: Sequence[ast.Assert | ast.Expr],
) -> dict[int, int]:
    """Return the number of each claim by the place of its statement among those of the text."""
    ordered = sorted(statements, key=lambda one: (one.lineno, one.col_offset))
    order = {id(statement): place for place, statement in enumerate(ordered)}
    said = Counter(stated.sentence for stated in found)
    known = {(one.claim.line, one.claim.column): one for one in found}
    places = {}
    for number, claim in enumerate(claims):
        count = said[claim.sentence] if claim.sentence else 0
        if count != 1:
            raise SrcreadError(
                f"{path}: {count} asserts say {claim.sentence!r}, where one must. "
                "Run `srcread check`."
            )
        stated = known.get((claim.line, claim.column))
        if stated is None or stated.sentence != claim.sentence:
            what = f"{claim.sentence!r} is not said at column {claim.column}"
            raise SrcreadError(f"{path}:{claim.line}: {what}. Run `srcread check`.")
        places[order[id(stated.statement)]] = number
    return places


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
