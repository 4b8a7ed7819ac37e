"""Entry points: what a user types to what is walked."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from srcread.errors import NotFoundError
from srcread.graph.infer.core.evaluate import Evaluator
from srcread.graph.infer.values import (
    ClassValue,
    Context,
    External,
    FunctionValue,
    Instance,
    ModuleValue,
    Native,
    Value,
    known,
    ordered,
)
from srcread.index.imports import import_source

_HIDDEN = ("_", "<")
"""Not public: names with an underscore, and lambdas."""


def resolve_entry(evaluator: Evaluator, entry: str, methods: Sequence[str] = ()) -> list[Context]:
    """Return the contexts from which an entry is walked.

    `torch.nn.Transformer` is looked up as Python would, through re-exports;
    `package.module:Qual.name` says which part is the module. A class means its `__init__`, then its
    `forward` if calling it comes to that, else its public methods; a module its public functions.
    `methods` are the ones of a class to walk instead of all its public ones.

    Raises:
        NotFoundError: there is no such name; the message offers the nearest.
    """
    name = entry.replace(":", ".")
    values = ordered(evaluator.names.opened(known(evaluator.named(name))))
    for value in values:
        contexts = _contexts(evaluator, _on_its_class(evaluator, name, value), methods)
        if contexts:
            return contexts
    raise NotFoundError(_why_none(evaluator, entry, name, values))


def _on_its_class(evaluator: Evaluator, name: str, value: Value) -> Value:
    """Bind a method that a class inherits to an object of that class, which decides its `self`."""
    if not isinstance(value, FunctionValue) or value.bound is not None:
        return value
    method = evaluator.index.defined(value.name)
    if method is None or method.receiver is None or method.owner is None:
        return value
    for holder in ordered(known(evaluator.named(name.rpartition(".")[0]))):
        if isinstance(holder, ClassValue) and holder.name != method.owner.name:
            return replace(value, bound=Instance(holder.name, constructed=False))
    return value


def _why_none(evaluator: Evaluator, entry: str, name: str, values: list[Value]) -> str:
    for value in values:
        match value:
            case Native():
                return f"{entry!r} is native: it has no Python source to read."
            case External(other) if other != name:
                return f"{entry!r} is {other!r}, which is not read. Read its own package."
            case ModuleValue() | ClassValue():
                return f"{entry!r} holds no function to read. Name one of its members."
            case External():
                continue  # no distribution that is read has it
            case _ if _is_written(evaluator, name):
                return f"{entry!r} is no function, class or module. Name one of those."
            case _:  # a module's __getattr__ may make any name, or none
                continue
    broken = [item for item in evaluator.index.diagnostics if _is_way_to(item.path, name)]
    if broken:
        return f"There is no {entry!r}: {broken[0]}"
    return f"There is no {entry!r} in the sources.{_nearest(evaluator, name)}"


def _is_way_to(path: str, name: str) -> bool:
    """Tell whether a name would stand in the file at `distribution:path`."""
    module = path.partition(":")[2].removesuffix(".py").removesuffix("/__init__")
    return f"{name}.".startswith(module.replace("/", ".") + ".")


def _contexts(evaluator: Evaluator, value: Value, methods: Sequence[str]) -> list[Context]:
    match value:
        case FunctionValue(name, bound, outer):
            return [Context(name, bound, called=False, outer=outer)]
        case ClassValue(name):
            return _of_class(evaluator, name, methods)
        case ModuleValue(name):
            return _of_module(evaluator, name)
    return []


def _of_class(evaluator: Evaluator, name: str, methods: Sequence[str] = ()) -> list[Context]:
    """`__init__` first, then `forward`, else the methods given or all public ones of its own."""
    anything = Instance(name, constructed=False)
    contexts = [
        Context(function.name, anything, called=False)
        for function in _methods(evaluator, anything, "__init__")
    ]
    dispatched = [
        evaluator.idioms.call_dispatches_to.get(function.name)
        for function in _methods(evaluator, anything, "__call__")
    ]
    names = [method for method in dispatched if method is not None] or list(methods)
    if not names:
        defined = evaluator.index.defined(name)
        assert defined is not None
        names = [
            inner.node.name
            for inner in list(defined.inner().values())
            if not isinstance(inner.node, ast.ClassDef) and not inner.node.name.startswith(_HIDDEN)
        ]
        names += ["__call__"] if "__call__" in defined.scope.bindings else []
    for method in names:
        contexts += [
            Context(function.name, anything, called=False)
            for function in _methods(evaluator, anything, method)
            if function.name not in evaluator.idioms.abstract
        ]
    return list(dict.fromkeys(contexts))


def _methods(evaluator: Evaluator, value: Instance, name: str) -> list[FunctionValue]:
    values = ordered(evaluator.attributes.get(value, name))
    return [value for value in values if isinstance(value, FunctionValue)]


def _of_module(evaluator: Evaluator, name: str) -> list[Context]:
    module = evaluator.index.module(name)
    if module is None:
        return []
    contexts: list[Context] = []
    for defined in list(module.definitions.values()):
        if defined.node.name.startswith(_HIDDEN):
            continue
        if isinstance(defined.node, ast.ClassDef):
            contexts += _of_class(evaluator, defined.name)
        else:
            contexts.append(Context(defined.name, called=False))
    return contexts


def _is_written(evaluator: Evaluator, name: str) -> bool:
    """Tell whether the last part of a name is bound by the text of what it stands in."""
    head, _, tail = name.rpartition(".")
    holders = known(evaluator.named(head)) if head else ()
    return any(tail in _members(evaluator, value) for value in holders)


def _nearest(evaluator: Evaluator, name: str) -> str:
    """Return a hint that names what exists on the way to an unknown name."""
    from difflib import get_close_matches  # 6 ms, only when something went wrong

    sources = evaluator.index.sources
    packages = {package for item in sources.distributions for package in item.packages}
    head, _, tail = name.rpartition(".")
    if not head or head.partition(".")[0] not in packages:
        near = get_close_matches(name.partition(".")[0], sorted(packages), n=1)
        return f" Did you mean {near[0] + name[len(name.partition('.')[0]) :]!r}?" if near else ""
    values = known(evaluator.named(head))
    for value in ordered(values):
        near = get_close_matches(tail, _members(evaluator, value), n=1, cutoff=0.5)
        if near:
            return f" Did you mean '{head}.{near[0]}'?"
    return "" if values else _nearest(evaluator, head)


def _members(evaluator: Evaluator, value: Value) -> list[str]:
    """Return the names that can follow a module or class."""
    match value:
        case ModuleValue(name):
            module = evaluator.index.module(name)
            if module is None:
                return []
            names = set(module.scope.bindings) | _submodules(evaluator, name)
            for node in module.scope.starred:
                match evaluator.names.module_value(_source(evaluator, name, node)):
                    case ModuleValue(other) if starred := evaluator.index.module(other):
                        names |= set(starred.scope.bindings)
            return sorted(names)
        case ClassValue(name):
            classes = evaluator.attributes.classes.order(name)
            scopes = [evaluator.index.defined(cls) for cls in classes]
            return sorted({key for item in scopes if item for key in item.scope.bindings})
    return []


def _submodules(evaluator: Evaluator, name: str) -> set[str]:
    sources = evaluator.index.sources
    prefix = name + "."
    return {
        module.removeprefix(prefix).partition(".")[0]
        for item in sources.distributions
        if name.partition(".")[0] in item.packages
        for module in sources.modules(item.name)
        if module.startswith(prefix)
    }


def _source(evaluator: Evaluator, name: str, node: ast.ImportFrom) -> str:
    module = evaluator.index.module(name)
    assert module is not None
    return import_source(module, node)
