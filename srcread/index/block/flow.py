"""Reaching definitions: which bindings of a name may have run last where the name is read.

Followed in the order of the statements, branches apart and joined behind them. What a loop binds
may have run before each of its lines, so such a name is open in the loop until the loop binds it
again; behind it, it is what it was or any of the loop's. A `with` block may end anywhere, and so
may a `try`. Left out is what an expression binds in its middle, `:=`: such a name is open from
there on, and any of its bindings counts.

For example, `m = self.a; m(x)`, and on the next line `m = self.b; m(x)`: each read of `m` has one
binding. Behind `if flag: m = self.c` it has two, that one and the one before the branch.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from srcread.index.block.bindings import Binding, How, Reaching, Scope

START = Binding(How.PARAMETER, ast.Pass())
"""What a name is at a block's begin: a parameter, or nothing yet."""
_OPEN: Reaching = ()
_AT_START: Reaching = (START,)
_VAGUE = (How.UPDATED, How.DECLARED)
"""What gives no value of its own, or not alone."""

_MOST = 400
"""A block that binds more names is written by a program: of such a one nothing is told apart."""

_MOST_BINDINGS = 32
"""A name with more of them at one place has, as good as, all."""

State = dict[str, Reaching]
"""The bindings that may have run last, by name; an empty tuple where that is not known."""


class Flow:
    """What is known at one place of a block, while it is walked through."""

    __slots__ = ("_made", "_names", "_reads", "state")

    def __init__(self) -> None:
        self.state: State = {}
        self._names: set[str] = set()
        self._made: list[tuple[str, Reaching]] = []
        self._reads: list[tuple[ast.Name, Reaching]] = []

    def read(self, node: ast.Name) -> None:
        """Note a read of a name."""
        reaching = self.state.get(node.id, _AT_START)
        if reaching:
            self._reads.append((node, reaching))

    def bind(self, name: str, binding: Binding) -> None:
        """Go on behind a binding."""
        self._put(name, _OPEN if binding.how in _VAGUE else (binding,))

    def open(self, names: Iterable[str]) -> None:
        """Go on where nobody knows which binding of some names ran last."""
        for name in names:
            self._put(name, _OPEN)

    def _put(self, name: str, reaching: Reaching) -> None:
        if len(self._names) > _MOST:
            self.state, self._made = {}, []
            return
        self._names.add(name)
        self.state[name] = reaching
        self._made.append((name, reaching))

    def place(self) -> tuple[State, int]:
        """Return the state here, to go on from later, and how much is bound so far."""
        if len(self._names) > _MOST:
            return {}, 0
        return dict(self.state), len(self._made)

    def into_loop(self, node: ast.AST) -> None:
        """Go on in a loop, of which any line may have run before."""
        for name in bound_in(node):
            self.state[name] = _OPEN

    def perhaps(self, place: tuple[State, int]) -> State:
        """Return the state where any part of what was walked through since may have run."""
        before, number = place
        state = dict(before)
        for name, reaching in self._made[number:]:
            state[name] = _either(state.get(name, _AT_START), reaching)
        return state

    def joined(self, outcomes: Iterable[tuple[State, bool]]) -> State:
        """Return the state behind branches; each comes with its end and whether it leaves there."""
        going = [state for state, leaves in outcomes if not leaves]
        if not going or len(self._names) > _MOST:
            return {}
        first, *others = going
        for other in others:
            if other != first:
                names = dict.fromkeys((*first, *other))
                first = {
                    name: _either(first.get(name, _AT_START), other.get(name, _AT_START))
                    for name in names
                }
        return first

    def found(self, scope: Scope) -> dict[int, Reaching]:
        """Return what the reads of a block's own names may be, by the node that is read."""
        if len(self._names) > _MOST:
            return {}
        told = {
            name
            for name in self._names.difference(scope.outer)
            if all(binding.how is not How.DECLARED for binding in scope.bindings.get(name, ()))
        }
        return {id(node): reaching for node, reaching in self._reads if node.id in told}


def _either(one: Reaching, other: Reaching) -> Reaching:
    if one is other or one == other:
        return one
    if not one or not other or len(one) + len(other) > _MOST_BINDINGS:
        return _OPEN
    return tuple(dict.fromkeys((*one, *other)))


def bound_in(node: ast.AST) -> set[str]:
    """Return the names that something in a node binds, at any depth."""
    names: set[str] = set()
    for inner in ast.walk(node):
        match inner:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                names.add(name)
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
                | ast.MatchMapping(rest=str(name))
            ):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name.partition(".")[0])
    return names
