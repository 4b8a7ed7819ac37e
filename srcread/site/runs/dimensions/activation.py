"""The dimensions of one activation's values by name, where syntax proves which name it is.

The statements that ran are followed in their order, with what is known of each variable. A name is
a variable that is bound to a dimension's number where the value stands: `bsz` after
`tgt_len, bsz, _ = query.shape`. A parameter's dimensions have the names that the function gives
them first. A variable that is set anew names what it is now. Where the recorded numbers contradict
what was followed, there is no name: of two that share a symbol, of one and its variable.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from srcread.model import Case, Span, Value
from srcread.site.runs.dimensions.binding import (
    Function,
    sets_shape,
    shared_by,
    stored,
    stored_in,
    walrus,
)
from srcread.site.runs.dimensions.expressions import Shapes
from srcread.site.runs.dimensions.values import (
    Dim,
    Known,
    Number,
    Plain,
    Sizes,
    Tensor,
)

Names = tuple[str, ...]
"""A value's dimensions by name, empty where one has none."""

_SHAPE = re.compile(r"\((\d+(?:, \d+)*),?\)(?: \S+(?: \S+)?)?")
_FLOAT = re.compile(r"-?(?:\d+\.\d*|\d*\.?\d+e-?\d+|inf|nan)")
_WHOLE = re.compile(r"-?\d+")
_LATER = 1 << 30
_TIMES = "\N{MIDDLE DOT}"


class NamedDims(NamedTuple):
    """Names of parameters' dimensions, and of a statement's values by its line and column.

    `contradicted` counts the symbols that recorded numbers speak against, which name nothing.
    """

    parameters: Mapping[str, Names]
    values: Mapping[tuple[int, int], tuple[Names, ...]]
    contradicted: int


NO_DIMS = NamedDims({}, {}, 0)


class _Event(NamedTuple):
    """A variable was bound: when, until when, to which dimension, and the number recorded."""

    name: str
    since: int
    until: int
    dim: Dim | None
    number: int | None
    first: bool


class _Seen(NamedTuple):
    """A value that stands on the page: when, its dimensions, its recorded numbers."""

    when: int
    dims: tuple[Dim, ...]
    numbers: tuple[int, ...]


def numbers_of(value: Value) -> tuple[int, ...]:
    """Return the numbers of a shape in words, `(3, 4) f32` or `(3, 4)`; nothing of all else."""
    found = _SHAPE.fullmatch(value) if isinstance(value, str) else None
    return tuple(map(int, found[1].split(", "))) if found else ()


def named_dims(node: Function, case: Case, first: int, called: Mapping[Span, str]) -> NamedDims:
    """Return the names of an activation's dimensions; `first` is the function's first line.

    `called` gives for a call's place the function that it went to.
    """
    try:
        return _Activation(node, case, first, called).named()
    except RecursionError:  # of an expression that is nested deeper than any code is
        return NO_DIMS


