"""What a block of code binds, calls, runs implicitly, fills and tests, in one pass.

Purely syntactic: a name that is assigned in five places has five bindings. Which of them reach a
read in a function is told by `flow`, what tests say of it by `facts`; in a module or a class, which
others read when it is complete, a plain second binding replaces the first. Nested functions,
classes and lambdas are gathered only when somebody asks for their own scope. Here are the
statements; what they hold is the affair of `expressions`.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from srcread.index.block import facts as tests
from srcread.index.block import operations
from srcread.index.block.bindings import (
    Binding,
    Chance,
    Filling,
    How,
    Scope,
    Setting,
    path_of,
)
from srcread.index.block.expressions import Expressions, key_of
from srcread.index.block.flow import Changes
from srcread.index.block.targets import captures, is_globals_item, targets

Body = Sequence[ast.stmt]
_TYPE_ALIAS: Any = getattr(ast, "TypeAlias", ())  # not there before Python 3.12
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def scope_of(
    body: Body,
    *,
    expressions: bool = True,
    replaces: bool = False,
    given: frozenset[str] = frozenset(),
) -> Scope:
    """Gather a block's scope.

    Without `expressions` only what statements bind is gathered: a module's names are asked for far
    more often than its calls. With `replaces` a later plain binding replaces the earlier ones;
    without, reads know which bindings reach them, of parameters (`given`) too.
    """
    gatherer = _Block(expressions, replaces, given)
    for statement in body:
        gatherer.straight = True
        gatherer.statement(statement)
    scope = gatherer.scope
    if expressions and not replaces:
        scope.reaching = gatherer.flow.reaching(scope)
    return scope


class _Block(Expressions):
    """Walks statements; each tells whether it always leaves the block."""

    def block(self, body: Body) -> bool:
        self.straight = False
        leaves = False
        for statement in body:
            if self.statement(statement) and not leaves:
                leaves, self.facts = True, {}
        return leaves

    def branch(self, body: Body, facts: tests.Facts) -> tuple[tests.Facts, bool]:
        """Gather a block under some facts; return those behind it, and whether it leaves."""
        self.facts = facts
        leaves = self.block(body)
        return self.facts, leaves

    def way(self, body: Body, changes: Changes) -> list[Changes]:
        """Gather a block that begins with some changes; return those it ends with, if it does."""
        self.flow.begin(changes)
        leaves = self.block(body)
        ended = self.flow.end()
        return [] if leaves else [ended]

    def statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr():
                self.visit(node.value)
            case ast.Assign():
                self.assignment(node)
            case ast.Return():
                self.visit(node.value)
                if node.value is not None:
                    self.scope.returns.append(node.value)
                return True
            case ast.If():
                return self.branches(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.definition(node)
            case ast.AnnAssign() | ast.AugAssign():
                self.other_assignment(node)
            case ast.Import() | ast.ImportFrom():
                self.imports(node)
            case ast.Global() | ast.Nonlocal():
                self.scope.outer.update(node.names)
            case ast.Assert():
                self.assertion(node)
            case ast.Raise():
                return self.raising(node)
            case ast.Break() | ast.Continue():
                return True
            case _:
                return self.compound(node)
        return False

    def compound(self, node: ast.stmt) -> bool:
        match node:
            case ast.For() | ast.AsyncFor() | ast.While():
                self.loop(node)
            case ast.With() | ast.AsyncWith():
                return self.with_statement(node)
            case ast.Try() | ast.TryStar():
                self.try_statement(node)
            case ast.Match():
                self.match_statement(node)
            case _ if isinstance(node, _TYPE_ALIAS):
                name, value = node.name, node.value  # `type name = value`, PEP 695
                self.bind(name.id, Binding(How.VALUE, value))
            case _:
                self.children(node)
                self.facts = tests.without(self.facts, [node])
        return False

    def assignment(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.assign(target, How.VALUE, node.value, (node.value,))
        match node.targets:
            case [ast.Subscript(value=container, slice=key)] if self.expressions:
                self.fill(container, Filling(node.value, key=key_of(key), at=key))
        self.facts = tests.without(self.facts, node.targets)

    def other_assignment(self, node: ast.AnnAssign | ast.AugAssign) -> None:
        if isinstance(node, ast.AugAssign):
            self.implicit(node, "operator", operations.of_update(node))
            self.visit(node.value)
            if isinstance(node.target, ast.Name):
                self.flow.read(node.target)
            self.assign(node.target, How.UPDATED, node.value)
            if self.expressions and isinstance(node.op, ast.Add | ast.BitOr):
                self.fill(node.target, Filling(node.value, spread=True))
        else:
            if node.value is not None:
                self.visit(node.value)
                self.assign(node.target, How.VALUE, node.value, (node.value,))
            self.record(node.target, Binding(How.DECLARED, node.annotation))
        self.facts = tests.without(self.facts, [node.target])

    def assertion(self, node: ast.Assert) -> None:
        self.truth(node.test)
        self.visit(node.test)
        holding = self.with_test(node.test, True)
        self.facts = {}
        self.complaining = True
        self.visit(node.msg)
        self.complaining = False
        self.facts = holding

    def raising(self, node: ast.Raise) -> bool:
        """Gather a `raise`: of a class, without parentheses, it makes an object."""
        self.complaining = True
        for raised in (node.exc, node.cause):
            if isinstance(raised, ast.Name | ast.Attribute):
                self.implicit(raised, "raise", (Chance(raised, ()),))
        self.children(node)
        self.complaining = False
        return True

    def branches(self, node: ast.If) -> bool:
        """Gather an `if` and its `elif`s; in a loop, for they nest as deep as they are many."""
        around = self.condition
        outcomes, ends = list[tuple[tests.Facts, bool]](), list[Changes]()
        while True:
            self.truth(node.test)
            self.visit(node.test)
            self.facts = tests.without(self.facts, [node.test])
            otherwise = self.with_test(node.test, False)
            self.condition = node.test
            self.facts = self.with_test(node.test, True)
            ends += self.outcome(node.body, outcomes)
            self.facts = otherwise
            match node.orelse:
                case [ast.If() as following]:
                    node = following
                case _:
                    ends += self.outcome(node.orelse, outcomes)
                    break
        self.condition = around
        self.flow.meet(ends)
        self.facts, leaves = tests.joined(outcomes)
        return leaves

    def outcome(self, body: Body, outcomes: list[tuple[tests.Facts, bool]]) -> list[Changes]:
        """Gather one branch; note its facts, and return what it changes."""
        ends = self.way(body, {})
        outcomes.append((self.facts, not ends))
        return ends

    def loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        after = self.facts = tests.in_loop(tests.without(self.facts, [node]), node)
        inside = after
        if not isinstance(node, ast.While):
            self.loop_over(node.iter, isinstance(node, ast.AsyncFor))
        self.flow.enter(loops=True)
        if isinstance(node, ast.While):
            self.truth(node.test)
            self.visit(node.test)
            inside = self.with_test(node.test, True)
        else:
            self.assign(node.target, How.ELEMENT, node.iter)
            self.injection(node)
        self.branch(node.body, inside)
        self.flow.leave_anywhere()
        self.branch(node.orelse, after)
        self.facts = after

    def with_statement(self, node: ast.With | ast.AsyncWith) -> bool:
        """Gather a `with`: what it enters may end its body anywhere and go on behind it."""
        self.flow.enter()
        for item in node.items:
            self.visit(item.context_expr)
            for role, chances in operations.of_entering(
                item.context_expr, isinstance(node, ast.AsyncWith)
            ):
                self.implicit(item.context_expr, role, chances)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, How.ENTERED, item.context_expr)
                self.facts = tests.without(self.facts, [item.optional_vars])
        leaves = self.block(node.body)
        self.flow.leave_anywhere()
        return leaves

    def try_statement(self, node: ast.Try | ast.TryStar) -> None:
        after = tests.without(self.facts, [node])
        self.flow.enter()
        self.flow.enter()
        leaves = self.block(node.body)
        ran, anywhere = self.flow.leave()
        self.facts = after
        ends = self.way(node.orelse, ran)
        if leaves:
            ends = []
        for handler in node.handlers:
            self.facts = after
            ends += self.handled(handler, anywhere)
        self.flow.meet(ends or [anywhere])
        if node.finalbody:
            self.flow.leave_anywhere()
            self.branch(node.finalbody, after)
        else:
            self.flow.change(self.flow.leave()[0])
        self.facts = after

    def handled(self, node: ast.ExceptHandler, changes: Changes) -> list[Changes]:
        self.flow.begin(changes)
        self.visit(node.type)
        if node.name and node.type is not None:
            self.bind(node.name, Binding(How.RAISED, node.type))
        leaves = self.block(node.body)
        ended = self.flow.end()
        return [] if leaves else [ended]

    def match_statement(self, node: ast.Match) -> None:
        after = tests.without(self.facts, [node])
        self.visit(node.subject)
        self.straight = False
        ends = [Changes()]
        missed = after
        for match_case in node.cases:
            path, pattern, calls = path_of(node.subject), match_case.pattern, len(self.scope.calls)
            self.facts = tests.with_facts(missed, path, tests.of_pattern(pattern, True), calls)
            if match_case.guard is None:
                missed = tests.with_facts(missed, path, tests.of_pattern(pattern, False), calls)
            self.flow.begin({})
            self.captured(match_case.pattern, node.subject)
            self.visit(match_case.guard)
            leaves = self.block(match_case.body)
            ended = self.flow.end()
            ends += [] if leaves else [ended]
        self.flow.meet(ends)
        self.facts = after

    def captured(self, pattern: ast.pattern, subject: ast.expr) -> None:
        for name in dict.fromkeys(captures(pattern)):
            if isinstance(pattern, ast.MatchAs) and pattern.pattern is None:
                self.bind(name, Binding(How.VALUE, subject))
            else:
                self.bind(name, Binding(How.CAPTURED, subject, captured=(name, pattern)))
        for inner in ast.walk(pattern):
            if isinstance(inner, ast.MatchClass):
                self.visit(inner.cls)

    def definition(self, node: Definition) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
            self.implicit(decorator, "decorator", (Chance(decorator, ()),))
        silent, self.silent = self.silent, True
        if isinstance(node, ast.ClassDef):
            for base in (*node.bases, *(keyword.value for keyword in node.keywords)):
                self.visit(base)
        else:
            self.defaults(node.args)
        self.silent = silent
        self.bind(node.name, Binding(How.DEFINED, node))
        self.facts = tests.without_paths(self.facts, [node.name])

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*" and isinstance(node, ast.ImportFrom):
                self.scope.starred.append(node)
            elif alias.asname or isinstance(node, ast.ImportFrom):
                self.bind(alias.asname or alias.name, Binding(How.IMPORTED, node, alias=alias))
            else:
                self.bind(alias.name.partition(".")[0], Binding(How.IMPORTED, node, alias=alias))

    def injection(self, node: ast.For | ast.AsyncFor) -> None:
        """Recognise `for n in dir(X): … globals()[n] = …`: all of X's names become ours."""
        match node.iter:
            case ast.Call(func=ast.Name(id="dir"), args=[source]):
                if any(is_globals_item(inner) for inner in ast.walk(node)):
                    self.scope.injections.append(source)

    def assign(
        self, target: ast.expr, how: How, value: ast.AST, given: tuple[ast.expr, ...] = ()
    ) -> None:
        """Gather an assignment; `given` is its value where the target takes it whole."""
        for single, path in targets(target):
            match single:
                case ast.Attribute():
                    chances = operations.of_attribute(single, () if path else given)
                    self.implicit(single, "attribute", chances)
                case ast.Subscript():
                    chances = operations.of_item(single, () if path else given)
                    self.implicit(single, "item", chances)
            if not self.record(single, Binding(how, value, path)):
                self.children(single)

    def record(self, target: ast.expr, binding: Binding) -> bool:
        """Bind a single target; False where it is none that has a name."""
        match target:
            case ast.Name():
                self.bind(target.id, binding)
            case ast.Attribute(value=ast.Name(id=owner)):
                self.scope.attributes.setdefault((owner, target.attr), []).append(binding)
            case ast.Attribute(value=owner_node, attr=name):
                settings = self.scope.settings.setdefault(path_of(owner_node), [])
                settings.append(Setting(owner_node, name, binding))
                return False
            case ast.Subscript(
                value=ast.Call(func=ast.Name(id="globals")), slice=ast.Constant(value=str(name))
            ):
                self.bind(name, binding)
                return False  # `globals()` is called all the same
            case _:
                return False
        return True
