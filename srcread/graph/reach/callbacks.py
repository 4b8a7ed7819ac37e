"""Functions that are handed to functions which are not read: they may be called from there.

Nothing shows whether and with what, so such an edge is POSSIBLE and its parameters hold anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.registered import KERNEL
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    FunctionValue,
    GenericFunction,
    Instance,
    Partial,
    Value,
    known,
    ordered,
)
from srcread.graph.reach.target import CallTarget, function_target
from srcread.index.block.bindings import Chance, ImplicitCall
from srcread.model import EdgeKind

_CALLING = frozenset(
    {"map", "filter", "sorted", "min", "max", "iter"}
    | {"list.sort", "functools.reduce", "collections.defaultdict"}
)
"""Of Python's own functions that call what they are given; most only keep it or look at it."""
_OWN = (
    *("builtins.", "functools.", "typing.", "inspect.", "abc.", "weakref.", "dataclasses."),
    "collections.",
)


def callback_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, callee: str
) -> Iterator[CallTarget]:
    """Yield the functions among a call's arguments, for a callee that is not read."""
    name = callee.removeprefix("builtins.")
    own = callee.startswith(_OWN) or callee in ask.idioms.returns_argument
    if own and name not in _CALLING:
        return
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(argument, ast.Name | ast.Attribute | ast.Lambda | ast.Call):
            for value in ordered(known(ask.evaluate(frame, argument))):
                yield from passed(ask, frame, value, f"handed to {callee}")


def kept_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, callee: FunctionValue
) -> Iterator[CallTarget]:
    """Yield the function that a callee keeps, as an idiom says, to call it later: a hook."""
    position = ask.idioms.calls_argument.get(callee.name)
    if position is not None and position < len(node.args):
        for value in ordered(known(ask.evaluate(frame, node.args[position]))):
            yield from passed(ask, frame, value, f"kept by {callee.name}")


def put_targets(ask: Interpreter, frame: Frame, implicit: ImplicitCall) -> Iterator[CallTarget]:
    """Yield what calling the objects runs that are put where a class keeps attributes by name.

    Which attribute such an object replaces is told by its name, which is made when it runs.
    """
    chance = implicit.chances[0] if implicit.chances else None
    match chance:
        case Chance(operand=ast.Attribute(value=owner, attr=kept), arguments=(_, put)):
            pass
        case _:
            return
    order = ask.classes.mro
    own = frame.function().defined
    if (
        own is not None
        and own.owner is not None
        and f"{own.owner.name}.{kept}" in ask.idioms.kept_in
    ):
        return  # the class's own way to put one there
    holders = [
        value
        for value in ordered(known(ask.evaluate(frame, owner)))
        if isinstance(value, Instance)
        and any(f"{cls}.{kept}" in ask.idioms.kept_in for cls in order(value.cls))
    ]
    for value in ordered(known(ask.evaluate(frame, put))) if holders else ():
        if isinstance(value, Instance):
            for method in ordered(known(ask.calls.called(value))):
                why = f"put into {kept} of {holders[0].cls}"
                for target in passed(ask, frame, method, why):
                    yield replace(target, kind=EdgeKind.FORWARD)


def dispatched_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, callee: FunctionValue
) -> Iterator[CallTarget]:
    """Yield the methods of the same class that a method ends in, as an idiom says."""
    cls = callee.bound
    if not isinstance(cls, ClassValue):
        return
    methods = ask.idioms.method_dispatches_to.get(callee.name, ())
    arguments, _ = ask.contexts.arguments(frame, node) if methods else ([], {})
    for method in methods:
        for name in ask.classes.nearest_functions(cls.name, method):
            function = FunctionValue(name)
            given = [NOTHING, *arguments] if method == methods[0] else None
            target = function_target(
                ask, frame, function, EdgeKind.METHOD, arguments=given, role=method
            )
            yield replace(target, reason=target.reason or f"by way of {callee.name}")


def operator_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, name: str
) -> Iterator[CallTarget]:
    """Yield what calling an operator by its name runs: its kernels in Python, else its C++."""
    registered = ask.registered.of(frame.module, name)
    kernels = [item.function for item in registered if item.role == KERNEL]
    arguments, keywords = ask.contexts.arguments(frame, node)
    for function in dict.fromkeys(kernels):
        context = ask.contexts.bind(function, arguments, keywords)
        yield CallTarget(function.name, EdgeKind.DIRECT, context, reason=f"by way of {name}")
    if not kernels:
        own = name.startswith(ask.idioms.operator_namespace)
        reason = None if own else "an operator by name: the C++ of a library registers it"
        yield CallTarget(name, EdgeKind.NATIVE, reason=reason)
    for item in registered:
        if item.role != KERNEL:
            why = f"registered as {item.role} of {name}"
            yield from passed(ask, frame, item.function, why)


def passed(ask: Interpreter, frame: Frame, value: Value, why: str) -> Iterator[CallTarget]:
    """Yield a function that somebody may call later."""
    while isinstance(value, Partial | GenericFunction):
        value = value.function
    if isinstance(value, FunctionValue) and value.name not in ask.idioms.abstract:
        kind = EdgeKind.METHOD if value.bound is not None else EdgeKind.DIRECT
        target = function_target(ask, frame, value, kind, role=f"handed {value.name}")
        yield replace(
            target, reason=target.reason or f"{why}, from where it may be called", uncertain=True
        )
