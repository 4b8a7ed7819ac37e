"""Constructor injection: what its own file gives a class's constructor, where nobody has called it.

An entry's parameters may hold anything. But a model's file mostly has the function that builds it,
and what that hands to the constructor is what a reader wants to follow: possible, beside what else
a caller may give. Looked for by text, in the class's own module: functions and statements. Left out
are calls of a subclass that inherits the constructor.

For example, `class Detector` with `def __init__(self, backbone)`, and in the same file
`def build(): return Detector(Backbone())`: `given` of this constructor and "backbone" answers the
object of `Backbone`, so the entry `Detector.forward` may reach `Backbone.forward`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    ClassValue,
    Context,
    FunctionValue,
    Instance,
    Values,
    known,
)
from srcread.index import Defined

_MOST = 20
"""So many calls of one class are looked at."""


class Injection:
    """Finds what calls of a class in its own module give its constructor."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._given: dict[tuple[str, str], Cell[Values]] = {}

    def given(self, function: Defined, parameter: str) -> Values:
        """Return what calls in its module give a constructor; nothing for any other function."""
        owner = function.owner
        if function.node.name != "__init__" or owner is None:
            return NOTHING
        key = (function.name, parameter)
        return self.ask.solver.ask(self._given, key, NOTHING, self._join, owner, parameter)

    def _join(self, owner: Defined, parameter: str) -> Values:
        found = NOTHING
        for frame, node in self._calls(owner):
            arguments, keywords = self.ask.contexts.arguments(frame, node)
            function = FunctionValue(f"{owner.name}.__init__", Instance(owner.name))
            context = self.ask.contexts.bind(function, arguments, keywords)
            found |= known(dict(context.arguments).get(parameter, NOTHING))
        return found - NONE

    def _calls(self, owner: Defined) -> Iterator[tuple[Frame, ast.Call]]:
        """Yield the calls of a class in its module, with where they stand."""
        name, left = owner.node.name, _MOST
        for frame, node in self._candidates(owner, name):
            if ClassValue(owner.name) in self.ask.evaluate(frame, node.func) and left:
                left -= 1
                yield frame, node

    def _candidates(self, owner: Defined, name: str) -> Iterator[tuple[Frame, ast.Call]]:
        module = owner.module
        word = re.compile(rf"\b{re.escape(name)}\(")
        for caller in module.functions_with(word):
            frame = self.ask.frame(Context(caller.name, called=False))
            for use in frame.scope.calls:
                if isinstance(use.node, ast.Call) and _names(use.node, name):
                    yield frame.within(*use.inside), use.node
        if re.search(rf"^(?!def |class |@).*\b{re.escape(name)}\(", module.file.text, re.MULTILINE):
            frame = self.ask.modules.frame(module)
            for use in module.whole_scope.calls:
                if isinstance(use.node, ast.Call) and not use.inside and _names(use.node, name):
                    yield frame, use.node


def _names(node: ast.Call, name: str) -> bool:
    return ast.unparse(node.func).rpartition(".")[2] == name
