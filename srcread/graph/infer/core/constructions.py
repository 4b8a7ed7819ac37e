"""Constructions: what calling a class makes, and in which context each constructor ran for it.

An object is told by the arguments that its construction was given, as far as they can choose a
callee: object sensitivity. Constructions nested too deep say only their class, so that the values
stay finitely many: widening.

For example, `TransformerEncoder(layer, 6)`: `make` answers an object whose arguments hold `layer`
and nothing of the number; `context` of this object and `torch.nn.Module` is the run of
`Module.__init__` that `super().__init__()` starts, with nothing in its `args` and `kwargs`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.nesting import cut, depth
from srcread.graph.infer.rules import dataclass_fields, holders, named_tuples
from srcread.graph.infer.rules.containers import CONTENT, made
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NOTHING,
    Arguments,
    ClassValue,
    Context,
    FunctionValue,
    Instance,
    Sequence,
    Super,
    Table,
    Values,
    known,
    ordered,
    same,
)

_MAX_NESTING = 5


class Constructions:
    """Makes the objects that calls of classes give."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._contexts: dict[tuple[Instance, str], Cell[Context | None]] = {}

    def make(
        self, cls: ClassValue, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Instance:
        """Return the object that calling a class makes, with the arguments worth knowing."""
        if cls.name in self.ask.idioms.alike:
            return Instance(cls.name, constructed=False)
        classes = self.ask.classes
        bound: Arguments = ()
        for member in classes.members(cls.name, "__init__"):
            for name in classes.functions(member.owner, "__init__")[:1]:
                function = FunctionValue(name, Instance(cls.name))
                bound = self.ask.contexts.bind(function, arguments, keywords).arguments
            break
        if content := made(self.ask, cls.name, arguments, dict(keywords)):
            bound = ((CONTENT, content),)
        named = named_tuples.given(self.ask, cls.name, arguments, keywords)
        named = named or dataclass_fields.given(self.ask, cls.name, arguments, keywords)
        instance = Instance(cls.name, bound, named=named)
        for holder in classes.mro(cls.name):
            position = self.ask.idioms.holds.get(holder)
            if position is not None:
                held = self._held(instance, holder, arguments, position)
                instance = holders.filled(self.ask, instance, held)
                break
        if instance.items:
            instance = cast("Instance", cut(instance, _MAX_NESTING))
        if depth(instance) > _MAX_NESTING:
            instance = Instance(cls.name, constructed=False)
        return same(instance)

    def _held(
        self, instance: Instance, holder: str, arguments: list[Values], position: int | str
    ) -> Values:
        """Return what an object holds of what the constructor of `holder`, its class, was given."""
        found = self._handed_up(instance, holder, position)
        if found is None and position == "*":
            only = arguments[0] if len(arguments) == 1 else NOTHING
            if named := frozenset(value for value in only if isinstance(value, Table)):
                return named  # `OrderedDict(…)`, by its names
            return frozenset({Sequence(NOTHING.union(*arguments), tuple(arguments))})
        if found is None:
            index = int(position)
            found = arguments[index] if index < len(arguments) else NOTHING
        return found

    def _handed_up(self, instance: Instance, holder: str, position: int | str) -> Values | None:
        """Return what an own constructor hands to the one of a base; None if there is none."""
        classes = self.ask.classes
        nearest = classes.nearest_functions(instance.cls, "__init__")[:1]
        own = classes.functions(holder, "__init__")[:1]
        if not own or nearest == own:
            return None
        context = self.context(instance, holder)
        defined = self.ask.index.defined(own[0])
        if context is None or defined is None or isinstance(defined.node, ast.ClassDef):
            return NOTHING
        given = dict(context.arguments)
        parameters = defined.node.args
        if position == "*":
            name = parameters.vararg.arg if parameters.vararg is not None else ""
            return given.get(name, NOTHING)
        names = [item.arg for item in (*parameters.posonlyargs, *parameters.args)][1:]
        index = int(position)
        return given.get(names[index], NOTHING) if index < len(names) else NOTHING

    def context(self, value: Instance, cls: str) -> Context | None:
        """Return the context in which the `__init__` of `cls` ran on this object.

        The first `__init__` in the order got the object's own arguments; each further one what the
        one before hands to `super().__init__`, or to `Base.__init__` by name.
        """
        return self.ask.solver.ask(
            self._contexts, (value, cls), None, self._construction, value, cls
        )

    def _construction(self, value: Instance, cls: str) -> Context | None:
        owners = [member.owner for member in self.ask.classes.members(value.cls, "__init__")]
        if cls not in owners:
            return None
        position = owners.index(cls)
        own = self.ask.classes.functions(cls, "__init__")
        if position == 0 and own:
            return Context(own[0], value, value.arguments, called=value.constructed)
        for caller in reversed(owners[:position]):
            before = self.context(value, caller)
            if before is not None and (handed := self._handed(before, value, own)):
                return self._either(handed)
        return None

    def _handed(self, before: Context, value: Instance, own: list[str]) -> list[Context]:
        """Return the contexts in which one constructor calls another, of a base."""
        frame = self.ask.frame(before)
        return [
            self.ask.contexts.of_call(FunctionValue(callee.name, value), frame, use.node)
            for use in frame.scope.calls
            if isinstance(use.node, ast.Call) and _calls_init(use.node)
            for callee in ordered(known(self.ask.evaluate(frame, use.node.func)))
            if isinstance(callee, FunctionValue) and callee.name in own
        ]

    def _either(self, contexts: list[Context]) -> Context | None:
        """Join the calls of one constructor, of which one runs: `super().__init__` in branches.

        What one of them hands over is the parameter's default in one that does not.
        """
        if len(contexts) < 2:
            return contexts[0] if contexts else None
        frame = self.ask.frame(contexts[0])
        joined: dict[str, Values] = {}
        for name in sorted({name for context in contexts for name, _ in context.arguments}):
            default = self.ask.parameters.default(frame, name) or NOTHING
            handed = (dict(context.arguments).get(name, default) for context in contexts)
            joined[name] = NOTHING.union(*handed)
        return same(replace(contexts[0], arguments=tuple(joined.items())))

    def by_type(self, frame: Frame, node: ast.Call) -> tuple[list[ClassValue], ast.Call]:
        """Return the classes that `type.__call__` makes an object of, and the call of them.

        `super().__call__(…)` knows its class; in `type.__call__(cls, …)` it is the first argument.
        """
        receiver = NOTHING
        if isinstance(node.func, ast.Attribute):
            receiver = self.ask.evaluate(frame, node.func.value)
        bound = [value.bound for value in ordered(receiver) if isinstance(value, Super)]
        if not bound and node.args:
            bound = ordered(self.ask.evaluate(frame, node.args[0]))
            node = ast.copy_location(ast.Call(node.func, node.args[1:], node.keywords), node)
        return [value for value in bound if isinstance(value, ClassValue)], node


def _calls_init(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "__init__"
