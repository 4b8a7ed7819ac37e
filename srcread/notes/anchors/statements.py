"""What a place takes from its syntax node: kind and names of a statement, parts of a definition.

Plain functions of one node each; the walk over blocks is `gather`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import zip_longest

from srcread.notes.anchors.names import imported, mentions, targets

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def reading(node: ast.stmt) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return a simple statement's kind, its names, and the names on its right side."""
    match node:
        case ast.Assign(targets=left, value=value):
            return "assign", targets(*left), mentions(value)
        case ast.AnnAssign(target=target, value=value) | ast.AugAssign(target=target, value=value):
            return "assign", targets(target), mentions(value)
        case ast.Expr(value=ast.Call() | ast.Await(value=ast.Call())):
            return "call", (), ()  # a call goes by its callee, not by all that it mentions
        case ast.Expr(value=ast.Yield(value=value) | ast.YieldFrom(value=value)):
            return "yield", mentions(value), ()
        case ast.Import() | ast.ImportFrom():
            return "import", imported(node), ()
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return type(node).__name__.lower(), tuple(names), ()
        case ast.Return() | ast.Raise() | ast.Pass() | ast.Break() | ast.Continue():
            return type(node).__name__.lower(), mentions(node), ()
        case ast.Delete():
            return "del", mentions(node), ()
        case ast.Assert(test=test):
            return "assert", mentions(test), ()
    if type(node).__name__ == "TypeAlias":  # Python 3.12: `type X = …`
        name, value = getattr(node, "name", None), getattr(node, "value", None)
        return "assign", mentions(name), mentions(value)
    return "expr", mentions(node), ()


def item_parts(item: ast.withitem) -> list[ast.expr]:
    """Return the expressions of one item of a `with`."""
    return [item.context_expr] + ([item.optional_vars] if item.optional_vars else [])


def interface(node: Definition) -> tuple[ast.AST, ...]:
    """Return what the header of a definition says besides its name and annotations."""
    return (*node.bases, *node.keywords) if isinstance(node, ast.ClassDef) else (node.args,)


def header_parts(node: Definition) -> list[ast.expr | ast.arg | ast.keyword]:
    """Return the nodes between a definition's name and its colon."""
    generic: list[ast.expr] = list(getattr(node, "type_params", []))  # Python 3.12
    if isinstance(node, ast.ClassDef):
        return [*generic, *node.bases, *node.keywords]
    pairs = [part for pair in parameters(node.args) for part in pair]
    return [part for part in (*generic, *pairs, node.returns) if part is not None]


def parameters(arguments: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Yield every parameter with its default, in the order of the text."""
    positional = [*arguments.posonlyargs, *arguments.args]
    # Defaults belong to the last parameters, so both are paired from the end.
    pairs = zip_longest(reversed(positional), reversed(arguments.defaults))
    yield from reversed([(parameter, default) for parameter, default in pairs if parameter])
    if arguments.vararg:
        yield arguments.vararg, None
    yield from zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    if arguments.kwarg:
        yield arguments.kwarg, None
