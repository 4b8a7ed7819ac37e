"""Looks: what one context of a function reaches, and each place of it.

A look is told without syntax: places are ranges of text, so that it outlives the trees. What a
function puts into objects on the way is noted by whoever is asked (`infer/rules/patches`).
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from srcread.graph.infer.core.evaluate import Evaluator
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import Context
from srcread.graph.native.overloads import CallForm, call_form
from srcread.graph.reach.accesses import attribute_targets
from srcread.graph.reach.callbacks import put_targets
from srcread.graph.reach.implicit import class_bodies, class_made_targets, implicit_targets
from srcread.graph.reach.statements import decorating_targets, raised_targets
from srcread.graph.reach.target import CallTarget
from srcread.graph.reach.targets import call_targets
from srcread.index import Module
from srcread.index.block.bindings import ImplicitCall
from srcread.model import EdgeKind, Range

_MAX_RIVALS = 12
_TOO_MANY = "one of {} that may be called here: too many to be walked into"
_UNCALLED = "nothing that is read calls it: it may be called with anything"


@dataclass(frozen=True, slots=True)
class Reached:
    """One target of one place, with the test on which it depends, and how a call is written."""

    place: Range
    condition: Range | None
    target: CallTarget
    form: CallForm | None = None


Look = tuple[Reached, ...]


class Looks:
    """Looks at contexts; at each again only where what it rests on has changed."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._cells: dict[Context, Cell[Look]] = {}
        self._ranges: dict[int, Range] = {}

    def at(self, context: Context) -> Look:
        """Return what one context reaches."""
        return self._evaluator.solver.ask(self._cells, context, (), self._look, context)

    def is_stale(self, context: Context) -> bool:
        """Tell whether something that a look rests on has changed since."""
        return self._cells[context].is_stale

    def lambdas(self, context: Context) -> list[Reached]:
        """Return the lambdas of a function as what may be called: their calls count, too."""
        defined = self._evaluator.index.defined(context.function)
        assert defined is not None
        return [
            Reached(
                self._range(defined.module, placed.node),
                None,
                CallTarget(
                    placed.defined.name,
                    EdgeKind.DIRECT,
                    Context(placed.defined.name, called=False, outer=context),
                    _UNCALLED,
                    uncertain=True,
                ),
            )
            for placed in self._evaluator.lambdas.of(defined.module, defined)
        ]

    def _look(self, context: Context) -> Look:
        reached: list[Reached] = []
        self._look_into(self._evaluator.frame(context), reached)
        return tuple(reached)

    def _look_into(self, frame: Frame, reached: list[Reached]) -> None:
        """Find what a block reaches, and the class bodies in it: they run with it."""
        evaluator, scope = self._evaluator, frame.scope

        def note(
            node: ast.expr | ast.stmt, condition: ast.expr | None, found: list[CallTarget]
        ) -> None:
            if found:
                place = self._range(frame.module, node)
                test = self._range(frame.module, condition) if condition is not None else None
                form = call_form(node) if isinstance(node, ast.Call) else None
                reached.extend(
                    Reached(place, test, target, form if target.kind is EdgeKind.NATIVE else None)
                    for target in _not_too_many(found, evaluator.fallen_back_on)
                )

        evaluator.patches.note_fillings(frame)
        for use in scope.calls:
            assert isinstance(use.node, ast.Call)
            find = partial(call_targets, evaluator, frame.within(*use.inside), use.node)
            note(use.node, use.condition, _followed(find))
        for use in scope.reads:
            assert isinstance(use.node, ast.Attribute)
            find = partial(attribute_targets, evaluator, frame.within(*use.inside), use.node)
            note(use.node, use.condition, _followed(find))
        for implicit in scope.implicit_calls:
            find = partial(self._implied, frame.within(*implicit.inside), implicit)
            note(implicit.node, implicit.condition, _followed(find))
        for body in class_bodies(frame):
            self._look_into(body, reached)
            for node, made in class_made_targets(evaluator, body):
                note(node, None, [made])

    def _implied(self, frame: Frame, implicit: ImplicitCall) -> list[CallTarget]:
        """Return what an implicit call reaches; of an item put somewhere what gets it, too."""
        if implicit.role == "raise":
            return raised_targets(self._evaluator, frame, implicit.chances[0].operand)
        if implicit.role == "decorator":
            return decorating_targets(self._evaluator, frame, implicit.chances[0].operand)
        targets = implicit_targets(self._evaluator, frame, implicit)
        if implicit.role == "item":
            targets += put_targets(self._evaluator, frame, implicit)
        return targets

    def _range(self, module: Module, node: ast.AST) -> Range:
        if id(node) not in self._ranges:
            self._ranges[id(node)] = module.range(node)
        return self._ranges[id(node)]


def _followed(find: Callable[[], list[CallTarget]]) -> list[CallTarget]:
    """Return what is found; what exhausts Python's stack is unresolved, not the run's end."""
    try:
        return find()
    except RecursionError:
        reason = "it is nested too deeply to be followed"
        return [CallTarget(None, EdgeKind.UNRESOLVED, reason=reason)]


def _not_too_many(targets: list[CallTarget], chosen: set[str]) -> list[CallTarget]:
    """Let the walk stop at a call that may reach many functions: a table of all models' losses.

    Each of them stays an edge, so that nothing is hidden, but none is walked into except those that
    are `chosen`, which stand under a key that the text itself falls back on. What is read of a
    model's graph would be the table's other entries. Any of them can be an entry of its own.
    """
    if len(targets) <= _MAX_RIVALS:
        return targets
    several = Counter(target.role for target in targets)
    return [
        replace(
            target, context=None, reason=target.reason or _TOO_MANY.format(several[target.role])
        )
        if several[target.role] > _MAX_RIVALS and target.callee not in chosen
        else target
        for target in targets
    ]
