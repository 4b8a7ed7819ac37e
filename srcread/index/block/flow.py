"""Which bindings of a local name may reach a read of it, and what was put into it before.

Follows the order of execution inside one block: an assignment ends those before it, branches meet
again, a loop's body comes after itself. What leaves a loop early is not told apart: behind it all
bindings of its body count, as they do behind a `with` and in the handlers of a `try`, which may
end anywhere. Reads in nested functions and generators run at any time, and are not told; nor is a
name that `:=` binds in a comprehension, or a pattern by its class. Most reads are reached by all
there is, and need no telling; those that the same bindings reach share one `Reach`.

For example, `m = a; m(x); m = b; m(x)`: the first read is reached by the first binding alone and
the second by the second; in a loop, with the second assignment under an `if`, by both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from srcread.index.block.bindings import Binding, Filling, How, Put, Reach, Scope
from srcread.support.value_class import value_class

_T = TypeVar("_T")
Changes = dict[str, "_State"]
"""What names are behind a branch, where that is not what they were before it."""


@value_class
class _State:
    """What a name may be at a point: `None` is what it was when the block began.

    `depth` is how many loops were around the assignment that is sure to have run last.
    """

    bindings: tuple[Binding | None, ...] = (None,)
    fillings: tuple[Put, ...] = ()
    depth: int = 0


_START = _State()
_MOST = 40
"""How many bindings of a name, and fillings of what it names, are told apart."""


@dataclass(slots=True)
class _Region:
    """A loop's body, or a `try`'s: what was bound and filled in it, and what was read."""

    depth: int
    bound: dict[str, list[Binding]] = field(default_factory=dict)
    filled: dict[str, list[Filling]] = field(default_factory=dict)
    reads: list[tuple[int, str]] = field(default_factory=list)


class Flow:
    """Follows the names of one block; `reaching` says what reaches each read."""

    __slots__ = ("_before", "_filled", "_given", "_loops", "_lost", "_names", "_reads", "_regions")

    def __init__(self, given: frozenset[str]) -> None:
        self._given = given
        """The names of parameters."""
        self._names: dict[str, _State] = {}
        self._before: list[Changes] = []
        """What names were at the begin of each branch around, of those that it changes."""
        self._reads: list[tuple[ast.Name, _State]] = []
        self._filled: set[str] = set()
        self._lost: set[str] = set()
        """Names of which too much is told, or nobody knows when they are bound."""
        self._regions: list[_Region] = []
        self._loops = 0

    def bind(self, name: str, binding: Binding, sure: bool = True) -> None:
        """Note that a name is bound; `sure` tells that this ends all bindings before."""
        if binding.how is How.DECLARED:
            return
        for region in self._regions:
            _add(region.bound.setdefault(name, []), binding)
        if sure and binding.how is not How.UPDATED:
            self._set(name, _State((binding,), (), self._loops))
            return
        state = self._names.get(name, _START)
        if len(state.bindings) >= _MOST:
            self._lost.add(name)
        elif binding not in state.bindings:
            self._set(name, _State((*state.bindings, binding), state.fillings, state.depth))

    def fill(self, name: str, filling: Filling) -> None:
        """Note that something is put into what a name stands for."""
        if filling.at is not None or filling.key is not None or filling.spread:
            self._filled.add(name)  # what is put in without a key is in it from the first
        state = self._names.get(name, _START)
        if len(state.fillings) >= _MOST:
            self._lost.add(name)
            return
        fillings = (*state.fillings, Put(filling, True))
        self._set(name, _State(state.bindings, fillings, state.depth))
        for region in self._regions:
            _add(region.filled.setdefault(name, []), filling)

    def lose(self, name: str) -> None:
        """Note that nobody knows when a name is bound."""
        self._lost.add(name)

    def read(self, node: ast.Name) -> None:
        """Note that a name is read."""
        name = node.id
        state = self._names.get(name, _START)
        if state is _START and not self._regions and name not in self._given:
            return  # most likely a module's name; in a loop it may be bound further down
        for region in self._regions:
            if state.depth < region.depth:
                region.reads.append((len(self._reads), name))
        self._reads.append((node, state))

    def begin(self, changes: Changes) -> None:
        """Begin a branch, with what is changed in it from the first."""
        self._before.append({})
        self.change(changes)

    def end(self) -> Changes:
        """End a branch: go back to before it, and return what it changes."""
        before = self._before.pop()
        changes = {name: self._names[name] for name in before}
        self._names.update(before)
        return changes

    def change(self, changes: Changes) -> None:
        """Go on with what a branch changed."""
        for name, state in changes.items():
            self._set(name, state)

    def meet(self, ends: list[Changes]) -> None:
        """Go on behind branches; with what was before where all of them leave."""
        for name in dict.fromkeys(name for end in ends for name in end):
            now = self._names.get(name, _START)
            states = list(dict.fromkeys(end.get(name, now) for end in ends))
            self._set(name, states[0] if len(states) == 1 else _either(states))

    def _set(self, name: str, state: _State) -> None:
        if self._before:
            self._before[-1].setdefault(name, self._names.get(name, _START))
        self._names[name] = state

    def enter(self, loops: bool = False) -> None:
        """Begin a body, of which each statement may be the last one to run."""
        self.begin({})
        self._loops += loops
        self._regions.append(_Region(self._loops if loops else 0))

    def leave(self) -> tuple[Changes, Changes]:
        """End such a body; return what it changes at its end, and where it is left anywhere."""
        ended = self.end()
        region = self._regions.pop()
        for number, name in region.reads:
            if name in region.bound or name in region.filled:
                node, state = self._reads[number]
                self._reads[number] = node, _within(state, region, name)
        self._loops -= bool(region.depth)
        names = {**region.bound, **region.filled}
        return ended, {name: _within(self._names.get(name, _START), region, name) for name in names}

    def leave_anywhere(self) -> None:
        """End such a body, and go on with what is so wherever it was left."""
        _, anywhere = self.leave()
        self.change(anywhere)

    def reaching(self, scope: Scope) -> dict[int, Reach]:
        """Return what reaches each read of which not all there is does, by the node's `id`."""
        names = {name for name, bindings in scope.bindings.items() if len(bindings) > 1}
        names |= {*self._filled, *self._given.intersection(scope.bindings)}
        told = {
            name: sum(b.how is not How.DECLARED for b in scope.bindings.get(name, ()))
            for name in names.difference(self._lost, scope.outer)
        }
        found: dict[int, Reach] = {}
        shared: dict[tuple[str, _State], Reach | None] = {}
        for node, state in self._reads if told else ():
            if (name := node.id) in told:
                if (name, state) not in shared:
                    shared[name, state] = self._reach(name, state, told[name])
                if (reach := shared[name, state]) is not None:
                    found[id(node)] = reach
        return found

    def _reach(self, name: str, state: _State, number: int) -> Reach | None:
        if len(state.bindings) > _MOST or len(state.fillings) > _MOST:
            return None
        begins, is_given = None in state.bindings, name in self._given
        reached = tuple(item for item in state.bindings if item is not None)
        if len(reached) == number and (begins or not is_given) and name not in self._filled:
            return None
        if not reached and not (begins and is_given):
            return None
        return Reach(reached, begins, state.fillings)


