"""Operators by name: `namespace::name`, and the functions in Python that are registered for them.

Which functions register and what they take for what is said by the idioms. Looked for at the top
level of the module that calls the operator, then of the other modules in its package: a search of
everything that is read would cost more than the walk. An operator without any is its library's
C++. A kernel is called by the operator; what else is registered, for tracing and for autograd, may
be called.

For example, `@torch.library.custom_op("my::scale", mutates_args=())` above `def scale(x)`, and in
another function of the package `torch.ops.my.scale(x)`: the callee is the operator `my::scale`, and
`of` answers the function `scale` as its kernel.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.questions import Registration
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NOTHING,
    Constant,
    FunctionValue,
    GenericFunction,
    Instance,
    Native,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index import Module

SEPARATOR = "::"
KERNEL = "kernel"


def by_attribute(value: Native, name: str) -> Native | None:
    """Return the operator, the overload or the class that an attribute of a namespace is."""
    if value.name.endswith(SEPARATOR):
        return Native(value.name + name, value.by_name)
    if value.by_name:
        return Native(f"{value.name}.{name}")  # a method
    if SEPARATOR in value.name:
        return value if name == "default" else Native(f"{value.name}.{name}")
    return None


def namespace(ask: Interpreter, function: Value, name: str) -> Values:
    """Return the namespace of operators or classes that a `__getattr__` makes, as an idiom says."""
    named = isinstance(function, FunctionValue) and function.name
    if named in ask.idioms.operator_namespaces:
        return frozenset({Native(name + SEPARATOR)})
    if named in ask.idioms.class_namespaces:
        return frozenset({Native(name + SEPARATOR, by_name=True)})
    return frozenset()


def named_namespace(ask: Interpreter, holder: str, name: str) -> Native | None:
    """Return the namespace that an object which is not read has by an idiom's word."""
    if holder in ask.idioms.named_operators:
        return Native(name + SEPARATOR)
    if holder in ask.idioms.named_classes:
        return Native(name + SEPARATOR, by_name=True)
    return None


class Registered:
    """Finds what is registered for an operator, module by module."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._modules: dict[str, Cell[dict[str, list[Registration]]]] = {}

    def of(self, module: Module, operator: str) -> list[Registration]:
        """Return what is registered for an operator, as a module that calls it may know it."""
        operator = operator.partition(".")[0]
        base = operator.rpartition(SEPARATOR)[2]
        if operator.startswith(self.ask.idioms.operator_namespace):
            return []  # the framework's own: C++, and named by its list of operators
        for name in self._near(module):
            if not self.ask.index.may_bind(name, base):
                continue
            near = self.ask.index.module(name)
            if near is not None and (found := self._in(near).get(operator)):
                return found
        return []

    def _near(self, module: Module) -> Iterator[str]:
        yield module.name
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        if not package:
            return
        for name in self.ask.index.sources.modules(module.file.distribution):
            if name.startswith(f"{package}.") and name != module.name:
                yield name

    def _in(self, module: Module) -> dict[str, list[Registration]]:
        nothing: dict[str, list[Registration]] = {}
        return self.ask.solver.ask(self._modules, module.name, nothing, self._gathered, module)

    def _gathered(self, module: Module) -> dict[str, list[Registration]]:
        found: dict[str, list[Registration]] = {}
        frame = self.ask.modules.frame(module)
        for node, decorated in _calls(module.tree.body):
            role = self._role(frame, node)
            functions = self._functions(frame, node, decorated) if role else []
            for operator in self._named(frame, node, found) if role else ():
                added = [Registration(function, role) for function in functions]
                found.setdefault(operator, []).extend(added)
        return found

    def _role(self, frame: Frame, node: ast.Call) -> str:
        """Return what a call registers, by the function that it calls; "" for other calls."""
        roles = self.ask.idioms.registers_operator
        for value in self.ask.evaluate(frame, node.func):
            value = value.function if isinstance(value, GenericFunction) else value
            if isinstance(value, FunctionValue) and value.name.partition("~")[0] in roles:
                return roles[value.name.partition("~")[0]]
        if isinstance(node.func, ast.Attribute):  # a method of the operator that a decorator made
            receivers = self.ask.evaluate(frame, node.func.value)
            if any(isinstance(value, FunctionValue) for value in receivers):
                return roles.get(f"decorated.{node.func.attr}", "")
        return ""

    def _functions(
        self, frame: Frame, node: ast.Call, decorated: ast.stmt | None
    ) -> list[FunctionValue]:
        if decorated is not None:
            defined = frame.module.at_node(decorated)
            return [FunctionValue(defined.name)] if defined is not None else []
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        return [
            value
            for argument in given
            for value in ordered(known(self.ask.evaluate(frame, argument)))
            if isinstance(value, FunctionValue)
        ]

    def _named(
        self, frame: Frame, node: ast.Call, found: dict[str, list[Registration]]
    ) -> list[str]:
        """Return the operator that a call registers something for: by name, library, decorator."""
        space = ""
        if isinstance(node.func, ast.Attribute):
            receivers = self.ask.evaluate(frame, node.func.value)
            if own := [op for op, items in found.items() if _holds(items, receivers)]:
                return own
            space = self._space(receivers)
        for argument in node.args[:2]:
            values = self.ask.evaluate(frame, argument)
            space = space or self._space(values)
            for text in (value.value for value in values if isinstance(value, Constant)):
                if text and (SEPARATOR in text or space):
                    name = text.partition("(")[0].partition(".")[0]
                    return [name if SEPARATOR in name else f"{space}{SEPARATOR}{name}"]
        return []

    def _space(self, values: Values) -> str:
        """Return the namespace of a library: the first thing that it was constructed with."""
        for value in values:
            if not isinstance(value, Instance):
                continue
            for name in self.ask.classes.nearest_functions(value.cls, "__init__"):
                defined = self.ask.index.defined(name)
                assert defined is not None and not isinstance(defined.node, ast.ClassDef)
                first = [argument.arg for argument in defined.node.args.args[1:2]]
                for item in ordered(dict(value.arguments).get("".join(first), NOTHING)):
                    if isinstance(item, Constant) and item.value:
                        return item.value
        return ""


def _holds(registrations: list[Registration], receivers: Values) -> bool:
    names = {value.name for value in receivers if isinstance(value, FunctionValue)}
    return any(item.function.name in names for item in registrations)


def _calls(body: list[ast.stmt]) -> Iterator[tuple[ast.Call, ast.stmt | None]]:
    """Yield the calls of a block, those that decorate a function with it; not those inside."""
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                for decorator in node.decorator_list:
                    if isinstance(decorator, ast.Call):
                        yield decorator, node
                    elif isinstance(decorator, ast.Attribute):  # `@operator.register_fake`
                        call = ast.Call(func=decorator, args=[], keywords=[])
                        yield ast.copy_location(call, decorator), node
            case ast.If() | ast.For() | ast.While() | ast.With() | ast.Try():
                for name in ("body", "orelse", "finalbody"):
                    yield from _calls(getattr(node, name, []))
            case ast.Expr(value=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
                if isinstance(call.func, ast.Call):  # `impl("…", "CPU")(function)`
                    call = ast.copy_location(
                        ast.Call(call.func.func, [*call.func.args, *call.args], []), call
                    )
                yield call, None
