"""Functions that are handed to functions which are not read: they may be called from there.

Nothing shows whether and with what, so such an edge is POSSIBLE and its parameters hold anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.offers import offered
from srcread.graph.infer.rules.registered import KERNEL
from srcread.graph.infer.rules.stages import stages
from srcread.graph.infer.values import (
    NOTHING,
    FunctionValue,
    GenericFunction,
    Instance,
    Partial,
    Sequence,
    Value,
    Values,
    known,
    ordered,
)
from srcread.graph.reach.target import CallTarget, function_target
from srcread.index.block.bindings import Chance, ImplicitCall
from srcread.model import EdgeKind

_CALLING = frozenset(
    {"map", "filter", "sorted", "min", "max", "iter"}
    | {"list.sort", "functools.reduce", "collections.defaultdict"}
    | {"itertools.starmap", "itertools.accumulate", "itertools.takewhile", "itertools.dropwhile"}
    | {"itertools.filterfalse", "itertools.groupby"}
)
"""Of Python's own functions that call what they are given; most only keep it or look at it."""
_NAMING = ast.Name | ast.Attribute | ast.Lambda | ast.Call
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
    told, with_arguments = _called_with(ask, frame, node, callee)
    yield from with_arguments
    given = None
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if argument is not told and isinstance(argument, _NAMING):
            for value in ordered(known(ask.evaluate(frame, argument))):
                if given is None and own:
                    given = _given(ask, frame, node, name)
                why = f"handed to {callee}"
                if own and isinstance(value, Instance):
                    yield from _called(ask, frame, value, why, given)
                else:
                    yield from passed(ask, frame, value, why, given)


def _called_with(
    ask: Interpreter, frame: Frame, node: ast.Call, callee: str
) -> tuple[ast.expr | None, list[CallTarget]]:
    """Return the argument that a callee calls with others, as an idiom says, and what that runs."""
    row = ask.idioms.calls_with.get(callee)
    if row is None:
        return None, []
    which, *words = row.split()
    function = _at(node, which)
    given = _behind(ask, frame, node, which, words) if function is not None else None
    if function is None or given is None:
        return None, []
    values, why = ordered(known(ask.evaluate(frame, function))), f"handed to {callee}"
    return function, [t for value in values for t in passed(ask, frame, value, why, given)]


def _at(node: ast.Call, place: str) -> ast.expr | None:
    """Return the argument of a call at a place: "1", "target" or "1=target"."""
    number, _, name = place.partition("=")
    if number.isdigit() and int(number) < len(node.args):
        return node.args[int(number)]
    name = name or number
    return next((item.value for item in node.keywords if item.arg == name), None)


def _behind(
    ask: Interpreter, frame: Frame, node: ast.Call, which: str, words: list[str]
) -> list[Values] | None:
    """Return what the function is called with; None where that is not told."""
    match words:
        case ["*"] if not node.keywords:
            return ask.contexts.arguments(frame, node)[0][int(which) + 1 :]
        case ["each", "*"]:
            arguments = ask.contexts.arguments(frame, node)[0][int(which) + 1 :]
            return [ask.items.elements(values) for values in arguments]
        case [place] if (held := _at(node, place)) is not None:
            for value in ask.evaluate(frame, held):
                if isinstance(value, Sequence) and value.positions:
                    return list(value.positions)
    return None


def _called(
    ask: Interpreter, frame: Frame, value: Instance, why: str, given: list[Values] | None
) -> Iterator[CallTarget]:
    """Yield what calling an object runs: `map(self.layer, xs)`."""
    for method in ordered(known(ask.calls.called(value))):
        for target in passed(ask, frame, method, why, given):
            by_call = str(target.callee).endswith("__call__")
            yield target if by_call else replace(target, kind=EdgeKind.FORWARD)


