"""Sharing: one context for all the calls of a function that are too many to be told apart.

What they give each parameter is joined, and grows as the walk meets more of them; who has read it
is asked again then. So no call is lost, and what is not told apart are only the combinations.

For example, `apply(f, x)` is called with thirty functions: in the contexts of the first twelve
calls `f` is one function each, in the shared one it is any of the other eighteen.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import NOTHING, Context, Values, same

_FEWEST, _MOST, _MOST_CALLS = 3, 12, 300
"""In how many contexts a function is looked at; all of them together make no more calls than so."""

_Given = frozenset[Values | None]
"""What single calls give a parameter; None are those that do not."""


class Sharing:
    """Joins contexts, and answers what the calls behind one give."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._most: dict[str, int] = {}
        self._told: dict[str, set[Context]] = {}
        self._cells: dict[tuple[Context, str], Cell[_Given]] = {}

    def most(self, function: str) -> int:
        """Return how many contexts of a function are told apart: the fewer the longer it is."""
        if function not in self._most:
            defined = self.ask.index.defined(function)
            assert defined is not None
            calls = len(defined.scope.calls) or 1
            self._most[function] = max(_FEWEST, min(_MOST, _MOST_CALLS // calls))
        return self._most[function]

    def told_apart(self, context: Context) -> bool:
        """Tell whether a context is one of the first of its function that were asked for."""
        told = self._told.setdefault(context.function, set())
        if context not in told and len(told) < self.most(context.function):
            told.add(context)
        return context in told

    def joined(self, context: Context) -> Context:
        """Return the shared context of a function, and add to it what a call of it gives."""
        if context.shared:
            return context
        outer = self.joined(context.outer) if context.outer is not None else None
        one = same(Context(context.function, outer=outer, shared=True))
        for name, values in self._gives(context):
            cell = self._cell(one, name)
            if values not in cell.value:
                self.ask.solver.put(cell, cell.value | {values})
        return one

    def given(self, context: Context, name: str) -> list[Values | None]:
        """Return what the calls behind a context give a parameter, each only once."""
        if not context.shared:
            return [dict(context.arguments).get(name)]
        found = self.ask.solver.answer(self._cell(context, name))
        values = NOTHING.union(*(item for item in found if item))
        others: list[Values | None] = [item for item in (None, NOTHING) if item in found]
        return [*others, values] if values else others or [None]

    def _gives(self, context: Context) -> list[tuple[str, Values | None]]:
        defined = self.ask.index.defined(context.function)
        assert defined is not None and not isinstance(defined.node, ast.ClassDef)
        given: dict[str, Values | None] = dict.fromkeys(_names(defined.node.args))
        given.update(context.arguments)
        if context.bound is not None and defined.receiver is not None:
            given[defined.receiver] = frozenset({context.bound})
        return list(given.items())

    def _cell(self, context: Context, name: str) -> Cell[_Given]:
        cell = self._cells.get((context, name))
        if cell is None:
            self._cells[context, name] = cell = Cell.noted(frozenset())
        return cell


def _names(arguments: ast.arguments) -> list[str]:
    listed = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    starred = (arguments.vararg, arguments.kwarg)
    return [item.arg for item in (*listed, *starred) if item is not None]
