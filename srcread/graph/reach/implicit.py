"""Calls that nobody wrote: what operators, loops, `with`, class bodies and Python's functions run.

Only methods that a class that is read defines in Python; of compiled classes, what operators of
arrays do is told, in `operations`.
Where the class has compiled bases, only the first method that Python would try counts: the others
come after methods that the sources do not show.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.containers import MIXED_IN, is_abstract_method
from srcread.graph.infer.rules.protocols import ENTERING
from srcread.graph.infer.rules.python import ITERATED, PROTOCOLS
from srcread.graph.infer.values import (
    ClassValue,
    Constant,
    External,
    FunctionValue,
    Instance,
    ModuleValue,
    Native,
    Super,
    Value,
    Values,
    known,
    ordered,
)
from srcread.graph.reach.accesses import (
    attribute_set_targets,
    looked_up_targets,
    note_set_by_name,
    targets_by_name,
)
from srcread.graph.reach.operations import array_targets, other_side_targets
from srcread.graph.reach.own_dictionaries import note_item_set, note_updated
from srcread.graph.reach.target import CallTarget, function_target, method_targets
from srcread.graph.reach.through import through_targets
from srcread.index.block.bindings import How, ImplicitCall
from srcread.model import EdgeKind

_ENOUGH = 300
"""How many parts of a copied object are looked at."""
_SETTING = "builtins.setattr"
_SENDING = ("types.GeneratorType.send", "types.AsyncGeneratorType.asend")
_OF_ONE = ("builtins.max", "builtins.min")
"""What goes through its argument only where there is one."""
_GONE_THROUGH = {
    "builtins.zip": (0, None),
    "builtins.map": (1, None),
    "builtins.filter": (1, 2),
    "functools.reduce": (1, 2),
}
"""Which of their arguments functions go through, from and to; others the first alone."""
_LOOKED_UP = (
    *(f"builtins.object.{name}" for name in ("__getattribute__", "__setattr__", "__delattr__")),
    "builtins.type.__setattr__",
)
"""What a class's own way to an attribute goes on to; that runs properties and descriptors."""


def implicit_targets(ask: Interpreter, frame: Frame, implicit: ImplicitCall) -> list[CallTarget]:
    """Return the methods that an operator, a loop, a `with` or a set attribute runs."""
    if implicit.role == "attribute":
        assert isinstance(implicit.node, ast.Attribute)
        return attribute_set_targets(ask, frame, implicit.node, implicit.chances[0])
    if implicit.role == "item":
        note_item_set(ask, frame, implicit)
    targets: list[CallTarget] = []
    for chance in implicit.chances:
        arguments = [ask.evaluate(frame, node) for node in chance.arguments]
        values = known(ask.evaluate(frame, chance.operand))
        answered: set[Value] = set()
        for value in ordered(values):
            found = _first_method(ask, value, chance.methods)
            answered |= {value} if found else set()
            targets += method_targets(ask, frame, found, arguments, implicit.role)
            targets += through_targets(ask, frame, found)
            if implicit.role == "iteration":
                targets += _steps(ask, frame, found)
        if native := array_targets(ask, frame, implicit, chance, answered):
            both = [*targets, *native]
            targets = [replace(target, uncertain=True) for target in both] if targets else native
        if not values and not targets:
            return other_side_targets(ask, frame, implicit)
        if targets or any(_may_handle(ask, value) for value in values):
            break
    return targets


def argument_targets(
    ask: Interpreter, frame: Frame, node: ast.Call, callee: External
) -> list[CallTarget]:
    """Return the methods of its arguments that one of Python's own functions runs: `len(x)`."""
    note_updated(ask, frame, node, callee.name)
    if callee.name in _SENDING and isinstance(node.func, ast.Attribute) and node.args:
        sent = ask.evaluate(frame, node.args[0])
        ask.sending.note_sent(ask.evaluate(frame, node.func.value), sent)
    if callee.name in ENTERING and node.args:
        return list(_entered(ask, frame, node.args[0]))
    if is_abstract_method(callee.name):
        return _mixed_in(ask, frame, node, callee)
    if callee.name in _LOOKED_UP:
        return looked_up_targets(ask, frame, node, callee.name.rpartition(".")[2])
    protocol = PROTOCOLS.get(callee.name)
    protocol = protocol or ask.idioms.calls_method_of_argument.get(callee.name)
    if protocol is None or not node.args or (callee.name in _OF_ONE and len(node.args) > 1):
        return []
    arguments, _ = ask.contexts.arguments(frame, node)
    if protocol == ITERATED:
        return list(dict.fromkeys(_iterations(ask, frame, callee.name, arguments)))
    if callee.name == "builtins.isinstance":
        arguments = arguments[1:]
    objects: Iterable[Value] = ordered(known(arguments[0])) if arguments else ()
    rest = arguments[1:]
    rivals = callee.name not in ask.idioms.copies_deeply
    if not rivals:
        objects = _parts(ask, objects, protocol[0])
    targets: list[CallTarget] = []
    for value in objects:
        if protocol == ("__getattr__",):
            targets += targets_by_name(ask, frame, value, rest)
            continue
        if callee.name == _SETTING:
            note_set_by_name(ask, value, rest)
        found = _first_method(ask, value, protocol)
        targets += through_targets(ask, frame, found)
        called = method_targets(ask, frame, found, rest, "inside")
        targets += called if rivals else [replace(t, role=f"inside {t.callee}") for t in called]
    return list(dict.fromkeys(targets))


