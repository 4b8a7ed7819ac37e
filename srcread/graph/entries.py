"""Entry points: what a user types to what is walked."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from srcread.errors import RELATED, NotFoundError, nearest
from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.rules.stages import stages
from srcread.graph.infer.values import (
    ClassValue,
    Context,
    External,
    FunctionValue,
    GenericFunction,
    Instance,
    ModuleValue,
    Native,
    Partial,
    Value,
    Values,
    known,
    ordered,
)
from srcread.graph.scripts import is_script, makes_something, runs_when_imported
from srcread.index import Module
from srcread.index.imports import import_source
from srcread.index.trees import BODY

_HIDDEN = ("_", "<")
"""Not public: names with an underscore, and lambdas."""


def resolve_entries(
    ask: Interpreter, entries: Sequence[str], methods: Mapping[str, Sequence[str]], *, whole: bool
) -> Iterator[list[Context]]:
    """Yield the contexts from which each of several entries is walked, as `resolve_entry` does.

    Raises:
        NotFoundError: one of them has nothing to walk, or where not `whole` all of them.
    """
    has_any = not entries
    for entry in entries:
        with suppress(*(() if whole else (NotFoundError,))):
            yield resolve_entry(ask, entry, methods.get(entry, ()))
            has_any = True
    if not has_any:
        shown = ", ".join(entries[:3]) + (", …" if len(entries) > 3 else "")
        raise NotFoundError(f"{shown!r} has no public function, and no class with a method.")


def resolve_entry(ask: Interpreter, entry: str, methods: Sequence[str] = ()) -> list[Context]:
    """Return the contexts from which an entry is walked.

    `torch.nn.Transformer` is looked up as Python would, through re-exports;
    `package.module:Qual.name` says which part is the module, whatever its package binds that name
    to, `package.module:<module>` means the module's own code, and `package.module:` the file: its
    code if it is a script, else what it defines. A class means its `__init__`, then its `forward`
    if calling it comes to that, else its public methods; a module its public functions. `methods`
    are the ones of a class to walk instead of all its public ones.

    Raises:
        NotFoundError: there is no such name; the message offers the nearest.
    """
    name = entry.replace(":", ".").removesuffix(".")
    module = ask.index.module(entry.partition(":")[0]) if ":" in entry else None
    if module is not None and (entry.endswith(f":{BODY}") or _runs(entry, module)):
        return [Context(module.body.name, called=False)]
    if nested := _nested(ask, name):
        return nested
    values = ordered(ask.modules.opened(known(entry_values(ask, entry))))
    for value in values:
        contexts = _contexts(ask, _on_its_class(ask, name, value), methods)
        if contexts:
            return contexts
    raise NotFoundError(_why_none(ask, entry, name, values))


def _nested(ask: Interpreter, name: str) -> list[Context]:
    """Return a function in a function, `outer.<locals>.inner`, of any call of the outer one."""
    head, inside, last = name.rpartition(".<locals>.")
    nested = ask.index.defined(name) if inside and "." not in last else None
    if nested is None or isinstance(nested.node, ast.ClassDef):
        return []
    outers = [context for context in resolve_entry(ask, head) if context.function == head]
    return [Context(name, called=False, outer=context) for context in outers]


def entry_values(ask: Interpreter, entry: str) -> Values:
    """Return what the text of an entry stands for."""
    head, colon, tail = entry.partition(":")
    values: Values = frozenset({ask.modules.named(head)}) if colon else frozenset()
    if not any(isinstance(value, ModuleValue | Native) for value in values):
        return ask.named(entry.replace(":", "."))
    for part in tail.split(".") if tail else ():
        values = ask.attributes.join(values, part)
    return values


def further_contexts(ask: Interpreter, entry: str) -> list[Context]:
    """Return what is walked last of a file, where nothing before comes to it.

    Of a script that is what it defines; of another file its own code, if that makes something.
    """
    module = ask.index.module(entry.removesuffix(":")) if entry.endswith(":") else None
    if module is None:
        return []
    if is_script(module):
        return _of_module(ask, module.name)
    return [Context(module.body.name, called=False)] if makes_something(module) else []


def imported_contexts(ask: Interpreter, entry: str, functions: Iterable[str]) -> list[Context]:
    """Return the own code of the modules of some functions, which a script runs by importing them.

    Of modules that lie beside it, and make or do something of their own when they run. What the
    modules of a package run is no affair of one that is a script, too.
    """
    module = ask.index.module(entry.removesuffix(":")) if entry.endswith(":") else None
    if module is None or "." in module.name or not is_script(module):
        return []
    found = {of.name: of for name in functions if (of := ask.index.module_of(name)) is not None}
    return [
        Context(of.body.name, called=False)
        for _, of in sorted(found.items())
        if of is not module
        and of.file.distribution == module.file.distribution
        and runs_when_imported(of)
    ]


def native_entry(ask: Interpreter, entry: str) -> str | None:
    """Return the native name that an entry stands for, None for one that has Python source."""
    if entry.startswith(ask.idioms.operator_namespace):
        return entry if ask.natives.operators(entry) else None
    values = ordered(known(entry_values(ask, entry)))
    return values[0].name if values and isinstance(values[0], Native) else None


def defining_modules(ask: Interpreter, entry: str) -> tuple[str, ...]:
    """Return the modules that define what an entry stands for, behind all re-exports."""
    found: list[str] = []
    for value in ordered(ask.modules.opened(known(entry_values(ask, entry)))):
        match value:
            case ModuleValue(name):
                found.append(name)
            case ClassValue(name) | FunctionValue(name) | Instance(name):
                module = ask.index.module_of(name)
                found += [module.name] if module is not None else []
    return tuple(dict.fromkeys(found))


def _runs(entry: str, module: Module) -> bool:
    return entry.endswith(":") and is_script(module)


def _on_its_class(ask: Interpreter, name: str, value: Value) -> Value:
    """Bind a method that a class inherits to an object of that class, which decides its `self`."""
    if not isinstance(value, FunctionValue) or value.bound is not None:
        return value
    method = ask.index.defined(value.name)
    if method is None or method.receiver is None or method.owner is None:
        return value
    for holder in ordered(known(ask.named(name.rpartition(".")[0]))):
        if isinstance(holder, ClassValue) and holder.name != method.owner.name:
            return replace(value, bound=Instance(holder.name, constructed=False))
    return value


def _why_none(ask: Interpreter, entry: str, name: str, values: list[Value]) -> str:
    if entry.startswith(ask.idioms.operator_namespace):
        namespace = ask.idioms.operator_namespace
        near = nearest(entry.removeprefix(namespace), ask.natives.operator_names(), RELATED)
        meant = f" Did you mean {namespace + near!r}?" if near else ""
        return f"There is no operator {entry!r}.{meant}"
    for value in values:
        match value:
            case Native():
                return (
                    f"{entry!r} is native: it has no Python source to read. What is known of its "
                    f"operator: srcread graph {entry}"
                )
            case External(other) if other != name and not other.startswith("builtins."):
                return f"{entry!r} is {other!r}, which is not read. Read its own package."
            case ModuleValue() | ClassValue():
                return f"{entry!r} holds no function to read. Name one of its members."
            case External():
                continue  # no distribution that is read has it
            case Instance(cls) if _is_written(ask, name):
                return (
                    f"{entry!r} is an object of {cls!r}, and calling it runs nothing that is read. "
                    "Name one of its methods."
                )
            case _ if _is_written(ask, name):
                return f"{entry!r} is no function, class or module. Name one of those."
            case _:  # a module's __getattr__ may make any name, or none
                continue
    broken = [item for item in ask.index.diagnostics if _is_way_to(item.path, name)]
    if broken:
        return f"There is no {entry!r}: {broken[0]}"
    near = _nearest(ask, name) or _made_at_run_time(ask, name)
    return f"There is no {entry!r} in the sources.{near}"


def _made_at_run_time(ask: Interpreter, name: str) -> str:
    """Return what to do where a package may have a name that its text does not tell."""
    head, _, tail = name.rpartition(".")
    for value in ordered(known(ask.named(head))) if head else ():
        module = ask.index.module(value.name) if isinstance(value, ModuleValue) else None
        if module is not None and "__getattr__" in module.scope.bindings:
            return (
                f" {module.name}.__getattr__ may make {tail!r} when it runs, in a way that the "
                "text does not tell: name the module that defines it, as 'package.module:Name'."
            )
    return ""


def _is_way_to(path: str, name: str) -> bool:
    """Tell whether a name would stand in the file at `distribution:path`."""
    module = path.partition(":")[2].removesuffix(".py").removesuffix("/__init__")
    return f"{name}.".startswith(module.replace("/", ".") + ".")


def _contexts(ask: Interpreter, value: Value, methods: Sequence[str]) -> list[Context]:
    match value:
        case FunctionValue(name) if staged := list(stages(ask, value, [])):
            return [Context(stage.function.name, called=False) for stage in staged]
        case FunctionValue(name, ClassValue(cls)) if name in ask.idioms.method_dispatches_to:
            return _dispatched(ask, cls, ask.idioms.method_dispatches_to[name])
        case FunctionValue(name, bound, outer):
            return [Context(name, bound, called=False, outer=outer)]
        case Partial(function) | GenericFunction(function):
            return _contexts(ask, function, methods)
        case Instance(name):
            return _of_object(ask, value)
        case ClassValue(name):
            return _of_class(ask, name, methods)
        case ModuleValue(name):
            return _of_module(ask, name)
    return []


def _dispatched(ask: Interpreter, cls: str, methods: Sequence[str]) -> list[Context]:
    """Return what a method of a class ends in: `scale = Scale.apply` is Scale's own forward."""
    return [
        Context(name, called=False)
        for method in methods
        for name in ask.classes.nearest_functions(cls, method)
        if name not in ask.idioms.abstract
    ]


