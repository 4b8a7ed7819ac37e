"""`functools.singledispatch`: which function a call reaches, by the class of its first argument.

Multiple dispatch with one argument, PEP 443. The functions are found where the first one stands and
around it. An argument whose class is not known may reach any of them; abstract classes count where
a class names them as its base.

For example, `@singledispatch def show(x)` and below it `@show.register def _(x: Layer)`: for an
object of a subclass of `Layer` `chosen` answers the second function, for a text the first, and for
an argument of which nothing is known both.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.neighbours import modules_with, statement_calls
from srcread.graph.infer.rules.python import builtin_class
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    ClassValue,
    Constant,
    External,
    FunctionValue,
    GenericFunction,
    Instance,
    Native,
    Unknown,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index import Defined, Module

_NONE = "builtins.NoneType"
_OBJECT = "builtins.object"


class Dispatch:
    """Finds the functions behind generic ones, and chooses among them."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._found: dict[str, Cell[dict[str, FunctionValue]]] = {}

    def chosen(self, callee: GenericFunction, arguments: list[Values]) -> list[FunctionValue]:
        """Return the functions that a call may reach: one, if the argument's class is known."""
        registered = self.registered(callee.function)
        every = [callee.function, *registered.values()]
        values = arguments[0] if arguments else frozenset()
        if not values or any(isinstance(value, Unknown) for value in values):
            found = every
        else:
            found = [self._of(callee.function, registered, value) for value in ordered(values)]
        bound = callee.function.bound
        return list(dict.fromkeys(replace(function, bound=bound) for function in found))

    def registered(self, function: FunctionValue) -> dict[str, FunctionValue]:
        """Return the functions registered beside one, by the names of their classes."""
        nothing: dict[str, FunctionValue] = {}
        return self.ask.solver.ask(self._found, function.name, nothing, self._all, function)

    def _all(self, function: FunctionValue) -> dict[str, FunctionValue]:
        return dict(self._beside(function))

    def _beside(self, function: FunctionValue) -> Iterator[tuple[str, FunctionValue]]:
        defined = self.ask.index.defined(function.name)
        assert defined is not None
        if isinstance(defined.owner, Defined):
            for inner in list(defined.owner.inner().values()):
                yield from self._decorated(inner, function)
            return
        word = f"{defined.node.name}.register"
        for module in modules_with(self.ask, defined.module, [word]):
            yield from self._in_module(module, function)

    def _in_module(
        self, module: Module, function: FunctionValue
    ) -> Iterator[tuple[str, FunctionValue]]:
        for defined in list(module.definitions.values()):
            yield from self._decorated(defined, function)
        frame = self.ask.modules.frame(module)
        for call in statement_calls(module):
            if len(call.args) == 2 and self._registers(frame, call.func, function):
                for value in known(self.ask.evaluate(frame, call.args[1])):
                    if isinstance(value, FunctionValue):
                        for name in self._names(frame, call.args[0]):
                            yield name, value

    def _decorated(
        self, defined: Defined, function: FunctionValue
    ) -> Iterator[tuple[str, FunctionValue]]:
        if isinstance(defined.node, ast.ClassDef):
            return
        owner = defined.owner
        if owner is not None and isinstance(owner.node, ast.ClassDef):
            frame = self.ask.names.class_frame(owner)
        else:
            frame = self.ask.names.enclosing(defined, None)
        value = FunctionValue(defined.name, context=frame.context)
        for decorator in defined.node.decorator_list:
            register, classes = decorator, _first_annotation(defined)
            if isinstance(decorator, ast.Call):
                register, classes = decorator.func, next(iter(decorator.args), None)
            if classes is not None and self._registers(frame, register, function):
                for name in self._names(frame, classes):
                    yield name, value

    def _registers(self, frame: Frame, node: ast.expr, function: FunctionValue) -> bool:
        """Tell whether an expression is the `register` of a generic function."""
        if not (isinstance(node, ast.Attribute) and node.attr == "register"):
            return False
        return any(
            isinstance(value, GenericFunction) and value.function.name == function.name
            for value in self.ask.evaluate(frame, node.value)
        )

    def _names(self, frame: Frame, node: ast.expr) -> Iterator[str]:
        """Yield the names of the classes that an expression stands for."""
        match node:
            case ast.Constant(value=None):
                yield _NONE
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                yield from self._names(frame, left)
                yield from self._names(frame, right)
            case ast.Constant(value=str(text)):
                with suppress(SyntaxError, ValueError):  # not a class's name
                    yield from self._names(frame, ast.parse(text, mode="eval").body)
            case ast.Subscript(slice=ast.Tuple(elts=parts)):
                for part in parts:
                    yield from self._names(frame, part)
            case _:
                for value in known(self.ask.evaluate(frame, node)):
                    if isinstance(value, ClassValue | External | Native):
                        yield value.name

    def _of(
        self, function: FunctionValue, registered: dict[str, FunctionValue], value: Value
    ) -> FunctionValue:
        return next(
            (registered[name] for name in self._order(value) if name in registered), function
        )

    def _order(self, value: Value) -> list[str]:
        """Return the names of a value's class and all its bases, nearest first."""
        if isinstance(value, Instance):
            classes = self.ask.classes
            bases = [base.name for base in classes.foreign_bases(value.cls)]
            return [*classes.mro(value.cls), *bases, _OBJECT]
        if value == Constant(None):
            return [_NONE, _OBJECT]
        name = builtin_class(value)
        cls = getattr(builtins, name.removeprefix("builtins."), None)
        if not isinstance(cls, type):
            return [name, _OBJECT]
        return [f"builtins.{base.__name__}" for base in cls.__mro__]


def _first_annotation(defined: Defined) -> ast.expr | None:
    assert not isinstance(defined.node, ast.ClassDef)
    positional = [*defined.node.args.posonlyargs, *defined.node.args.args]
    if defined.receiver is not None:
        positional = positional[1:]
    return positional[0].annotation if positional else None
