"""What one call site, or one attribute that is a property, reaches: its edges' other ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules import dataclass_fields
from srcread.graph.infer.rules.abstract import filled_in
from srcread.graph.infer.rules.by_name import made_by_name
from srcread.graph.infer.rules.decorators import around, calls_of_original
from srcread.graph.infer.rules.registered import SEPARATOR
from srcread.graph.infer.rules.unread import forwards, unread_bases
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    ExternalInstance,
    Folded,
    FunctionValue,
    GenericFunction,
    Instance,
    Native,
    Partial,
    Super,
    Unknown,
    Value,
    Values,
    known,
    ordered,
)
from srcread.graph.reach.callbacks import (
    callback_targets,
    dispatched_targets,
    kept_targets,
    operator_targets,
    started_targets,
)
from srcread.graph.reach.fields import fields_set
from srcread.graph.reach.implicit import argument_targets
from srcread.graph.reach.target import (
    OFFERED,
    CallTarget,
    contract,
    weighed,
    why_folded,
)
from srcread.graph.reach.through import through_targets
from srcread.model import EdgeKind
from srcread.support.value_class import value_class

_NOT_RESOLVED = "what is not resolved"


@value_class
class FramedCall:
    """A call where it stands; `before` is the partial function that it calls through, if any."""

    frame: Frame
    node: ast.Call
    before: Partial | None = None
    by_super: bool = False
    """Whether what is called is an attribute of `super()`."""

    def arguments(self, ask: Interpreter) -> tuple[list[Values], dict[str, Values]]:
        """Return what is called with, by place and by name."""
        return ask.contexts.all_arguments(self.frame, self.node, self.before)

    def behind(self, partial: Partial) -> FramedCall:
        """Return the call of the function that a partial one holds."""
        if self.before is None:
            return replace(self, before=partial)
        arguments = (*partial.arguments, *self.before.arguments)
        keywords = {**dict(partial.keywords), **dict(self.before.keywords)}
        return replace(self, before=Partial(partial.function, arguments, tuple(keywords.items())))


def call_targets(ask: Interpreter, frame: Frame, node: ast.Call) -> list[CallTarget]:
    """Return everything that a call may reach; one UNRESOLVED target where nothing is known.

    The functions that such a call is handed may be called from there. Where something is known and
    more may be there, all of it is uncertain, and the UNRESOLVED target says what else may be.
    """
    values = ordered(filled_in(ask, ask.evaluate(frame, node.func)))
    site = FramedCall(frame, node, by_super=_is_by_super(ask, frame, node.func))
    found = [
        list(reached(ask, site, value))
        for value in values
        if not isinstance(value, Unknown | Constant)
    ]
    if resolved := weighed(found):
        still_open = [value for value in values if isinstance(value, Unknown) and not value.fails]
        if not still_open:
            return resolved if site.by_super else contract(ask, values, resolved)
        role, reason = resolved[0].role, still_open[0].reason
        beside = CallTarget(None, EdgeKind.UNRESOLVED, reason=reason, role=role)
        of_entry = all(value.of_entry for value in still_open)
        return [
            replace(target, uncertain=True, of_entry=of_entry) for target in (*resolved, beside)
        ]
    handed = list(dict.fromkeys(callback_targets(ask, frame, node, _NOT_RESOLVED)))
    if targets := [target for targets in found for target in targets]:
        return [targets[0], *handed]
    unknown = [value for value in values if isinstance(value, Unknown)]
    reasons = [value.reason for value in sorted(unknown, key=lambda value: value.fails)]
    if not reasons:
        reasons = [f"it would call {_literal(values)}"]
    unresolved = CallTarget(None, EdgeKind.UNRESOLVED, reason=reasons[0])
    return [unresolved, *_offered(ask, FramedCall(frame, node), values), *handed]


def _offered(ask: Interpreter, site: FramedCall, values: list[Value]) -> Iterator[CallTarget]:
    """What is offered where nothing is known: it may be called."""
    for value in values:
        if isinstance(value, Unknown) and value.may_be is not None:
            for target in reached(ask, site, value.may_be):
                if target.kind is not EdgeKind.UNRESOLVED:
                    reason = f"may be called: {value.reason}"
                    yield replace(target, reason=reason, role=OFFERED, uncertain=True)


def reached(ask: Interpreter, site: FramedCall, value: Value) -> Iterator[CallTarget]:
    """Yield what calling one value at a site runs."""
    match value:
        case FunctionValue(around=FunctionValue() | Instance()):
            yield from _wrapped(ask, site, value)
        case FunctionValue(launch=str(how)) if how:
            yield _launched(ask, site, value, how)
        case FunctionValue():
            yield _function(ask, site, value, _kind_of(site, value))
            yield from _by_name(ask, site, value.name)
            yield from kept_targets(ask, site.frame, site.node, value)
            yield from dispatched_targets(ask, site.frame, site.node, value)
            yield from through_targets(ask, site.frame, [value])
        case ClassValue():
            for target in _constructor(ask, site, value):
                yield replace(target, makes=value.name)
        case Instance():
            yield from _called_object(ask, site, value)
        case Folded(name, is_class):
            kind = EdgeKind.CONSTRUCTOR if is_class else EdgeKind.DIRECT
            yield CallTarget(name, kind, reason=f"folded: {ask.idioms.why_folded(name)}")
        case Native(name, by_name=True):
            reason = "a class by name: the C++ of a library registers it"
            yield CallTarget(name, EdgeKind.NATIVE, reason=reason)
        case Native(name) if SEPARATOR in name:
            yield from operator_targets(ask, site.frame, site.node, name)
        case Native(name):
            yield CallTarget(name, EdgeKind.NATIVE, reason=value.built_from or None)
            yield from callback_targets(ask, site.frame, site.node, name)
        case External(name) if found := _looked_up(ask, site, name):
            yield from found
        case External(name):
            yield CallTarget(name, EdgeKind.EXTERNAL)
            yield from _by_name(ask, site, name)
            if name == "builtins.type.__call__":
                yield from _by_metaclass(ask, site)
            yield from argument_targets(ask, site.frame, site.node, value)
            yield from started_targets(ask, site.frame, site.node, name)
            yield from callback_targets(ask, site.frame, site.node, name)
        case ExternalInstance(cls) if not cls.startswith("builtins."):
            yield CallTarget(f"{cls}.__call__", EdgeKind.EXTERNAL)
        case GenericFunction():
            arguments, _ = site.arguments(ask)
            for function in ask.dispatch.chosen(value, arguments):
                yield from reached(ask, site, function)
        case Partial(function):
            yield from reached(ask, site.behind(value), function)
        case Unknown(reason):
            yield CallTarget(None, EdgeKind.UNRESOLVED, reason=reason)
        case _:
            yield CallTarget(None, EdgeKind.UNRESOLVED, reason=f"it would call {_literal([value])}")


def _looked_up(ask: Interpreter, site: FramedCall, name: str) -> list[CallTarget]:
    """Return what a registry that is not read is asked for by name: native plugins."""
    position = ask.idioms.looks_up_native.get(name)
    if position is None:
        return []
    return [
        CallTarget(value.name, EdgeKind.NATIVE, reason=f"by way of {name}")
        for value in ordered(ask.calls.looked_up(site.frame, site.node, position))
        if isinstance(value, Native)
    ]


def _by_name(ask: Interpreter, site: FramedCall, name: str) -> Iterator[CallTarget]:
    """What a function makes that its first argument names by a text, as an idiom says."""
    if name.partition("~")[0] not in ask.idioms.instantiates:
        return
    arguments, _ = site.arguments(ask)
    node = ast.copy_location(ast.Call(site.node.func, [], site.node.keywords), site.node)
    for made in made_by_name(ask, name, arguments):
        for target in reached(ask, FramedCall(site.frame, node, made), made.function):
            yield replace(target, role=f"made {target.role}", reason=target.reason or f"by {name}")


def _wrapped(ask: Interpreter, site: FramedCall, value: FunctionValue) -> Iterator[CallTarget]:
    """A decorated function, as the wrapper calls it, and the wrapper that runs around it."""
    assert value.around is not None
    function = replace(value, around=None)
    ran = list(reached(ask, site, around(value.around, value)))
    contexts = [
        context
        for target in ran
        if target.context is not None and ask.sharing.told_apart(target.context)
        for context in calls_of_original(ask, target.context, function)
    ]
    for target in reached(ask, site, function):
        if target.callee == function.name and target.context is not None:
            for context in contexts or [target.context]:
                yield replace(target, context=context)
        else:
            yield target
    for target in ran:
        reason = target.reason or f"runs around {function.name}"
        yield replace(target, kind=EdgeKind.DECORATOR, reason=reason, role="around")


def _function(
    ask: Interpreter, site: FramedCall, value: FunctionValue, kind: EdgeKind
) -> CallTarget:
    idioms = ask.idioms
    if value.name in idioms.abstract:
        reason = "a subclass or the caller provides it"
        return CallTarget(None, EdgeKind.UNRESOLVED, reason=reason)
    why = ask.idioms.why_folded(value.name) and why_folded(ask, site.frame, value.name)
    if why is not None:
        return CallTarget(value.name, kind, reason=f"folded: {why}")
    return CallTarget(
        value.name, kind, ask.contexts.of_call(value, site.frame, site.node, site.before)
    )


def _launched(ask: Interpreter, site: FramedCall, value: FunctionValue, how: str) -> CallTarget:
    """A kernel: of what it is launched with only functions say something of what it calls."""
    arguments, keywords = site.arguments(ask)
    given = [_functions(values) for values in arguments]
    named = {name: _functions(values) for name, values in keywords.items()}
    context = ask.contexts.bind(value, given, named)
    return CallTarget(value.name, EdgeKind.DIRECT, context, reason=how)


def _functions(values: Values) -> Values:
    return frozenset(value for value in values if isinstance(value, FunctionValue))


def _is_by_super(ask: Interpreter, frame: Frame, func: ast.expr) -> bool:
    receivers = ask.evaluate(frame, func.value) if isinstance(func, ast.Attribute) else NOTHING
    return any(isinstance(receiver, Super) for receiver in receivers)


def _kind_of(site: FramedCall, value: FunctionValue) -> EdgeKind:
    if site.by_super:
        return EdgeKind.SUPER
    return EdgeKind.METHOD if value.bound is not None else EdgeKind.DIRECT


def _constructor(ask: Interpreter, site: FramedCall, value: ClassValue) -> Iterator[CallTarget]:
    """A class's `__new__` and `__init__`, or its metaclass's `__call__`; else the class itself."""
    found = False
    for function in ask.attributes.special(value, "__call__"):
        found = True
        yield _function(ask, site, function, EdgeKind.CONSTRUCTOR)
    if found:
        return
    yield from _written_constructors(ask, site, value)


def _by_metaclass(ask: Interpreter, site: FramedCall) -> Iterator[CallTarget]:
    """`type.__call__` in a metaclass goes on to the class's own constructor."""
    classes, call = ask.constructions.by_type(site.frame, site.node)
    for cls in classes:
        for target in _written_constructors(ask, replace(site, node=call), cls):
            yield replace(target, role=target.role or "made")


