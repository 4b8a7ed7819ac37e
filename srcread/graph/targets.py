"""What one call site, or one attribute that is a property, reaches: its edges' other ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from srcread.graph.infer.evaluate import Evaluator
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    ClassValue,
    Constant,
    Context,
    External,
    Folded,
    FunctionValue,
    Instance,
    LambdaValue,
    Native,
    Partial,
    Super,
    Unknown,
    Value,
    ordered,
)
from srcread.model import EdgeKind


@dataclass(frozen=True, slots=True)
class Target:
    """One callee of a call site; `context` is None for what is not walked into."""

    callee: str | None
    kind: EdgeKind
    context: Context | None = None
    reason: str | None = None


def call_targets(evaluator: Evaluator, frame: Frame, node: ast.Call) -> list[Target]:
    """Return everything that a call may reach; one UNRESOLVED target where nothing is known."""
    values = ordered(evaluator.evaluate(frame, node.func))
    targets: list[Target] = []
    for value in values:
        if not isinstance(value, Unknown | Constant):
            targets.extend(_reached(evaluator, frame, node, value))
    resolved = [target for target in targets if target.kind is not EdgeKind.UNRESOLVED]
    if resolved:
        return list(dict.fromkeys(resolved))
    if targets:
        return targets[:1]
    reasons = [value.reason for value in values if isinstance(value, Unknown)]
    if not reasons:
        reasons = [f"it would call {_literal(values)}"]
    return [Target(None, EdgeKind.UNRESOLVED, reason=reasons[0])]


def property_target(evaluator: Evaluator, frame: Frame, node: ast.Attribute) -> list[Target]:
    """Return the property functions that reading an attribute runs; usually none."""
    targets = []
    for value in ordered(evaluator.evaluate(frame, node.value)):
        getter = evaluator.attributes.getter(value, node.attr)
        if getter is not None:
            targets.append(Target(getter.name, EdgeKind.PROPERTY, Context(getter.name, value)))
    return targets


def _reached(evaluator: Evaluator, frame: Frame, node: ast.Call, value: Value) -> Iterator[Target]:
    match value:
        case FunctionValue():
            yield _function(evaluator, frame, node, value, _kind_of(evaluator, frame, node, value))
        case ClassValue():
            yield from _constructor(evaluator, frame, node, value)
        case Instance():
            yield from _called_object(evaluator, frame, node, value)
        case Folded(name, is_class):
            kind = EdgeKind.CONSTRUCTOR if is_class else EdgeKind.DIRECT
            yield Target(name, kind, reason=f"folded: {evaluator.idioms.why_folded(name)}")
        case Native(name):
            yield Target(name, EdgeKind.NATIVE)
        case External(name):
            yield Target(name, EdgeKind.EXTERNAL)
        case Partial(function):
            yield from _reached(evaluator, frame, node, function)
        case Unknown(reason):
            yield Target(None, EdgeKind.UNRESOLVED, reason=reason)
        case LambdaValue():
            yield Target(
                None,
                EdgeKind.UNRESOLVED,
                reason="it is a lambda: what it calls is listed where the lambda stands",
            )
        case _:
            yield Target(None, EdgeKind.UNRESOLVED, reason=f"it would call {_literal([value])}")


def _function(
    evaluator: Evaluator, frame: Frame, node: ast.Call, value: FunctionValue, kind: EdgeKind
) -> Target:
    idioms = evaluator.idioms
    if value.name in idioms.abstract:
        reason = "a subclass or the caller provides it"
        return Target(None, EdgeKind.UNRESOLVED, reason=reason)
    if (why := _why_folded(evaluator, frame, value.name)) is not None:
        return Target(value.name, kind, reason=f"folded: {why}")
    return Target(value.name, kind, evaluator.calls.context(value, frame, node))


def _why_folded(evaluator: Evaluator, frame: Frame, name: str) -> str | None:
    """Tell why a callee is not walked into; inside a folded package everything is."""
    why = evaluator.idioms.why_folded(name)
    context = frame.function().context
    caller = context.function if context is not None else ""
    return None if evaluator.idioms.why_folded(caller) else why


def _kind_of(evaluator: Evaluator, frame: Frame, node: ast.Call, value: FunctionValue) -> EdgeKind:
    if isinstance(node.func, ast.Attribute):
        receivers = evaluator.evaluate(frame, node.func.value)
        if any(isinstance(receiver, Super) for receiver in receivers):
            return EdgeKind.SUPER
    return EdgeKind.METHOD if value.bound is not None else EdgeKind.DIRECT


def _constructor(
    evaluator: Evaluator, frame: Frame, node: ast.Call, value: ClassValue
) -> Iterator[Target]:
    """A class's `__init__`, or its `__new__` where that stands nearer; else the class itself."""
    classes = evaluator.attributes.classes
    for cls in classes.order(value.name):
        for method in ("__init__", "__new__"):
            names = classes.functions(cls, method)
            if names:
                arguments, keywords = evaluator.calls.arguments(frame, node)
                made = evaluator.calls.construct(value, arguments, keywords)
                bound: Value = made if method == "__init__" else value
                for name in names:
                    function = FunctionValue(name, bound)
                    yield _function(evaluator, frame, node, function, EdgeKind.CONSTRUCTOR)
                return
    yield Target(value.name, EdgeKind.CONSTRUCTOR)


def _called_object(
    evaluator: Evaluator, frame: Frame, node: ast.Call, value: Instance
) -> Iterator[Target]:
    """An object that is called: by `__call__`, and on to `forward` where the idioms say so."""
    for call in ordered(evaluator.attributes.get(value, "__call__")):
        if not isinstance(call, FunctionValue):
            yield from _reached(evaluator, frame, node, call)
            continue
        method = evaluator.idioms.call_dispatches_to.get(call.name)
        if method is None:
            yield _function(evaluator, frame, node, call, EdgeKind.METHOD)
            continue
        for function in ordered(evaluator.attributes.get(value, method)):
            if isinstance(function, FunctionValue):
                target = _function(evaluator, frame, node, function, EdgeKind.FORWARD)
                through = f"folded: {call.name} and what it calls on the way"
                yield Target(target.callee, target.kind, target.context, target.reason or through)


def _literal(values: list[Value]) -> str:
    if values and isinstance(values[0], Constant):
        return "None" if values[0].value is None else f"the string {values[0].value!r}"
    return "something that is not a function"
