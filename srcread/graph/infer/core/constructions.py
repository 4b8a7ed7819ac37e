"""Constructions: what calling a class makes, with what its constructors were given."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.containers import CONTENT, made
from srcread.graph.infer.values import (
    NOTHING,
    Arguments,
    ClassValue,
    ExternalInstance,
    FunctionValue,
    Instance,
    Super,
    Values,
    depth,
    known,
    ordered,
    same,
)

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

_MAX_NESTING = 5


class Constructions:
    """Makes the objects that calls of classes give."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator

    def make(
        self, cls: ClassValue, arguments: list[Values], keywords: Mapping[str, Values]
    ) -> Instance:
        """Return the object that calling a class makes, with the arguments worth knowing."""
        if cls.name in self.evaluator.idioms.alike:
            return Instance(cls.name, constructed=False)
        classes = self.evaluator.attributes.classes
        bound: Arguments = ()
        for member in classes.members(cls.name, "__init__"):
            for name in classes.functions(member.owner, "__init__")[:1]:
                function = FunctionValue(name, Instance(cls.name))
                bound = self.evaluator.calls.bind(function, arguments, keywords).arguments
            break
        if content := made(self.evaluator, cls.name, arguments, dict(keywords)):
            bound = ((CONTENT, content),)
        instance = Instance(cls.name, bound)
        for held in classes.order(cls.name):
            position = self.evaluator.idioms.holds.get(held)
            if position is not None:
                items = self._held(instance, held, arguments, position)
                instance = Instance(cls.name, bound, items)
                break
        if depth(instance) > _MAX_NESTING:
            instance = Instance(cls.name, constructed=False)
        return same(instance)

    def _held(
        self, instance: Instance, holder: str, arguments: list[Values], position: int | str
    ) -> Values:
        """Return what an object holds of what the constructor of `holder`, its class, was given."""
        found = self._handed_up(instance, holder, position)
        if found is None and position == "*":
            found = NOTHING.union(*arguments)
        elif found is None:
            index = int(position)
            found = arguments[index] if index < len(arguments) else NOTHING
        if position != "*" and found:
            found = self.evaluator.attributes.elements(found)
        return frozenset(value for value in known(found) if not isinstance(value, ExternalInstance))

    def _handed_up(self, instance: Instance, holder: str, position: int | str) -> Values | None:
        """Return what an own constructor hands to the one of a base; None if there is none."""
        classes = self.evaluator.attributes.classes
        nearest = classes.nearest_functions(instance.cls, "__init__")[:1]
        own = classes.functions(holder, "__init__")[:1]
        if not own or nearest == own:
            return None
        context = classes.construction(instance, holder)
        defined = self.evaluator.index.defined(own[0])
        if context is None or defined is None or isinstance(defined.node, ast.ClassDef):
            return NOTHING
        given = dict(context.arguments)
        parameters = defined.node.args
        if position == "*":
            name = parameters.vararg.arg if parameters.vararg is not None else ""
            return self.evaluator.attributes.elements(given[name]) if given.get(name) else NOTHING
        names = [item.arg for item in (*parameters.posonlyargs, *parameters.args)][1:]
        index = int(position)
        return given.get(names[index], NOTHING) if index < len(names) else NOTHING

    def by_type(self, frame: Frame, node: ast.Call) -> tuple[list[ClassValue], ast.Call]:
        """Return the classes that `type.__call__` makes an object of, and the call of them.

        `super().__call__(…)` knows its class; in `type.__call__(cls, …)` it is the first argument.
        """
        receiver = NOTHING
        if isinstance(node.func, ast.Attribute):
            receiver = self.evaluator.evaluate(frame, node.func.value)
        bound = [value.bound for value in ordered(receiver) if isinstance(value, Super)]
        if not bound and node.args:
            bound = ordered(self.evaluator.evaluate(frame, node.args[0]))
            node = ast.copy_location(ast.Call(node.func, node.args[1:], node.keywords), node)
        return [value for value in bound if isinstance(value, ClassValue)], node
