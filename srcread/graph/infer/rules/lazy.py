"""A module's `__getattr__`, asked for one name: partial evaluation.

Branches that compare the name with constants are decided, so that a function which makes two old
names does not seem to make every name.

For example, `def __getattr__(name): if name == "old": return new; raise AttributeError(name)`:
asked for `old` it gives the function `new`, asked for `other` nothing. `if name in TABLE: return
TABLE[name]` gives what the table holds under that key.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    Constant,
    Context,
    FunctionValue,
    Table,
    Values,
    known,
)


def made_by_getattr(ask: Interpreter, function: FunctionValue, name: str) -> Values:
    """Return what a module's `__getattr__` gives for a name."""
    defined = ask.index.defined(function.name)
    if defined is None or isinstance(defined.node, ast.ClassDef) or not defined.node.args.args:
        return NOTHING
    parameter = defined.node.args.args[0].arg
    given: Values = frozenset({Constant(name)})
    context = Context(function.name, arguments=((parameter, given),), outer=function.context)
    frame = ask.frame(context)
    nodes = _returned(ask, frame, defined.node.body, parameter, name)
    return known(NOTHING.union(*(ask.evaluate(frame, node) for node in nodes)))


def _returned(
    ask: Interpreter, frame: Frame, body: list[ast.stmt], parameter: str, name: str
) -> Iterator[ast.expr]:
    """Yield what the reachable `return`s of a block give."""
    for node in body:
        if isinstance(node, ast.Return) and node.value is not None:
            yield node.value
        for block in _reached(ask, frame, node, parameter, name):
            yield from _returned(ask, frame, block, parameter, name)


def _reached(
    ask: Interpreter, frame: Frame, node: ast.stmt, parameter: str, name: str
) -> list[list[ast.stmt]]:
    match node:
        case ast.If():
            holds = _decide(ask, frame, node.test, parameter, name)
            return [
                block
                for block, taken in ((node.body, holds is not False), (node.orelse, not holds))
                if taken
            ]
        case ast.For() | ast.While():
            return [node.body, node.orelse]
        case ast.With():
            return [node.body]
        case ast.Try():
            handlers = [handler.body for handler in node.handlers]
            return [node.body, *handlers, node.orelse, node.finalbody]
    return []


def _decide(
    ask: Interpreter, frame: Frame, test: ast.expr, parameter: str, name: str
) -> bool | None:
    """Tell whether a test of the name holds; None where it cannot be told."""
    match test:
        case ast.Compare(
            left=looked_up, ops=[ast.Is() | ast.IsNot() as operator], comparators=[none]
        ):
            if not (isinstance(none, ast.Constant) and none.value is None):
                return None
            held = _looked_up(ask, frame, looked_up, parameter, name)
            return None if held is None else held is isinstance(operator, ast.IsNot)
        case ast.UnaryOp(op=ast.Not()):
            inner = _decide(ask, frame, test.operand, parameter, name)
            return None if inner is None else not inner
        case ast.Compare(
            left=ast.Name(id=left),
            ops=[ast.Eq() | ast.NotEq() as operator],
            comparators=[ast.Constant(value=value)],
        ) if left == parameter:
            return (value == name) is isinstance(operator, ast.Eq)
        case ast.Compare(
            left=ast.Name(id=left), ops=[ast.In() | ast.NotIn() as operator], comparators=[among]
        ) if left == parameter:
            held = _holds(ask, frame, among, name)
            return None if held is None else held is isinstance(operator, ast.In)
    return None


def _looked_up(
    ask: Interpreter, frame: Frame, node: ast.expr, parameter: str, name: str
) -> bool | None:
    """Tell whether `table.get(name)`, perhaps under a name of its own, finds something."""
    match node:
        case ast.Name(id=local):
            bindings = frame.scope.bindings.get(local, ())
            if len(bindings) == 1 and isinstance(value := bindings[0].node, ast.Call):
                return _looked_up(ask, frame, value, parameter, name)
        case ast.NamedExpr():
            return _looked_up(ask, frame, node.value, parameter, name)
        case ast.Call(func=ast.Attribute(value=among, attr="get"), args=[ast.Name(id=asked)]):
            return _holds(ask, frame, among, name) if asked == parameter else None
    return None


def _holds(ask: Interpreter, frame: Frame, among: ast.expr, name: str) -> bool | None:
    if isinstance(among, ast.Tuple | ast.List | ast.Set):
        constants = [item.value for item in among.elts if isinstance(item, ast.Constant)]
        return name in constants if len(constants) == len(among.elts) else None
    for value in ask.evaluate(frame, among):
        match value:
            case Table(entries) if entries:
                return name in dict(entries)
    return None
