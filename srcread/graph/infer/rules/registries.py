"""Tables of a module that functions fill while modules are imported: registries.

`@register("name")` runs where it stands, so the calls that fill such a table are the decorators
and statements of modules, its own and those around it, and what they call in the table's module.
Functions that fill it later, when somebody calls them, are left out.

For example, `ACTS = {}` with `def register(name): def put(f): ACTS[name] = f; return f; return put`
and `@register("relu")` above a function: `filled` answers the table with that function under the
key "relu", so `ACTS["relu"](x)` calls it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.containers import with_put
from srcread.graph.infer.rules.narrowing import RULED_OUT
from srcread.graph.infer.rules.neighbours import modules_with, statement_calls
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    Context,
    FunctionValue,
    Instance,
    Key,
    Sequence,
    Table,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index import Defined, Module

_ONE = {"append": 0, "add": 0, "insert": 1}
_FILLS = r"(?:\[|\.(?:append|add|insert|setdefault|update)\()"
_MAX_NAMES = 20
_MAX_STEPS = 4
"""Through how many functions a decorator may reach the table."""


class _Naming(NamedTuple):
    """What in a module names something: decorators, each with what it decorates, and calls."""

    decorators: list[tuple[Defined, ast.expr]]
    calls: list[ast.Call]


class Registries:
    """Finds what the import of modules puts into a module's tables."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._around: dict[tuple[str, frozenset[str]], list[Module]] = {}
        self._naming: dict[tuple[str, frozenset[str]], _Naming] = {}
        self._fillers: dict[tuple[str, str], dict[str, Defined]] = {}

    def around(self, module: Module, words: Iterable[str]) -> list[Module]:
        """Return a module and those around it whose text has one of some words."""
        key = module.name, frozenset(words)
        if key not in self._around:
            self._around[key] = modules_with(self.ask, module, key[1])
        return self._around[key]

    def filled(self, frame: Frame, name: str, values: Values) -> Values:
        """Return a module's tables under a name with what functions put into them."""
        tables = [v for v in values if isinstance(v, Sequence | Table | Instance)]
        if not tables or f" {name}" not in frame.module.file.text:
            return values
        fillers = {
            function: defined
            for function, defined in self._filling(frame.module, name).items()
            if self._puts_functions(defined, name)
        }
        if not fillers:
            return values
        put: dict[Key | None, Values] = {}
        for context in self._runs(frame.module, fillers):
            for key, items in self._puts(context, name):
                put[key] = put.get(key, NOTHING) | items
        return frozenset(self._with(value, put) for value in values)

    def _with(self, value: Value, put: dict[Key | None, Values]) -> Value:
        for key, items in put.items():
            value = with_put(self.ask, value, items, key)
        return value

    def _filling(self, module: Module, name: str) -> dict[str, Defined]:
        key = module.name, name
        if key not in self._fillers:
            self._fillers[key] = _fillers(module, name)
        return self._fillers[key]

    def _puts_functions(self, defined: Defined, name: str) -> bool:
        """Tell whether what a function puts into a table may be called: no text, no number."""
        frame = self.ask.frame(Context(defined.name, called=False))
        return any(
            not self.ask.plain.is_plain(value)
            for _, node in _written(defined, name)
            for part in (node.elts if isinstance(node, ast.Tuple) else [node])
            for value in self.ask.evaluate(frame, part)
        )

    def _runs(self, module: Module, fillers: dict[str, Defined]) -> list[Context]:
        """Return the contexts in which the import of modules runs one of some functions."""
        names = _callers(module, fillers.values())
        found: dict[Context, None] = {}
        for other in self.around(module, names):
            for context in (*self.imported(other, names), *self.subclasses(other, fillers)):
                for reached in self._reached(module, context, _MAX_STEPS):
                    if reached.function in fillers:
                        found[reached] = None
        return list(found)

    def imported(self, module: Module, names: Iterable[str]) -> tuple[Context, ...]:
        """Return how a module's decorators and statements call functions, by their names.

        A question for each module: what one of a hundred registers changes none of the others.
        """
        words = frozenset(names)
        key = "imported", module.name, words
        return self.ask.solver.about(key, (), self._imported, module, words)

    def _imported(self, module: Module, names: frozenset[str]) -> tuple[Context, ...]:
        frame, bind = self.ask.modules.frame(module), self.ask.contexts.bind
        key = module.name, names
        if key not in self._naming:
            self._naming[key] = _naming(module, names)
        found: list[Context] = []
        for defined, decorator in self._naming[key].decorators:
            if isinstance(decorator, ast.Call):
                found += self._called(frame, decorator)
            for value in ordered(known(self.ask.evaluate(frame, decorator))):
                if isinstance(value, FunctionValue):
                    found.append(bind(value, [frozenset({_made(defined)})], {}))
        for call in self._naming[key].calls:
            found += self._called(frame, call)
        return tuple(found)

    def subclasses(self, module: Module, fillers: dict[str, Defined]) -> Iterator[Context]:
        """Yield the runs of `__init_subclass__` for the classes of a module."""
        contexts, classes = self.ask.contexts, self.ask.classes
        hooks = [item for item in fillers.values() if item.node.name == "__init_subclass__"]
        for defined in list(module.definitions.values()) if hooks else ():
            if not isinstance(defined.node, ast.ClassDef):
                continue
            frame = self.ask.modules.frame(module)
            for hook in hooks:
                assert hook.owner is not None
                if hook.owner.name in classes.mro(defined.name)[1:]:
                    function = FunctionValue(hook.name, ClassValue(defined.name))
                    keywords = {
                        keyword.arg: self.ask.evaluate(frame, keyword.value)
                        for keyword in defined.node.keywords
                        if keyword.arg is not None
                    }
                    yield contexts.bind(function, [], keywords)

    def _called(self, frame: Frame, node: ast.Call) -> Iterator[Context]:
        for value in ordered(known(self.ask.evaluate(frame, node.func))):
            if isinstance(value, FunctionValue):
                yield self.ask.contexts.of_call(value, frame, node)

    def _reached(self, module: Module, context: Context, steps: int) -> Iterator[Context]:
        """Yield a context and those of the functions of a module that it calls."""
        yield context
        frame = self.ask.frame(context)
        if frame.module is module and steps:
            for use in frame.scope.calls:
                if isinstance(use.node, ast.Call) and isinstance(use.node.func, ast.Name):
                    for called in self._called(frame.within(*use.inside), use.node):
                        yield from self._reached(module, called, steps - 1)

    def _puts(self, context: Context, name: str) -> Iterator[tuple[str | None, Values]]:
        """Yield what a function puts under a name, with the constant key if there is one."""
        frame = self.ask.frame(context)
        assert frame.defined is not None
        for key, value in _written(frame.defined, name):
            items = known(self.ask.evaluate(frame, value))
            keys = self.ask.evaluate(frame, key) if key is not None else NOTHING
            if keys == RULED_OUT:
                continue
            named = sorted(k.value for k in keys if isinstance(k, Constant) and k.value is not None)
            for constant in named:
                yield constant, items
            if not named:
                yield None, items


