"""Attributes that are set from outside: `layer.activation = relu`, `Layer.added = function`.

Asked only where the class itself tells of nothing but None. Looked for in the class's own module
and in those of the entries: a script sets up its model there. What other modules set, what
`setattr` sets, and what replaces a method of the class is left out.

For example, `self.head = None` in `Model`, and in the script that is walked `model = Model()` and
`model.head = Linear()`: `of_object` of that model and "head" answers the object of `Linear`, so
`self.head(x)` in `Model.forward` is resolved.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.callers import Callers
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Context,
    FunctionValue,
    Instance,
    Value,
    Values,
    known,
    may_be,
)
from srcread.index import Module
from srcread.index.block.bindings import Binding, path_of

_SET = re.compile(r"\.(\w++) *=(?!=)")

Place = tuple[Frame, ast.expr | str, list[Binding]]
"""Where `owner.name = …` stands, the owner, and what is set there."""


class Outside:
    """Finds what is set on objects and classes by code that is not theirs."""

    def __init__(self, ask: Interpreter, callers: Callers, entries: Iterable[str]) -> None:
        self.ask = ask
        self._callers = callers
        self._entries = [entry.replace(":", ".") for entry in entries]
        self._set: dict[str, dict[str, list[int]]] = {}
        self._places: dict[tuple[str, str], list[Place]] = {}
        self._settings: dict[tuple[str, str], list[Place]] = {}
        self._of_objects: dict[tuple[Instance, str], Cell[Values]] = {}
        self._of_classes: dict[tuple[str, str], Cell[Values]] = {}

    def of_object(self, value: Instance, name: str) -> Values:
        """Return what is set as an attribute of an object, or of its class."""
        if not self._set_at(value.cls, name):
            return NOTHING
        return self.ask.solver.ask(
            self._of_objects, (value, name), NOTHING, self._join_object, value, name
        )

    def _join_object(self, value: Instance, name: str) -> Values:
        found = NOTHING
        for owner, given in self._given(value.cls, name):
            if isinstance(owner, ClassValue):
                if owner.name in self.ask.classes.mro(value.cls):
                    found |= {_bound(item, value) for item in given}
            elif may_be(owner, value):
                found |= given
        return found

    def of_class(self, cls: str, name: str) -> Values:
        """Return what is set as an attribute of a class."""
        if not self._set_at(cls, name):
            return NOTHING
        return self.ask.solver.ask(
            self._of_classes, (cls, name), NOTHING, self._join_class, cls, name
        )

    def _join_class(self, cls: str, name: str) -> Values:
        order = self.ask.classes.mro(cls)
        given = (
            given
            for owner, given in self._given(cls, name)
            if isinstance(owner, ClassValue) and owner.name in order
        )
        return NOTHING.union(*given)

    def _given(self, cls: str, name: str) -> Iterator[tuple[Instance | ClassValue, Values]]:
        for frame, owner, bindings in self._set_at(cls, name):
            for inner in self._frames(frame, owner):
                for value in known(self._owners(inner, owner)):
                    if isinstance(value, Instance | ClassValue):
                        values = (self.ask.names.bound(inner, binding) for binding in bindings)
                        yield value, known(NOTHING.union(*values))

    def _owners(self, frame: Frame, owner: ast.expr | str) -> Values:
        if isinstance(owner, str):
            return self.ask.names.look_up(frame, owner)
        return self.ask.evaluate(frame, owner)

    def _frames(self, frame: Frame, owner: ast.expr | str) -> list[Frame]:
        """Return a function's frame; one for each call of it, if its parameter is the owner."""
        if isinstance(owner, ast.expr):
            owner = path_of(owner).partition(".")[0]
        defined = frame.defined
        if (
            defined is None
            or defined.receiver == owner
            or not self.ask.parameters.has(frame, owner)
        ):
            return [frame]
        if known(self.ask.names.look_up(frame, owner)):
            return [frame]
        return [self.ask.frame(context) for context in self._callers.contexts(defined)]

    def _set_at(self, cls: str, name: str) -> list[Place]:
        """Return where an attribute of this name is set: for most names that is nowhere."""
        key = (cls, name)
        if key not in self._settings:
            index = self.ask.index
            modules = {
                module.name: module
                for full in (cls, *self._entries)
                if (module := index.module_of(full)) is not None
            }
            self._settings[key] = [s for m in modules.values() for s in self._found(m, name)]
        return self._settings[key]

    def _found(self, module: Module, name: str) -> list[Place]:
        """Return the frames in which `owner.name = …` stands, outside the owner's methods."""
        key = (module.name, name)
        if key not in self._places:
            self._places[key] = []
            frames: dict[str, Frame] = {}
            for start in self._set_in(module).get(name, ()):
                defined = module.function_at(start)
                if defined is None:
                    frames[""] = self.ask.modules.frame(module)
                else:
                    context = Context(defined.name, called=False)
                    frames[defined.name] = self.ask.frame(context)
            for frame in frames.values():
                receiver = frame.defined.receiver if frame.defined is not None else None
                for (owner, attribute), bindings in frame.scope.attributes.items():
                    if attribute == name and owner != receiver:
                        self._places[key].append((frame, owner, bindings))
                for setting in (s for group in frame.scope.settings.values() for s in group):
                    if setting.name == name:
                        self._places[key].append((frame, setting.owner, [setting.binding]))
        return self._places[key]

    def _set_in(self, module: Module) -> dict[str, list[int]]:
        """Return where a module's text has `.name =` behind something else than `self`."""
        if module.name not in self._set:
            text, found = module.file.text, self._set.setdefault(module.name, {})
            for match in _SET.finditer(text):
                if not text.endswith("self", 0, match.start()):
                    found.setdefault(match[1], []).append(match.start())
        return self._set[module.name]


def _bound(item: Value, receiver: Instance) -> Value:
    return replace(item, bound=receiver) if isinstance(item, FunctionValue) else item
