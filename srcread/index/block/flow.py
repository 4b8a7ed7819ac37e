"""Which bindings of a local name may reach a read of it, and what was put into it before.

Follows the order of execution inside one block: an assignment ends those before it, branches meet
again, a loop's body comes after itself. What leaves a loop early is not told apart: behind it all
bindings of its body count. Reads in nested functions run at any time, and are not told at all.

For example, `m = a; m(x); m = b; m(x)`: the first read is reached by the first binding alone and
the second by the second; in a loop, with the second assignment under an `if`, by both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from srcread.index.block.bindings import Binding, Filling, How, Put, Reach

_T = TypeVar("_T")
Changes = dict[str, "_State"]
"""What names are behind a branch, where that is not what they were before it."""


@dataclass(frozen=True, slots=True)
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
    reads: list[tuple[int, str, _State]] = field(default_factory=list)


class Flow:
    """Follows the names of one block; `reads` says what reaches each read."""

    def __init__(self) -> None:
        self._names: dict[str, _State] = {}
        self._before: list[dict[str, _State]] = []
        """What names were at the begin of each branch around, of those that it changes."""
        self.reads: dict[int, tuple[str, _State]] = {}
        self._filled: set[str] = set()
        self._lost: set[str] = set()
        """Names of which too much is told."""
        self._regions: list[_Region] = []
        self._loops = 0

    def bind(self, name: str, binding: Binding, sure: bool = True) -> None:
        """Note that a name is bound; `sure` tells that this ends all bindings before."""
        if binding.how in (How.UPDATED, How.DECLARED):
            return
        for region in self._regions:
            _add(region.bound.setdefault(name, []), binding)
        if sure:
            self._set(name, _State((binding,), (), self._loops))
        else:
            state = self._names.get(name, _START)
            bindings = (*state.bindings, binding)
            if len(bindings) > _MOST:
                self._lost.add(name)
                return
            self._set(name, _State(bindings, state.fillings, state.depth))

    def fill(self, name: str, filling: Filling) -> None:
        """Note that something is put into what a name stands for."""
        self._filled.add(name)
        state = self._names.get(name, _START)
        fillings = (*state.fillings, Put(filling, True))
        if len(fillings) > _MOST:
            self._lost.add(name)
            return
        self._set(name, _State(state.bindings, fillings, state.depth))
        for region in self._regions:
            _add(region.filled.setdefault(name, []), filling)

    def read(self, node: ast.Name) -> None:
        """Note that a name is read."""
        state = self._names.get(node.id, _START)
        self.reads[id(node)] = (node.id, state)
        for region in self._regions:
            if state.depth < region.depth:
                region.reads.append((id(node), node.id, state))

    def begin(self) -> None:
        """Begin a branch."""
        self._before.append({})

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

    def enter(self, loops: bool) -> _Region:
        """Begin a loop's body, or a `try`'s: each of its statements may be the last one to run."""
        self.begin()
        self._loops += loops
        region = _Region(self._loops if loops else 0)
        self._regions.append(region)
        return region

    def leave(self, region: _Region, loops: bool) -> Changes:
        """End such a body, behind `end`; return what is so if it was left anywhere."""
        self._regions.pop()
        self._loops -= loops
        for node, name, _ in region.reads if loops else ():
            _, state = self.reads[node]
            self.reads[node] = (name, _within(state, region, name))
        names = {**region.bound, **region.filled}
        return {name: _within(self._names.get(name, _START), region, name) for name in names}

    def reaching(
        self, bindings: dict[str, list[Binding]], given: frozenset[str]
    ) -> dict[int, Reach]:
        """Return what reaches each read of which not all there is does; `given` are parameters."""
        found: dict[int, Reach] = {}
        silent = (How.UPDATED, How.DECLARED)
        counts = {name: sum(b.how not in silent for b in all_) for name, all_ in bindings.items()}
        for node, (name, state) in self.reads.items():
            own = bindings.get(name)
            if name in self._lost or len(state.bindings) > _MOST or len(state.fillings) > _MOST:
                continue
            if not own and name not in self._filled:
                continue
            begins = None in state.bindings
            reached = tuple(dict.fromkeys(item for item in state.bindings if item is not None))
            every = len(reached) == counts.get(name, 0)
            if every and (begins or name not in given) and name not in self._filled:
                continue
            if reached or (begins and name in given):
                found[node] = Reach(reached, begins, state.fillings)
        return found


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
