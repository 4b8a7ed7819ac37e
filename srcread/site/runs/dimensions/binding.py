"""Which names statements bind, and which functions may name dimensions: questions about syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from srcread.site.runs.dimensions.values import dotted

Function = ast.FunctionDef | ast.AsyncFunctionDef

_SETS_SHAPE = frozenset({
    "resize_", "resize_as_", "unsqueeze_", "squeeze_", "transpose_", "swapaxes_", "t_", "set_",
})  # fmt: skip
_NAMING = frozenset({
    "shape", "size", "view", "reshape", "expand", "flatten", "unflatten", "permute", "transpose",
})  # fmt: skip


def tells_dimensions(node: Function) -> bool:
    """Tell whether a function may name dimensions at all."""
    return any(isinstance(one, ast.Attribute) and one.attr in _NAMING for one in ast.walk(node))


def sets_shape(node: ast.AST) -> bool:
    """Tell whether a node is a method that gives its own tensor another shape."""
    return isinstance(node, ast.Attribute) and node.attr in _SETS_SHAPE


def stored_in(targets: Iterable[ast.expr | None]) -> list[str]:
    """Return the names that targets set."""
    return [name for target in targets if target is not None for name in stored(target)]


def stored(node: ast.AST) -> list[str]:
    """Return all names and attributes that a statement sets or deletes, in whatever is inside."""
    found = []
    for one in _own(node):
        match one:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.append(name)
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                found.append(dotted(one))
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                found.append(name)
            case ast.alias(name=name, asname=other):
                found.append(other or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.append(name)
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                found.append(name)
    return [name for name in dict.fromkeys(found) if name]


def walrus(node: ast.AST) -> list[str]:
    """Return the names that are set inside of expressions."""
    return [
        one.target.id
        for one in ast.walk(node)
        if isinstance(one, ast.NamedExpr) and not isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all that is in it, but not the insides of functions and classes."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        inside = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        if one is node or not isinstance(one, inside):
            waiting += ast.iter_child_nodes(one)