def _entered(ask: Interpreter, frame: Frame, node: ast.expr) -> Iterator[CallTarget]:
    """Yield what is run of a context manager that is entered by a call, and left later."""
    for value in ordered(known(ask.evaluate(frame, node))):
        for methods in (("__enter__", "__aenter__"), ("__exit__", "__aexit__")):
            found = _first_method(ask, value, methods)
            yield from method_targets(ask, frame, found, [], methods[0])


def _iterations(
    ask: Interpreter, frame: Frame, name: str, arguments: list[Values]
) -> Iterator[CallTarget]:
    """Yield what a function runs that goes through one of its arguments, or through several."""
    first, last = _GONE_THROUGH.get(name, (0, 1))
    for place, values in enumerate(arguments[first:last]):
        which = f" {place}" if place else ""
        for value in ordered(known(values)):
            found = _first_method(ask, value, ITERATED)
            yield from method_targets(ask, frame, found, [], f"inside{which}")
            yield from through_targets(ask, frame, found)
            if name != "builtins.iter":  # it only makes the iterator
                yield from _steps(ask, frame, found, f"step{which}")


def class_bodies(frame: Frame) -> Iterator[Frame]:
    """Yield the frames of the class bodies directly in a block that runs."""
    assert frame.defined is not None
    for inner in list(frame.defined.inner().values()):
        if isinstance(inner.node, ast.ClassDef):
            yield frame.body(inner)


def class_made_targets(ask: Interpreter, body: Frame) -> Iterator[tuple[ast.expr, CallTarget]]:
    """Yield what making a class runs: `__set_name__` of what it holds, then `__init_subclass__`."""
    defined = body.defined
    assert defined is not None and isinstance(defined.node, ast.ClassDef)
    cls = ClassValue(defined.name)
    for name, bindings in defined.scope.bindings.items():
        for binding in bindings:
            if binding.how is How.VALUE and isinstance(binding.node, ast.expr):
                arguments: list[Values] = [frozenset({cls}), frozenset({Constant(name)})]
                for value in ordered(known(ask.evaluate(body, binding.node))):
                    found = _first_method(ask, value, ("__set_name__",))
                    for target in method_targets(ask, body, found, arguments, "set name"):
                        yield binding.node, target
    for member in ask.classes.members(cls.name, "__init_subclass__"):
        for value in ordered(member.values) if member.owner != cls.name else ():
            if isinstance(value, FunctionValue) and defined.node.bases:
                bound = replace(value, bound=cls)
                kind = EdgeKind.METHOD
                yield (
                    defined.node.bases[0],
                    function_target(ask, body, bound, kind, arguments=[], role="made"),
                )
        break


def _mixed_in(ask: Interpreter, frame: Frame, node: ast.Call, callee: External) -> list[CallTarget]:
    """Return the methods of its own that a container runs, where Python's abstract one has it."""
    if not isinstance(node.func, ast.Attribute):
        return []
    arguments, _ = ask.contexts.arguments(frame, node)
    targets: list[CallTarget] = []
    for value in ordered(ask.evaluate(frame, node.func.value)):
        value = value.bound if isinstance(value, Super) else value
        if isinstance(value, Instance):
            for method in MIXED_IN[callee.name.rpartition(".")[2]]:
                found = ask.attributes.special(value, method)
                targets += method_targets(ask, frame, found, arguments[:1], f"inside {method}")
    return list(dict.fromkeys(targets))


def _parts(ask: Interpreter, values: Iterable[Value], hook: str) -> list[Value]:
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
        if ask.attributes.special(value, hook):
            continue
        held = set(value.items)
        for name in ask.instances.names_assigned(value.cls):
            held |= known(ask.instances.assigned(value, name))
        waiting += ordered(frozenset(v for v in held if isinstance(v, Instance) and v.constructed))
    return list(found)


def _first_method(ask: Interpreter, value: Value, methods: tuple[str, ...]) -> list[FunctionValue]:
    if not isinstance(value, Instance | ClassValue):
        return []
    for name in methods:
        found = ask.attributes.special(value, name)
        if not found and name == "__getitem__" and isinstance(value, ClassValue):
            bound = ask.attributes.get(value, "__class_getitem__")
            found = [item for item in ordered(bound) if isinstance(item, FunctionValue)]
        if found:
            return found
        if _has_compiled_base(ask, value):
            return []
    return []


def _has_compiled_base(ask: Interpreter, value: Value) -> bool:
    return isinstance(value, Instance) and any(
        isinstance(base, Native) for base in ask.classes.foreign_bases(value.cls)
    )


def _may_handle(ask: Interpreter, value: Value) -> bool:
    """Tell whether an operand may answer an operator itself, in ways that the text hides."""
    if isinstance(value, Instance):
        return _has_compiled_base(ask, value)
    return isinstance(value, Native | ModuleValue | External)


def _steps(
    ask: Interpreter, frame: Frame, made: list[FunctionValue], role: str = "step"
) -> Iterator[CallTarget]:
    """A loop's `__next__`, of the iterator that `__iter__` returns."""
    for function in made:
        name = function.name.rpartition(".")[2]
        if name in ("__iter__", "__aiter__"):
            step = "__next__" if name == "__iter__" else "__anext__"
            for iterator in ordered(known(ask.calls.result(function, [], {}))):
                if isinstance(iterator, Instance):
                    found = ask.attributes.special(iterator, step)
                    yield from method_targets(ask, frame, found, [], role)
