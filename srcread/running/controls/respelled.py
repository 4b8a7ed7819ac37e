"""The change that is none: an anchored statement spelt otherwise, which does the same.

A claim that turns false by it looks at how the source is written, as by its code's positions or its
text, or at whether it runs changed, and not at what it does. Such a claim notices every change, and
so none: `srcread.evidence.grading` leaves it out. For example, `return x + y` becomes
`return (x + y)`, and of a file whose text is read, a comment is added behind.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Any

from srcread.running.controls.operators import Edit
from srcread.running.targets.targets import Start, Target, start_of

OPERATOR = "respelled"


def respelling(
    target: Target, places: Collection[Start], text: Any, *, as_text: bool
) -> tuple[int, int, Edit] | None:
    """Return the edit, with its anchor and that anchor's first line; None where there is no place.

    `places` are the statements that may be edited, `text` gives the text of a node.
    """
    for part in target.parts:
        for anchor, range_ in part.ranges:
            for item in part.statements:
                inside = range_.start.line <= item.lineno <= range_.end.line
                edit = _edit(item, text, as_text) if start_of(item) in places and inside else None
                if edit is not None:
                    return anchor, range_.start.line, edit
    return None


def _edit(item: ast.stmt, text: Any, as_text: bool) -> Edit | None:
    node = _expression(item)
    if node is None or node.end_lineno is None or node.end_col_offset is None:
        return None
    start, end = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    if not as_text:
        return Edit(OPERATOR, start, end, f"({text.of(node)})")
    return Edit(OPERATOR, end, end, "  # the same") if text.ends_line(end) else None


def _expression(item: ast.stmt) -> ast.expr | None:
    """Return an expression of a statement that may stand in brackets."""
    match item:
        case ast.Expr(value=ast.Constant()):
            return None
        case ast.Assign(value=node) | ast.AugAssign(value=node) | ast.Expr(value=node):
            return node
        case ast.Return(value=ast.expr() as node) | ast.AnnAssign(value=ast.expr() as node):
            return node
        case ast.If(test=node) | ast.While(test=node) | ast.Assert(test=node):
            return node
        case ast.For(iter=node) | ast.Raise(exc=ast.expr() as node):
            return node
    return None
