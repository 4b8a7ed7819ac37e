"""Names across a call: by which name a function that is called knows what a name of its caller is.

By the receiver of a method, by the parameter that is given the name, or by the name itself, where
the function stands in the block that calls it, or both see it in their module. What is handed in a
starred argument, or as a part of another value, is not told.

For example, in `def fill(items, x): items.append(x)` and `layers = []; fill(layers, Linear())`: the
`name_inside` of "layers" is "items"; for `net.add(layer)` and "net" it is "self".
"""

from __future__ import annotations

import ast

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import FunctionValue
from srcread.index import Defined


def name_inside(
    frame: Frame, defined: Defined, callee: FunctionValue, call: ast.Call, name: str
) -> str:
    """Return by which name a function knows what a name of its caller stands for; "" for none."""
    node = defined.node
    if isinstance(node, ast.ClassDef):
        return ""
    names = [item.arg for item in (*node.args.posonlyargs, *node.args.args)]
    match call.func:
        case ast.Attribute(value=ast.Name(id=owner)) if owner == name:
            return defined.receiver or "" if callee.bound is not None else ""
    names = names[1:] if callee.bound is not None else names
    for parameter, argument in zip(names, call.args, strict=False):
        if isinstance(argument, ast.Starred):
            return ""
        if isinstance(argument, ast.Name) and argument.id == name:
            return parameter
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Name) and keyword.value.id == name:
            return keyword.arg or ""
    return name if _sees(frame, defined, name) and not _is_own(defined, name) else ""


def _is_own(defined: Defined, name: str) -> bool:
    """Tell whether a name in a function is not what it is in the block around."""
    scope = defined.scope
    return name in _parameters(defined) or (name in scope.bindings and name not in scope.outer)


def _sees(frame: Frame, defined: Defined, name: str) -> bool:
    """Tell whether a function that is called sees a name of the block that calls it."""
    block = frame.defined
    while block is not None and name not in block.scope.bindings and block is not defined.owner:
        if name in _parameters(block):
            break
        block = block.owner
    return defined.module is frame.module and (
        block is defined.owner
        or (defined.owner is None and (block is None or block is frame.module.body))
    )


def _parameters(defined: Defined) -> set[str]:
    if isinstance(defined.node, ast.ClassDef):
        return set()
    arguments = defined.node.args
    return {item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
