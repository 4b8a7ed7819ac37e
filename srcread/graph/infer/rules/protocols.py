"""What `with`, `await` and `yield from` give."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    FunctionValue,
    Instance,
    Sequence,
    Values,
    known,
    unknown,
)

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator


def entered(evaluator: Evaluator, values: Values) -> Values:
    """Return what `with value as name` gives: `__enter__`'s result, a generator's element."""
    found = NOTHING
    for value in values:
        match value:
            case Instance():
                for name in ("__enter__", "__aenter__"):
                    for method in known(evaluator.attributes.get(value, name)):
                        if isinstance(method, FunctionValue):
                            found |= known(evaluator.calls.result(method, [], {}))
            case Sequence(items):
                found |= items
    return found or unknown("what the `with` block is entered with is not known")


def awaited(evaluator: Evaluator, values: Values) -> Values:
    """Return what `await` gives: what `__await__` returns, else a coroutine's result."""
    found = NOTHING
    for value in values:
        methods = []
        if isinstance(value, Instance):
            methods = evaluator.attributes.special(value, "__await__")
        for method in methods:
            frame = evaluator.frame(evaluator.calls.bind(method, [], {}))
            for node in frame.scope.returns:
                found |= known(evaluator.evaluate(frame, node))
        found |= NOTHING if methods else {value}
    return found or unknown("what is awaited in the end is not known")


def given_back(evaluator: Evaluator, frame: Frame, node: ast.expr) -> Values:
    """Return what a generator returns in the end, which `yield from` gives."""
    found = NOTHING
    if isinstance(node, ast.Call):
        for callee in known(evaluator.evaluate(frame, node.func)):
            if isinstance(callee, FunctionValue):
                inner = evaluator.frame(evaluator.calls.context(callee, frame, node))
                for returned in inner.scope.returns:
                    found |= known(evaluator.evaluate(inner, returned))
    return found or unknown("what the generator returns in the end is not known")
