"""What reading and setting an attribute runs: properties, descriptors, a class's own ways.

Also where the name is a text: `getattr(x, name)`, `setattr(x, name, y)`, and `object`'s own lookup
that a class's way goes on to. Only what a class that is read defines in Python.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    ClassValue,
    Constant,
    Context,
    ExternalInstance,
    FunctionValue,
    Instance,
    ModuleValue,
    Super,
    Unknown,
    Value,
    Values,
    known,
    ordered,
)
from srcread.graph.reach.own_dictionaries import note_replaced
from srcread.graph.reach.target import CallTarget, function_target, method_targets
from srcread.index.block.bindings import Chance, path_of
from srcread.model import EdgeKind


def attribute_targets(ask: Interpreter, frame: Frame, node: ast.Attribute) -> list[CallTarget]:
    """Return what reading an attribute runs: a property, a descriptor or `__getattr__`."""
    targets: list[CallTarget] = []
    attribute = frame.attribute(node.attr)
    ask.evaluate(frame, node)  # opens the modules that it looks into
    values = ask.evaluate(frame, node.value)
    for module in [value for value in values if isinstance(value, ModuleValue)]:
        # A submodule's import sets it on what stands in the package's place: nobody is asked.
        if not ask.modules.has_submodule(module.name, attribute):
            values |= ask.modules.swapped(module.name)
    for value in ordered(values):
        if not isinstance(value, Instance | ClassValue):
            continue
        targets += _operator(ask, value, attribute)
        hooks = _hooks(ask, value, "__getattribute__")
        ran = _got(ask, frame, value, attribute)
        # Texts that choose nothing further down would only make contexts.
        name = Constant(attribute) if ran else ExternalInstance("builtins.str")
        targets += method_targets(ask, frame, hooks, [frozenset({name})], "access")
        if ran and not _goes_up(ask, hooks):
            targets += ran
        if not ran and isinstance(value, Instance):
            targets += _fallen_back(ask, frame, value, attribute)
    return list(dict.fromkeys(targets))


def _operator(ask: Interpreter, value: Instance | ClassValue, name: str) -> list[CallTarget]:
    """Return the operator that reading an attribute of a native object runs: `x.T`."""
    listed = ask.idioms.property_operators
    if isinstance(value, ClassValue) or name not in ask.idioms.property_names:
        return []
    read = [f"{base.name}.{name}" for base in ask.classes.foreign_bases(value.cls)]
    return [CallTarget(native, EdgeKind.NATIVE) for native in read if native in listed]


def attribute_set_targets(
    ask: Interpreter, frame: Frame, node: ast.Attribute, chance: Chance
) -> list[CallTarget]:
    """`x.name = value`: the class's `__setattr__`, else a property's setter or a descriptor."""
    values = [ask.evaluate(frame, argument) for argument in chance.arguments]
    attribute = frame.attribute(node.attr)
    name: Values = frozenset({Constant(attribute)})
    targets: list[CallTarget] = []
    for value in ordered(known(ask.evaluate(frame, chance.operand))):
        if values:
            _note_set(ask, frame, value, node, attribute, values[0])
        if not isinstance(value, Instance):
            continue
        for method in chance.methods:
            hooks = ask.attributes.special(value, method)
            targets += method_targets(ask, frame, hooks, [name, *values], "attribute")
            if not _goes_up(ask, hooks):
                targets += _set(ask, frame, value, attribute, method, values)
    return targets


def looked_up_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, method: str
) -> list[CallTarget]:
    """Return what `super().__getattribute__(name)` runs, or `object.__setattr__(x, name, y)`."""
    arguments, _ = ask.contexts.arguments(frame, node)
    receivers = ask.evaluate(frame, node.func.value) if isinstance(node.func, ast.Attribute) else ()
    owners: list[Value] = [value.bound for value in receivers if isinstance(value, Super)]
    if not owners and arguments:
        owners, arguments = ordered(arguments[0]), arguments[1:]
    targets: list[CallTarget] = []
    for name in ordered(arguments[0]) if arguments else ():
        for owner in owners if isinstance(name, Constant) and name.value else ():
            if method == "__setattr__":
                note_set_by_name(ask, owner, arguments)
            if isinstance(owner, Instance) and isinstance(name, Constant) and name.value:
                if method == "__getattribute__":
                    targets += _got(ask, frame, owner, name.value)
                else:
                    targets += _set(ask, frame, owner, name.value, method, arguments[1:])
    return [replace(target, role="looked up") for target in dict.fromkeys(targets)]


def targets_by_name(
    ask: Interpreter, frame: Frame, value: Value, arguments: list[Values]
) -> Iterator[CallTarget]:
    """What `getattr(value, name)` and `hasattr` run."""
    for name in arguments[0] if arguments else ():
        if isinstance(value, Instance) and isinstance(name, Constant) and name.value:
            yield from _fallen_back(ask, frame, value, name.value)


def note_set_by_name(ask: Interpreter, value: Value, arguments: list[Values]) -> None:
    """Note what `setattr(value, name, put)` puts into an object, a class or a module."""
    if len(arguments) == 2 and isinstance(value, Instance | ClassValue | ModuleValue):
        for name in ordered(arguments[0]):
            if isinstance(name, Constant) and name.value:
                ask.patches.note_set(value, name.value, arguments[1])


def _note_set(
    ask: Interpreter, frame: Frame, owner: Value, node: ast.Attribute, name: str, put: Values
) -> None:
    """Note what `x.name = put` sets; what a method sets on its own object its class tells."""
    if not isinstance(owner, Instance | ClassValue | ModuleValue):
        return
    if name == "__dict__":
        note_replaced(ask, owner, put)
        return
    around = frame.function().defined
    if around is not None and path_of(node.value) == around.receiver:
        put = frozenset(v for v in put if not isinstance(v, Constant | ExternalInstance | Unknown))
    ask.patches.note_set(owner, name, put)


def _got(
    ask: Interpreter, frame: Frame, value: Instance | ClassValue, name: str
) -> list[CallTarget]:
    """Return the property or the descriptor's `__get__` that an attribute is."""
    getter = ask.attributes.getter(value, name)
    if getter is not None:
        itself = CallTarget(getter.name, EdgeKind.PROPERTY, Context(getter.name, value))
        return [itself, *_around(ask, frame, value, name)]
    gets = ask.attributes.descriptor(value, name, "__get__")
    return [function_target(ask, frame, get, EdgeKind.PROPERTY) for get in gets]


