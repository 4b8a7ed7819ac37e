"""Probes in functions' own code: what they see, and that the functions do not notice."""

from __future__ import annotations

import ast
import re
import sys
import types
import weakref
from pathlib import Path
from typing import Any

import pytest
from support.trace_example import at, case_of, watching

from srcread.child import describing, install
from srcread.child.tracing import probes
from srcread.evidence.reasons import read_reason
from srcread.model import Reason, ReasonCode, Span

BRANCHES = """\
def choose(a, b):
    if a and not b:
        return 1
    elif a > 3 or b is None:
        return 2
    return 3
"""


def test_the_branch_and_its_deciding_operand_are_seen(tmp_path: Path) -> None:
    with watching(tmp_path, BRANCHES) as (module, trace):
        assert [module.choose(1, 0), module.choose(2, None), module.choose(4, 5)] == [1, 1, 2]
        found = [case_of(trace(), "choose", number) for number in range(3)]
    first, _, third = found
    assert [place.line for place in first.ran] == [1, 2]
    assert [place.line for place in third.ran] == [1, 3, 4]
    (decision,) = first.tests[Span(1, 7, 1, 18)]
    assert (decision.outcome, decision.truth, decision.values) == (True, False, ("0",))
    assert decision.operand == Span(1, 17, 1, 18)
    (decision,) = third.tests[Span(3, 9, 3, 27)]
    assert (decision.outcome, decision.operand) == (True, Span(3, 9, 3, 14))
    assert decision.values == ("4",)


@pytest.mark.parametrize("a", [0, 1])
@pytest.mark.parametrize("b", [0, 1])
@pytest.mark.parametrize("c", [0, 1])
@pytest.mark.parametrize(
    "test", ["a and b or c", "a or b and c", "not (a or not b) and c", "not (a and (b or not c))"]
)
def test_a_test_ends_as_it_would_and_each_operand_is_asked_once(
    tmp_path: Path, test: str, a: int, b: int, c: int
) -> None:
    def run(module: Any) -> tuple[object, list[str]]:
        asked: list[str] = []

        class Watcher:
            def __getitem__(self, name: str) -> int:
                asked.append(name)
                return {"a": a, "b": b, "c": c}[name]

        return module.choose(Watcher()), asked

    body = re.sub(r"\b([abc])\b", r"o['\1']", test)
    text = f"def choose(o):\n    if {body}:\n        return True\n    return False\n"
    plain: dict[str, Any] = {}
    exec(text, plain)
    expected = run(types.SimpleNamespace(**plain))
    with watching(tmp_path, text) as (module, trace):
        assert run(module) == expected
        (decisions,) = case_of(trace(), "choose").tests.values()
    assert [decision.outcome for decision in decisions] == [expected[0]]


def test_the_element_that_decides_an_any_or_all_is_told(tmp_path: Path) -> None:
    text = """\
    def search(items):
        if any(item > 2 for item in items):
            return "found"
        if not all([item < 2 for item in items]):
            return "large"
    """
    with watching(tmp_path, text) as (module, trace):
        assert module.search([1, 5, 9]) == "found"
        assert module.search([1, 2, 0]) == "large"
        first, second = (case_of(trace(), "search", number) for number in range(2))
    assert [d.element for d in first.tests[Span(1, 7, 1, 38)]] == ["element 1: True for 5"]
    ends = [(d.outcome, d.element) for tests in second.tests.values() for d in tests]
    assert ends == [(False, "element 2: False for 0"), (True, "element 1: False for 2")]


def test_values_are_described_where_they_arise(tmp_path: Path) -> None:
    text = """\
    class Thing:
        pass

    def work(count, *rest, key="k", **more):
        total, thing = 0, Thing()
        for number in range(count):
            total += number
        return {"total": total}, [total, 1.23456], thing
    """
    with watching(tmp_path, text) as (module, trace):
        module.work(3, 8, None, other=True)
        case = case_of(trace(), "work")
    assert case.arguments == {
        "count": "3",
        "key": "'k'",
        "rest": ("8", "None"),
        "more": "<dict>",
    }
    by_line = {place.line: values for place, values in case.values.items()}
    assert by_line == {
        1: (("0", "<Thing>"),),
        2: ("0", "1", "2"),
        3: ("0", "1", "3"),
        4: (("<dict>", ("3", "1.235"), "<Thing>"),),
    }


def test_many_values_of_a_loop_are_cut_and_repeated_ones_kept_once(tmp_path: Path) -> None:
    text = """\
    def loop(count):
        for number in range(count):
            same = 7
            other = number + 1
    """
    with watching(tmp_path, text) as (module, trace):
        module.loop(50)
        case = case_of(trace(), "loop")
    by_line = {place.line: values for place, values in case.values.items()}
    assert by_line == {
        1: ("0", "1", "2", "3", "4", "5", "…"),
        3: ("1", "2", "3", "4", "5", "6", "…"),
    }


