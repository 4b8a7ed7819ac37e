"""Calls that statements run without being written as calls: `raise Class`, and `@decorator`.

A class is called with nothing, a decorator with what stands below it. Python's own classes are left
out, and what applies `@functools.wraps(function)`; what a decorator gives is the affair of
`rules/decorators`.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.decorators import below
from srcread.graph.infer.values import (
    ClassValue,
    External,
    FunctionValue,
    Instance,
    Partial,
    known,
    ordered,
)
from srcread.graph.reach.target import CallTarget
from srcread.graph.reach.targets import FramedCall, reached
from srcread.model import EdgeKind

_DECORATES = FunctionValue | ClassValue | Instance | Partial
_CALLED = (EdgeKind.DIRECT, EdgeKind.METHOD)


def raised_targets(ask: Interpreter, frame: Frame, node: ast.expr) -> list[CallTarget]:
    """Return the constructor that `raise Class` runs, of a class that is read."""
    call = ast.copy_location(ast.Call(node, [], []), node)
    return [
        replace(target, role=f"raise {target.role}")
        for value in ordered(ask.evaluate(frame, node))
        if isinstance(value, ClassValue)
        for target in reached(ask, FramedCall(frame, call), value)
    ]


def decorating_targets(ask: Interpreter, frame: Frame, node: ast.expr) -> list[CallTarget]:
    """Return what decorating a definition runs, called with what stands below the decorator."""
    call = ast.copy_location(ast.Call(node, [], []), node)
    given = below(ask, frame, node)
    found: list[CallTarget] = []
    for value in ordered(known(ask.evaluate(frame, node))):
        if isinstance(value, External):
            found.append(CallTarget(value.name, EdgeKind.EXTERNAL, role="decorator"))
        elif isinstance(value, _DECORATES):
            site = FramedCall(frame, call, Partial(value, (given,)))
            for target in reached(ask, site, value):
                if target.kind is not EdgeKind.EXTERNAL:  # `@functools.wraps(function)`
                    kind = EdgeKind.DECORATOR if target.kind in _CALLED else target.kind
                    found.append(replace(target, kind=kind, role=f"decorator {target.role}"))
    return found
