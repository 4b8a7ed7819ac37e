"""Straight runs of statements: which have surely run before an attribute is read.

Those of the same block and of the blocks around it, as far as no loop, `with` or `try` is left:
what stands before one of these may not be all that has run. Lambdas and comprehensions run at any
time, and the reads in them are not told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_INNER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

_TESTED = (
    *(ast.Name, ast.Constant, ast.expr_context, ast.BoolOp, ast.boolop),
    *(ast.UnaryOp, ast.Not, ast.Compare, ast.Is, ast.IsNot),
)
"""Of what a test is made that runs nothing but `__bool__`."""


@dataclass(frozen=True, slots=True)
class Place:
    """A statement of a block, and the one that the block is a branch of."""

    block: tuple[ast.stmt, ...]
    number: int
    around: Place | None

    def before(self) -> Iterator[ast.stmt]:
        """Yield the statements that have run before, nearest first."""
        place: Place | None = self
        while place is not None:
            yield from reversed(place.block[: place.number])
            place = place.around


@lru_cache(maxsize=256)
def attribute_reads(function: ast.AST) -> dict[int, tuple[ast.AST, Place]]:
    """Return the reads of attributes in the statements of a function, by the `id` of their node.

    Each with what is evaluated together with it, and the statement in which that stands.
    """
    found: dict[int, tuple[ast.AST, Place]] = {}
    waiting: list[tuple[list[ast.stmt], Place | None]] = [(getattr(function, "body", []), None)]
    while waiting:
        body, around = waiting.pop()
        block = tuple(body)
        for number, statement in enumerate(block):
            place = Place(block, number, around)
            for part in _evaluated(statement):
                found.update((id(inner), (part, place)) for inner in _attributes(part))
            waiting += _blocks(statement, place)
    return found


def _evaluated(node: ast.stmt) -> list[ast.AST]:
    """Return what is evaluated at a statement, before the blocks in it."""
    match node:
        case ast.If(test=part) | ast.For(iter=part):
            return [part]
        case ast.Expr(value=part) | ast.Assign(value=part):
            return [part]
        case ast.AnnAssign(value=ast.expr() as part) | ast.Return(value=ast.expr() as part):
            return [part]
    return []


def evaluated_before(part: ast.AST, read: ast.AST) -> Iterator[ast.AST]:
    """Yield the parts of an expression that run before one in it is read, in whatever order.

    The arguments of a call of what is read come behind it.
    """
    if part is read:
        return
    if all(inner is not read for inner in ast.walk(part)):
        yield part
        return
    for child in ast.iter_child_nodes(part):
        yield from evaluated_before(child, read)
        if isinstance(part, ast.Call) and any(inner is read for inner in ast.walk(child)):
            return


def _blocks(node: ast.stmt, place: Place) -> Iterator[tuple[list[ast.stmt], Place | None]]:
    match node:
        case ast.If(body=body, orelse=orelse):
            inside = place if all(isinstance(n, _TESTED) for n in ast.walk(node.test)) else None
            yield from ((block, inside) for block in (body, orelse))
        case ast.For() | ast.While() | ast.AsyncFor():
            yield from ((block, None) for block in (node.body, node.orelse))
        case ast.With(body=body):
            yield body, None


def _attributes(part: ast.AST) -> Iterator[ast.Attribute]:
    """Yield the attributes that are read, but for those in lambdas and comprehensions."""
    waiting = [part]
    while waiting:
        inner = waiting.pop()
        if not isinstance(inner, _INNER):
            if isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Load):
                yield inner
            waiting += ast.iter_child_nodes(inner)
