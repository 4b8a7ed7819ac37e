"""Calls that nobody wrote: what operators, loops, `with`, attributes and Python's functions run.

Only methods that a class that is read defines in Python; what compiled classes do stays unsaid.
Where the class has compiled bases, only the first method that Python would try counts: the others
come after methods that the sources do not show.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from srcread.graph.infer.calls.python import PROTOCOLS
from srcread.graph.infer.evaluate import Evaluator
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.objects.containers import MIXED_IN, is_abstract_method
from srcread.graph.infer.values import (
    ClassValue,
    Constant,
    Context,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    ModuleValue,
    Native,
    Super,
    Unknown,
    Value,
    Values,
    known,
    ordered,
)
from srcread.graph.reach.target import Target, function_target
from srcread.index.block.bindings import Chance, How, Operation
from srcread.model import EdgeKind

_ENOUGH = 300
"""How many parts of a copied object are looked at."""
_SETTING = "builtins.setattr"
_LOOKED_UP = tuple(
    f"builtins.object.{name}" for name in ("__getattribute__", "__setattr__", "__delattr__")
)
"""What a class's own way to an attribute goes on to; that runs properties and descriptors."""


def operation_targets(evaluator: Evaluator, frame: Frame, operation: Operation) -> list[Target]:
    """Return the methods that an operator, a loop, a `with` or a set attribute runs."""
    if operation.role == "attribute":
        assert isinstance(operation.node, ast.Attribute)
        return _attribute_set(evaluator, frame, operation.node, operation.chances[0])
    if operation.role == "decorator":
        return _decorating(evaluator, frame, operation.chances[0].operand)
    targets: list[Target] = []
    for chance in operation.chances:
        arguments = [evaluator.evaluate(frame, node) for node in chance.arguments]
        values = known(evaluator.evaluate(frame, chance.operand))
        for value in ordered(values):
            found = _first_method(evaluator, value, chance.methods)
            targets += _called(evaluator, frame, found, arguments, operation.role)
            if operation.role == "iteration":
                targets += _steps(evaluator, frame, found)
        if targets or not values or any(_may_handle(evaluator, value) for value in values):
            break
    return targets


def attribute_targets(evaluator: Evaluator, frame: Frame, node: ast.Attribute) -> list[Target]:
    """Return what reading an attribute runs: a property, a descriptor or `__getattr__`."""
    targets: list[Target] = []
    attribute = frame.attribute(node.attr)
    evaluator.evaluate(frame, node)  # opens the modules that it looks into
    values = evaluator.evaluate(frame, node.value)
    for module in [value for value in values if isinstance(value, ModuleValue)]:
        # A submodule's import sets it on what stands in the package's place: nobody is asked.
        if not evaluator.names.has_submodule(module.name, attribute):
            values |= evaluator.names.swapped(module.name)
    for value in ordered(values):
        if not isinstance(value, Instance | ClassValue):
            continue
        hooks = _hooks(evaluator, value, "__getattribute__")
        ran = _got(evaluator, frame, value, attribute)
        # Texts that choose nothing further down would only make contexts.
        name = Constant(attribute) if ran else ExternalInstance("builtins.str")
        targets += _called(evaluator, frame, hooks, [frozenset({name})], "access")
        if ran and not _goes_up(evaluator, hooks):
            targets += ran
        if not ran and isinstance(value, Instance):
            targets += _fallen_back(evaluator, frame, value, attribute)
    return list(dict.fromkeys(targets))