def _given(ask: Interpreter, frame: Frame, node: ast.Call, name: str) -> list[Values]:
    """Return what one of Python's own functions gives the function that it is handed."""
    arguments, _ = ask.contexts.arguments(frame, node)
    if isinstance(node.func, ast.Attribute) and name == "list.sort":
        arguments = [ask.evaluate(frame, node.func.value)]
    elements = ask.items.elements
    match name:
        case "map":
            return [elements(values) for values in arguments[1:]]
        case "itertools.starmap" if len(arguments) > 1:
            rows = elements(arguments[1])
            widths = [len(row.positions) for row in rows if isinstance(row, Sequence)]
            return [ask.items.element(rows, place) for place in range(max(widths, default=0))]
        case "functools.reduce" | "itertools.accumulate" if len(arguments) > 1:
            places = (1, 0) if name == "functools.reduce" else (0, 1)
            each = elements(arguments[places[0]])
            made = NOTHING.union(*arguments[2:]) or each
            for function in known(arguments[places[1]]):
                made |= known(ask.calls.result(function, [made, each], {}))
            return [known(made) or made, each]
        case "filter" | "itertools.takewhile" | "itertools.dropwhile" | "itertools.filterfalse":
            return [elements(values) for values in arguments[1:2]]
        case "sorted" | "min" | "max" | "list.sort" | "itertools.groupby" if arguments:
            several = arguments if name in ("min", "max") and len(arguments) > 1 else None
            return [NOTHING.union(*several) if several else elements(arguments[0])]
    return []


def kept_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, callee: FunctionValue
) -> Iterator[CallTarget]:
    """Yield the function that a callee keeps, as an idiom says, to call it later: a hook."""
    name = callee.name.partition("~")[0]
    position = ask.idioms.calls_argument.get(name)
    if position is None:
        return
    kept = _at(node, f"{position}={_parameter(ask, callee, position)}")
    if kept is None:
        return
    given = _got(ask, callee, ask.idioms.argument_gets.get(name, ()))
    for value in ordered(known(ask.evaluate(frame, kept))):
        yield from passed(ask, frame, value, f"kept by {callee.name}", given)


def _parameter(ask: Interpreter, callee: FunctionValue, position: int) -> str:
    """Return the name of a function's parameter by its position in a call."""
    defined = ask.index.defined(callee.name)
    if defined is None or isinstance(defined.node, ast.ClassDef):
        return ""
    arguments = defined.node.args
    names = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    return dict(enumerate(names[defined.receiver is not None :])).get(position, "")


def _got(ask: Interpreter, callee: FunctionValue, words: tuple[str, ...]) -> list[Values]:
    """Return what a function is called with that is kept, as an idiom says."""
    found: list[Values] = []
    for word in words:
        cls = word.removesuffix("?")
        made: Values = frozenset({Instance(cls, constructed=False)})
        if word == "self":
            found.append(NOTHING if callee.bound is None else frozenset({callee.bound}))
        elif not word:
            found.append(NOTHING)
        else:
            found.append(made if word == cls else offered(f"mostly an object of {cls}", made))
    return found


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
    if callee.name not in ask.idioms.method_dispatches_to:
        return
    arguments, _ = ask.contexts.arguments(frame, node)
    by = f"by way of {callee.name}"
    for stage in stages(ask, callee, arguments):
        name = stage.function.name
        target = function_target(
            ask,
            frame,
            stage.function,
            EdgeKind.METHOD,
            arguments=stage.arguments,
            role=name.rpartition(".")[2],
        )
        when = f"{by}: it may be called {stage.later}" if stage.later else by
        yield replace(target, reason=target.reason or when, uncertain=bool(stage.later))


def started_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, callee: str
) -> Iterator[CallTarget]:
    """Yield the own methods in which a method that is not read ends: `Thread.start` in `run`."""
    methods = ask.idioms.method_dispatches_to.get(callee, ())
    if not methods or not isinstance(node.func, ast.Attribute):
        return
    for owner in ordered(known(ask.evaluate(frame, node.func.value))):
        for method in methods if isinstance(owner, Instance) else ():
            for value in ordered(known(ask.attributes.get(owner, method))):
                if isinstance(value, FunctionValue):
                    kind = EdgeKind.METHOD
                    target = function_target(ask, frame, value, kind, arguments=[], role=method)
                    yield replace(target, reason=target.reason or f"by way of {callee}")


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


def passed(
    ask: Interpreter, frame: Frame, value: Value, why: str, given: list[Values] | None = None
) -> Iterator[CallTarget]:
    """Yield a function that somebody may call later, with what it is `given` if that is known."""
    while isinstance(value, Partial | GenericFunction):
        if isinstance(value, Partial) and given:
            given = [*value.arguments, *given]
        value = value.function
    if isinstance(value, FunctionValue) and value.name not in ask.idioms.abstract:
        kind = EdgeKind.METHOD if value.bound is not None else EdgeKind.DIRECT
        role = f"handed {value.name}"
        target = function_target(ask, frame, value, kind, arguments=given or None, role=role)
        yield replace(
            target, reason=target.reason or f"{why}, from where it may be called", uncertain=True
        )
