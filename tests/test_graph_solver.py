"""The solver: what each question comes to, how often it is answered, and what an end leaves."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from srcread.graph.infer.rules.settling import settled
from srcread.graph.infer.solver import PENDING, Cell, OutOfTime, Solver
from srcread.graph.infer.values import NOTHING, Constant, Values
from srcread.graph.walk import build_graph
from srcread.index import Index
from srcread.sources import Sources, open_distribution

ONE: Values = frozenset({Constant("1")})
TWO: Values = frozenset({Constant("2")})

Rule = Callable[[Callable[[int], Values]], Values]
Rules = dict[int, Rule]
"""What each question makes of others'."""


class Questions:
    """Numbered questions, and how often each was answered."""

    def __init__(self, rules: Rules) -> None:
        self.solver = Solver(lambda values: values, settled)
        self.runs: Counter[int] = Counter()
        self._rules = rules

    def ask(self, number: int) -> Values:
        return self.solver.about(number, PENDING, self._answer, number)

    def _answer(self, number: int) -> Values:
        self.runs[number] += 1
        return self._rules[number](self.ask)


def test_an_answer_is_found_once_and_remembered() -> None:
    questions = Questions({0: lambda ask: ask(1) | ask(1), 1: lambda ask: ONE})
    assert questions.ask(0) == questions.ask(0) == ONE
    assert questions.runs == {0: 1, 1: 1}


def test_what_meets_itself_comes_to_all_that_is_given_to_it() -> None:
    questions = Questions(
        {0: lambda ask: ask(1) | ONE, 1: lambda ask: ask(2), 2: lambda ask: ask(0) | TWO}
    )
    assert [questions.ask(number) for number in range(3)] == [ONE | TWO] * 3


def test_what_rests_on_nothing_but_itself_stays_pending() -> None:
    questions = Questions({0: lambda ask: ask(1), 1: lambda ask: ask(0)})
    assert questions.ask(0) == PENDING


@pytest.mark.parametrize("size", [59, 60, 61, 200, 5_000])
def test_a_chain_of_any_length_is_answered_in_its_length(size: int) -> None:
    rules: Rules = {number: _joining(number + 1) for number in range(size)}
    questions = Questions({**rules, size: lambda ask: ONE})
    assert questions.ask(0) == ONE
    assert max(questions.runs.values()) <= 2, "once with what is known so far, once for good"


@pytest.mark.parametrize("size", [10, 300, 3_000])
def test_questions_that_all_rest_on_each_other_are_answered_a_few_times_each(size: int) -> None:
    """Loops in loops: each is in as many as there are questions."""
    rules: Rules = {
        number: _joining((number + 1) % size, (number * 7 + 3) % size) for number in range(size)
    }
    questions = Questions({**rules, size - 1: lambda ask: ask(0) | ask(size // 2) | ONE})
    assert questions.ask(0) == ONE
    assert all(questions.ask(number) == ONE for number in range(size))
    assert sum(questions.runs.values()) <= 6 * size


def test_a_value_noted_later_reaches_all_that_rests_on_it_and_nothing_else() -> None:
    noted = Cell.noted(ONE)
    questions = Questions({})
    rules: Rules = {
        0: lambda ask: ask(1) | ask(2),
        1: lambda ask: questions.solver.answer(noted),
        2: lambda ask: TWO,
    }
    questions._rules = rules
    assert questions.ask(0) == ONE | TWO
    questions.solver.put(noted, TWO)
    assert questions.ask(0) == TWO
    assert questions.runs == {0: 2, 1: 2, 2: 1}


def test_a_change_that_comes_to_the_same_goes_no_further() -> None:
    questions = Questions(
        {0: lambda ask: ask(1), 1: lambda ask: ask(2) and TWO, 2: lambda ask: ask(0) | ONE}
    )
    assert questions.ask(0) == TWO
    assert questions.ask(2) == ONE | TWO
    assert questions.runs == {0: 1, 1: 2, 2: 2}


def test_a_rule_that_never_says_the_same_twice_comes_to_an_end() -> None:
    noted = Cell.noted(0)
    solver = Solver(lambda values: values, settled)
    turns: Iterator[int] = iter(range(10**6))

    def count() -> int:
        solver.put(noted, next(turns))
        return solver.answer(noted)

    assert solver.about("count", -1, count) < 1_000


def test_a_rule_that_asks_something_new_each_time_comes_to_an_end() -> None:
    """Too deep to be answered at once, each new question changes what asked it."""
    numbers = iter(range(1_000, 10**6))
    rules: Rules = {at: _joining(at + 1) for at in range(58)}
    questions = Questions({**rules, 58: lambda ask: ask(next(numbers)) | TWO})
    questions._rules.update({number: lambda ask: ONE for number in range(1_000, 30_000)})
    assert questions.ask(0) >= TWO
    assert questions.runs[58] <= 10_001


def test_what_an_end_of_the_time_leaves_undone_is_answered_when_it_is_asked_for_again() -> None:
    size = 2_000
    questions = Questions({})

    def slow(ask: Callable[[int], Values]) -> Values:
        if questions.runs[size // 2] == 1:
            questions.solver.deadline = time.monotonic() - 1
        return ask(size // 2 + 1)

    rules: Rules = {at: _joining(at + 1, *([0] if at % 2 else [])) for at in range(size)}
    questions._rules = {**rules, size // 2: slow, size: lambda ask: ONE}
    with pytest.raises(OutOfTime):
        questions.ask(0)
    questions.solver.deadline = None
    assert questions.ask(0) - PENDING == ONE
    assert all(questions.ask(number) - PENDING == ONE for number in range(size))


def test_at_the_end_every_answer_is_what_its_rule_makes_of_the_others() -> None:
    """`torch.nn.Transformer` as a whole: ten thousand questions, each answered once more."""
    before = {id(item) for item in _living()}
    graph = build_graph(Index(Sources([open_distribution("torch")])), ["torch.nn.Transformer"])
    made = [item for item in _living() if id(item) not in before]
    (solver,) = [item for item in made if isinstance(item, Solver)]
    cells = [item for item in made if isinstance(item, Cell) and item.index]
    assert len(graph.order) > 10 and len(cells) > 5_000
    assert not [cell for cell in cells if cell.is_stale and cell.readers]
    for cell in [cell for cell in cells if not cell.is_stale]:
        value, cell.is_stale = cell.value, True
        assert solver.answer(cell) == value, (cell.find, cell.arguments)


def _living() -> list[Cell[Any] | Solver]:
    """Return all cells and solvers; no other object is so much as asked for its class."""
    return [item for item in gc.get_objects() if type(item) in (Cell, Solver)]


def _joining(*numbers: int) -> Rule:
    """Return the rule by which a question comes to all that some others come to."""
    return lambda ask: NOTHING.union(*map(ask, numbers))
