"""What tests say about a name in the branch behind them: `isinstance`, `is None`, `callable`.

Facts are gathered once a function and belong to single reads of `x` or `self.x`: those in the
branch, and those behind a branch that always leaves. An assignment ends them. Facts of `or` and of
`match` are left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    ExternalInstance,
    Instance,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    unknown,
)
from srcread.index import Defined

if TYPE_CHECKING:
    from srcread.graph.infer.evaluate import Evaluator

_MAX_DEPTH = 100
_WORDS = ("isinstance", " None", "callable")


class Kind(Enum):
    """What is tested."""

    IS_NONE = "is None"
    IS_INSTANCE = "isinstance"
    IS_CALLABLE = "callable"


@dataclass(frozen=True, slots=True)
class Fact:
    """A test that holds, or does not, of a name; `classes` is what `isinstance` was given."""

    test: Kind
    holds: bool
    classes: ast.expr | None = None


Facts = dict[str, tuple[Fact, ...]]


class Narrowing:
    """Gathers facts by function, and applies them to values."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._gathered: dict[int, _Gatherer] = {}

    def applied(self, frame: Frame, node: ast.expr, values: Values) -> Values:
        """Return the values that a name can have where it is read."""
        around = frame.function()
        if around.defined is None or isinstance(around.defined.node, ast.ClassDef):
            return values
        for fact in self._of(around.defined).facts.get(id(node), ()):
            values = self._narrowed(frame, values, fact)
        return values

    def hinted(self, frame: Frame, name: str) -> Values:
        """Return objects of the classes that a function tests a parameter for."""
        assert frame.defined is not None
        found = NOTHING
        for classes in self._of(frame.defined).tested.get(name, ()):
            found |= _objects(self._classes(frame, classes))
        return found

    def _of(self, defined: Defined) -> _Gatherer:
        key = id(defined.node)
        if key not in self._gathered:
            self._gathered[key] = _Gatherer()
            lines = defined.module.lines[defined.node.lineno - 1 : defined.node.end_lineno]
            # Most functions test nothing: looking for the words takes a tenth of the walk.
            if any(word in line for line in lines for word in _WORDS):
                self._gathered[key].block(defined.node.body, {})
        return self._gathered[key]

    def _narrowed(self, frame: Frame, values: Values, fact: Fact) -> Values:
        match fact.test:
            case Kind.IS_NONE:
                return _by_none(values, fact.holds)
            case Kind.IS_CALLABLE:
                kept = {v for v in values if _is_callable(v) is fact.holds or _is_open(v)}
                return frozenset(kept) or values
        assert fact.classes is not None
        classes = self._classes(frame, fact.classes)
        if not classes or any(isinstance(item, Unknown) for item in classes):
            return values
        if fact.holds:
            kept = {value for value in values if self._is_one(value, classes)}
            return frozenset(kept) or _objects(classes) or values
        left = frozenset(value for value in values if not self._is_one(value, classes))
        return left or unknown("`isinstance` rules out every object that is known here")

    def _classes(self, frame: Frame, node: ast.expr) -> Values:
        found = NOTHING
        for value in self.evaluator.evaluate(frame, node):
            found |= value.items if isinstance(value, Sequence) else {value}
        return found

    def _is_one(self, value: Value, classes: Values) -> bool:
        names = {item.name for item in classes if isinstance(item, ClassValue | External)}
        match value:
            case Instance(cls):
                return not names.isdisjoint(self.evaluator.attributes.classes.order(cls))
            case Constant(str()) | ExternalInstance("builtins.str"):
                return "builtins.str" in names
            case ExternalInstance(cls):
                return cls in names or (cls == "builtins.bool" and "builtins.int" in names)
            case Sequence(_, positions):
                kinds = {"builtins.tuple"} if positions else {"builtins.list", "builtins.set"}
                return not names.isdisjoint({*kinds, "builtins.tuple"})
            case Table():
                return "builtins.dict" in names
            case ClassValue():
                return "builtins.type" in names
        return False


def _by_none(values: Values, holds: bool) -> Values:
    if holds:
        return frozenset(v for v in values if v == Constant(None) or _is_open(v)) or values
    return values - {Constant(None)} or unknown("it is None as far as is known")


def _is_open(value: Value) -> bool:
    return isinstance(value, Unknown)


def _is_callable(value: Value) -> bool:
    return not isinstance(value, Constant | ExternalInstance | Sequence | Table)


def _objects(classes: Values) -> Values:
    return frozenset(
        Instance(item.name, constructed=False) for item in classes if isinstance(item, ClassValue)
    )