def _of_object(ask: Interpreter, value: Instance) -> list[Context]:
    """Return what calling an object runs, of the one that a module keeps under a name."""
    called = _methods(ask, value, "__call__")
    through = [ask.idioms.call_dispatches_to.get(function.name) for function in called]
    methods = [method for method in through if method is not None]
    called = [found for method in methods for found in _methods(ask, value, method)] or called
    return [Context(function.name, function.bound, called=False) for function in called]


def _of_class(ask: Interpreter, name: str, methods: Sequence[str] = ()) -> list[Context]:
    """`forward`, else the methods given or all public ones of its own; then `__init__`.

    What decorates the constructor runs whenever an object is made, and is walked too.
    """
    anything = Instance(name, constructed=False)
    contexts: list[Context] = []
    dispatched = [
        ask.idioms.call_dispatches_to.get(function.name)
        for function in _methods(ask, anything, "__call__")
    ]
    names = [method for method in dispatched if method is not None] or list(methods)
    if not names:
        defined = ask.index.defined(name)
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
            for function in _methods(ask, anything, method) or _of_property(ask, name, method)
            if function.name not in ask.idioms.abstract
        ]
    constructors = _methods(ask, anything, "__init__")
    contexts += [Context(function.name, anything, called=False) for function in constructors]
    contexts += [
        Context(wrapper.name, anything, called=False, outer=wrapper.context)
        for function in constructors
        if isinstance(wrapper := function.around, FunctionValue)
    ]
    return list(dict.fromkeys(contexts))


