"""What a name stands for inside functions and classes: their own bindings before the module's.

For example, after `import torch.nn.functional as F` the name `F.linear` inside a function stands
for `torch.nn.functional.linear`, unless the function has a parameter or a variable `F`.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from srcread.index.block.bindings import Binding, How, path_of
from srcread.index.block.scope import Definition, scope_of
from srcread.index.module import Module
from srcread.index.uses.classes import Classes

_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Frame:
    """A function, class or lambda that a place stands in; `outer` is None in a module.

    `name` is its full name. `bound` are the names that it binds: those of parameters and lambdas
    with no binding, for their values are unknown. `holder` is the class whose object `receiver` is.
    """

    name: str
    bound: dict[str, list[Binding]]
    outer: Frame | None = None
    is_class: bool = False
    receiver: str = ""
    holder: str = ""


def frame_of(node: Definition, outer: Frame) -> Frame:
    """Return the frame of a function's or class's body; looking into it parses it."""
    separator = "." if outer.is_class or outer.outer is None else ".<locals>."
    name = f"{outer.name}{separator}{node.name}"
    scope = scope_of(node.body, expressions=False)
    bound = {key: value for key, value in scope.bindings.items() if key not in scope.outer}
    if isinstance(node, ast.ClassDef):
        return Frame(name, bound, outer, is_class=True)
    parameters = parameters_of(node.args)
    bound = {**{parameter: [] for parameter in parameters}, **bound}
    if not outer.is_class or _is_static(node):
        receiver = "" if outer.receiver in bound else outer.receiver
        return Frame(name, bound, outer, receiver=receiver, holder=outer.holder)
    return Frame(name, bound, outer, receiver=next(iter(parameters), ""), holder=outer.name)


def shadowed(frame: Frame, names: Collection[str]) -> Frame:
    """Return a frame in which names of a lambda or comprehension stand for unknown values."""
    bound: dict[str, list[Binding]] = {**frame.bound, **{name: [] for name in names}}
    receiver = "" if frame.receiver in names else frame.receiver
    return Frame(frame.name, bound, frame.outer or frame, receiver=receiver, holder=frame.holder)


def parameters_of(arguments: ast.arguments) -> list[str]:
    """Return the names of all parameters, the positional ones first."""
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    rest = [arguments.vararg, arguments.kwarg]
    return [each.arg for each in (*named, *rest) if each is not None]


def _is_static(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list
    )


def meanings(
    module: Module, frame: Frame, path: str, classes: Classes, depth: int = _DEPTH
) -> frozenset[str] | None:
    """Return the full names that a dotted path stands for in a frame; None for an unknown value."""
    root, _, rest = path.partition(".")
    inner: Frame | None = frame
    while inner is not None and inner.outer is not None:
        if root in inner.bound and (inner is frame or not inner.is_class):
            bindings = inner.bound[root]
            return _bound(module, inner, bindings, rest, classes, depth) if depth else None
        inner = inner.outer
    return classes.meanings(f"{module.name}.{path}")


def _bound(
    module: Module,
    frame: Frame,
    bindings: list[Binding],
    rest: str,
    classes: Classes,
    depth: int,
) -> frozenset[str] | None:
    found: set[str] = set()
    for binding in bindings:
        match binding:
            case Binding(how=How.IMPORTED):
                target = classes.names.targets(module, binding, "")
                found |= classes.meanings(f"{target}.{rest}" if rest else target)
            case Binding(how=How.DEFINED, node=definition) if not rest:
                found.add(f"{frame.name}.<locals>.{getattr(definition, 'name', '')}")
            case Binding(how=How.VALUE, node=ast.Name() | ast.Attribute() as value, path=()):
                path = path_of(value)
                outer = frame.outer if path.partition(".")[0] in frame.bound else frame
                if not path or outer is None:
                    return None
                whole = f"{path}.{rest}" if rest else path
                given = meanings(module, outer, whole, classes, depth - 1)
                if given is None:
                    return None
                found |= given
            case _:
                return None
    return frozenset(found) or None
