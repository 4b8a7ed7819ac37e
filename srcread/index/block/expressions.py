"""The expressions of a block: what they call, read, run implicitly, fill and test.

The part of the pass that meets most nodes. Lambdas are only listed: their insides are scopes of
their own. What writes objects into the message of an error is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from srcread.index.block import facts as tests
from srcread.index.block import operations
from srcread.index.block.bindings import (
    Binding,
    Chance,
    Filling,
    How,
    ImplicitCall,
    Inner,
    Scope,
    Use,
    path_of,
)
from srcread.index.block.flow import Flow
from srcread.index.block.targets import is_new

_MAX_DEPTH = 100
"""How deep expressions are followed: each level takes two calls of Python's 1,000."""
_ONE = {"append": 0, "appendleft": 0, "add": 0, "insert": 1}
_ALL = frozenset({"extend", "update"})
_KEYED = frozenset({"setdefault", "__setitem__"})
FILLING_WORDS = (
    "[",
    *(" +=", " |="),
    *(f".{name}(" for name in (*_ONE, *sorted(_ALL | _KEYED))),
)
"""One of them stands behind a container's path wherever something fills it."""

_FILLING = frozenset({*_ONE, *_ALL, *_KEYED})
_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp

_NONE = ast.Constant(value=None)
"""What a bare `yield` gives."""


