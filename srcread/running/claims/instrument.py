"""Make the claims of a snippet report themselves: its asserts, rewritten by libcst.

`assert a == b and c, "Sentence."` becomes, on the one line that it had,

    assert ((lambda a, b: …)(a, b)) and ((lambda h: …)(True if (c) else False)), "Sentence."

where the lambdas report, as `site` documents, and give back what was tested. It stays an assert:
the message stays lazy, the interpreter raises the real AssertionError whatever a snippet did to
that name, and every line keeps its number. Operands stay where they were, outside the lambdas, so
that `await` and `yield` in them mean what they meant. `torch.testing.assert_close(a, b, msg="…")`
becomes `(lambda f, *g, **n: …)(torch.testing.assert_close, a, b, msg="…")`. Behind an import a call
on its line says that it has ended.

Which statements are claims is not asked here: `srcread.notes.claims` says it, and those that are
planned are rewritten where they stand. All else is left alone. Columns are not kept. libcst is
imported with the first claim: it takes 0.2 s.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from srcread.errors import SrcreadError
from srcread.model import Claim
from srcread.notes.claims import Stated, claims_in
from srcread.running.claims.site import PlannedSite, planned_sites

_STANDARD = sys.stdlib_module_names
_DEEPEST = 100  # libcst crashes on thousands of nested brackets; no snippet needs a hundred


@dataclass(frozen=True, slots=True)
class Instrumented:
    """A snippet whose claims report, by texts that begin with `mark`.

    `imported` has by the names that imports bind the modules, or `module:name` of one's names;
    `methods` are the attributes that are called.
    """

    text: str
    mark: str
    sites: tuple[PlannedSite, ...] = ()
    imported: Mapping[str, Sequence[str]] = field(default_factory=dict)
    methods: frozenset[str] = frozenset()


def instrument(path: str, text: str, claims: Sequence[Claim]) -> Instrumented:
    """Rewrite these claims of a snippet; a claim's id is its place in `claims`.

    Raises:
        SrcreadError: the snippet cannot be parsed, or a sentence is not said exactly once.
    """
    tree, mark = read_tree(path, text), _free_mark(text)
    if not claims:
        return Instrumented(text, mark)
    import libcst as cst

    from srcread.running.claims.rewriting import ClaimRewriter

    nodes = tuple(ast.walk(tree))
    statements = [node for node in nodes if isinstance(node, ast.Assert | ast.Expr)]
    found = claims_in(nodes, text)
    places = _places(path, claims, found, statements)
    imported: dict[str, list[str]] = {}
    for name, target in _imported(nodes):
        imported.setdefault(name, []).append(target)
    rewriter = ClaimRewriter(places, mark, [n for n in imported if not _is_standard(imported[n])])
    try:
        module = cst.parse_module(text).visit(rewriter)
    except cst.ParserSyntaxError as error:
        raise SrcreadError(f"{path}:{error.raw_line}: libcst cannot parse this.") from None
    counted = [rewriter.parts(number) for number in range(len(claims))]
    if rewriter.seen != len(statements) or counted != [claim.parts for claim in claims]:
        raise SrcreadError(f"{path}: libcst and Python see different claims. Write them simpler.")
    sites = planned_sites(module.code, mark, rewriter.sites, _called(found, claims))
    calls = (node.func for node in nodes if isinstance(node, ast.Call))
    methods = frozenset(called.attr for called in calls if isinstance(called, ast.Attribute))
    return Instrumented(module.code, mark, tuple(sites), imported, methods)


def _called(
    found: Sequence[Stated], claims: Sequence[Claim]
) -> Mapping[tuple[int, int], list[str]]:
    """Return the dotted names that each part of each planned claim calls, outermost first."""
    numbers = {claim: number for number, claim in enumerate(claims)}
    return {
        (numbers[stated.claim], part): [
            ast.unparse(node.func)
            for node in ast.walk(test)  # breadth first
            if isinstance(node, ast.Call) and _is_dotted(node.func)
        ]
        for stated in found
        if stated.claim in numbers
        for part, test in enumerate(stated.tests)
    }


def _is_standard(targets: Sequence[str]) -> bool:
    return all(target.partition(".")[0].partition(":")[0] in _STANDARD for target in targets)


def _is_dotted(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _imported(nodes: Sequence[ast.AST]) -> Iterator[tuple[str, str]]:
    """Yield what imports bind, with the module, or the module and the name in it."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (top, top)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for alias in names:
                    yield alias.asname or alias.name, f"{module}:{alias.name}"


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


def _free_mark(text: str) -> str:
    """Return a text that the snippet does not hold."""
    mark = "srcread:"
    while mark in text:
        mark += ":"
    return mark
