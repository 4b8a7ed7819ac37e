"""Steps come in the order in which the static graph is walked; `after` places the rest."""

from __future__ import annotations

from pathlib import Path

from srcread.model import (
    Anchor,
    CallGraph,
    CallSite,
    Certainty,
    Chapter,
    Edge,
    EdgeKind,
    Location,
    Note,
    Position,
    Range,
    Step,
    Symbol,
    SymbolKind,
    Tour,
)
from srcread.notes.order import check_chapters, order_steps


def _call(caller: str, callee: str) -> Edge:
    place = Range(Position(1, 0), Position(1, 1))
    return Edge(CallSite(caller, place), callee, EdgeKind.DIRECT, Certainty.RESOLVED)


GRAPH = CallGraph(
    entries=("p.Model.__init__", "p.Model.forward"),
    order=("p.Model.__init__", "p.make", "p.Model.forward", "p.attend"),
    symbols={},
    edges=(_call("p.Model.__init__", "p.make"), _call("p.Model.forward", "p.attend")),
    operators={},
    files={},
)


def step(stem: str, symbol: str, line: int = 1, after: str | None = None) -> Step:
    place = Range(Position(line, 0), Position(line, 1))
    anchor = Anchor(symbol)
    note = Note(stem, Path("t") / f"{stem}.md", "en", stem, (anchor,), "x", 5, after=after)
    found = Symbol(symbol, SymbolKind.FUNCTION, "p", "p.py", place, line)
    return Step(note, {}, None, (Location(anchor, found, place, "d1:", "d1:", 1, 1),))


def tour(*steps: Step, chapters: tuple[Chapter, ...] = ()) -> Tour:
    return Tour("t", Path("t"), "T", {"p": "1"}, ("p.Model",), ("en",), chapters, steps)


def order(*steps: Step) -> tuple[str, list[str]]:
    ordered, findings = order_steps(tour(*steps), GRAPH)
    assert len(ordered) == len(steps)
    return " ".join(one.note.stem for one in ordered), [one.code for one in findings]


def test_functions_come_as_walked_and_their_notes_in_line_order() -> None:
    steps = (
        step("a", "p.attend"),
        step("b", "p.Model.forward", 30),
        step("c", "p.Model.forward", 20),
        step("d", "p.make", 90),
        step("e", "p.Model.__init__", 10),
    )
    assert order(*steps) == ("e d c b a", [])


def test_two_notes_at_one_place_come_by_stem() -> None:
    assert order(step("b", "p.make"), step("a", "p.make")) == ("a b", [])


def test_a_note_on_the_entrys_class_leads_its_init() -> None:
    steps = (step("init", "p.Model.__init__", 5), step("whole", "p.Model", 1))
    assert order(*steps) == ("whole init", [])


def test_a_note_on_another_class_needs_after() -> None:
    steps = (step("a", "p.make"), step("other", "p.Other"))
    assert order(*steps) == ("a other", ["NOTE020"])


def test_a_note_stands_behind_the_step_that_after_names() -> None:
    steps = (
        step("a", "p.make"),
        step("n", "p.native", after="a"),
        step("m", "p.native", after="n"),
        step("k", "p.native", after="a"),
        step("z", "p.attend"),
    )
    assert order(*steps) == ("a k n m z", [])


def test_an_after_that_names_no_step_is_an_error_and_the_step_comes_last() -> None:
    steps = (step("lost", "p.native", after="makee"), step("make", "p.make"))
    assert order(*steps) == ("make lost", ["NOTE018"])
    _, (finding,) = order_steps(tour(*steps), GRAPH)
    assert "Did you mean 'make'?" in finding.hint


def test_an_after_overrules_the_walk() -> None:
    steps = (step("a", "p.make"), step("b", "p.attend", after="a"), step("c", "p.Model.forward"))
    assert order(*steps) == ("a b c", [])
    first = (step("a", "p.make", after="b"), step("b", "p.attend"), step("c", "p.Model.forward"))
    assert order(*first) == ("c b a", [])


def test_an_after_that_says_what_the_walk_does_is_a_warning() -> None:
    steps = (step("a", "p.make"), step("b", "p.attend"), step("c", "p.Model.forward", after="a"))
    assert order(*steps) == ("a c b", ["NOTE021"])
    moved = (step("a", "p.make", after="b"), step("b", "p.attend"))
    chained = step("c", "p.Model.forward", after="a")
    assert order(*moved, chained) == ("b a c", [])


def test_walked_steps_whose_after_forms_a_circle_are_not_lost() -> None:
    steps = (step("a", "p.make", after="b"), step("b", "p.attend", after="a"), step("c", "p.make"))
    assert order(*steps) == ("c a b", ["NOTE019"] * 2)


def test_steps_whose_after_forms_a_circle_come_last_with_an_error_each() -> None:
    steps = (
        step("a", "p.native", after="b"),
        step("b", "p.native", after="a"),
        step("self", "p.native", after="self"),
        step("z", "p.make"),
    )
    assert order(*steps) == ("z a b self", ["NOTE019"] * 3)


def test_a_step_without_a_place_stands_with_its_functions_notes() -> None:
    unplaced = Step(step("a", "p.make").note, {}, None, ())
    assert order(unplaced, step("b", "p.attend"), step("c", "p.make", 7)) == ("a c b", [])


def test_a_long_chain_of_after_is_no_recursion() -> None:
    steps = [step("s0", "p.make")]
    steps += [step(f"s{n}", "p.native", after=f"s{n - 1}") for n in range(1, 2000)]
    assert order(*steps)[0].split()[-1] == "s1999"


def test_chapters_out_of_reading_order_are_a_warning() -> None:
    steps = (step("a", "p.make"), step("b", "p.attend"))
    chapters = (Chapter("B", "b"), Chapter("A", "a"))
    assert [one.code for one in check_chapters(tour(*steps, chapters=chapters))] == ["TOUR018"]
    assert check_chapters(tour(*steps, chapters=chapters[::-1])) == ()