class _Gatherer:
    """Walks a function once, with the facts that hold carried along.

    `facts` are by the `id` of the nodes that they belong to, `tested` are all classes that a name
    is ever tested for.
    """

    def __init__(self) -> None:
        self.facts: dict[int, tuple[Fact, ...]] = {}
        self.tested: dict[str, list[ast.expr]] = {}
        self.depth = 0

    def block(self, body: Iterable[ast.stmt], facts: Facts) -> tuple[Facts, bool]:
        """Return the facts behind a block, and whether the block always leaves."""
        for statement in body:
            facts, leaves = self.statement(statement, facts)
            if leaves:
                return facts, True
        return facts, False

    def statement(self, node: ast.stmt, facts: Facts) -> tuple[Facts, bool]:
        match node:
            case ast.If():
                return self.branches(node, facts)
            case ast.Return() | ast.Raise() | ast.Break() | ast.Continue():
                self.children(node, facts)
                return facts, True
            case ast.Assert():
                self.visit(node.test, facts)
                return self.with_test(facts, node.test, True), False
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return _without(facts, [node.name]), False
            case ast.For() | ast.AsyncFor() | ast.While():
                return self.loop(node, facts), False
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    self.visit(item.context_expr, facts)
                targets = [item.optional_vars for item in node.items if item.optional_vars]
                return self.block(node.body, _without(facts, _assigned(targets)))
            case ast.Try() | ast.TryStar() | ast.Match():
                return self.blocks(node, facts), False
        self.children(node, facts)
        return _without(facts, _assigned([node])), False

    def branches(self, node: ast.If, facts: Facts) -> tuple[Facts, bool]:
        self.visit(node.test, facts)
        facts = _without(facts, _assigned([node.test]))
        left, left_leaves = self.block(node.body, self.with_test(facts, node.test, True))
        match node.orelse:
            case [ast.If()] if self.depth >= _MAX_DEPTH:
                return {}, False
            case [ast.If() as following]:
                self.depth += 1
                right = self.branches(following, self.with_test(facts, node.test, False))
                self.depth -= 1
            case _:
                right = self.block(node.orelse, self.with_test(facts, node.test, False))
        if left_leaves or right[1]:
            return (right[0] if left_leaves else left), left_leaves and right[1]
        return {path: found for path, found in left.items() if right[0].get(path) == found}, False

    def loop(self, node: ast.For | ast.AsyncFor | ast.While, facts: Facts) -> Facts:
        facts = _without(facts, _assigned([node]))
        inside = facts
        if isinstance(node, ast.While):
            self.visit(node.test, facts)
            inside = self.with_test(facts, node.test, True)
        else:
            self.visit(node.iter, facts)
        self.block(node.body, inside)
        self.block(node.orelse, facts)
        return facts

    def blocks(self, node: ast.Try | ast.TryStar | ast.Match, facts: Facts) -> Facts:
        after = _without(facts, _assigned([node]))
        if isinstance(node, ast.Match):
            self.visit(node.subject, facts)
            for case in node.cases:
                self.visit(case.guard, after)
                self.block(case.body, after)
            return after
        self.block(node.body, facts)
        for body in (*(handler.body for handler in node.handlers), node.orelse, node.finalbody):
            self.block(body, after)
        return after

    def visit(self, node: ast.AST | None, facts: Facts) -> None:
        if node is None or self.depth > _MAX_DEPTH:
            return
        self.depth += 1
        self.expression(node, facts)
        self.depth -= 1

    def children(self, node: ast.AST, facts: Facts) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child, facts)

    def expression(self, node: ast.AST, facts: Facts) -> None:
        match node:
            case ast.Name() | ast.Attribute():
                if facts and (found := facts.get(_path(node))):
                    self.facts[id(node)] = found
                if isinstance(node, ast.Attribute):
                    self.visit(node.value, facts)
            case ast.BoolOp():
                for value in node.values:
                    self.visit(value, facts)
                    facts = self.with_test(facts, value, isinstance(node.op, ast.And))
            case ast.IfExp():
                self.visit(node.test, facts)
                self.visit(node.body, self.with_test(facts, node.test, True))
                self.visit(node.orelse, self.with_test(facts, node.test, False))
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                for generator in node.generators:
                    self.visit(generator.iter, facts)
                    for test in generator.ifs:
                        self.visit(test, facts)
                        facts = self.with_test(facts, test, True)
                parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
                for part in parts:
                    self.visit(part, facts)
            case ast.Constant() | ast.Lambda():
                return
            case _:
                self.children(node, facts)

    def with_test(self, facts: Facts, test: ast.expr, holds: bool) -> Facts:
        """Return the facts with those that a test adds where it came out one way."""
        added = list(_implied(test, holds))
        if not added:
            return facts
        facts = dict(facts)
        for path, fact in added:
            facts[path] = (*facts.get(path, ()), fact)
            if fact.classes is not None:
                self.tested.setdefault(path, []).append(fact.classes)
        return facts


def _implied(test: ast.expr, holds: bool) -> Iterator[tuple[str, Fact]]:
    match test:
        case ast.UnaryOp(op=ast.Not()):
            yield from _implied(test.operand, not holds)
        case ast.BoolOp(op=operator):
            if isinstance(operator, ast.And) is holds:
                for value in test.values:
                    yield from _implied(value, holds)
        case ast.Call(func=ast.Name(id="isinstance"), args=[tested, classes]):
            yield _path(tested), Fact(Kind.IS_INSTANCE, holds, classes)
        case ast.Call(func=ast.Name(id="callable"), args=[tested]):
            yield _path(tested), Fact(Kind.IS_CALLABLE, holds)
        case ast.Compare(
            left=tested,
            ops=[ast.Is() | ast.IsNot() as operator],
            comparators=[ast.Constant(value=None)],
        ):
            yield _path(tested), Fact(Kind.IS_NONE, isinstance(operator, ast.Is) is holds)
        case ast.Name() | ast.Attribute() | ast.NamedExpr() if holds:
            yield _path(test), Fact(Kind.IS_NONE, holds=False)


def _path(node: ast.expr) -> str:
    """Return a name with its attributes, dotted; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.NamedExpr(target=target):
            return target.id
        case ast.Attribute(value=value, attr=attribute):
            owner = _path(value)
            return f"{owner}.{attribute}" if owner else ""
    return ""


def _assigned(nodes: Iterable[ast.AST]) -> list[str]:
    """Return the paths that some nodes assign to, at any depth."""
    return [
        _path(inner)
        for node in nodes
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name | ast.Attribute) and not isinstance(inner.ctx, ast.Load)
    ]


def _without(facts: Facts, paths: Iterable[str]) -> Facts:
    if not facts:
        return facts
    gone = set(paths)
    return {
        path: found
        for path, found in facts.items()
        if not any(path == name or path.startswith(f"{name}.") for name in gone if name)
    }
