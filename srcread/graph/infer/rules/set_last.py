"""Attributes set last: of all that an attribute may be, what it was given just before a read.

For a read of `name.attribute` in a straight run of statements. Back from it the nearest statement
that is sure to set the attribute of this very object tells: an assignment, the construction, or a
call of a function that is sure to set it, as a method, by a parameter, or by a name that it shares.
Of `self` only what the method itself assigns is looked for. Whatever on the way may set it in a way
that is not followed ends the search, and all that the attribute may be counts: a call of another
function, an alias, a branch, an early `return`. Loops are left only forwards: what stands before
one may be set again in it.

For example, `job.run = first`, then `replace(job, second)`, where `def replace(x, f): x.run = f`,
and then `job.run()`: `set_last` answers `second` for that read, where any of the two is known of
the object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame, is_private
from srcread.graph.infer.rules.known_as import name_inside
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Context,
    External,
    FunctionValue,
    Instance,
    Partial,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index import Defined
from srcread.index.block.straight import attribute_reads, evaluated_before
from srcread.index.block.targets import targets

_LOOKS = frozenset(
    f"builtins.{name}" for name in ("print", "len", "id", "isinstance", "type", "range", "hash")
)
"""Functions of Python's own that set nothing."""
_MOST_DEEP = 4
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_OPERATORS = (
    *(ast.Await, ast.Yield, ast.YieldFrom, ast.Starred, ast.Subscript, ast.FormattedValue),
    *(ast.BinOp, ast.UnaryOp, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
"""What may run methods that are not written there."""


def set_last(
    ask: Interpreter, frame: Frame, node: ast.Attribute, owners: Values, values: Values
) -> Values:
    """Return what an attribute of a name was surely given last; all its `values` where not told.

    Functions that close over something count only as `patches` have them: those that wrap
    themselves without end are left out there.
    """
    found = _given_last(ask, frame, node, owners)
    return frozenset(v for v in found if v in values or not _closes(v)) or values


def _closes(value: Value) -> bool:
    return isinstance(value, Partial) or (
        isinstance(value, FunctionValue) and value.context is not None
    )


def _given_last(ask: Interpreter, frame: Frame, node: ast.Attribute, owners: Values) -> Values:
    defined = frame.defined
    if not isinstance(node.value, ast.Name) or defined is None or frame.expression is not None:
        return NOTHING
    if isinstance(defined.node, ast.ClassDef) or is_private(node.attr):
        return NOTHING
    name = node.value.id
    if name == defined.receiver and (name, node.attr) not in defined.scope.attributes:
        return NOTHING  # of `self` most that is read was set by the constructor
    if not _are_plain(ask, owners, node.attr):
        return NOTHING
    found = attribute_reads(defined.node).get(id(node))
    search = _Search(ask, node.attr)
    if found is None or any(search.ends(frame, p) for p in evaluated_before(found[0], node)):
        return NOTHING
    return search.back(frame, found[1].before(), name, 0) or NOTHING


def _are_plain(ask: Interpreter, owners: Values, name: str, *, strict: bool = True) -> bool:
    """Tell whether reading an attribute of some values runs nothing; where `strict`, of objects."""
    attributes = ask.attributes
    return (bool(owners) or not strict) and all(
        isinstance(owner, Instance)
        and not ask.plain.is_leaf(owner.cls)
        and attributes.getter(owner, name) is None
        and not attributes.descriptor(owner, name, "__get__")
        for owner in owners
        if strict or isinstance(owner, Instance)
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """Goes back through statements; None is that one sets nothing, NOTHING that it may."""

    ask: Interpreter
    attribute: str

    def back(
        self, frame: Frame, statements: Iterable[ast.stmt], name: str, deep: int
    ) -> Values | None:
        """Return what the first of some statements to set the attribute gives it."""
        for statement in statements:
            found = self._of(frame, statement, name, deep)
            if found is not None:
                return found
        return None

    def ends(self, frame: Frame, part: ast.AST) -> bool:
        """Tell whether something in the code may set an attribute in a way that is not followed."""
        return any(self._runs(frame, inner) for inner in ast.walk(part))

    def _runs(self, frame: Frame, node: ast.AST) -> bool:
        match node:
            case ast.Call():
                return not self._is_harmless(frame, node)
            case ast.Attribute(value=owner, attr=name):
                values = known(self.ask.evaluate(frame, owner))
                return name == "__dict__" or not _are_plain(self.ask, values, name, strict=False)
            case ast.Compare(ops=operators):
                return not all(isinstance(item, ast.Is | ast.IsNot) for item in operators)
        return isinstance(node, _OPERATORS)

    def _is_harmless(self, frame: Frame, call: ast.Call) -> bool:
        callees = self.ask.evaluate(frame, call.func) if isinstance(call.func, ast.Name) else ()
        names = {callee.name for callee in callees if isinstance(callee, External)}
        return len(names) == len(callees) > 0 and names <= _LOOKS

    def _of(self, frame: Frame, node: ast.stmt, name: str, deep: int) -> Values | None:
        match node:
            case ast.Assign(targets=several, value=value):
                return self._assigned(frame, several, value, name, deep)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                return self._assigned(frame, [target], value, name, deep)
            case ast.Expr(value=ast.Call() as call):
                return self._called(frame, call, name, deep)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                runs = bool(node.decorator_list) or self.ends(frame, node.args)
                return NOTHING if node.name == name or runs else None
            case ast.Expr(value=value):
                return NOTHING if self.ends(frame, value) else None
            case ast.Pass() | ast.Import() | ast.ImportFrom() | ast.Global() | ast.Nonlocal():
                return None
        return NOTHING

    def _sets(self, statement: ast.AST, name: str) -> bool:
        """Tell whether a statement binds the name, or sets the attribute of anything."""
        return any(
            isinstance(inner, ast.Name | ast.Attribute)
            and not isinstance(inner.ctx, ast.Load)
            and (inner.id == name if isinstance(inner, ast.Name) else inner.attr == self.attribute)
            for inner in ast.walk(statement)
        )

    def _is_set(self, frame: Frame, target: ast.expr) -> bool:
        """Tell whether an assignment runs a method: of an item, of a property, `__setattr__`."""
        for single, _ in targets(target):
            match single:
                case ast.Subscript():
                    return True
                case ast.Attribute(value=owner, attr=name):
                    for value in known(self.ask.evaluate(frame, owner)):
                        if not isinstance(value, Instance):
                            continue
                        if self.ask.attributes.special(value, "__setattr__"):
                            return True
                        if self.ask.attributes.setter(value, name, "__setattr__"):
                            return True
        return False

    def _assigned(
        self, frame: Frame, several: list[ast.expr], value: ast.expr, name: str, deep: int
    ) -> Values | None:
        singles = [item for target in several for item in targets(target)]
        for single, path in singles:
            match single:
                case ast.Attribute(value=ast.Name(id=owner), attr=attribute) if (
                    owner == name and attribute == self.attribute and not path
                ):
                    return _sure(self.ask.evaluate(frame, value))
                case ast.Name(id=bound) if bound == name and not path:
                    return self._made(frame, value, deep)
        if any(self._sets(target, name) or self._is_set(frame, target) for target in several):
            return NOTHING
        if isinstance(value, ast.Call):
            return self._called(frame, value, name, deep)
        return NOTHING if self.ends(frame, value) else None

    def _made(self, frame: Frame, value: ast.expr, deep: int) -> Values:
        """Return what the constructor gives the attribute of an object that is made here."""
        if not isinstance(value, ast.Call):
            return NOTHING
        match (
            ordered(self.ask.evaluate(frame, value)),
            ordered(self.ask.evaluate(frame, value.func)),
        ):
            case [Instance(made, constructed=True) as instance], [ClassValue(cls)] if made == cls:
                return self._constructed(instance, deep) or NOTHING
        return NOTHING

    def _constructed(self, instance: Instance, deep: int) -> Values | None:
        match self.ask.classes.nearest(instance.cls, "__init__"):
            case [FunctionValue(function, around=None)]:
                defined = self.ask.index.defined(function)
                if defined is None or defined.owner is None or defined.receiver is None:
                    return NOTHING
                context = self.ask.constructions.context(instance, defined.owner.name)
                if context is not None and context.function == function:
                    return self._inside(defined, context, defined.receiver, deep)
        return NOTHING

    def _called(self, frame: Frame, call: ast.Call, name: str, deep: int) -> Values | None:
        """Return what a call is sure to give the attribute: by a method, or one handed the object.

        Or by a function that sees the name itself.
        """
        if self._is_harmless(frame, call):
            return None
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if deep > _MOST_DEEP or any(self.ends(frame, part) for part in given):
            return NOTHING
        match ordered(self.ask.evaluate(frame, call.func)):
            case [FunctionValue(function, around=None) as callee]:
                defined = self.ask.index.defined(function)
                inner = defined and name_inside(frame, defined, callee, call, name)
                if defined is not None and inner:
                    context = self.ask.contexts.of_call(callee, frame, call)
                    return self._inside(defined, context, inner, deep)
        return NOTHING

    def _inside(self, defined: Defined, context: Context, name: str, deep: int) -> Values | None:
        """Return what a function is sure to give the attribute of what one of its names is."""
        node, scope = defined.node, defined.scope
        if not isinstance(node, ast.FunctionDef) or scope.yields or scope.delegates:
            return NOTHING
        if name in scope.bindings or len(scope.returns) > isinstance(node.body[-1], ast.Return):
            return NOTHING
        if any(isinstance(inner, ast.Return) for part in node.body[:-1] for inner in _own(part)):
            return NOTHING
        return self.back(self.ask.frame(context), reversed(node.body), name, deep + 1)


def _sure(values: Values) -> Values:
    return values if known(values) == values else NOTHING


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a statement, but for what is in the functions that it defines."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if not isinstance(inner, _FUNCTIONS | ast.ClassDef | ast.Lambda):
            yield inner
            waiting += ast.iter_child_nodes(inner)
