"""Attributes of functions: what code beside a function, or in it, sets on it by its name.

Only where the function is defined, and in its own body: who gets it under another name and sets
something on that is left out.

For example, `def relu(x): …` and below it `relu.inplace = relu_`: `set_on` of the function `relu`
and "inplace" answers the function `relu_`, so `relu.inplace(x)` calls that.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import NOTHING, Context, FunctionValue, Values


def set_on(ask: Interpreter, value: FunctionValue, name: str) -> Values:
    """Return what is set under a name on a function; NOTHING where nothing is."""
    defined = ask.index.defined(value.name)
    if defined is None:
        return NOTHING
    key = (defined.node.name, name)
    frames: list[Frame] = []
    if defined.owner is None:
        frames.append(ask.modules.frame(defined.module))
    elif not isinstance(defined.owner.node, ast.ClassDef):
        frames.append(ask.names.enclosing(defined, value.context))
    if key in defined.scope.attributes:
        own = Context(value.name, value.bound, called=False, outer=value.context)
        frames.append(ask.frame(own))
    return NOTHING.union(
        *(
            ask.names.bound(frame, binding)
            for frame in frames
            for binding in frame.scope.attributes.get(key, ())
        )
    )
