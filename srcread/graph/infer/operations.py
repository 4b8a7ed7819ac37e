"""Operators, loops, `with` and attribute access of a block: calls that are not written as calls.

Purely syntactic, as `index.scope` is for calls: what may run which method of which operand, in the
order of evaluation. Formatted strings are left out: what they call only makes messages. So are
lambdas, which are functions of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from srcread.index.bindings import Inner
from srcread.index.scope import Definition

_MAX_DEPTH = 100
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
_ITERATION = ("__iter__", "__getitem__")
_TRUTH = ("__bool__", "__len__")


@dataclass(frozen=True, slots=True)
class Chance:
    """An operand, and of its methods the first that its class has, with these arguments."""

    operand: ast.expr
    methods: tuple[str, ...]
    arguments: tuple[ast.expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """One implicit call: the first chance whose operand has a method; `role` sets apart several.

    `node` is where it stands, `condition` and `inside` are as in `bindings.Use`.
    """

    node: ast.expr | ast.stmt
    role: str
    chances: tuple[Chance, ...]
    condition: ast.expr | None
    inside: tuple[Inner, ...]


def operations_of(definition: Definition) -> list[Operation]:
    """Gather the implicit calls of a function's body."""
    gatherer = _Gatherer()
    gatherer.block(definition.body, None)
    return gatherer.found