def test_equal_activations_are_one_case_and_calls_name_their_place(tmp_path: Path) -> None:
    text = """\
    def outer(x):
        both = [inner(1) + inner(2), inner(1)]
        return (inner
                .__call__(x))

    def inner(x):
        return x * 2
    """
    with watching(tmp_path, text) as (module, trace):
        module.outer(1)
        found = trace()
    outer = case_of(found, "outer")
    one, two = (case_of(found, "inner", number) for number in range(2))
    assert (one.arguments, two.arguments) == ({"x": "1"}, {"x": "2"})
    first, second = found.cases.index(one), found.cases.index(two)
    assert outer.calls == {
        Span(1, 12, 1, 20): ((first, 1),),
        Span(1, 23, 1, 31): ((second, 1),),
        Span(1, 33, 1, 41): ((first, 1),),
        Span(2, 12, 3, 24): ((first, 1),),
    }
    assert found.roots == (found.cases.index(outer),)


def test_an_error_that_leaves_a_function_is_told_and_one_that_is_caught_is_not(
    tmp_path: Path,
) -> None:
    text = """\
    def caught():
        try:
            fails("/home/someone/a/b.py")
        except ValueError:
            return quiet()

    def fails(name):
        raise ValueError(f"no {name}")

    def quiet():
        return 1
    """
    with watching(tmp_path, text) as (module, trace):
        assert module.caught() == 1
        found = trace()
    assert case_of(found, "fails").raised == "ValueError: no …/b.py"
    assert case_of(found, "caught").raised is None
    assert case_of(found, "quiet").raised is None


def test_a_value_of_an_unknown_class_is_not_touched(tmp_path: Path) -> None:
    text = """\
    def judge(thing):
        if thing:
            kept = thing
        return thing == 1
    """
    asked: list[str] = []

    class Touchy:
        def __bool__(self) -> bool:
            asked.append("bool")
            return True

        def __eq__(self, other: object) -> bool:
            asked.append("eq")
            return True

        def __repr__(self) -> str:
            raise AssertionError("its repr was asked")

        __hash__ = None  # type: ignore[assignment] # unhashable

    with watching(tmp_path, text) as (module, trace):
        assert module.judge(Touchy()) is True
        case = case_of(trace(), "judge")
    assert asked == ["bool", "eq"]
    assert [d.outcome for tests in case.tests.values() for d in tests] == [None]
    assert [place.line for place in case.ran] == [1, 2, 3]


def test_nothing_that_a_function_made_is_kept_alive(tmp_path: Path) -> None:
    text = """\
    class Thing:
        pass

    def make():
        thing = Thing()
        for other in [thing]:
            if other is thing:
                return [thing]
    """
    with watching(tmp_path, text) as (module, trace):
        reference = weakref.ref(module.make()[0])
        assert reference() is None
        assert at(case_of(trace(), "make"), 4)


def test_functions_in_functions_have_cases_of_their_own(tmp_path: Path) -> None:
    text = """\
    def outer(x):
        def inner(y):
            return x + y

        def steps():
            yield inner(1)

        return inner(2), list(steps()), (lambda z: inner(z))(3)
    """
    with watching(tmp_path, text) as (module, trace):
        assert module.outer(10) == (12, [11], 13)
        found = trace()
    arguments = [case.arguments for case in found.cases if case.symbol.endswith(">.inner")]
    assert arguments == [{"y": "2"}, {"y": "1"}, {"y": "3"}]
    assert found.roots == (len(found.cases) - 1,)


def test_positions_and_names_of_a_watched_function_stay(tmp_path: Path) -> None:
    text = """\
    LIMIT = 3

    class Base:
        def run(self, x):
            return x

    class Shop(Base):
        def __init__(self):
            self.__name = "x"

        def run(self, x):
            return super().run(x) + LIMIT + len(self.__name) + len(locals())

        def fail(self):
            return 1 / 0
    """
    with watching(tmp_path, text) as (module, trace):
        before = set(vars(module))
        shop = module.Shop()
        assert shop.run(1) == 1 + 3 + 1 + 3  # locals: self, x and __class__
        with pytest.raises(ZeroDivisionError) as caught:
            shop.fail()
        assert set(vars(module)) == before
        assert caught.traceback[-1].lineno + 1 == 15
        assert case_of(trace(), "fail").raised == "ZeroDivisionError: division by zero"


