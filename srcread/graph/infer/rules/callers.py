"""Who calls a setter: what a function is given that keeps its parameter in a module's global.

`def use(network): global current; current = network` says nothing of the global by itself; its
calls do. They are looked for by text in the setter's own folder, where those of a framework stand:
looking through all of a distribution would cost more than the rest of the walk.

For example, in state.py `def use(network): global current; current = network`, and `use(Net())` in
a function of another file of its folder: `given` of `use` and "network" answers the object of
`Net`, so `current.run()` reaches `Net.run`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import NOTHING, Context, FunctionValue, Values, known
from srcread.index import Defined


class Callers:
    """Finds the calls of functions."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._given: dict[tuple[str, str], Cell[Values]] = {}

    def given(self, function: Defined, parameter: str) -> Values:
        """Return what calls of a module's function give a parameter, as far as they tell."""
        key = (function.name, parameter)
        return self.ask.solver.ask(self._given, key, NOTHING, self._join, function, parameter)

    def _join(self, function: Defined, parameter: str) -> Values:
        given = (
            known(dict(context.arguments).get(parameter, NOTHING))
            for context in self.contexts(function)
        )
        return NOTHING.union(*given)

    def contexts(self, function: Defined) -> Iterator[Context]:
        """Yield the contexts in which calls in the same folder run a function."""
        assert not isinstance(function.node, ast.ClassDef)
        word = re.compile(rf"\b{function.node.name}\(")
        folder = function.module.name.rpartition(".")[0]
        index = self.ask.index
        for name in index.sources.modules(function.module.file.distribution):
            if name.rpartition(".")[0] == folder:
                module = index.module_with(name, word)
                for caller in module.functions_with(word) if module is not None else ():
                    frame = self.ask.frame(Context(caller.name, called=False))
                    yield from self._in(frame, function)

    def _in(self, frame: Frame, function: Defined) -> Iterator[Context]:
        assert not isinstance(function.node, ast.ClassDef)
        for use in frame.scope.calls:
            assert isinstance(use.node, ast.Call)
            if ast.unparse(use.node.func).rpartition(".")[2] != function.node.name:
                continue
            inner = frame.within(*use.inside)
            for callee in self.ask.evaluate(inner, use.node.func):
                if isinstance(callee, FunctionValue) and callee.name == function.name:
                    yield self.ask.contexts.of_call(callee, inner, use.node)