def argument_targets(
    evaluator: Evaluator, frame: Frame, node: ast.Call, callee: External
) -> list[Target]:
    """Return the methods of its arguments that one of Python's own functions runs: `len(x)`."""
    if is_abstract_method(callee.name):
        return _mixed_in(evaluator, frame, node, callee)
    if callee.name in _LOOKED_UP:
        return _by_object(evaluator, frame, node, callee.name.rpartition(".")[2])
    protocol = PROTOCOLS.get(callee.name)
    protocol = protocol or evaluator.idioms.calls_method_of_argument.get(callee.name)
    if protocol is None or not node.args:
        return []
    arguments, _ = evaluator.calls.arguments(frame, node)
    if callee.name == "builtins.isinstance":
        arguments = arguments[1:]
    objects: Iterable[Value] = ordered(known(arguments[0])) if arguments else ()
    rest = arguments[1:]
    rivals = callee.name not in evaluator.idioms.copies_deeply
    if not rivals:
        objects = _parts(evaluator, objects, protocol[0])
    targets: list[Target] = []
    for value in objects:
        if protocol == ("__getattr__",):
            targets += _by_name(evaluator, frame, value, rest)
            continue
        if callee.name == _SETTING:
            _note_by_name(evaluator, value, rest)
        found = _first_method(evaluator, value, protocol)
        called = _called(evaluator, frame, found, rest, "inside")
        targets += called if rivals else [replace(t, role=f"inside {t.callee}") for t in called]
    return list(dict.fromkeys(targets))


def class_bodies(frame: Frame) -> Iterator[Frame]:
    """Yield the frames of the class bodies directly in a block that runs."""
    assert frame.defined is not None
    for inner in list(frame.defined.inner().values()):
        if isinstance(inner.node, ast.ClassDef):
            yield Frame(frame.module, inner.scope, inner, None, frame)


def class_made_targets(evaluator: Evaluator, body: Frame) -> Iterator[tuple[ast.expr, Target]]:
    """Yield what making a class runs: `__set_name__` of what it holds, then `__init_subclass__`."""
    defined = body.defined
    assert defined is not None and isinstance(defined.node, ast.ClassDef)
    cls = ClassValue(defined.name)
    for name, bindings in defined.scope.bindings.items():
        for binding in bindings:
            if binding.how is How.VALUE and isinstance(binding.node, ast.expr):
                arguments: list[Values] = [frozenset({cls}), frozenset({Constant(name)})]
                for value in ordered(known(evaluator.evaluate(body, binding.node))):
                    found = _first_method(evaluator, value, ("__set_name__",))
                    for target in _called(evaluator, body, found, arguments, "set name"):
                        yield binding.node, target
    for member in evaluator.attributes.classes.members(cls.name, "__init_subclass__"):
        for value in ordered(member.values) if member.owner != cls.name else ():
            if isinstance(value, FunctionValue) and defined.node.bases:
                bound = replace(value, bound=cls)
                kind = EdgeKind.METHOD
                yield (
                    defined.node.bases[0],
                    function_target(evaluator, body, bound, kind, arguments=[], role="made"),
                )
        break


def _mixed_in(evaluator: Evaluator, frame: Frame, node: ast.Call, callee: External) -> list[Target]:
    """Return the methods of its own that a container runs, where Python's abstract one has it."""
    if not isinstance(node.func, ast.Attribute):
        return []
    arguments, _ = evaluator.calls.arguments(frame, node)
    targets: list[Target] = []
    for value in ordered(evaluator.evaluate(frame, node.func.value)):
        value = value.bound if isinstance(value, Super) else value
        if isinstance(value, Instance):
            for method in MIXED_IN[callee.name.rpartition(".")[2]]:
                found = evaluator.attributes.special(value, method)
                targets += _called(evaluator, frame, found, arguments[:1], f"inside {method}")
    return list(dict.fromkeys(targets))


def _decorating(evaluator: Evaluator, frame: Frame, node: ast.expr) -> list[Target]:
    """Return the functions that decorate a definition inside the function that is walked."""
    return [
        function_target(evaluator, frame, value, EdgeKind.DECORATOR, role="decorator")
        for value in ordered(known(evaluator.evaluate(frame, node)))
        if isinstance(value, FunctionValue)
    ]