def _written_constructors(
    ask: Interpreter, site: FramedCall, value: ClassValue
) -> Iterator[CallTarget]:
    classes = ask.classes
    found = False
    generated = classes.is_dataclass(value.name)
    for method in ("__new__",) if generated else ("__new__", "__init__"):
        for function in classes.nearest(value.name, method):
            found = True
            yield from _constructing(ask, site, value, method, function)
    if not found:
        yield CallTarget(value.name, EdgeKind.CONSTRUCTOR, role="__init__")
        for base in unread_bases(ask, value.name):
            constructor = f"{base}.__init__"
            yield CallTarget(constructor, EdgeKind.EXTERNAL, role=f"inside {base}")
    if generated:
        for function in classes.nearest(value.name, "__post_init__"):
            for target in _constructing(ask, site, value, "__init__", function):
                yield replace(target, kind=EdgeKind.METHOD, role="__post_init__")
        yield from fields_set(ask, site.frame, value, *site.arguments(ask))
        yield from _defaults_made(ask, site, value)


def _defaults_made(ask: Interpreter, site: FramedCall, value: ClassValue) -> Iterator[CallTarget]:
    """What makes the defaults of the fields that a call does not give: `default_factory`."""
    arguments, keywords = site.arguments(ask)
    by_place = dataclass_fields.by_place(ask, value.name)
    given = {*by_place[: len(arguments)], *keywords}
    for name, frame, factory in dataclass_fields.factories(ask, value.name):
        if name in given:
            continue
        call = ast.copy_location(ast.Call(factory, [], []), site.node)
        for maker in ordered(known(ask.evaluate(frame, factory))):
            for target in reached(ask, FramedCall(frame, call), maker):
                yield replace(target, role=f"{target.role} for {name}".lstrip())


