"""The solver: what was asked, what it came to, and who has to ask again when that changes.

Each question is a cell: the function that answers it, its value, and its readers, the cells that
rest on it. A cell is answered when it is first read; while it is being answered, whoever meets it
reads what is known so far. When its value changes, its readers are stale: each is answered anew,
the one that was found last first, and only if its own value changes does it go on from there. So
every cell in the end holds what its function makes of the other cells' values: a fixpoint, and
what nothing comes of costs nothing (the solver SLR+ of Apinis, Seidl and Vogler, 2012: depth
first, with a queue in the order of discovery, and with values that are noted on the way).

It ends, for a value can change only so often:

- what would nest without end is cut where a question meets itself, or has changed several times
  (`widening`);
- a cell that keeps changing only joins what it was from then on, and there are finitely many values
  to join: names in the text, nested at most so deep (`settling`; of very many values, too).

The work is bounded by the changes and their readers, however loops lie in loops: a thousand methods
that call each other are answered some times each. Recursion is bounded apart from that: a cell that
would be answered too deep inside others goes into the queue, and whoever wanted it reads what is
known so far. A chain of 20,000 functions takes time in its length and no stack.

A cell is stale and in the queue, or stale with all that rests on it. The latter holds of what an
end of the time leaves undone, and of what rests on a value that is noted on the way (`put`): the
next may follow at once, and a function that everything calls would be answered anew at each call.
Such cells are answered when they are asked for again, and stand for nothing until then.

For example, `x = f` and in a loop `x = wrap(x)`, which gives `partial(x)`: the cell of `x` meets
itself, is read as `f` there, and comes to `f` and a partial of it. That is more than was read, so
it is answered again. Partials nested deeper than six are cut: no use of `x` sees them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from heapq import heappop, heappush
from typing import Any, Generic, TypeVar, cast

from srcread.graph.infer.values import Values, failing, told

PENDING: Values = failing("it rests on nothing but itself")
"""What is known of a question at first: nothing yet."""

_MAX_INSIDE = 60
"""How many cells are answered one inside the other."""
_FEW_CHANGES = 3
"""How often a cell may become something else before what it comes to is cut."""
_MAX_CHANGES = 8
"""How often it may before it may only become more."""
_MAX_VALUES = 100
"""How many values a cell may come to, all told apart."""
_MOST_CHANGES = 40
"""No cell of another kind needs as many."""
_MOST_ANSWERS = 10_000
"""Nor does any cell as many answers: both are what ends a fault in a rule."""

_CLOCK = 256
"""After how many answers the clock is looked at."""

_T = TypeVar("_T")


class OutOfTime(Exception):
    """The deadline is over; what was answered stays, what was being answered is stale."""


class Cell(Generic[_T]):
    """A question with its answer: fresh, stale, or being answered."""

    __slots__ = (
        "answers",
        "arguments",
        "changes",
        "find",
        "index",
        "is_open",
        "is_queued",
        "is_stale",
        "looped",
        "readers",
        "value",
    )

    def __init__(self, start: _T, find: Callable[..., _T], *arguments: object) -> None:
        self.find = find
        self.arguments = arguments
        self.value = start
        self.index = 0
        """When it was found, of all cells; 0 before that."""
        self.is_stale = True
        self.is_open = False
        """Whether it is being answered."""
        self.is_queued = False
        self.looped = False
        self.answers = self.changes = 0
        self.readers: dict[Cell[Any], None] = {}

    @classmethod
    def noted(cls, start: _T) -> Cell[_T]:
        """Return a cell that no function answers: `Solver.put` gives it values."""
        cell = cls(start, _no_function)
        cell.is_stale = False
        return cell


class Solver:
    """Answers cells.

    `widen` cuts a set of values that a cell which met itself comes to; `settle` leaves of one that
    keeps changing only what can be of finitely many kinds.
    """

    def __init__(
        self, widen: Callable[[Values], Values], settle: Callable[[Values], Values]
    ) -> None:
        self._widen = widen
        self._settle = settle
        self._asker: Cell[Any] | None = None
        self._inside = 0
        self._queue: list[tuple[int, Cell[Any]]] = []
        """What is to be answered anew, and what was put off: a heap, last found first."""
        self._cells: dict[Hashable, Cell[Any]] = {}
        self._found = 0
        self._runs = 0
        self.deadline: float | None = None
        """When to stop, on the monotonic clock."""

    def about(
        self, question: Hashable, start: _T, find: Callable[..., _T], *arguments: object
    ) -> _T:
        """Return the answer of a question that is told from all others by itself.

        Raises:
            OutOfTime: the deadline is over.
        """
        found: _T = self.ask(self._cells, question, start, find, *arguments)
        return found

    def ask(
        self,
        cells: dict[Any, Cell[_T]],
        question: Hashable,
        start: _T,
        find: Callable[..., _T],
        *arguments: object,
    ) -> _T:
        """Return the answer of a question, which has a cell among these or gets one."""
        cell = cells.get(question)
        if cell is None:
            cells[question] = cell = Cell(start, find, *arguments)
        return self.answer(cell)

    def answer(self, cell: Cell[_T]) -> _T:
        """Return what a cell comes to; what is known so far where it is being answered."""
        asker = self._asker
        if asker is None:
            self._finish(cell)
            return cell.value
        if cell.is_open:
            cell.looped = True
        elif cell.is_stale:
            if self._inside < _MAX_INSIDE:
                self._run(cell)
            else:
                self._put_off(cell)
        cell.readers[asker] = None
        return cell.value

    def put(self, cell: Cell[_T], value: _T) -> None:
        """Give a cell a value that no function finds; what rests on it waits to be asked again."""
        if value != cell.value:
            cell.value = value
            _forsake([cell])

    def _finish(self, cell: Cell[Any]) -> None:
        """Answer a cell that nobody waits for, and all that is in the queue."""
        self._go_on(0)
        while cell.is_stale:
            self._run(cell)
            self._go_on(0)

    def _put_off(self, cell: Cell[Any]) -> None:
        if not cell.is_queued:
            self._number(cell)
            cell.is_queued = True
            heappush(self._queue, (-cell.index, cell))

    def _go_on(self, index: int) -> None:
        """Answer what is in the queue and was found after a cell."""
        queue = self._queue
        while queue and -queue[0][0] > index:
            cell = heappop(queue)[1]
            cell.is_queued = False
            if cell.is_stale and not cell.is_open:
                self._run(cell)

    def _number(self, cell: Cell[Any]) -> None:
        if not cell.index:
            self._found += 1
            cell.index = self._found

    def _run(self, cell: Cell[Any]) -> None:
        self._number(cell)
        asker, self._asker = self._asker, cell
        self._inside += 1
        cell.is_open = True
        try:
            while cell.is_stale:
                self._watch_time()
                cell.is_stale = False
                cell.answers += 1
                self._take(cell, cell.find(*cell.arguments))
                if self._inside < _MAX_INSIDE:
                    self._go_on(cell.index)
        except BaseException:
            cell.is_stale = True
            self._give_up(cell)
            raise
        finally:
            cell.is_open = False
            self._inside -= 1
            self._asker = asker

    def _watch_time(self) -> None:
        self._runs += 1
        watched = self.deadline is not None and not self._runs % _CLOCK
        if watched and time.monotonic() > cast("float", self.deadline):
            raise OutOfTime

    def _take(self, cell: Cell[Any], found: Any) -> None:
        is_values = isinstance(found, frozenset)
        if is_values:
            found = told(cast("Values", found))
            if len(found) > _MAX_VALUES:
                found = self._settle(found)
        if found == cell.value:
            return
        cell.changes += 1
        if not is_values:
            if cell.changes > _MOST_CHANGES:
                return
        elif cell.looped or cell.changes > _FEW_CHANGES:
            found = self._widen(cast("Values", found))
            if cell.changes > _MAX_CHANGES:
                found = self._settle(told(found | cell.value))
        if found != cell.value:
            cell.value = found
            if cell.readers:
                self._spoil(cell)

    def _spoil(self, cell: Cell[Any]) -> None:
        """Have everything answered anew that has read a cell."""
        for reader in cell.readers:
            if not reader.is_stale and reader.answers < _MOST_ANSWERS:
                reader.is_stale = True
                if not reader.is_open:
                    self._put_off(reader)
        cell.readers.clear()

    def _give_up(self, cell: Cell[Any]) -> None:
        """Leave stale what was being found when a cell was, and all that rests on it."""
        waiting = [cell]
        while self._queue and -self._queue[0][0] > cell.index:
            left = heappop(self._queue)[1]
            left.is_queued = False
            waiting.append(left)
        _forsake(waiting)


def _forsake(waiting: list[Cell[Any]]) -> None:
    """Leave stale all that rests on some cells: it is answered when it is asked for again."""
    while waiting:
        left = waiting.pop()
        for reader in left.readers:
            if not reader.is_stale:
                reader.is_stale = True
                waiting.append(reader)
        left.readers.clear()


def _no_function() -> Any:
    raise AssertionError("a cell that notes is never stale: nothing answers it")