def _within(state: _State, region: _Region, name: str) -> _State:
    """Return a state with all that a body may have bound or put before."""
    bindings = (*state.bindings, *region.bound.get(name, ()))
    put = {id(item.filling) for item in state.fillings}
    more = (Put(item, False) for item in region.filled.get(name, ()) if id(item) not in put)
    return _cut(dict.fromkeys(bindings), (*state.fillings, *more), state.depth)


def _either(states: list[_State]) -> _State:
    """Join states: what was put on all ways is sure, all else may have been put."""
    bindings = dict.fromkeys(item for state in states for item in state.bindings)
    first = states[0].fillings
    shortest = min(len(state.fillings) for state in states)
    common = 0
    while common < shortest and all(s.fillings[common] == first[common] for s in states):
        common += 1
    rest: dict[int, Put] = {}
    for state in states:
        for put in state.fillings[common:]:
            rest.setdefault(id(put.filling), Put(put.filling, False))
    depth = min(state.depth for state in states)
    return _cut(bindings, (*first[:common], *rest.values()), depth)


def _cut(bindings: Iterable[Binding | None], fillings: tuple[Put, ...], depth: int) -> _State:
    """Return a state; of too many bindings or fillings enough to tell that they are."""
    return _State(tuple(bindings)[: _MOST + 1], fillings[: _MOST + 1], depth)


def _add(items: list[_T], item: _T) -> None:
    if len(items) <= _MOST:
        items.append(item)
