"""The solver: what was asked, what it came to, and who has to ask again when that changes.

Each question is a cell: the function that answers it, its value, and its readers, the cells that
rest on it. A cell is answered when it is first read; while it is being answered, whoever meets it
reads what is known so far. A cell whose value changes spoils its readers and theirs, and each of
them is answered anew when it is read again. So every cell in the end holds what its function makes
of the other cells' values: a fixpoint, and only what a change reaches is done twice (the top-down
solver of Le Charlier and Van Hentenryck, 1992).

It ends, for a value can change only so often:

- what would nest without end is cut where a question meets itself (`widening`);
- a cell that keeps changing only joins what it was from then on, and there are finitely many values
  to join: names in the text, nested at most so deep (`settling`; of very many values, too).

Recursion is bounded apart from that. A cell that would be answered too deep inside others is put
off: whoever wanted it reads what is known so far, and it is answered when the stack is empty again,
deepest first. A chain of 20,000 functions takes time in its length and no stack.

A loop is gone through as a whole. A cell that turned stale while it was answered, inside another
that is read in a circle, is not answered again at once: all that reads it is stale as well, up to
the first of the circle, where the next turn begins. Loops in loops would be gone through inside
each other otherwise, and a thousand methods that call each other take ever longer.

For example, `x = f` and in a loop `x = wrap(x)`, which gives `partial(x)`: the cell of `x` meets
itself, is read as `f` there, and comes to `f` and a partial of it. That is more than was read, so
it is answered again. Partials nested deeper than six are cut: no use of `x` sees them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar, cast

from srcread.graph.infer.values import Values, failing, told

PENDING: Values = failing("it rests on nothing but itself")
"""What is known of a question at first: nothing yet."""

_MAX_INSIDE = 60
"""How many cells are answered one inside the other."""
_MAX_CHANGES = 8
"""How often a cell may become something else before it may only become more."""
_MAX_VALUES = 100
"""How many values a cell may come to, all told apart."""
_MAX_TURNS = 40
"""No cell needs as many; it is what ends a fault in a rule."""

_CLOCK = 256
"""After how many answers the clock is looked at."""

_T = TypeVar("_T")


class OutOfTime(Exception):
    """The deadline is over; what was answered stays, what was being answered is stale."""


class Cell(Generic[_T]):
    """A question with its answer: fresh, stale, or being answered."""

    __slots__ = (
        "arguments",
        "changes",
        "find",
        "is_open",
        "is_stale",
        "looped",
        "readers",
        "value",
        "waits",
    )

    def __init__(self, start: _T, find: Callable[..., _T], *arguments: object) -> None:
        self.find = find
        self.arguments = arguments
        self.value = start
        self.is_stale = True
        self.is_open = False
        """Whether it is being answered, or waits for what was put off."""
        self.looped = False
        self.waits = False
        """Whether it is answered anew only where the loop that it lies in begins."""
        self.changes = 0
        self.readers: dict[Cell[Any], None] = {}


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
        self._put_off: list[Cell[Any]] = []
        self._cells: dict[Hashable, Cell[Any]] = {}
        self._runs = 0
        self._stack: list[Cell[Any]] = []
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
        if cell.is_open:
            cell.looped = True
        elif cell.is_stale:
            if asker is None:
                self._finish(cell)
                return cell.value
            if self._inside >= _MAX_INSIDE:
                self._put_off.append(cell)
            else:
                self._run(cell)
        if asker is not None:
            cell.readers[asker] = None
            if cell.waits and cell.is_stale and not cell.is_open:
                asker.is_stale = True
        return cell.value

    def put(self, cell: Cell[_T], value: _T) -> None:
        """Give a cell a value that no function finds: what is noted on the way."""
        cell.is_stale = False
        if value != cell.value:
            cell.value = value
            _spoil(cell)

    def _finish(self, cell: Cell[Any]) -> None:
        """Answer a cell that nobody waits for, and what is put off meanwhile, deepest first."""
        waiting = [cell]
        try:
            while waiting:
                last = waiting[-1]
                if last.is_stale:
                    self._run(last)
                put_off = [item for item in dict.fromkeys(self._put_off) if not item.is_open]
                self._put_off.clear()
                last.is_open = bool(put_off)
                if put_off:
                    waiting += put_off
                else:
                    waiting.pop()
        except BaseException:
            for item in (*waiting, *self._put_off):
                if item.is_stale:
                    _spoil(item)  # who has read it rests on what was not found
            raise
        finally:
            self._put_off.clear()
            for item in waiting:
                item.is_open = False

    def _run(self, cell: Cell[Any]) -> None:
        self._runs += 1
        watched = self.deadline is not None and not self._runs % _CLOCK
        if watched and time.monotonic() > cast("float", self.deadline):
            raise OutOfTime
        asker, self._asker = self._asker, cell
        self._inside += 1
        if asker is not None:
            self._stack.append(asker)
        cell.is_open = True
        turns = 0
        try:
            while cell.is_stale and turns < _MAX_TURNS:
                cell.is_stale = cell.waits = False
                turns += 1
                self._take(cell, cell.find(*cell.arguments))
                if cell.is_stale and any(outer.looped for outer in self._stack):
                    cell.waits = True
                    break
        except BaseException:
            cell.is_stale = True
            _spoil(cell)
            raise
        finally:
            cell.is_open = False
            self._inside -= 1
            self._asker = asker
            if asker is not None:
                self._stack.pop()

    def _take(self, cell: Cell[Any], found: Any) -> None:
        if isinstance(found, frozenset):
            found = told(cast("Values", found))
            if len(found) > _MAX_VALUES:
                found = self._settle(found)
        if found == cell.value:
            return
        if cell.looped and isinstance(found, frozenset):
            found = self._widen(cast("Values", found))
        cell.changes += 1
        if cell.changes > _MAX_CHANGES and isinstance(found, frozenset):
            found = self._settle(told(found | cell.value))
        if found != cell.value:
            cell.value = found
            if cell.readers:
                _spoil(cell)


def _spoil(cell: Cell[Any]) -> None:
    """Have everything answered anew that rests on a cell."""
    waiting = list(cell.readers)
    cell.readers.clear()
    while waiting:
        reader = waiting.pop()
        if not reader.is_stale:
            reader.is_stale = True
            waiting += reader.readers
            reader.readers.clear()
