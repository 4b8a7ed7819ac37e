"""The calls of a function by syntax alone: what the graph's edges are held against."""

from __future__ import annotations

import ast
from collections.abc import Mapping


def functions_of(tree: ast.Module) -> Mapping[int, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return the functions by the lines at which their `def` stands, one at each."""
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    found = {node.lineno: node for node in functions}
    assert len(found) == len(functions)
    return found


def calls_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.Call]:
    """Return the calls of a function, without those of the functions and lambdas inside it.

    A local variable's annotation is never evaluated, so a call in one is none.
    """
    calls: list[ast.Call] = []
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call):
            calls.append(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            waiting.extend(node.decorator_list)
        elif isinstance(node, ast.Lambda):
            waiting.extend(node.args.defaults)
        elif isinstance(node, ast.AnnAssign):
            waiting.extend([] if node.value is None else [node.value])
        else:
            waiting.extend(ast.iter_child_nodes(node))
    return calls