def _by_object(evaluator: Evaluator, frame: Frame, node: ast.Call, method: str) -> list[Target]:
    """Return what `super().__getattribute__(name)` runs, or `object.__setattr__(x, name, y)`."""
    arguments, _ = evaluator.calls.arguments(frame, node)
    receivers = (
        evaluator.evaluate(frame, node.func.value) if isinstance(node.func, ast.Attribute) else ()
    )
    owners: list[Value] = [value.bound for value in receivers if isinstance(value, Super)]
    if not owners and arguments:
        owners, arguments = ordered(arguments[0]), arguments[1:]
    targets: list[Target] = []
    for name in ordered(arguments[0]) if arguments else ():
        for owner in owners if isinstance(name, Constant) and name.value else ():
            if isinstance(owner, Instance) and isinstance(name, Constant) and name.value:
                if method == "__getattribute__":
                    targets += _got(evaluator, frame, owner, name.value)
                else:
                    targets += _set(evaluator, frame, owner, name.value, method, arguments[1:])
    return [replace(target, role="looked up") for target in dict.fromkeys(targets)]


def _got(
    evaluator: Evaluator, frame: Frame, value: Instance | ClassValue, name: str
) -> list[Target]:
    """Return the property or the descriptor's `__get__` that an attribute is."""
    getter = evaluator.attributes.getter(value, name)
    if getter is not None:
        return [Target(getter.name, EdgeKind.PROPERTY, Context(getter.name, value))]
    gets = evaluator.attributes.descriptor(value, name, "__get__")
    return [function_target(evaluator, frame, get, EdgeKind.PROPERTY) for get in gets]


def _set(
    evaluator: Evaluator,
    frame: Frame,
    value: Instance,
    name: str,
    method: str,
    values: list[Values],
) -> list[Target]:
    """Return the setter or the descriptor's `__set__` that an attribute is."""
    return [
        function_target(
            evaluator, frame, setter, EdgeKind.PROPERTY, arguments=values, role="setter"
        )
        for setter in evaluator.attributes.setter(value, name, method)
    ]


def _hooks(evaluator: Evaluator, value: Value, method: str) -> list[FunctionValue]:
    """Return a class's own way to its objects' attributes."""
    return evaluator.attributes.special(value, method) if isinstance(value, Instance) else []


def _goes_up(evaluator: Evaluator, hooks: Iterable[FunctionValue]) -> bool:
    """Tell whether a class's own way to an attribute asks its base's: properties run in there."""
    for hook in hooks:
        name = hook.name.rpartition(".")[2].partition("~")[0]
        defined = evaluator.index.defined(hook.name)
        for use in defined.scope.calls if defined is not None else ():
            match use.node:
                case ast.Call(func=ast.Attribute(attr=asked)) if asked == name:
                    return True
    return False


def _by_name(
    evaluator: Evaluator, frame: Frame, value: Value, arguments: list[Values]
) -> Iterator[Target]:
    """What `getattr(value, name)` and `hasattr` run."""
    for name in arguments[0] if arguments else ():
        if isinstance(value, Instance) and isinstance(name, Constant) and name.value:
            yield from _fallen_back(evaluator, frame, value, name.value)


def _note_by_name(evaluator: Evaluator, value: Value, arguments: list[Values]) -> None:
    """Note what `setattr(value, name, put)` puts into an object or a class."""
    if len(arguments) == 2 and isinstance(value, Instance | ClassValue):
        for name in ordered(arguments[0]):
            if isinstance(name, Constant) and name.value:
                evaluator.surgery.note_set(value, name.value, arguments[1])


def _parts(evaluator: Evaluator, values: Iterable[Value], hook: str) -> list[Value]:
    """Return some objects with all that they hold, as a deep copy goes through them.

    One that has the hook looks after its own parts.
    """
    found: dict[Value, None] = {}
    waiting = list(values)
    while waiting and len(found) < _ENOUGH:
        value = waiting.pop(0)
        if value in found or not isinstance(value, Instance):
            continue
        found[value] = None
        if evaluator.attributes.special(value, hook):
            continue
        held = set(value.items)
        for name in evaluator.attributes.classes.names_assigned(value.cls):
            held |= known(evaluator.attributes.classes.assigned(value, name))
        waiting += ordered(frozenset(v for v in held if isinstance(v, Instance) and v.constructed))
    return list(found)