class Expressions:
    """Walks expressions in the order of evaluation.

    What is around a node is carried along: `condition` is the test of the innermost branch,
    `facts` what the tests say, `flow` which bindings ran last, `inside` the comprehensions, `later`
    that nobody knows when an expression runs, `straight` that a statement stands in no branch,
    `silent` that implicit calls do not count, and `complaining` that an error is made.
    """

    def __init__(self, expressions: bool, replaces: bool, given: frozenset[str]) -> None:
        self.scope = Scope()
        self.expressions = expressions
        self.replaces = replaces
        self.condition: ast.expr | None = None
        self.facts: tests.Facts = {}
        self.flow = Flow(given)
        self.later = False
        self.inside: tuple[Inner, ...] = ()
        self.straight = True
        self.silent = not expressions
        self.complaining = False
        self.depth = 0

    def visit(self, node: ast.AST | None) -> None:
        """Gather what an expression calls, reads and binds, in the order of evaluation."""
        if node is None or not self.expressions:
            return
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            self.flat(node)
        else:
            _VISITS.get(type(node), Expressions.children)(self, node)
        self.depth -= 1

    def children(self, node: ast.AST) -> None:
        """Visit what lies directly in a node."""
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def flat(self, node: ast.AST) -> None:
        """Gather the calls of what nests too deeply, without the names that it binds."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call):
                self.scope.calls.append(Use(inner, self.condition, self.inside))
            elif isinstance(inner, ast.Lambda):
                self.scope.lambdas.append((inner, self.inside))

    def nothing(self, node: ast.AST) -> None:
        """Pass over what holds nothing to gather."""

    def name(self, node: ast.Name) -> None:
        """Note what tests say of a name that is read, and what it may be there."""
        if not self.later:
            self.flow.read(node)
        if self.facts and (found := self.facts.get(node.id)):
            self.scope.facts[id(node)] = tests.at(found, len(self.scope.calls))

    def attribute(self, node: ast.Attribute) -> None:
        """Gather a read or deleted attribute, and what tests say of it."""
        if self.facts and (found := self.facts.get(path_of(node))):
            self.scope.facts[id(node)] = tests.at(found, len(self.scope.calls))
        if isinstance(node.ctx, ast.Load):
            self.scope.reads.append(Use(node, self.condition, self.inside))
        else:
            self.implicit(node, "attribute", operations.of_attribute(node))
        self.visit(node.value)

    def call(self, node: ast.Call) -> None:
        """Gather a call, behind those of its arguments, and what it puts into a container."""
        self.visit(node.func)
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            self.visit(keyword.value)
        self.scope.calls.append(Use(node, self.condition, self.inside))
        match node:
            case ast.Call(func=ast.Attribute(value=container, attr=name)) if name in _FILLING:
                for filling in _fillings(name, node):
                    self.fill(container, filling)

    def subscript(self, node: ast.Subscript) -> None:
        """Gather a read or deleted item."""
        self.implicit(node, "item", operations.of_item(node))
        self.visit(node.value)
        self.visit(node.slice)

    def binary(self, node: ast.BinOp) -> None:
        """Gather an operator of two operands."""
        self.implicit(node, "operator", operations.of_binary(node))
        self.visit(node.left)
        self.visit(node.right)

    def unary(self, node: ast.UnaryOp) -> None:
        """Gather an operator of one operand; `not` tests it."""
        if isinstance(node.op, ast.Not):
            self.truth(node.operand)
        else:
            self.implicit(node, "operator", operations.of_unary(node))
        self.visit(node.operand)

    def comparison(self, node: ast.Compare) -> None:
        """Gather a chain of comparisons."""
        for role, chances in operations.of_comparison(node):
            self.implicit(node, role, chances)
        for operand in (node.left, *node.comparators):
            self.visit(operand)

    def boolean(self, node: ast.BoolOp) -> None:
        """Gather `and` and `or`: each operand is reached by how those before came out."""
        around = self.facts
        for value in node.values[:-1]:
            self.truth(value)
        for value in node.values:
            self.visit(value)
            self.facts = self.with_test(value, isinstance(node.op, ast.And))
        self.facts = around

    def choice(self, node: ast.IfExp) -> None:
        """Gather `a if test else b`."""
        facts, condition = self.facts, self.condition
        self.truth(node.test)
        self.visit(node.test)
        true, false = self.with_test(node.test, True), self.with_test(node.test, False)
        self.condition = node.test
        for part, self.facts in ((node.body, true), (node.orelse, false)):
            self.visit(part)
        self.facts, self.condition = facts, condition

    def walrus(self, node: ast.NamedExpr) -> None:
        """Gather `name := value`."""
        self.visit(node.value)
        self.bind(node.target.id, Binding(How.VALUE, node.value, inside=self.inside), sure=False)
        if self.inside:
            self.flow.lose(node.target.id)  # it may run again before what stands before it

    def given(self, node: ast.Yield | ast.YieldFrom) -> None:
        """Gather what a generator gives."""
        if isinstance(node, ast.YieldFrom):
            self.scope.delegates.append(node.value)
        else:
            self.scope.yields.append(node.value or _NONE)
        self.visit(node.value)

    def formatted(self, node: ast.FormattedValue) -> None:
        """Gather a part of a formatted string."""
        if not self.complaining:
            self.implicit(node.value, "format", operations.of_formatted(node))
        self.children(node)

    def awaited(self, node: ast.Await) -> None:
        """Gather `await value`."""
        self.implicit(node.value, "await", (Chance(node.value, ("__await__",)),))
        self.visit(node.value)

    def function(self, node: ast.Lambda) -> None:
        """List a lambda; its defaults are worked out here."""
        self.scope.lambdas.append((node, self.inside))
        silent, self.silent = self.silent, True
        self.defaults(node.args)
        self.silent = silent

    def defaults(self, arguments: ast.arguments) -> None:
        """Gather the defaults of parameters."""
        for default in (*arguments.defaults, *arguments.kw_defaults):
            self.visit(default)

    def comprehension(self, node: _Comprehension) -> None:
        """Gather a comprehension: its loops and tests, then what it gives."""
        facts, inside, later = self.facts, self.inside, self.later
        for number, generator in enumerate(node.generators):
            self.loop_over(generator.iter, bool(generator.is_async))
            if number == 0:  # it was gone through in the block around, where its names are
                self.inside = (*inside, node)
                self.later = later or isinstance(node, ast.GeneratorExp)
            for test in generator.ifs:
                self.truth(test)
                self.visit(test)
                self.facts = self.with_test(test, True)
        for part in [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]:
            self.visit(part)
        self.facts, self.inside, self.later = facts, inside, later

    def bind(self, name: str, binding: Binding, sure: bool = True) -> None:
        """Add a binding of a name, or replace those before it; `sure` if it always runs here."""
        self.flow.bind(name, binding, sure)
        bindings = self.scope.bindings.setdefault(name, [])
        if bindings and self.replaces and self.straight and is_new(name, binding):
            bindings[:] = [earlier for earlier in bindings if earlier.how is How.DECLARED]
            self.scope.replaced.add(name)
        bindings.append(binding)

    def fill(self, container: ast.expr, filling: Filling) -> None:
        """Note what is put into a container, or into one that stands under a key in it."""
        above: tuple[str | int | None, ...] = ()
        while isinstance(container, ast.Subscript):
            above = (key_of(container.slice), *above)
            container = container.value
        if above:
            filling = replace(filling, above=above)
        path = path_of(container)
        self.scope.fillings.setdefault(path, []).append(filling)
        if isinstance(container, ast.Name):
            self.flow.fill(path, filling)

    def with_test(self, test: ast.expr, holds: bool) -> tests.Facts:
        """Return the facts with those that a test adds where it came out one way."""
        if not self.expressions:
            return self.facts
        facts = self.facts
        for path, fact in tests.implied(test, holds):
            facts = tests.with_facts(facts, path, (fact,), len(self.scope.calls))
            if fact.classes is not None:
                self.scope.tested.setdefault(path, []).append(fact.classes)
        return facts

    def implicit(self, node: ast.expr | ast.stmt, role: str, chances: tuple[Chance, ...]) -> None:
        """Add a call that is not written as one."""
        if not self.silent:
            call = ImplicitCall(node, role, chances, self.condition, self.inside)
            self.scope.implicit_calls.append(call)

    def truth(self, node: ast.expr) -> None:
        """Gather the test of a truth value."""
        if chances := operations.of_truth(node):
            self.implicit(node, "truth", chances)

    def loop_over(self, node: ast.expr, is_async: bool) -> None:
        """Gather what a loop goes through."""
        self.visit(node)
        self.implicit(node, "iteration", operations.of_loop(node, is_async))


def key_of(node: ast.expr) -> str | int | None:
    """Return the constant that an item's key is, None for what is made when it runs."""
    match node:
        case ast.Constant(value=str() | int() as key) if not isinstance(key, bool):
            return key
    return None


