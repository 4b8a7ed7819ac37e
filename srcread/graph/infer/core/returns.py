"""Returns: what a function may return in one context.

What its body returns counts, joined over every `return` whichever runs; then its annotation, where
the body tells nothing, or only plain values that the annotation promises as well; then its stub.

For example, `def pick(flag): return relu if flag else gelu` returns, whatever `flag` is, the two
functions; `def norm(x) -> Tensor` is not looked into for the sake of its result: it is a tensor.
"""

from __future__ import annotations

import ast
from collections.abc import Container
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.core.annotations import promises_text
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.sending import is_used
from srcread.graph.infer.rules.stubs import Stubs
from srcread.graph.infer.solver import PENDING, Cell
from srcread.graph.infer.values import (
    NOTHING,
    Context,
    External,
    Instance,
    Sequence,
    Unknown,
    Value,
    Values,
    held,
    known,
    same,
    unknown,
)
from srcread.index.trees import LAMBDA

_FEWEST, _MOST, _MOST_CALLS = 8, 30, 250
"""In how many contexts a function's result is told apart; all of them together make no more calls
than so. In further ones it is called with anything."""


class Returns:
    """Tells what functions return; where a run is known, of those that it did without little."""

    def __init__(self, ask: Interpreter, stubs: Stubs, ran: Container[str] | None = None) -> None:
        self.ask = ask
        self._ran = ran
        self._stubs = stubs
        self._cells: dict[Context, Cell[Values]] = {}
        self._contexts: dict[str, list[Context]] = {}

    def of(self, context: Context) -> Values:
        """Return what a function may return in one context."""
        cell = self._cells.get(context)
        if cell is None:
            contexts = self._contexts.setdefault(context.function, [])
            if len(contexts) >= _FEWEST and len(contexts) >= self._most(context.function):
                context = replace(context, arguments=(), called=False)
                if len(contexts) >= 2 * self._most(context.function):
                    context = replace(context, bound=_any_of(context.bound))
                context = same(context)
                if context in self._cells:
                    return self.ask.solver.answer(self._cells[context])
            contexts.append(context)
            self._cells[context] = cell = Cell(PENDING, self._return_values, context)
        return self.ask.solver.answer(cell)

    def _did_not_run(self, name: str) -> bool:
        """Tell whether a run that is known did without a function, and so without its result.

        Lambdas are not told apart from the functions around them.
        """
        if self._ran is None or name in self._ran:
            return False
        return name.rpartition(".")[2].partition("~")[0] != LAMBDA

    def _most(self, function: str) -> int:
        defined = self.ask.index.defined(function)
        assert defined is not None
        return max(_FEWEST, min(_MOST, _MOST_CALLS // (len(defined.scope.calls) or 1)))

    def _return_values(self, context: Context) -> Values:
        frame = self.ask.frame(context)
        assert frame.defined is not None
        node = frame.defined.node
        annotated = foreign = NOTHING
        if (
            not isinstance(node, ast.ClassDef)
            and node.returns is not None
            and not _is_for_any_name(node)
        ):
            outer = self.ask.names.around(frame)
            annotated = self.ask.annotations.values(outer, node.returns)
            foreign = self.ask.annotations.foreign(outer, node.returns)
            if (
                annotated
                and all(map(self.ask.plain.is_plain, annotated))
                and not promises_text(annotated)
            ):
                return annotated
        if self._did_not_run(context.function):
            told = annotated or foreign or self._stubs.result(frame.defined)
            return told or unknown(f"{context.function} did not run")
        if frame.scope.yields or frame.scope.delegates:
            items = self._join(frame, frame.scope.yields)
            for delegated in (self.ask.evaluate(frame, node) for node in frame.scope.delegates):
                items |= self.ask.items.elements(delegated)
            made_by = context.function if is_used(frame.defined) else ""
            return frozenset({Sequence(held(items), made_by=made_by)})
        returned = self._join(frame, frame.scope.returns)
        found = known(returned)
        if annotated and all(isinstance(value, External) for value in found):
            return annotated
        if found != returned and promises_text(annotated):
            return found | annotated  # any text, besides those that are known
        if found:
            return returned
        lasting = frozenset(v for v in returned if isinstance(v, Unknown) and v.lasting)
        found = foreign or self._stubs.result(frame.defined) or lasting
        return found or unknown(f"what {context.function} returns is not known")

    def _join(self, frame: Frame, nodes: list[ast.expr]) -> Values:
        return NOTHING.union(*(self.ask.evaluate(frame, node) for node in nodes))


def _any_of(bound: Value | None) -> Value | None:
    """Return any object of the class of one."""
    return Instance(bound.cls, constructed=False) if isinstance(bound, Instance) else bound


def _is_for_any_name(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function answers for any name: its annotation says nothing of one of them.

    `Module.__getattr__` promises a tensor or a module also for `self.width`, a number.
    """
    return node.name == "__getattr__"
