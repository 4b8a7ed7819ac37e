"""What a module's own statements say of it: what it exports and puts in its place."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcread.index import Module


def exports(module: Module | None, name: str) -> bool:
    """Tell whether `from module import *` brings a name: by `__all__`, else by underscore."""
    if module is None:
        return False
    lists = [binding.node for binding in module.scope.bindings.get("__all__", ())]
    plain = [node for node in lists if isinstance(node, ast.List | ast.Tuple)]
    exported = [
        element.value
        for node in plain
        for element in node.elts
        if isinstance(element, ast.Constant)
    ]
    if exported and len(plain) == len(lists):
        return name in exported
    return name in exported or not name.startswith("_")


def swapped_in(module: Module) -> Iterator[ast.expr]:
    """Yield what a module puts in its own place: `sys.modules[__name__] = value`."""
    for statement in module.tree.body:
        match statement:
            case ast.Assign(
                targets=[
                    ast.Subscript(
                        value=ast.Attribute(value=ast.Name(id="sys"), attr="modules"),
                        slice=ast.Name(id="__name__"),
                    )
                ],
                value=value,
            ):
                yield value
