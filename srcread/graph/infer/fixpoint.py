"""The fixpoint: questions that meet themselves, and what their answers rest on.

A question may meet itself (`x = f(x)`, functions that call each other). Inside itself it is then
answered by what the round before found, `earlier`, and in the first by what is known so far. Values
only ever join, so the rounds climb towards a fixpoint; `unsettled` tells whether another is needed.
Every answer is kept within a round: a round costs what the code is long. What would nest without
end is cut (widening), so that there are finitely many values to climb through.

What the walk finds put into an object is news for whatever read that attribute before. Which answer
rests on which other is not written down, that would cost each of them. It is only told apart
whether an attribute was read for an answer that is kept, or directly for the context that is looked
at: then looking there again is enough.

For example, `x = f` and in a loop `x = wrap(x)`, which gives `partial(x)`: the question of `x`
meets itself, is served `f` there, and answers `f` and a partial of it. That is more than it was
served, so it is asked again. Partials nested deeper than six are cut: no use of `x` sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager

from srcread.graph.infer.values import (
    NOTHING,
    Value,
    Values,
    depth,
    is_part,
    known,
    shallow,
    stacked,
)

_MAX_DEPTH = 6
_MAX_STACKED = 2
"""A function that goes through lists in lists makes one more of them each time it is looked at."""


class Fixpoint:
    """Holds which questions are being answered, and how those were that met themselves."""

    def __init__(
        self,
        is_plain: Callable[[Value], bool],
        is_data: Callable[[Value], bool],
        earlier: Mapping[Hashable, Values],
    ) -> None:
        self._is_plain = is_plain
        self._is_data = is_data
        self._earlier = earlier
        self._asked: dict[Hashable, None] = {}
        self._entangled: set[Hashable] = set()
        self._served: dict[Hashable, Values] = {}
        self._answers: dict[Hashable, Values] = {}
        self.so_far: dict[Hashable, Values] = {}
        """What is known of a question while it is being answered."""
        self.kept = 0
        """How many answers are being made, one inside the other, that will be kept."""
        self.rested_on: set[str] = set()
        """The names of the attributes that kept answers were made of."""
        self._read = self.rested_on

    def asking(self, question: Hashable) -> Asking:
        """Guard a question against itself: inside it, it gives the answer of the round before.

        Gives None where the question is new and is to be answered.
        """
        return Asking(self, question)

    def begun(self, question: Hashable) -> Values | None:
        """Begin a question that is new; answer one that is being answered already."""
        if question not in self._asked:
            self._asked[question] = None
            self.kept += 1
            return None
        if not all(is_part(item, question) for item in self._behind(question)):
            self._entangled.add(question)
        partial = self._earlier.get(question, NOTHING) | self.so_far.get(question, NOTHING)
        return self.served(question, self._shallow(partial))

    def ended(self, question: Hashable) -> None:
        """End what was begun."""
        self.kept -= 1
        del self._asked[question]

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Tell that what is found inside is kept, as the answer of a question is."""
        self.kept += 1
        try:
            yield
        finally:
            self.kept -= 1

    def look(self) -> set[str]:
        """Begin to look at a context; return where the attributes that are read for it gather."""
        self._read = set()
        return self._read

    def read(self, name: str) -> None:
        """Note that an attribute is read, for whatever is being answered."""
        (self.rested_on if self.kept else self._read).add(name)

    def turns_alone(self, question: Hashable) -> bool:
        """Tell whether a question met itself by way of its own block only.

        Such a one can be asked again at once: nothing else rests on what it was answered by first.
        """
        return question not in self._entangled

    def served(self, question: Hashable, values: Values) -> Values:
        """Note what a question was answered by inside itself."""
        self._served[question] = values
        return values

    def answered(self, question: Hashable, values: Values) -> Values:
        """Note the answer of a question that met itself, for the next round.

        What nests without end (`x = (x,)`) is cut where it is deeper than any use of it.
        """
        if question in self._served:
            values = self._shallow(values)
            self._answers[question] = values
        return values

    def unsettled(self) -> dict[Hashable, Values] | None:
        """Return what the next round starts from; None if this round relied on no other answers."""
        if all(map(self.settled, self._answers)):
            return None
        return {**self._earlier, **self._answers}

    def settled(self, question: Hashable) -> bool:
        """Tell whether a question was answered inside itself by all that it came to in the end.

        It may have been answered by more: a dictionary before and after it was filled.
        """
        if question not in self._served:
            return True
        return self._telling(self._answers[question]) <= self._telling(self._served[question])

    def _behind(self, question: Hashable) -> list[Hashable]:
        """Return the questions that were asked on the way from one to itself."""
        asked = list(self._asked)
        return asked[asked.index(question) + 1 :]

    def _telling(self, values: Values) -> Values:
        """Return the values that can choose a callee."""
        return frozenset(v for v in known(values) if not self._is_plain(v))

    def _shallow(self, values: Values) -> Values:
        return frozenset(v for v in map(shallow, values) if not self._too_deep(v))

    def _too_deep(self, value: Value) -> bool:
        return stacked(value) > _MAX_STACKED or depth(value) > (
            _MAX_STACKED if self._is_data(value) else _MAX_DEPTH
        )


class Asking:
    """One question while it is being answered. A generator's context would take twice as long."""

    __slots__ = ("fixpoint", "is_new", "question")

    def __init__(self, fixpoint: Fixpoint, question: Hashable) -> None:
        self.fixpoint = fixpoint
        self.question = question

    def __enter__(self) -> Values | None:
        answer = self.fixpoint.begun(self.question)
        self.is_new = answer is None
        return answer

    def __exit__(self, *_: object) -> None:
        if self.is_new:
            self.fixpoint.ended(self.question)