def _first_method(
    evaluator: Evaluator, value: Value, methods: tuple[str, ...]
) -> list[FunctionValue]:
    if not isinstance(value, Instance | ClassValue):
        return []
    for name in methods:
        found = evaluator.attributes.special(value, name)
        if not found and name == "__getitem__" and isinstance(value, ClassValue):
            bound = evaluator.attributes.get(value, "__class_getitem__")
            found = [item for item in ordered(bound) if isinstance(item, FunctionValue)]
        if found:
            return found
        if _has_compiled_base(evaluator, value):
            return []
    return []


def _has_compiled_base(evaluator: Evaluator, value: Value) -> bool:
    return isinstance(value, Instance) and any(
        isinstance(base, Native) for base in evaluator.attributes.classes.foreign_bases(value.cls)
    )


def _may_handle(evaluator: Evaluator, value: Value) -> bool:
    """Tell whether an operand may answer an operator itself, in ways that the text hides."""
    if isinstance(value, Instance):
        return _has_compiled_base(evaluator, value)
    return isinstance(value, Native | ModuleValue | External)


def _called(
    evaluator: Evaluator,
    frame: Frame,
    functions: Iterable[FunctionValue],
    arguments: list[Values],
    role: str,
) -> Iterator[Target]:
    for function in functions:
        yield function_target(
            evaluator, frame, function, EdgeKind.METHOD, arguments=arguments, role=role
        )


def _steps(evaluator: Evaluator, frame: Frame, made: list[FunctionValue]) -> Iterator[Target]:
    """A loop's `__next__`, of the iterator that `__iter__` returns."""
    for function in made:
        name = function.name.rpartition(".")[2]
        if name in ("__iter__", "__aiter__"):
            step = "__next__" if name == "__iter__" else "__anext__"
            for iterator in ordered(known(evaluator.calls.result(function, [], {}))):
                if isinstance(iterator, Instance):
                    found = evaluator.attributes.special(iterator, step)
                    yield from _called(evaluator, frame, found, [], "step")


def _attribute_set(
    evaluator: Evaluator, frame: Frame, node: ast.Attribute, chance: Chance
) -> list[Target]:
    """`x.name = value`: the class's `__setattr__`, else a property's setter or a descriptor."""
    values = [evaluator.evaluate(frame, argument) for argument in chance.arguments]
    attribute = frame.attribute(node.attr)
    name: Values = frozenset({Constant(attribute)})
    targets: list[Target] = []
    for value in ordered(known(evaluator.evaluate(frame, chance.operand))):
        if values and isinstance(value, Instance | ClassValue):
            evaluator.surgery.note_set(value, attribute, values[0])
        if not isinstance(value, Instance):
            continue
        for method in chance.methods:
            hooks = evaluator.attributes.special(value, method)
            targets += _called(evaluator, frame, hooks, [name, *values], "attribute")
            if not _goes_up(evaluator, hooks):
                targets += _set(evaluator, frame, value, attribute, method, values)
    return targets


def _fallen_back(
    evaluator: Evaluator, frame: Frame, value: Instance, name: str
) -> Iterator[Target]:
    """The class's `__getattr__`, where the attribute is not found before."""
    if name.startswith("__"):
        return
    found = evaluator.attributes.special(value, "__getattr__")
    if found and _is_elsewhere(evaluator, value, name):
        arguments: list[Values] = [frozenset({Constant(name)})]
        yield from _called(evaluator, frame, found, arguments, "attribute")


def _is_elsewhere(evaluator: Evaluator, value: Instance, name: str) -> bool:
    """Tell whether an attribute is not in the object's own dictionary nor in its class's.

    An idiom says which objects a class's `__setattr__` puts away: modules, parameters.
    """
    classes = evaluator.attributes.classes
    if any(not member.declared for member in classes.members(value.cls, name)):
        return False
    found = classes.assigned(value, name)
    kept_away = [
        cls
        for setter in evaluator.attributes.special(value, "__setattr__")
        for owner in classes.order(value.cls)
        for cls in evaluator.idioms.keeps_elsewhere.get(f"{owner}.__setattr__", ())
        if setter
    ]
    assigned = known(found)
    if not assigned:
        return not found or not all(isinstance(item, Unknown) for item in found)
    return any(
        isinstance(item, Instance) and not set(kept_away).isdisjoint(classes.order(item.cls))
        for item in assigned
    )