def _fillings(method: str, node: ast.Call) -> Iterator[Filling]:
    """Yield what a method's call puts into its container."""
    match node.args:
        case [key, value] if method in _KEYED:
            yield Filling(value, key=key_of(key), at=key)
        case [*arguments] if method not in _KEYED and _ONE.get(method, 0) < len(arguments):
            yield Filling(arguments[_ONE.get(method, 0)], method in _ALL)
    for keyword in node.keywords if method == "update" else ():
        yield Filling(keyword.value, spread=keyword.arg is None, key=keyword.arg)


_VISITS: dict[type[ast.AST], Callable[[Expressions, Any], None]] = {
    ast.Name: Expressions.name,
    ast.Attribute: Expressions.attribute,
    ast.Call: Expressions.call,
    ast.Subscript: Expressions.subscript,
    ast.BinOp: Expressions.binary,
    ast.UnaryOp: Expressions.unary,
    ast.Compare: Expressions.comparison,
    ast.BoolOp: Expressions.boolean,
    ast.IfExp: Expressions.choice,
    ast.NamedExpr: Expressions.walrus,
    ast.Yield: Expressions.given,
    ast.YieldFrom: Expressions.given,
    ast.FormattedValue: Expressions.formatted,
    ast.Await: Expressions.awaited,
    ast.Lambda: Expressions.function,
    **dict.fromkeys(
        (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), Expressions.comprehension
    ),
    **dict.fromkeys((ast.Constant, ast.Load, ast.Store, ast.Del), Expressions.nothing),
}
"""By type, and not by `match`: half of all time goes by here."""
