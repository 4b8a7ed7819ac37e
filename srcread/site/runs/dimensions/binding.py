"""Which names statements bind, and which functions may name dimensions: questions about syntax.

A function is followed once for each activation that differs; what syntax says is kept by the node.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from srcread.site.runs.dimensions.values import dotted

Function = ast.FunctionDef | ast.AsyncFunctionDef

_KEPT = 8192  # statements whose answers are kept

_SETS_SHAPE = frozenset({
    "resize_", "resize_as_", "unsqueeze_", "squeeze_", "transpose_", "swapaxes_", "t_", "set_",
})  # fmt: skip
_NAMING = frozenset({
    "shape", "size", "view", "reshape", "expand", "flatten", "unflatten", "permute", "transpose",
})  # fmt: skip


def tells_dimensions(node: Function) -> bool:
    """Tell whether a function may name dimensions at all."""
    return any(isinstance(one, ast.Attribute) and one.attr in _NAMING for one in ast.walk(node))


@lru_cache(maxsize=_KEPT)
def shared_by(node: Function) -> frozenset[str]:
    """Return the names in a function that are another scope's: of `global` and `nonlocal`."""
    found = (one for one in ast.walk(node) if isinstance(one, ast.Nonlocal | ast.Global))
    return frozenset(name for one in found for name in one.names)


@lru_cache(maxsize=_KEPT)
def sets_shape(node: ast.AST) -> bool:
    """Tell whether a statement has a method that gives its own tensor another shape."""
    found = (one for one in ast.walk(node) if isinstance(one, ast.Attribute))
    return any(one.attr in _SETS_SHAPE for one in found)


def stored_in(targets: Iterable[ast.expr | None]) -> list[str]:
    """Return the names that targets set."""
    return [name for target in targets if target is not None for name in stored(target)]


@lru_cache(maxsize=_KEPT)
def stored(node: ast.AST) -> tuple[str, ...]:
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
    return tuple(name for name in dict.fromkeys(found) if name)


@lru_cache(maxsize=_KEPT)
def walrus(node: ast.AST) -> tuple[str, ...]:
    """Return the names that are set inside of expressions; of a function or class none."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return ()
    found = (one.target for one in ast.walk(node) if isinstance(one, ast.NamedExpr))
    return tuple(target.id for target in found)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all that is in it, but not the insides of functions and classes."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        inside = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
        if one is node or not isinstance(one, inside):
            waiting += ast.iter_child_nodes(one)