def _constructing(
    ask: Interpreter, site: FramedCall, value: ClassValue, method: str, function: FunctionValue
) -> Iterator[CallTarget]:
    """A class's own constructor, called with what the site gives, and what decorates it."""
    bound: Value = value
    if method == "__init__":
        arguments, keywords = site.arguments(ask)
        bound = ask.constructions.make(value, arguments, keywords)
    plain = replace(function, bound=bound, around=None)
    yield replace(_function(ask, site, plain, EdgeKind.CONSTRUCTOR), role=method)
    if function.around is not None:
        for target in _wrapped(ask, site, replace(function, bound=bound)):
            if target.role == "around":
                yield target


def _called_object(ask: Interpreter, site: FramedCall, value: Instance) -> Iterator[CallTarget]:
    """An object that is called: by `__call__`, and on to `forward` where the idioms say so."""
    if ask.plain.is_leaf(value.cls):
        yield CallTarget(
            None, EdgeKind.UNRESOLVED, reason=f"it would call an object of {value.cls}"
        )
        return
    yield from _perhaps_forwarded(ask, site, value)
    for call in ordered(ask.attributes.get(value, "__call__")):
        if not isinstance(call, FunctionValue):
            yield from reached(ask, site, call)
            continue
        method = ask.idioms.call_dispatches_to.get(call.name)
        if method is None:
            yield _function(ask, site, call, EdgeKind.METHOD)
            continue
        for function in ordered(ask.attributes.get(value, method)):
            through = f"folded: {call.name} and what it calls on the way"
            match function:
                case FunctionValue():
                    yield from _forwarded(ask, site, function, through)
                case Partial(function=FunctionValue() as inner):
                    yield from _forwarded(ask, site.behind(function), inner, through)


def _perhaps_forwarded(ask: Interpreter, site: FramedCall, value: Instance) -> Iterator[CallTarget]:
    """What a `__call__` that is not read may come to."""
    for function in ordered(forwards(ask, value)):
        assert isinstance(function, FunctionValue)
        base = unread_bases(ask, value.cls)[0]
        through = f"it may be called by {base}.__call__, which is not read"
        for target in _forwarded(ask, site, function, through):
            yield replace(target, role=f"inside {base}", uncertain=True)


def _forwarded(
    ask: Interpreter, site: FramedCall, function: FunctionValue, through: str
) -> Iterator[CallTarget]:
    """The forward that calling a module comes to, and what its decorators put around it."""
    if not isinstance(function.around, FunctionValue | Instance):
        target = _function(ask, site, function, EdgeKind.FORWARD)
        yield replace(target, reason=target.reason or through)
        return
    for target in _wrapped(ask, site, function):
        if target.role == "around":
            yield target
        else:
            yield replace(target, kind=EdgeKind.FORWARD, reason=target.reason or through)


def _literal(values: list[Value]) -> str:
    if values and isinstance(values[0], Constant):
        return "None" if values[0].value is None else f"the string {values[0].value!r}"
    return "something that is not a function"
