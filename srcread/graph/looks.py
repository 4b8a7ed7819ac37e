"""Looks: what one context of a function reaches, and each place of it.

A look is told without syntax: places are ranges of text, so that it outlives the trees. What a
function puts into objects on the way is noted by whoever is asked (`infer/rules/patches`).
"""

from __future__ import annotations

import ast
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from srcread.graph.infer.core.evaluate import Evaluator
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.choices import MOST
from srcread.graph.infer.solver import Cell, OutOfTime
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
from srcread.support.value_class import value_class

_SLICES = 5
"""The callees of one place take at most such a part of the time that a walk has, at first."""
_SHORTEST = 0.1
_TOO_MANY = "one of {} that may be called here: too many to be walked into"
_LATE = "what is called here was not found in time"
_STOPPED = "the walk stopped here: what comes behind it in this function was not looked at"
_UNCALLED = "nothing that is read calls it: it may be called with anything"


@value_class
class Reached:
    """One target of one place, with the test on which it depends, and how a call is written."""

    place: Range
    condition: Range | None
    target: CallTarget
    form: CallForm | None = None


Look = tuple[Reached, ...]


class Looks:
    """Looks at contexts; at each again only where what it rests on has changed."""

    def __init__(self, evaluator: Evaluator, seconds: float | None = None) -> None:
        self._evaluator = evaluator
        self._cells: dict[Context, Cell[Look]] = {}
        self._ranges: dict[int, Range] = {}
        self._first_slice = seconds / _SLICES if seconds is not None else None
        self._slice = self._first_slice
        self._end = evaluator.solver.deadline
        self.begun: list[Reached] = []
        """What the last look found so far, which may have been stopped."""
        self.late: set[Range] = set()
        """The places whose callees were not found in time."""

    def begin(self) -> None:
        """Begin a walk: what an earlier one did not find in time may be found now."""
        self.late.clear()
        self._slice = self._first_slice

    def at(self, context: Context) -> Look:
        """Return what one context reaches.

        Raises:
            OutOfTime: the time of the whole walk is over; `begun` holds what was found.
        """
        solver, late = self._evaluator.solver, len(self.late)
        try:
            found = solver.ask(self._cells, context, (), self._look, context)
            self._cells[context].is_stale |= len(self.late) > late
            return found
        except OutOfTime:
            self.begun = [_in_time(item) for item in self.begun]
            if self._is_over():
                raise
            self._be_late(item.place for item in self.begun if item.target.reason == _LATE)
            return tuple(self.begun)
        finally:
            solver.deadline = self._end

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
        self.begun = reached
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
                is_native = any(target.kind is EdgeKind.NATIVE for target in found)
                form = call_form(node) if is_native and isinstance(node, ast.Call) else None
                reached.extend(
                    Reached(place, test, target, form if target.kind is EdgeKind.NATIVE else None)
                    for target in _not_too_many(found)
                )

        evaluator.patches.note_fillings(frame)
        for use in scope.calls:
            assert isinstance(use.node, ast.Call)
            find = partial(call_targets, evaluator, frame.within(*use.inside), use.node)
            note(use.node, use.condition, self._followed(find, frame, use.node))
        for use in scope.reads:
            assert isinstance(use.node, ast.Attribute)
            find = partial(attribute_targets, evaluator, frame.within(*use.inside), use.node)
            note(use.node, use.condition, self._followed(find, frame, use.node))
        for implicit in scope.implicit_calls:
            find = partial(self._implied, frame.within(*implicit.inside), implicit)
            note(implicit.node, implicit.condition, self._followed(find, frame, implicit.node))
        for body in class_bodies(frame):
            self._look_into(body, reached)
            for node, made in class_made_targets(evaluator, body):
                note(node, None, [made])

    def _followed(
        self, find: Callable[[], list[CallTarget]], frame: Frame, node: ast.expr | ast.stmt
    ) -> list[CallTarget]:
        """Return what is found; what exhausts Python's stack is unresolved, not the run's end.

        Nor is a place on which all else would wait: whoever reads an engine's loop wants more of
        it than its first call.
        """
        try:
            self._begin_slice()
            return find()
        except RecursionError:
            reason = "it is nested too deeply to be followed"
        except OutOfTime:
            place, reason = self._range(frame.module, node), _LATE
            if self._is_over():
                here = CallTarget(None, EdgeKind.UNRESOLVED, reason=_STOPPED)
                self.begun.append(Reached(place, None, here))
                raise
            self._be_late([place])
        finally:
            self._begin_slice()  # for what was put off
        return [CallTarget(None, EdgeKind.UNRESOLVED, reason=reason)]

    def _begin_slice(self) -> None:
        if self._slice is not None and self._end is not None:
            now = time.monotonic()
            self._evaluator.solver.deadline = min(self._end, now + self._slice)

    def _is_over(self) -> bool:
        return self._slice is None or self._end is None or time.monotonic() > self._end

    def _be_late(self, places: Iterable[Range]) -> None:
        assert self._slice is not None
        self.late.update(places)
        self._slice = max(self._slice / 2, _SHORTEST)  # others may wait for the same

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


def _in_time(item: Reached) -> Reached:
    """Return what was reached when a look was stopped: what is not resolved may have been yet."""
    if item.target.kind is not EdgeKind.UNRESOLVED or item.target.reason == _STOPPED:
        return item
    return replace(item, target=replace(item.target, reason=_LATE))


def _not_too_many(targets: list[CallTarget]) -> list[CallTarget]:
    """Let the walk stop at a call that may reach many functions: all that is put into one list.

    Each of them stays an edge, so that nothing is hidden, but none is walked into. Any of them can
    be an entry of its own.
    """
    if len(targets) <= MOST:
        return targets
    several = Counter(role for role, _ in {(target.role, target.callee) for target in targets})
    return [
        replace(
            target, context=None, reason=target.reason or _TOO_MANY.format(several[target.role])
        )
        if several[target.role] > MOST
        else target
        for target in targets
    ]
