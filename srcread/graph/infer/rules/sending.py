"""Sending: what `x = yield` gives, which is what `generator.send(value)` of whoever has it sends.

A generator that uses what it is sent is told by its function wherever it goes, and what walked code
sends it is noted there: for all objects of one generator function together. A generator that
`yield from` delegates to gets it, too. Of a generator that only a `with` block enters nothing is
sent. That a loop sends None is left out.

For example, `def steps(): while True: layer = yield; layer.run()`, and elsewhere `g = steps()`,
`next(g)`, `g.send(Linear())`: `given` in `steps` answers the object of `Linear`.
"""

from __future__ import annotations

import ast
import re

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    Context,
    Sequence,
    Values,
    known,
    unknown,
)
from srcread.index import Defined

_USED = re.compile(r"[=(,:]\s*\(?\s*yield\b|\bawait\s+\(?yield\b|\breturn\s*\(?yield\b")
_ENTERED = ("contextmanager", "asynccontextmanager")
_MOST_STEPS = 3


def is_used(defined: Defined) -> bool:
    """Tell whether a generator may use what it is sent, or hands it on."""
    return _USED.search(defined.text) is not None


class Sending:
    """Notes what walked code sends to generators, and tells it to these."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._sent: dict[str, Cell[Values]] = {}

    def _about(self, function: str) -> Cell[Values]:
        if function not in self._sent:
            self._sent[function] = Cell.noted(NOTHING)
        return self._sent[function]

    def note_sent(self, generators: Values, values: Values) -> None:
        """Note that a value is sent to some generators."""
        self._note(generators, values, _MOST_STEPS)

    def _note(self, generators: Values, values: Values, steps: int) -> None:
        for value in generators:
            defined = self.ask.index.defined(value.made_by) if isinstance(value, Sequence) else None
            if defined is None or not steps:
                continue
            cell = self._about(defined.name)
            self.ask.solver.put(cell, cell.value | self.ask.contexts.worth_keeping(values))
            frame = self.ask.frame(Context(defined.name, called=False))
            for node in frame.scope.delegates:
                self._note(known(self.ask.evaluate(frame, node)), values, steps - 1)

    def given(self, frame: Frame) -> Values:
        """Return what a `yield` gives to the generator in which it stands."""
        defined = frame.function().defined
        if defined is None:
            return unknown("`yield` outside a function")
        decorators = (item.partition("(")[0] for item in defined.symbol.decorators)
        if any(item.rpartition(".")[2] in _ENTERED for item in decorators):
            return NONE
        found = self.ask.solver.answer(self._about(defined.name)) or self._promised(frame, defined)
        return found or unknown("what is sent to the generator is not known")

    def _promised(self, frame: Frame, defined: Defined) -> Values:
        """Return what an annotation `Generator[what it gives, what it is sent, …]` promises."""
        hint = None if isinstance(defined.node, ast.ClassDef) else defined.node.returns
        match hint:
            case ast.Subscript(value=kind, slice=ast.Tuple(elts=[_, sent, *_])):
                if ast.unparse(kind).endswith("Generator"):
                    around = self.ask.names.around(frame.function())
                    return self.ask.annotations.values(around, sent)
        return NOTHING
