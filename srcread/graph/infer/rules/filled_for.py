"""Containers that others fill: a function is handed an empty list and puts something into it.

Asked only of a container that holds nothing as far as its own block tells: going through it, or
calling what stands in it, would be an error. The calls of the block are searched for one that gets
the container by a name; what such a function puts in counts whenever it runs, as what the block
itself puts in does. Functions that keep the container and fill it later are left out.

For example, `layers = []; add(layers, relu)` with `def add(to, x): to.append(x)`: `fillings_for`
yields that `append` with the frame of this call of `add`, in which `x` is `relu`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.known_as import name_inside
from srcread.graph.infer.values import FunctionValue, Sequence, Table, Values, known, ordered
from srcread.index.block.bindings import Filling, Scope, path_of

_MAKERS = frozenset({"list", "dict", "set", "deque", "OrderedDict"})
_MOST_STEPS = 2
"""Through how many functions a container is followed."""


def is_left_empty(frame: Frame, name: str, values: Values) -> bool:
    """Tell whether a block makes an empty container under a name, and puts nothing into it."""
    return any(isinstance(value, Sequence | Table) and not value.items for value in values) and any(
        _is_empty(binding.node) for binding in frame.scope.bindings.get(name, ())
    )


def _is_empty(node: ast.AST) -> bool:
    match node:
        case ast.List(elts=[]) | ast.Dict(keys=[]):
            return True
        case ast.Call(func=function, args=[], keywords=[]):
            return path_of(function).rpartition(".")[2] in _MAKERS
    return False


def fillings_for(
    ask: Interpreter, frame: Frame, name: str, steps: int = _MOST_STEPS
) -> Iterator[tuple[Frame, Filling]]:
    """Yield what functions that a block calls put into what a name stands for, with their frames.

    The `name` is one of a function, or of a module's own code.
    """
    scope = _scope(frame, name)
    for use in scope.calls if scope is not None else ():
        call = use.node
        assert isinstance(call, ast.Call)
        if frame.defined is not None and not _may_get(frame, call, name):
            continue
        at = frame.within(*use.inside)
        for callee in ordered(known(ask.evaluate(at, call.func))):
            defined = ask.index.defined(callee.name) if isinstance(callee, FunctionValue) else None
            if defined is None or not isinstance(callee, FunctionValue):
                continue
            inside = name_inside(frame, defined, callee, call, name)
            if not inside:
                continue
            inner = ask.frame(ask.contexts.of_call(callee, at, call))
            yield from ((inner, filling) for filling in inner.scope.fillings.get(inside, ()))
            if steps:
                yield from fillings_for(ask, inner, inside, steps - 1)


def _scope(frame: Frame, name: str) -> Scope | None:
    """Return the scope with the calls of a block; None for a module that hands the name to none."""
    if frame.defined is not None:
        return frame.scope
    handed = re.compile(rf"^[\w.]+\(.*\b{re.escape(name)}\b", re.MULTILINE)
    return frame.module.whole_scope if handed.search(frame.module.file.text) else None


def _may_get(frame: Frame, call: ast.Call, name: str) -> bool:
    """Tell whether a call hands on a name, or is one of a function that stands in the block."""
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    if any(isinstance(item, ast.Name) and item.id == name for item in given):
        return True
    assert frame.defined is not None
    return isinstance(call.func, ast.Name) and any(
        inner.node.name == call.func.id for inner in list(frame.defined.inner().values())
    )
