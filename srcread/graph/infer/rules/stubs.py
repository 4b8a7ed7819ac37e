"""The `.pyi` beside a module: what it says of results and parameters that the module leaves open.

Asked last, where neither the code nor its own annotations tell. Names in a stub are looked up there
first, then in the module. Attributes that only a stub declares are left out.

For example, `def load(path): return _impl(path)` in store.py, where `_impl` is compiled, and in
store.pyi `def load(path: str) -> Model: ...`: `result` answers an object of `Model`, `parameter`
of "path" a text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import NOTHING, Values, known
from srcread.index import Defined, Module


class Stubs:
    """Answers questions by stubs."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._frames: dict[str, Frame] = {}

    def result(self, defined: Defined) -> Values:
        """Return what a function's stub says that it returns."""
        found = NOTHING
        for frame, node in self._functions(defined):
            if node.returns is not None:
                found |= self.ask.annotations.values(frame, node.returns)
        return known(found)

    def parameter(self, defined: Defined, name: str) -> Values:
        """Return what a function's stub says of a parameter."""
        found = NOTHING
        for frame, node in self._functions(defined):
            for single in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                if single.arg == name and single.annotation is not None:
                    found |= self.ask.annotations.values(frame, single.annotation)
        return known(found)

    def _functions(
        self, defined: Defined
    ) -> Iterator[tuple[Frame, ast.FunctionDef | ast.AsyncFunctionDef]]:
        """Yield a function's definitions in the stub: several, where it is overloaded."""
        stub = self.ask.index.stub(defined.module.name)
        if stub is None:
            return
        frame = self._frame(defined.module, stub)
        owner = stub.find(defined.owner.name) if defined.owner is not None else None
        if defined.owner is not None and owner is None:
            return
        siblings = stub.definitions if owner is None else owner.inner()
        base = defined.name.partition("~")[0]
        for name, found in list(siblings.items()):
            if name.partition("~")[0] == base and not isinstance(found.node, ast.ClassDef):
                yield frame, found.node

    def _frame(self, module: Module, stub: Module) -> Frame:
        """Return the one frame of a stub, in which names are asked for as in the module's."""
        if module.name not in self._frames:
            around = self.ask.modules.frame(module)
            self._frames[module.name] = Frame(stub, stub.scope, outer=around)
        return self._frames[module.name]