class _Activation:
    """Follows what ran. Time is counted in statements; parameters are bound at 0."""

    def __init__(self, node: Function, case: Case, first: int, called: Mapping[Span, str]) -> None:
        self._node, self._case, self._first, self._called = node, case, first, called
        self._ran = {(one.line + first, one.column) for one in case.ran}
        self._recorded = {(one.line + first, one.column): v for one, v in case.values.items()}
        self._known: dict[str, Known | None] = {}
        self._bound: dict[str, int] = {}  # when each variable was bound last
        self._events: dict[tuple[str, int], _Event] = {}
        self._symbols = self._now = 0
        self._shared = shared_by(node)
        self._seen: dict[tuple[str, int, int, int], _Seen] = {}
        self._shapes = Shapes(self._known, self._callee, self._variable, self._fresh)

    def named(self) -> NamedDims:
        for name, value in self._case.arguments.items():
            self._bind(name, None, value)
            if (numbers := numbers_of(value)) and isinstance(self._known[name], Tensor):
                self._see((0, 0, 0), self._known[name], numbers, name)
        self._block(self._node.body)
        spoiled, bound = self._contradicted(), self._by_dim()
        parameters: dict[str, Names] = {}
        values: dict[tuple[int, int], dict[int, Names]] = {}
        for (name, line, column, place), seen in self._seen.items():
            names = tuple(_name(dim, seen.when, spoiled, bound) for dim in seen.dims)
            if not any(names):
                continue
            if name:
                parameters[name] = names
            else:
                values.setdefault((line, column), {})[place] = names
        listed = {
            at: tuple(found.get(place, ()) for place in range(max(found) + 1))
            for at, found in values.items()
        }
        return NamedDims(parameters, listed, len(spoiled))

    # What ran.

    def _block(self, statements: Sequence[ast.stmt]) -> None:
        for one in statements:
            self._statement(one)

    def _statement(self, one: ast.stmt) -> None:
        match one:
            case ast.If(body=body, orelse=other):
                self._forget(walrus(one.test))
                self._block(body)
                self._block(other)
            case ast.For() | ast.AsyncFor() | ast.While():
                self._loop(one)
            case ast.With(body=body) | ast.AsyncWith(body=body):
                self._forget(stored_in(item.optional_vars for item in one.items))
                self._block(body)
            case ast.Try() | ast.TryStar():
                self._try(one)
            case ast.Match():
                self._forget(stored(one))
                for arm in one.cases:
                    self._block(arm.body)
            case _ if (one.lineno, one.col_offset) in self._ran:
                self._now += 1
                self._simple(one)

    def _loop(self, one: ast.For | ast.AsyncFor | ast.While) -> None:
        """Follow a round; what a round sets is another value in the next and behind the loop."""
        self._now += 1
        self._forget(stored(one))
        self._block(one.body)
        self._now += 1
        self._forget(stored(one))
        self._block(one.orelse)

    def _try(self, one: ast.Try | ast.TryStar) -> None:
        self._block(one.body)
        handled = [arm for arm in one.handlers if any(self._has_run(item) for item in arm.body)]
        if handled:
            self._now += 1
            self._forget(stored(one))
        for arm in handled:
            self._block(arm.body)
        self._block(one.orelse)
        self._block(one.finalbody)

    def _has_run(self, one: ast.stmt) -> bool:
        inside = (item for item in ast.walk(one) if isinstance(item, ast.stmt))
        return any((item.lineno, item.col_offset) in self._ran for item in inside)

    def _simple(self, one: ast.stmt) -> None:
        if sets_shape(one):
            self._forget(list(self._known))
        match one:
            case ast.Assign(targets=[target], value=value):
                self._assign(one, target, value)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self._assign(one, target, value)
            case ast.AugAssign(target=ast.Name(name)):
                if not isinstance(self._known.get(name), Tensor):
                    self._bind(name, None, self._word(one))
                self._show(one, [name])
            case ast.Return(value=value) if value is not None:
                self._return(one, value)
            case _:
                self._forget(stored(one))
        self._forget(walrus(one))

    def _assign(self, one: ast.stmt, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Name(name), _:
                self._bind(name, self._shapes.of(value), self._word(one))
                self._show(one, [name])
            case ast.Tuple(elts=elements), _ if all(isinstance(e, ast.Name) for e in elements):
                names = [one.id for one in elements if isinstance(one, ast.Name)]
                whole, parts = self._parts(value, len(names))
                for name, known, word in zip(
                    names, parts, self._words(one, len(names)), strict=True
                ):
                    self._bind(name, known, word)
                self._show(one, names, whole)
            case _:
                self._forget(stored(one))

    def _parts(self, value: ast.expr, count: int) -> tuple[Known | None, list[Known | None]]:
        """Return what an assignment to several names gives as a whole, and each of them."""
        if isinstance(value, ast.Tuple) and len(value.elts) == count:
            return None, [self._shapes.of(one) for one in value.elts]
        found = self._shapes.of(value)
        if isinstance(found, Sizes) and len(found.dims) == count:
            return found, [Number(dim) for dim in found.dims]
        return None, [None] * count

    def _return(self, one: ast.Return, value: ast.expr) -> None:
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        words = self._words(one, len(parts)) if isinstance(value, ast.Tuple) else [self._word(one)]
        for place, (part, word) in enumerate(zip(parts, words, strict=True)):
            self._see((one.lineno, one.col_offset, place), self._shapes.of(part), numbers_of(word))

    # What is known of variables.

    def _bind(self, name: str, known: Known | None, word: Value) -> None:
        """Bind a variable; of what is not known the recorded value tells how many dimensions."""
        numbers = numbers_of(word)
        is_tensor = isinstance(word, str) and not word.endswith(")")
        if isinstance(known, Tensor | Sizes) and numbers and len(known.dims) != len(numbers):
            known = None
        if known is None and numbers:
            dims = tuple(self._fresh() for _ in numbers)
            known = Tensor(dims) if is_tensor else Sizes(dims)
        elif known is None and isinstance(word, str) and _WHOLE.fullmatch(word):
            known = Number(self._fresh())
        elif known is None and isinstance(word, str) and _FLOAT.fullmatch(word):
            known = Plain()
        self._end(name)
        self._known[name] = None if name in self._shared or name == "_" else known
        number = int(word) if isinstance(word, str) and _WHOLE.fullmatch(word) else None
        dim = known.dim if isinstance(known, Number) else None
        self._begin(name, None if name in self._shared or name == "_" else dim, number)

    def _begin(self, name: str, dim: Dim | None, number: int | None) -> None:
        first = name not in self._bound
        self._bound[name] = self._now
        event = _Event(name, self._now, _LATER, dim, number, first)
        self._events[name, self._now] = event

    def _end(self, name: str) -> None:
        since = self._bound.get(name)
        if since is not None and (name, since) in self._events:
            event = self._events[name, since]
            self._events[name, since] = event._replace(until=self._now)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._end(name)
            self._known[name] = None
            if name.isidentifier():
                self._begin(name, None, None)

    def _variable(self, name: str) -> Dim:
        """Return the number of a variable of which only the name is known; from now on it is."""
        dim = self._fresh()
        if name in self._shared or name == "_":
            return dim
        if name not in self._bound:  # a global, or an attribute: it was there before
            self._bound[name] = 0
        since = self._bound[name]
        known = self._events.get((name, since), _Event(name, since, _LATER, None, None, True))
        self._events[name, since] = known._replace(dim=dim)
        self._known[name] = Number(dim)
        return dim

    def _fresh(self) -> Dim:
        self._symbols += 1
        return Dim(1, (self._symbols,))

    def _callee(self, node: ast.Call) -> str:
        place = Span(
            node.lineno - self._first,
            node.col_offset,
            (node.end_lineno or 0) - self._first,
            node.end_col_offset or 0,
        )
        return self._called.get(place, "")

    # What stands on the page.

    def _words(self, one: ast.stmt, count: int) -> list[Value]:
        word = self._word(one)
        return list(word) if isinstance(word, tuple) and len(word) == count else [""] * count

    def _word(self, one: ast.stmt) -> Value:
        """Return a statement's value where it had one only."""
        values = self._recorded.get((one.lineno, one.col_offset), ())
        return values[0] if len(values) == 1 else ""

    def _show(self, one: ast.stmt, names: Sequence[str], whole: Known | None = None) -> None:
        """Let a statement's values stand on the page; `whole` is a shape that it takes apart."""
        word = self._word(one)
        at = one.lineno, one.col_offset
        if isinstance(word, str) and len(names) > 1:
            self._see((*at, 0), whole, numbers_of(word))
            return
        words = self._words(one, len(names)) if len(names) > 1 else [word]
        for place, (name, value) in enumerate(zip(names, words, strict=True)):
            self._see((*at, place), self._known[name], numbers_of(value))

    def _see(
        self,
        at: tuple[int, int, int],
        known: Known | None,
        numbers: tuple[int, ...],
        parameter: str = "",
    ) -> None:
        is_shape = isinstance(known, Tensor | Sizes) and len(known.dims) == len(numbers) > 0
        if is_shape and isinstance(known, Tensor | Sizes):
            self._seen[parameter, *at] = _Seen(self._now, known.dims, numbers)

    def _contradicted(self) -> set[int]:
        """Return the symbols of dimensions whose recorded numbers differ."""
        numbers: dict[Dim, set[int]] = {}
        for seen in self._seen.values():
            for dim, number in zip(seen.dims, seen.numbers, strict=True):
                numbers.setdefault(dim, set()).add(number)
        for event in self._events.values():
            if event.dim is not None and event.number is not None:
                numbers.setdefault(event.dim, set()).add(event.number)
        return {
            symbol for dim, found in numbers.items() if len(found) > 1 for symbol in dim.symbols
        }

    def _by_dim(self) -> Mapping[Dim, Sequence[_Event]]:
        """Return the events that bind a variable to each number."""
        found: dict[Dim, list[_Event]] = {}
        for event in self._events.values():
            if event.dim is not None:
                found.setdefault(event.dim, []).append(event)
        return found


def _name(dim: Dim, when: int, spoiled: set[int], bound: Mapping[Dim, Sequence[_Event]]) -> str:
    """Return a dimension's name at a time: a variable, or factors that all have one."""
    if not dim.symbols or not spoiled.isdisjoint(dim.symbols):
        return ""
    factors = [_variable_of(bound.get(Dim(1, (symbol,)), ()), when) for symbol in dim.symbols]
    if all(factors):
        constant = [str(dim.factor)] if dim.factor != 1 else []
        return _TIMES.join([*constant, *factors])
    return _variable_of(bound.get(dim, ()), when)


def _variable_of(bound: Sequence[_Event], when: int) -> str:
    """Return the variable that is bound to a number now, else the one that will be first."""
    now = [event for event in bound if event.since <= when < event.until]
    later = [event for event in bound if event.since > when and event.first]
    found = min(now or later, key=lambda event: (event.since, event.name), default=None)
    return found.name if found is not None else ""
