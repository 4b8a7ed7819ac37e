"""What one operator, loop, `with`, truth test or stored attribute may run: calls nobody wrote.

Purely syntactic: which methods of which operand come into question. Each function looks at one node
and not below it; `scope` walks.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcread.index.block.bindings import Chance

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
}
_COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Eq: ("__eq__", "__eq__"),
    ast.NotEq: ("__ne__", "__ne__"),
    ast.Lt: ("__lt__", "__gt__"),
    ast.LtE: ("__le__", "__ge__"),
    ast.Gt: ("__gt__", "__lt__"),
    ast.GtE: ("__ge__", "__le__"),
}
_UNARY: dict[type[ast.unaryop], str] = {
    ast.USub: "__neg__",
    ast.UAdd: "__pos__",
    ast.Invert: "__invert__",
}
_ACCESS = {ast.Load: "getitem", ast.Store: "setitem", ast.Del: "delitem"}
_TEXT = ("__str__", "__repr__")
_WRITTEN = {"s": _TEXT, "r": ("__repr__",), "a": ("__repr__",)}
_ITERATION = ("__iter__", "__getitem__")
_TRUTH = ("__bool__", "__len__")
_TESTED = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.BinOp)
"""What may be false by a method; comparisons and constants are plain."""


def of_binary(node: ast.BinOp) -> tuple[Chance, ...]:
    """`left + right`: the left operand's method, else the right one's."""
    name = BINARY[type(node.op)]
    left = Chance(node.left, (f"__{name}__",), (node.right,))
    return left, Chance(node.right, (f"__r{name}__",), (node.left,))


def of_update(node: ast.AugAssign) -> tuple[Chance, ...]:
    """`target += value`."""
    name = BINARY[type(node.op)]
    left = Chance(node.target, (f"__i{name}__", f"__{name}__"), (node.value,))
    return left, Chance(node.value, (f"__r{name}__",), (node.target,))


def of_unary(node: ast.UnaryOp) -> tuple[Chance, ...]:
    """`-operand`; `not` is a truth test."""
    return (Chance(node.operand, (_UNARY[type(node.op)],)),)


def of_comparison(node: ast.Compare) -> Iterator[tuple[str, tuple[Chance, ...]]]:
    """Yield the role and the chances of each comparison of a chain; `is` runs nothing."""
    operands = [node.left, *node.comparators]
    triples = zip(operands, node.ops, operands[1:], strict=False)
    for number, (left, operator, right) in enumerate(triples):
        role = f"comparison {number}"
        if isinstance(operator, ast.In | ast.NotIn):
            yield role, (Chance(right, ("__contains__", *_ITERATION), (left,)),)
        elif (names := _COMPARISONS.get(type(operator))) is not None:
            yield role, (Chance(left, (names[0],), (right,)), Chance(right, (names[1],), (left,)))


def of_item(node: ast.Subscript, given: tuple[ast.expr, ...] = ()) -> tuple[Chance, ...]:
    """`value[slice]`, read, deleted, or stored with what is `given`."""
    return (Chance(node.value, (f"__{_ACCESS[type(node.ctx)]}__",), (node.slice, *given)),)


def of_attribute(node: ast.Attribute, given: tuple[ast.expr, ...] = ()) -> tuple[Chance, ...]:
    """`value.name`, deleted, or stored with what is `given`."""
    method = "__delattr__" if isinstance(node.ctx, ast.Del) else "__setattr__"
    return (Chance(node.value, (method,), given),)


def of_formatted(node: ast.FormattedValue) -> tuple[Chance, ...]:
    """`{value}`, `{value!s}`, `{value!r}` in a formatted string."""
    methods = _WRITTEN.get(chr(max(node.conversion, 0)), ("__format__", *_TEXT))
    return (Chance(node.value, methods),)


def of_loop(node: ast.expr, is_async: bool) -> tuple[Chance, ...]:
    """`for … in node`."""
    return (Chance(node, ("__aiter__",) if is_async else _ITERATION),)


def of_entering(node: ast.expr, is_async: bool) -> Iterator[tuple[str, tuple[Chance, ...]]]:
    """Yield what a `with` block runs at its begin and its end."""
    for what in ("enter", "exit"):
        yield what, (Chance(node, (f"__{'a' if is_async else ''}{what}__",)),)


def of_truth(node: ast.expr) -> tuple[Chance, ...]:
    """`if node`: empty where a truth value runs nothing."""
    return (Chance(node, _TRUTH),) if isinstance(node, _TESTED) else ()
