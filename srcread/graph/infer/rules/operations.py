"""Operations: what `a + b` and `a < b` give.

A class's own method in Python answers first: the left operand's, then the right one's. Texts are
joined, tables united, and where one operand is a tensor for certain the result is one. What is left
is told by the operands: of numbers, lists and texts the result is of their kind.

For example, of `scale * x` with `scale` an object whose class has `__mul__`: `operated` answers
what that returns. With `scale` a number and `x` a tensor it answers nothing, and `of_array` answers
a tensor.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.offers import offers
from srcread.graph.infer.rules.tables import united
from srcread.graph.infer.rules.texts import joined
from srcread.graph.infer.values import (
    NOTHING,
    Constant,
    ExternalInstance,
    Instance,
    Values,
    known,
)
from srcread.index.block.operations import BINARY

_TEXT: Values = frozenset({ExternalInstance("builtins.str")})


def operated(ask: Interpreter, frame: Frame, node: ast.BinOp) -> Values:
    """Return what an operator's method in Python gives, or makes of tables and texts."""
    left, right = ask.evaluate(frame, node.left), ask.evaluate(frame, node.right)
    if isinstance(node.op, ast.BitOr) and (tables := united(left, right)):
        return tables
    if _is_text(left):
        if isinstance(node.op, ast.Mod):
            return _TEXT
        if isinstance(node.op, ast.Add):  # a text with what is not known is some text
            return joined([left, right]) or _TEXT
    name = BINARY[type(node.op)]
    return _by_method(ask, left, right, f"__{name}__") or _by_method(
        ask, right, left, f"__r{name}__"
    )


def _by_method(ask: Interpreter, operand: Values, other: Values, method: str) -> Values:
    found = NOTHING
    for value in known(operand):
        if isinstance(value, Instance) and not ask.plain.is_leaf(value.cls):
            for function in ask.attributes.special(value, method):
                found |= ask.calls.result(function, [other], {})
    return found


def of_array(ask: Interpreter, frame: Frame, operands: list[ast.expr]) -> Values:
    """Return what an operator gives of which one operand is a tensor for certain: a tensor."""
    for operand in operands:
        values = ask.evaluate(frame, operand)
        if values and ask.plain.arrays(values) == values:
            return values
    return NOTHING


def compared(ask: Interpreter, frame: Frame, node: ast.Compare) -> Values:
    """Return what a comparison gives: of tensors a tensor; `is`, `in` and others give a bool."""
    if not any(
        isinstance(operator, ast.Is | ast.IsNot | ast.In | ast.NotIn) for operator in node.ops
    ):
        for operand in (node.left, *node.comparators):
            values = ask.evaluate(frame, operand)
            if arrays := ask.plain.arrays(values) or offers(values):
                return arrays
    return frozenset({ExternalInstance("builtins.bool")})


def _is_text(values: Values) -> bool:
    return any(isinstance(value, Constant) and value.value is not None for value in values)
