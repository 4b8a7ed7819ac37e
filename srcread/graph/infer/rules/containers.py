"""Objects that are containers by what they inherit: `class Registry(dict)`, mappings by an ABC.

An object of a subclass of `dict` or `list` holds what its constructor hands up to that base; a
mapping that only fills in Python's abstract one has `get`, `pop` and the others from its own
`__getitem__`. What the methods of such a class put into itself later is left out: a registry's
entries then are those that it starts with.

For example, `class Registry(dict): …` and `acts = Registry(relu=relu)`: the `content` of that
object is a dictionary with the function under the key "relu", so `acts["relu"](x)` calls it, and
`acts.get(name)(x)` any that it holds.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules import holders, tables
from srcread.graph.infer.rules.python import external_result
from srcread.graph.infer.values import (
    NOTHING,
    External,
    Instance,
    Key,
    Sequence,
    Super,
    Table,
    Value,
    Values,
    as_open,
    known,
    literal,
    ordered,
    same,
    table,
)

CONTENT = "<content>"
"""The name under which an object keeps the container that it is, among its arguments."""
_TABLES = frozenset({"builtins.dict", "collections.OrderedDict", "collections.UserDict"})
_LISTS = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "collections.UserList"})
_ABSTRACT = tuple(
    f"{module}.{name}."
    for module in ("collections.abc", "typing")
    for name in ("Mapping", "MutableMapping", "Sequence", "MutableSequence")
)
MIXED_IN = {
    "get": ("__getitem__",),
    "pop": ("__getitem__", "__delitem__"),
    "setdefault": ("__getitem__", "__setitem__"),
    "popitem": ("__getitem__", "__delitem__"),
    "update": ("__setitem__",),
    "index": ("__getitem__",),
    "append": ("insert",),
    "__contains__": ("__getitem__",),
}
"""Which methods of its own class one of the abstract containers' methods calls."""


def base_of(ask: Interpreter, cls: str) -> str | None:
    """Return the container of Python's own that a class inherits from, None if it has none."""
    for base in ask.classes.foreign_bases(cls):
        if isinstance(base, External) and base.name in _TABLES | _LISTS:
            return base.name
    return None


def made(
    ask: Interpreter, cls: str, arguments: list[Values], keywords: dict[str, Values]
) -> Values:
    """Return the container that constructing a class makes, if the constructor is its base's."""
    base = base_of(ask, cls)
    if base is None or ask.classes.nearest_functions(cls, "__init__"):
        return NOTHING
    return _container(ask, base, arguments, keywords)


def content(ask: Interpreter, value: Value) -> Values:
    """Return the list or dictionary that an object is; NOTHING for those that are none."""
    if isinstance(value, Super):
        value = value.bound
    if not isinstance(value, Instance) or not value.constructed:
        return NOTHING
    kept = dict(value.arguments).get(CONTENT)
    if kept is not None:
        return kept
    base = base_of(ask, value.cls)
    if base is None:
        return NOTHING
    return ask.solver.about((CONTENT, value), NOTHING, _handed_up, ask, value, base)


def contents(ask: Interpreter, values: Values) -> Values:
    """Return the values, those that are containers by inheritance as these containers."""
    return NOTHING.union(*(content(ask, value) or frozenset({value}) for value in ordered(values)))


def with_put(
    ask: Interpreter, value: Value, put: Values, key: Key | None, sure: bool = False
) -> Value:
    """Return a container that more was put into, under a key or somewhere.

    Where that is `sure`, what stood under the key of a dictionary does so no more.
    """
    match value:
        case Sequence(_, positions, is_list) if not positions or is_list:
            return Sequence(value.items | put)
        case Table(entries, items):
            named = dict(entries)
            if key is not None:
                named[key] = put if sure else named.get(key, NOTHING) | put
            else:  # it may be any of those that are told
                named = {told: held | put for told, held in entries}
            return table(named, items | put)
        case Instance(cls) if holders.is_holder(ask, cls) or is_kept(ask, cls):
            return holders.with_put(ask, value, put, key)
        case Instance() if held := content(ask, value):
            filled = frozenset(with_put(ask, item, put, key) for item in held)
            kept = {**dict(value.arguments), CONTENT: filled}
            return same(replace(value, arguments=tuple(sorted(kept.items()))))
    return value