class _Gatherer:
    """Walks a block with the innermost condition and the comprehensions around carried along."""

    def __init__(self) -> None:
        self.found: list[Operation] = []
        self.inside: tuple[Inner, ...] = ()
        self.depth = 0

    def add(
        self, node: ast.expr | ast.stmt, condition: ast.expr | None, role: str, *chances: Chance
    ) -> None:
        self.found.append(Operation(node, role, chances, condition, self.inside))

    def block(self, body: Iterable[ast.stmt], condition: ast.expr | None) -> None:
        for statement in body:
            self.visit(statement, condition)

    def visit(self, node: ast.AST | None, condition: ast.expr | None) -> None:
        if node is None or self.depth > _MAX_DEPTH:
            return
        self.depth += 1
        match node:
            case ast.Name() | ast.Constant() | ast.Lambda() | ast.JoinedStr():
                pass
            case ast.stmt():
                self.statement(node, condition)
            case _:
                self.expression(node, condition)
        self.depth -= 1

    def children(self, node: ast.AST, condition: ast.expr | None) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child, condition)

    def statement(self, node: ast.stmt, condition: ast.expr | None) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                for decorator in node.decorator_list:
                    self.visit(decorator, condition)
                    self.add(decorator, condition, "decorator", Chance(decorator, ()))
            case ast.If():
                self.branches(node, condition)
            case ast.While() | ast.Assert():
                self.truth(node.test, condition)
                self.children(node, condition)
            case ast.For() | ast.AsyncFor():
                self.iteration(node.iter, isinstance(node, ast.AsyncFor), condition)
                self.children(node, condition)
            case ast.With() | ast.AsyncWith():
                self.entering(node, condition)
            case ast.AnnAssign():
                self.visit(node.value, condition)
                self.visit(node.target, condition)
            case ast.Assign():
                self.assignment(node, condition)
            case ast.AugAssign():
                name = BINARY[type(node.op)]
                left = Chance(node.target, (f"__i{name}__", f"__{name}__"), (node.value,))
                right = Chance(node.value, (f"__r{name}__",), (node.target,))
                self.add(node, condition, "operator", left, right)
                self.visit(node.value, condition)
                self.visit(node.target, condition)
            case _:
                self.children(node, condition)

    def branches(self, node: ast.If, condition: ast.expr | None) -> None:
        """Gather an `if` and its `elif`s; in a loop, for they nest as deep as they are many."""
        while True:
            self.truth(node.test, condition)
            self.visit(node.test, condition)
            self.block(node.body, node.test)
            condition = node.test
            match node.orelse:
                case [ast.If() as following]:
                    node = following
                case _:
                    self.block(node.orelse, condition)
                    return

    def entering(self, node: ast.With | ast.AsyncWith, condition: ast.expr | None) -> None:
        prefix = "a" if isinstance(node, ast.AsyncWith) else ""
        for item in node.items:
            self.visit(item.context_expr, condition)
            for what in ("enter", "exit"):
                chance = Chance(item.context_expr, (f"__{prefix}{what}__",))
                self.add(item.context_expr, condition, what, chance)
            self.visit(item.optional_vars, condition)
        self.block(node.body, condition)

    def assignment(self, node: ast.Assign, condition: ast.expr | None) -> None:
        self.visit(node.value, condition)
        for target in node.targets:
            match target:
                case ast.Subscript():
                    chance = Chance(target.value, ("__setitem__",), (target.slice, node.value))
                    self.add(target, condition, "item", chance)
                    self.children(target, condition)
                case ast.Attribute():
                    chance = Chance(target.value, ("__setattr__",), (node.value,))
                    self.add(target, condition, "attribute", chance)
                    self.visit(target.value, condition)
                case _:
                    self.visit(target, condition)

    def iteration(self, node: ast.expr, is_async: bool, condition: ast.expr | None) -> None:
        methods = ("__aiter__",) if is_async else _ITERATION
        self.add(node, condition, "iteration", Chance(node, methods))

    def truth(self, node: ast.expr, condition: ast.expr | None) -> None:
        """Gather the test of a truth value; comparisons and calls of Python's own are plain."""
        if isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.BinOp):
            self.add(node, condition, "truth", Chance(node, _TRUTH))

    def expression(self, node: ast.AST, condition: ast.expr | None) -> None:
        match node:
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                self.comprehension(node, condition)
                return
            case ast.IfExp():
                self.truth(node.test, condition)
                self.visit(node.test, condition)
                self.visit(node.body, node.test)
                self.visit(node.orelse, node.test)
                return
            case ast.BoolOp():
                for value in node.values[:-1]:
                    self.truth(value, condition)
            case ast.Subscript():
                name = _ACCESS[type(node.ctx)]
                chance = Chance(node.value, (f"__{name}__",), (node.slice,))
                self.add(node, condition, "item", chance)
            case ast.Attribute(ctx=ast.Store() | ast.Del()):
                method = "__setattr__" if isinstance(node.ctx, ast.Store) else "__delattr__"
                self.add(node, condition, "attribute", Chance(node.value, (method,)))
            case ast.BinOp():
                name = BINARY[type(node.op)]
                left = Chance(node.left, (f"__{name}__",), (node.right,))
                right = Chance(node.right, (f"__r{name}__",), (node.left,))
                self.add(node, condition, "operator", left, right)
            case ast.UnaryOp():
                if isinstance(node.op, ast.Not):
                    self.truth(node.operand, condition)
                else:
                    chance = Chance(node.operand, (_UNARY[type(node.op)],))
                    self.add(node, condition, "operator", chance)
            case ast.Compare():
                for number, chances in enumerate(_comparisons(node)):
                    self.add(node, condition, f"comparison {number}", *chances)
        self.children(node, condition)

    def comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp,
        condition: ast.expr | None,
    ) -> None:
        first, *more = node.generators
        self.visit(first.iter, condition)
        self.iteration(first.iter, bool(first.is_async), condition)
        around, self.inside = self.inside, (*self.inside, node)
        parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for part in parts:
            self.visit(part, condition)
        for generator in node.generators:
            for test in generator.ifs:
                self.truth(test, condition)
                self.visit(test, condition)
        for generator in more:
            self.visit(generator.iter, condition)
            self.iteration(generator.iter, bool(generator.is_async), condition)
        self.inside = around


def _comparisons(node: ast.Compare) -> Iterator[tuple[Chance, ...]]:
    operands = [node.left, *node.comparators]
    for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
        if isinstance(operator, ast.In | ast.NotIn):
            yield (Chance(right, ("__contains__", *_ITERATION), (left,)),)
        elif (names := _COMPARISONS.get(type(operator))) is not None:
            yield Chance(left, (names[0],), (right,)), Chance(right, (names[1],), (left,))