def test_lines_are_those_that_settrace_sees_in_untouched_code(tmp_path: Path) -> None:
    text = """\
    def walk(items, deep):
        \"\"\"Walk.\"\"\"
        total = 0
        while items:
            item = items.pop()
            try:
                if item < 0:
                    raise ValueError(item)
                elif item == 3:
                    continue
                else:
                    total += item
            except ValueError as error:
                total -= 1
            finally:
                deep = deep + 1
        with open(__file__) as file:
            first = file.readline()
        match deep:
            case 1:
                total = 1
            case _:
                total = -total
        for index, value in enumerate([1, 2]):
            if value == 2:
                break
        else:
            total = 0
        assert total is not None, "never"
        del index
        return total
    """
    lines: set[int] = set()

    def follow(frame: types.FrameType, event: str, _: object) -> Any:
        if event == "line" and frame.f_code.co_name == "walk":
            lines.add(frame.f_lineno - frame.f_code.co_firstlineno)
        return follow

    plain: dict[str, Any] = {"__file__": str(tmp_path / "watched.py")}
    with watching(tmp_path, text) as (module, trace):
        expected = (tmp_path / "watched.py").read_text()
        exec(compile(expected, "untouched.py", "exec"), plain)
        before = sys.gettrace()
        sys.settrace(follow)
        try:
            result = plain["walk"]([3, -1, 5], 0)
        finally:
            sys.settrace(before)
        assert module.walk([3, -1, 5], 0) == result
        ran = {place.line for place in case_of(trace(), "walk").ran}
    # A line event also comes at what is no statement: else's body, cases, handlers.
    handlers = {12, 19, 21}
    assert ran == lines - handlers


def test_columns_are_counted_in_characters(tmp_path: Path) -> None:
    text = """\
    def ask(x):
        return "äöü", x if x == "é" else ask("é")
    """
    with watching(tmp_path, text) as (module, trace):
        module.ask("a")
        found = trace()
    case = case_of(found, "ask", 1)
    assert list(case.calls) == [Span(1, 37, 1, 45)]
    assert [(test.column, test.end_column) for test in case.tests] == [(23, 31)]
    line = (tmp_path / "watched.py").read_text("utf-8").split("\n")[1]
    assert (line[37:45], line[23:31]) == ('ask("é")', 'x == "é"')


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("def steps():\n    yield 1\n", ReasonCode.GENERATOR),
        ("async def steps():\n    return 1\n", ReasonCode.COROUTINE),
    ],
)
def test_what_has_no_one_end_is_not_watched_and_says_why(text: str, code: ReasonCode) -> None:
    (node,) = ast.parse(text).body
    with pytest.raises(probes.NotWatchable) as raised:
        probes.watch(node, "m.steps", probes.Sites(), {})  # type: ignore[arg-type] # a function
    assert read_reason(install.why(raised.value, describing.clean)) == Reason(code)


def test_what_a_statement_calls_by_itself_is_called_where_it_is_asked(tmp_path: Path) -> None:
    text = """
        class Own:
            def __iter__(self):
                return iter([1])
            def __enter__(self):
                return self
            def __exit__(self, *error):
                return True
            def __add__(self, other):
                return other
        def use(x):
            return x
        def through(own):
            for item in own:
                use(item)
            with own as a, own as b:
                use(a)
            with own:
                return use([use(each)
                            for each in own])
        def added(own, by):
            return own + use(by)
        def leaves(own, other):
            while True:
                with own, other:
                    raise ValueError
                with own, other:
                    return use(1)
    """
    with watching(tmp_path, text) as (module, trace):
        own, other = module.Own(), module.Own()
        module.through(own), module.added(own, 1), module.leaves(own, other)
        found = trace()

    def called(name: str) -> list[tuple[int, int, str]]:
        case = case_of(found, name)
        return [
            (place.line, place.column, found.cases[number].symbol.rpartition(".")[2])
            for place, calls in sorted(case.calls.items())
            for number, _ in calls
        ]

    assert called("through") == [
        (1, 16, "__iter__"),
        (2, 8, "use"),
        (3, 9, "__enter__"),
        (3, 9, "__exit__"),
        (3, 19, "__enter__"),
        (3, 19, "__exit__"),
        (4, 8, "use"),
        (5, 9, "__enter__"),
        (5, 9, "__exit__"),
        (6, 15, "use"),
        (6, 20, "use"),
        (7, 32, "__iter__"),
    ]
    assert called("added") == [(1, 11, "__add__"), (1, 17, "use")]
    left = [row[:2] for row in called("leaves") if row[2] == "__exit__"]
    assert left == [(2, 13), (2, 18), (4, 13), (4, 18)]