def all_put(ask: Interpreter, value: Value, given: Values, sure: bool = False) -> Value:
    """Return a container that takes up the elements of others, dictionaries by their keys."""
    if not _is_table(ask, value):
        return with_put(ask, value, ask.items.elements(given), None) if given else value
    for item in tables.made(ask, [given], {}):
        if isinstance(item, Table):
            for key, held in item.entries:
                value = with_put(
                    ask, value, held, key, sure and len(known(given)) == len(given) == 1
                )
            loose = item.items - NOTHING.union(*(held for _, held in item.entries))
            value = with_put(ask, value, loose, None)
    return value


def is_kept(ask: Interpreter, cls: str) -> bool:
    """Tell whether an idiom says that objects of a class keep others by name."""
    owners = {name.rpartition(".")[0] for name in ask.idioms.kept_in}
    return not owners.isdisjoint(ask.classes.mro(cls))


def _is_table(ask: Interpreter, value: Value) -> bool:
    match value:
        case Table():
            return True
        case Instance(cls) if holders.is_holder(ask, cls):
            return holders.is_mapping(ask, cls)
        case Instance():
            return any(isinstance(item, Table) for item in content(ask, value))
    return False


def is_abstract_method(name: str) -> bool:
    """Tell whether this is a method that Python's abstract containers bring."""
    return name.startswith(_ABSTRACT) and name.rpartition(".")[2] in MIXED_IN


def mixed_in(
    ask: Interpreter, receiver: Values, name: str, arguments: list[Values]
) -> Values | None:
    """Return what a method of an abstract container gives, by the class's own `__getitem__`."""
    method = name.rpartition(".")[2]
    if not is_abstract_method(name) or MIXED_IN[method][0] != "__getitem__":
        return None
    found = NOTHING
    for value in ordered(receiver):
        value = value.bound if isinstance(value, Super) else value
        if isinstance(value, Instance):
            for function in ask.attributes.special(value, "__getitem__"):
                found |= known(ask.calls.result(function, arguments[:1], {}))
    return found.union(*arguments[1:2])


def under(ask: Interpreter, value: Instance, key: Key | None) -> Values:
    """Return what `value[key]` gives for an object: by `__getitem__`, else what it holds."""
    argument: list[Values] = [literal(key)] if key is not None else []
    for function in ask.attributes.special(value, "__getitem__"):
        return as_open(ask.calls.result(function, argument, {}))
    held = content(ask, value)
    if not held:
        return NOTHING
    items = ask.items
    return items.item(held, key) if key is not None else items.element(held, None)


def _handed_up(ask: Interpreter, value: Instance, base: str) -> Values:
    """Return the container that the constructors of an object hand up to the base's own."""
    classes = ask.classes
    found = NOTHING
    for cls in classes.mro(value.cls):
        context = ask.constructions.context(value, cls)
        if context is not None:
            frame = ask.frame(context)
            for use in frame.scope.calls:
                if isinstance(use.node, ast.Call):
                    found |= _by_call(ask, frame.within(*use.inside), use.node, base)
    return found


def _by_call(ask: Interpreter, frame: Frame, node: ast.Call, base: str) -> Values:
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "__init__":
        return NOTHING
    if External(f"{base}.__init__") not in ask.evaluate(frame, node.func):
        return NOTHING
    arguments, keywords = ask.contexts.arguments(frame, node)
    by_class = External(base) in ask.evaluate(frame, node.func.value)
    return _container(ask, base, arguments[1:] if by_class else arguments, keywords)


def _container(
    ask: Interpreter, base: str, arguments: list[Values], keywords: dict[str, Values]
) -> Values:
    kind = "builtins.dict" if base in _TABLES else "builtins.list"
    if kind == "builtins.dict":
        return tables.made(ask, arguments, keywords)
    values = external_result(ask, kind, arguments) or NOTHING
    return frozenset(v for v in values if isinstance(v, Sequence))
