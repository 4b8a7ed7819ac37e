"""Objects that are containers by what they inherit: `class Registry(dict)`, mappings by an ABC.

An object of a subclass of `dict` or `list` holds what its constructor hands up to that base; a
mapping that only fills in Python's abstract one has `get`, `pop` and the others from its own
`__getitem__`. What the methods of such a class put into itself later is left out: a registry's
entries then are those that it starts with.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.python import external_result
from srcread.graph.infer.values import (
    NOTHING,
    Constant,
    External,
    ExternalInstance,
    Instance,
    Sequence,
    Super,
    Table,
    Value,
    Values,
    known,
    ordered,
    same,
)

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

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


def base_of(evaluator: Evaluator, cls: str) -> str | None:
    """Return the container of Python's own that a class inherits from, None if it has none."""
    for base in evaluator.attributes.classes.foreign_bases(cls):
        if isinstance(base, External) and base.name in _TABLES | _LISTS:
            return base.name
    return None


def made(
    evaluator: Evaluator, cls: str, arguments: list[Values], keywords: dict[str, Values]
) -> Values:
    """Return the container that constructing a class makes, if the constructor is its base's."""
    base = base_of(evaluator, cls)
    if base is None or evaluator.attributes.classes.nearest_functions(cls, "__init__"):
        return NOTHING
    return _container(evaluator, base, arguments, keywords)


def content(evaluator: Evaluator, value: Value) -> Values:
    """Return the list or dictionary that an object is; NOTHING for those that are none."""
    if isinstance(value, Super):
        value = value.bound
    if not isinstance(value, Instance) or not value.constructed:
        return NOTHING
    kept = dict(value.arguments).get(CONTENT)
    if kept is not None:
        return kept
    base = base_of(evaluator, value.cls)
    if base is None:
        return NOTHING
    with evaluator.questions.asking((value, CONTENT)) as earlier:
        if earlier is not None:
            return earlier
        return evaluator.questions.answered((value, CONTENT), _handed_up(evaluator, value, base))


def contents(evaluator: Evaluator, values: Values) -> Values:
    """Return the values, those that are containers by inheritance as these containers."""
    return NOTHING.union(
        *(content(evaluator, value) or frozenset({value}) for value in ordered(values))
    )


def holding(evaluator: Evaluator, value: Instance, put: Values, key: str | None) -> Instance:
    """Return an object that more was put into: an idiom's holder, or a container's subclass."""
    classes = evaluator.attributes.classes
    if any(cls in evaluator.idioms.holds for cls in classes.order(value.cls)):
        objects = frozenset(item for item in put if not isinstance(item, ExternalInstance))
        return same(replace(value, items=value.items | objects))
    return value


def is_abstract_method(name: str) -> bool:
    """Tell whether this is a method that Python's abstract containers bring."""
    return name.startswith(_ABSTRACT) and name.rpartition(".")[2] in MIXED_IN


def mixed_in(
    evaluator: Evaluator, receiver: Values, name: str, arguments: list[Values]
) -> Values | None:
    """Return what a method of an abstract container gives, by the class's own `__getitem__`."""
    method = name.rpartition(".")[2]
    if not is_abstract_method(name) or MIXED_IN[method][0] != "__getitem__":
        return None
    found = NOTHING
    for value in ordered(receiver):
        value = value.bound if isinstance(value, Super) else value
        if isinstance(value, Instance):
            for function in evaluator.attributes.special(value, "__getitem__"):
                found |= known(evaluator.calls.result(function, arguments[:1], {}))
    return found.union(*arguments[1:2])


def under(evaluator: Evaluator, value: Instance, key: str | None) -> Values:
    """Return what `value[key]` gives for an object: by `__getitem__`, else what it holds."""
    argument: list[Values] = [frozenset({Constant(key)})] if key is not None else []
    for function in evaluator.attributes.special(value, "__getitem__"):
        return known(evaluator.calls.result(function, argument, {}))
    held = content(evaluator, value)
    if not held:
        return NOTHING
    item = evaluator.attributes.item
    return known(item(held, key) if key is not None else evaluator.attributes.elements(held))


def _handed_up(evaluator: Evaluator, value: Instance, base: str) -> Values:
    """Return the container that the constructors of an object hand up to the base's own."""
    classes = evaluator.attributes.classes
    found = NOTHING
    for cls in classes.order(value.cls):
        context = classes.construction(value, cls)
        if context is not None:
            frame = evaluator.frame(context)
            for use in frame.scope.calls:
                if isinstance(use.node, ast.Call):
                    found |= _by_call(evaluator, frame.within(*use.inside), use.node, base)
    return found


def _by_call(evaluator: Evaluator, frame: Frame, node: ast.Call, base: str) -> Values:
    if not isinstance(node.func, ast.Attribute) or node.func.attr != "__init__":
        return NOTHING
    if External(f"{base}.__init__") not in evaluator.evaluate(frame, node.func):
        return NOTHING
    arguments, keywords = evaluator.calls.arguments(frame, node)
    by_class = External(base) in evaluator.evaluate(frame, node.func.value)
    return _container(evaluator, base, arguments[1:] if by_class else arguments, keywords)


def _container(
    evaluator: Evaluator, base: str, arguments: list[Values], keywords: dict[str, Values]
) -> Values:
    kind = "builtins.dict" if base in _TABLES else "builtins.list"
    values = external_result(evaluator, kind, arguments) or NOTHING
    if kind == "builtins.list" or not keywords:
        return frozenset(v for v in values if isinstance(v, Sequence | Table))
    entries, items = dict(keywords), NOTHING.union(*keywords.values())
    for value in values:
        if isinstance(value, Table):
            entries = {**dict(value.entries), **entries}
            items |= value.items
    return frozenset({Table(tuple(sorted(entries.items(), key=lambda e: e[0])), items)})
