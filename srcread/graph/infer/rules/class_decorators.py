"""Class decorators that change the class that they are given: `cls.forward = fast; return cls`.

What they put there is what runs; what the class's text shows under the name runs only if that calls
it. So it takes the place of the text's, or stands beside it where a branch puts it. A constructor
stays itself, with the new one as its `around`: what it sets on `self` is known. The decorator sees
the class as it was before, which is what its `cls.forward` means; functions that it hands the class
on to are looked into. Left out is what a decorator that is an object does.

For example, `@faster` above `class Layer`, where `def faster(cls)` keeps `slow = cls.forward`, and
sets `cls.forward = forward`, a function inside that calls `slow`: `layer(x)` reaches that function,
and from there `Layer.forward`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.decorators import leads_to
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Context,
    FunctionValue,
    Partial,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index import Defined

Change = tuple[str, Values, bool]
"""A name with what is put under it, and whether that is certain."""
Put = tuple[Change, ...]
_MAX_STEPS = 3
"""How many functions hand the class on to the next."""
CONSTRUCTOR = "__init__"


def put_by_decorators(ask: Interpreter, defined: Defined) -> Put:
    """Return what the decorators of a class put into it, the last to run last."""
    cls = ClassValue(defined.name, bare=True)
    frame = ask.names.enclosing(defined, None)
    return tuple(
        change
        for decorator in reversed(defined.node.decorator_list)
        for value in ordered(known(ask.evaluate(frame, decorator)))
        if isinstance(value, FunctionValue) and _changes(ask, value)
        for context in handed(ask, ask.contexts.bind(value, [frozenset({cls})], {}), cls)
        for change in put_into(ask, ask.frame(context), cls)
    )


def held_after(ask: Interpreter, name: str, put: Put, before: Values) -> Values:
    """Return what a class holds under a name after its decorators, given what its text has."""
    found = before
    for changed, values, is_certain in put:
        if changed != name:
            continue
        if name == CONSTRUCTOR:
            values = _around(ask, found, values)
        found = values if is_certain else found | values
    return found


def _around(ask: Interpreter, before: Values, values: Values) -> Values:
    """Put what leads to a constructor around it."""
    found = NOTHING
    for value in ordered(values):
        inner: list[Value] = [
            replace(original, around=value)
            for original in ordered(before)
            if isinstance(original, FunctionValue) and isinstance(value, FunctionValue)
            if leads_to(ask, value, original)
        ]
        found |= set(inner) or {value}
    return found


def _changes(ask: Interpreter, decorator: FunctionValue) -> bool:
    idioms = ask.idioms
    return decorator.name not in idioms.overloads and idioms.why_folded(decorator.name) is None


def handed(
    ask: Interpreter, context: Context, cls: ClassValue, steps: int = _MAX_STEPS
) -> Iterator[Context]:
    """Yield the context of a function that is given a class, and of those that it hands it to."""
    yield context
    frame = ask.frame(context)
    for use in frame.scope.calls if steps else ():
        assert isinstance(use.node, ast.Call)
        inner = frame.within(*use.inside)
        if any(cls in ask.evaluate(inner, given) for given in use.node.args):
            for callee in ordered(known(ask.evaluate(inner, use.node.func))):
                if isinstance(callee, FunctionValue) and callee.name != context.function:
                    called = ask.contexts.of_call(callee, inner, use.node)
                    yield from handed(ask, called, cls, steps - 1)


def put_into(ask: Interpreter, frame: Frame, cls: ClassValue) -> Iterator[Change]:
    """Yield what one function puts into a class, by assignment or by `setattr`."""
    assert frame.defined is not None
    certain = {id(node) for node in map(_straight, frame.defined.node.body)}
    for (owner, name), bindings in frame.scope.attributes.items():
        if cls in ask.names.look_up(frame, owner):
            values = NOTHING.union(*(ask.names.bound(frame, item) for item in bindings))
            if put := telling(values):
                yield name, put, any(id(item.node) in certain for item in bindings)
    for use in frame.scope.calls:
        match use.node:
            case ast.Call(
                func=ast.Name(id="setattr"), args=[target, ast.Constant(value=str(name)), value]
            ) if cls in ask.evaluate(frame, target):
                if put := telling(ask.evaluate(frame, value)):
                    yield name, put, id(use.node) in certain


def _straight(statement: ast.stmt) -> ast.AST | None:
    """Return the value or the call of a statement that always runs."""
    match statement:
        case ast.Assign(value=value) | ast.Expr(value=value):
            return value
    return None


def telling(values: Values) -> Values:
    """Return the values that choose callees."""
    return frozenset(v for v in values if isinstance(v, FunctionValue | Partial | ClassValue))