def _methods(ask: Interpreter, value: Instance, name: str) -> list[FunctionValue]:
    values = ordered(ask.attributes.get(value, name))
    return [value for value in values if isinstance(value, FunctionValue)]


def _of_property(ask: Interpreter, cls: str, name: str) -> list[FunctionValue]:
    """Return what an attribute runs where it is read or set: the functions of a property."""
    values = ordered(known(ask.attributes.get(ClassValue(cls), name)))
    return [value for value in values if isinstance(value, FunctionValue)]


def _of_module(ask: Interpreter, name: str) -> list[Context]:
    module = ask.index.module(name)
    if module is None:
        return []
    contexts: list[Context] = []
    for defined in list(module.definitions.values()):
        if defined.node.name.startswith(_HIDDEN):
            continue
        if isinstance(defined.node, ast.ClassDef):
            contexts += _of_class(ask, defined.name)
        else:
            contexts.append(Context(defined.name, called=False))
    return contexts


def _is_written(ask: Interpreter, name: str) -> bool:
    """Tell whether the last part of a name is bound by the text of what it stands in."""
    head, _, tail = name.rpartition(".")
    holders = known(ask.named(head)) if head else ()
    return any(tail in _members(ask, value) for value in holders)


def _nearest(ask: Interpreter, name: str) -> str:
    """Return a hint that names what exists on the way to an unknown name."""
    from difflib import get_close_matches  # 6 ms, only when something went wrong

    sources = ask.index.sources
    packages = {package for item in sources.distributions for package in item.packages}
    head, _, tail = name.rpartition(".")
    if not head or head.partition(".")[0] not in packages:
        near = get_close_matches(name.partition(".")[0], sorted(packages), n=1)
        return f" Did you mean {near[0] + name[len(name.partition('.')[0]) :]!r}?" if near else ""
    values = known(ask.named(head))
    for value in ordered(values):
        near = get_close_matches(tail, _members(ask, value), n=1, cutoff=0.6)
        if near:
            return f" Did you mean '{head}.{near[0]}'?"
    return "" if values else _nearest(ask, head)


def _members(ask: Interpreter, value: Value) -> list[str]:
    """Return the names that can follow a module, a class or an object of one."""
    match value:
        case ModuleValue(name):
            module = ask.index.module(name)
            if module is None:
                return []
            names = set(module.scope.bindings) | _submodules(ask, name)
            for node in module.scope.starred:
                match ask.modules.named(_source(ask, name, node)):
                    case ModuleValue(other) if starred := ask.index.module(other):
                        names |= set(starred.scope.bindings)
            return sorted(names)
        case ClassValue(name) | Instance(name):
            classes = ask.classes.mro(name)
            scopes = [ask.index.defined(cls) for cls in classes]
            return sorted({key for item in scopes if item for key in item.scope.bindings})
    return []


def _submodules(ask: Interpreter, name: str) -> set[str]:
    sources = ask.index.sources
    prefix = name + "."
    return {
        module.removeprefix(prefix).partition(".")[0]
        for item in sources.distributions
        if name.partition(".")[0] in item.packages
        for module in sources.modules(item.name)
        if module.startswith(prefix)
    }


def _source(ask: Interpreter, name: str, node: ast.ImportFrom) -> str:
    module = ask.index.module(name)
    assert module is not None
    return import_source(module, node)