def _naming(module: Module, names: frozenset[str]) -> _Naming:
    """Return what of a module's decorators and statements has one of some names."""
    decorators = [
        (defined, decorator)
        for defined in module.definitions.values()
        for decorator in defined.node.decorator_list
        if not names.isdisjoint(_mentioned(decorator))
    ]
    calls = [c for c in statement_calls(module) if not names.isdisjoint(_mentioned(c.func))]
    return _Naming(decorators, calls)


def _fillers(module: Module, name: str) -> dict[str, Defined]:
    """Return the functions of a module that put something under a name of the module."""
    found: dict[str, Defined] = {}
    text = module.file.text
    for match in re.finditer(rf"(?:^|:)[ \t]+{re.escape(name)}{_FILLS}", text, re.MULTILINE):
        defined = module.function_at(match.start())
        if defined is not None and not _is_own(defined, name):
            found[defined.name] = defined
    return found


def _is_own(defined: Defined, name: str) -> bool:
    """Tell whether a name in a function is that function's, or one's around it."""
    inner: Defined | None = defined
    while inner is not None:
        if not isinstance(inner.node, ast.ClassDef) and name not in inner.scope.outer:
            arguments = inner.node.args
            parameters = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            if name in inner.scope.bindings or any(name == item.arg for item in parameters):
                return True
        inner = inner.owner
    return False


def _callers(module: Module, functions: Iterable[Defined]) -> set[str]:
    """Return the names of outermost functions, and of those of their module that name one."""
    names: set[str] = set()
    waiting = list(functions)
    while waiting and len(names) < _MAX_NAMES:
        function = waiting.pop()
        while function.owner is not None:
            function = function.owner
        if function.node.name not in names:
            names.add(function.node.name)
            waiting += _holding(module, function.node.name)
    return names


def _holding(module: Module, name: str) -> Iterator[Defined]:
    """Yield the functions of a module in which a name stands, found by its text."""
    text, at = module.file.text, -1
    while (at := text.find(name, at + 1)) >= 0:  # a tenth of the time of a search for `\b`
        around = text[at - 1 : at] + text[at + len(name) : at + len(name) + 1]
        if not any(sign.isalnum() or sign == "_" for sign in around):
            defined = module.function_at(at)
            if defined is not None:
                yield defined


def _mentioned(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            yield inner.id
        elif isinstance(inner, ast.Attribute):
            yield inner.attr


def _written(defined: Defined, name: str) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    """Yield the keys and values that a function's statements put under a name."""
    for node in ast.walk(ast.Module(defined.node.body, [])):
        match node:
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Name(id=table), slice=key)], value=value
            ) if table == name:
                yield key, value
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=table), attr=method), args=arguments
            ) if table == name:
                if method == "setdefault" and len(arguments) > 1:
                    yield arguments[0], arguments[1]
                elif method == "update" and arguments and isinstance(arguments[0], ast.Dict):
                    yield from zip(arguments[0].keys, arguments[0].values, strict=True)
                elif method in _ONE and _ONE[method] < len(arguments):
                    yield None, arguments[_ONE[method]]


def _made(defined: Defined) -> Value:
    if isinstance(defined.node, ast.ClassDef):
        return ClassValue(defined.name)
    return FunctionValue(defined.name)
