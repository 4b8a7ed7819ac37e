"""Probes in the code of a function: which statements ran, and what each activation gave.

A probe is a constant of the code and no name: the tree holds a text in its place, and the compiled
code is given the object itself. So nothing appears among a function's names, locals or globals,
and a snippet that sets a trace function or a profiler keeps it. Not `sys.settrace`, which a snippet
may use itself and which slows down every call; not `sys.monitoring`, which needs Python 3.12.

A statement's probe is a store into a `bytearray`: no call, no frame. An activation's probes are
calls at its begin, at each `return` and `yield`, and where it raises. Left out: what `yield from`
passes on, and the values of asynchronous generators.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any, Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]  # noqa: UP007 - Python 3.9

RAN = "srcread: the statements that ran"
_BEGUN = "srcread: an activation begins"
_RETURNED = "srcread: an activation returns"
_RAISED = "srcread: an activation raises"
_YIELDED = "srcread: an activation yields"


class Ran(bytearray):
    """The statements that ran: a constant of codes, and a framework may hash those."""

    __hash__ = object.__hash__  # type: ignore[assignment]


def mark_statements(node: ast.AST, places: Sequence[tuple[int, int]]) -> None:
    """Put a probe before each statement that stands at one of these places (line, column)."""
    _Marker({place: number for number, place in enumerate(places)}).visit(node)


def mark_activations(node: Function) -> bool:
    """Put probes at the begin and the ends of a function; tell whether they see all it gives."""
    inner = [item for part in node.body for item in _own(part)]
    yields = [item for item in inner if isinstance(item, ast.Yield)]
    if yields and isinstance(node, ast.AsyncFunctionDef):
        return False
    for item in inner:
        if isinstance(item, ast.Return):
            item.value = _call(_RETURNED, item, item.value or ast.Constant(None))
    for item in yields:
        item.value = _call(_YIELDED, item, item.value or ast.Constant(None))
    head = 1 if ast.get_docstring(node, clean=False) is not None else 0
    first = node.body[head] if node.body[head:] else node.body[0]
    given = ast.Tuple([ast.Name(name, ast.Load()) for name in _parameters(node.args)], ast.Load())
    raised = ast.Expr(_call(_RAISED, first, ast.Constant(None)))
    handler = ast.ExceptHandler(None, None, [raised, ast.Raise()])
    last = ast.Return(_call(_RETURNED, first, ast.Constant(None)))
    body = [*node.body[head:], ast.copy_location(last, node.body[-1])]
    guarded = ast.copy_location(ast.Try(body, [handler], [], []), first)
    begun = ast.copy_location(ast.Expr(_call(_BEGUN, first, given)), first)
    node.body = [*node.body[:head], begun, guarded]
    return not any(isinstance(item, ast.YieldFrom) for item in inner)


def probes(ran: bytearray, activation: Sequence[Any]) -> dict[str, object]:
    """Return, by the texts that stand for them, a compiled function's probes.

    `activation` are those that are called when it has begun, returns, raises and yields.
    """
    texts = RAN, _BEGUN, _RETURNED, _RAISED, _YIELDED
    return dict(zip(texts, (ran, *activation)))  # noqa: B905 - Python 3.9


class _Marker(ast.NodeTransformer):
    """Puts a probe before each wanted statement, those of nested functions included."""

    def __init__(self, numbers: Mapping[tuple[int, int], int]) -> None:
        self.numbers = numbers

    def visit(self, node: ast.AST) -> Any:
        self.generic_visit(node)
        number = None
        if isinstance(node, ast.stmt):
            number = self.numbers.get((node.lineno, node.col_offset))
        if number is None:
            return node
        target = ast.Subscript(ast.Constant(RAN), ast.Constant(number), ast.Store())
        probe = ast.copy_location(ast.Assign([target], ast.Constant(1)), node)
        return [probe, node]


def _own(node: ast.AST) -> list[ast.AST]:
    """Return the nodes below one that belong to the same function."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
        return []
    below = [item for child in ast.iter_child_nodes(node) for item in _own(child)]
    return [node, *below]


def _parameters(arguments: ast.arguments) -> list[str]:
    listed = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
    return [one.arg for one in (*listed, *starred)]


def _call(name: str, place: ast.AST, value: ast.expr) -> ast.expr:
    call = ast.Call(ast.Constant(name), [value], [])
    return ast.copy_location(call, place)