def _around(
    ask: Interpreter, frame: Frame, value: Instance | ClassValue, name: str
) -> Iterator[CallTarget]:
    """Yield what decorators below `@property` put around its function."""
    for function in ask.attributes.special(value, name):
        wrapper = function.around
        while isinstance(wrapper, FunctionValue):
            bound = replace(wrapper, bound=value, around=None)
            kind = EdgeKind.DECORATOR
            target = function_target(ask, frame, bound, kind, arguments=[], role="around")
            yield replace(target, reason=target.reason or f"runs around {function.name}")
            wrapper = wrapper.around


def _set(
    ask: Interpreter,
    frame: Frame,
    value: Instance,
    name: str,
    method: str,
    values: list[Values],
) -> list[CallTarget]:
    """Return the setter or the descriptor's `__set__` that an attribute is."""
    return [
        function_target(ask, frame, setter, EdgeKind.PROPERTY, arguments=values, role="setter")
        for setter in ask.attributes.setter(value, name, method)
    ]


def _hooks(ask: Interpreter, value: Value, method: str) -> list[FunctionValue]:
    """Return a class's own way to its objects' attributes."""
    return ask.attributes.special(value, method) if isinstance(value, Instance) else []


def _goes_up(ask: Interpreter, hooks: Iterable[FunctionValue]) -> bool:
    """Tell whether a class's own way to an attribute asks its base's: properties run in there."""
    for hook in hooks:
        name = hook.name.rpartition(".")[2].partition("~")[0]
        defined = ask.index.defined(hook.name)
        for use in defined.scope.calls if defined is not None else ():
            match use.node:
                case ast.Call(func=ast.Attribute(attr=asked)) if asked == name:
                    return True
    return False


def _fallen_back(
    ask: Interpreter, frame: Frame, value: Instance, name: str
) -> Iterator[CallTarget]:
    """The class's `__getattr__`, where the attribute is not found before."""
    if name.startswith("__"):
        return
    found = ask.attributes.special(value, "__getattr__")
    if found and _is_elsewhere(ask, value, name):
        arguments: list[Values] = [frozenset({Constant(name)})]
        yield from method_targets(ask, frame, found, arguments, "attribute")


def _is_elsewhere(ask: Interpreter, value: Instance, name: str) -> bool:
    """Tell whether an attribute is not in the object's own dictionary nor in its class's.

    An idiom says which objects a class's `__setattr__` puts away: modules, parameters.
    """
    classes = ask.classes
    if any(not member.declared for member in classes.members(value.cls, name)):
        return False
    found = ask.instances.assigned(value, name)
    assigned = known(found)
    if not assigned:
        return not found or not all(isinstance(item, Unknown) for item in found)
    kept_away = [
        cls
        for setter in ask.attributes.special(value, "__setattr__")
        for owner in classes.mro(value.cls)
        for cls in ask.idioms.keeps_elsewhere.get(f"{owner}.__setattr__", ())
        if setter
    ]
    return any(
        isinstance(item, Instance) and not set(kept_away).isdisjoint(classes.mro(item.cls))
        for item in assigned
    )
