"""`srcread at`: the shortest telling selector of a line, which finds exactly its place again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from support.notes_lookup import all_places, places_in, torch_text

from srcread.notes.anchors.find import find
from srcread.notes.anchors.places import Places
from srcread.notes.anchors.selector import parse_selector
from srcread.notes.anchors.shortest import Suggestion, avoidable_count, name_place, shortest

PACKAGE = Path(__file__).parent.parent / "srcread"
CONSTRUCTS = Path(__file__).parent / "data/selectors/constructs.py"
TORCH_FILES = ("nn/modules/transformer.py", "nn/modules/activation.py", "nn/functional.py")


def at(text: str, line: int, name: str = "f") -> list[str]:
    return [suggestion.selector for suggestion in shortest(places_in(text, name), line)]


def body(*statements: str) -> str:
    return "def f(self, x):\n" + "".join(f"    {statement}\n" for statement in statements)


@pytest.mark.parametrize(
    ("statement", "selector"),
    [
        ("if isinstance(x, Tensor) and torch.jit_mode: pass", "if x, Tensor"),
        ("q, k, v = chunk(x)", "assign q, k, v"),
        ("self.weight = torch.empty(3)", "assign self.weight"),
        ("return F.linear(x)", "return x"),
        ("return self", "return"),
        ("print(x)", "call print(x)"),
        ("print(1)", "call print"),
        ("torch.nn.init.zeros_(x)", "call zeros_"),
        ("while True: pass", "while"),
        ("assert x.size == limit", "assert x, size"),
        ("for _ in range(count): pass", "for count"),
        ("raise ValueError(f'{x} is bad')", "raise x"),
        ("raise NotImplementedError", "raise"),
        ("from torch.nn import functional as F", "import functional"),
    ],
)
def test_the_selector_of_a_lone_statement_tells_something(statement: str, selector: str) -> None:
    assert selector in at(body(statement), 2)


def test_a_builtins_name_tells_something_where_it_is_a_parameter() -> None:
    text = "def f(input, size):\n    if len(input) > 2: pass\n"
    assert "if input" in at(text, 2)
    assert "if len" in at("def f(size):\n    if len(input) > 2: pass\n", 2)


def test_a_twin_in_a_branch_that_names_nothing_is_counted_inside_it() -> None:
    twice = (
        "    if 2:\n        if x: pass\n        def g(): pass\n    elif 3:\n        def g(): pass\n"
    )
    text = "def f(x):\n    def g(): pass\n    if x: pass\n" + twice
    assert "elif > def g #1" in at(text, 8)


def test_an_assignment_with_a_twin_target_says_what_is_on_its_right() -> None:
    text = body("y = linear(x)", "y = softmax(x)", "y = 3")
    assert at(text, 2) == ["call linear"]
    assert at(body("y = x.a", "y = x.b"), 3) == ["assign y = b"]


def test_a_call_with_a_twin_says_its_argument() -> None:
    text = body("register(self.q, 'x')", "register('k_weight', None)")
    assert at(text, 2) == ["call register(q)"]
    assert at(text, 3) == ["call register(k_weight)"]


def test_what_encloses_a_place_tells_it_from_its_like() -> None:
    text = body("if x:", "    return 1", "else:", "    return 2")
    assert at(text, 3) == ["if x > return"]
    assert at(text, 5) == ["else > return"]


def test_two_steps_around_a_place_come_before_a_count() -> None:
    text = body(
        "if a:", "    if x:", "        return 1", "    return 2",
        "if b:", "    if x:", "        return 3",
    )  # fmt: skip
    assert at(text, 4) == ["if a > if x > return"]


def test_a_count_comes_last_and_is_marked() -> None:
    places = places_in(body("step(x)", "step(x)", "other(x)"))
    (second,) = shortest(places, 3)
    (other,) = shortest(places, 4)
    assert (second.selector, second.counted) == ("call step #2", True)
    assert (other.selector, other.counted) == ("call other", False)


def test_every_place_that_begins_on_the_line_is_given() -> None:
    assert at(body("a = 1; b = 2"), 2) == ["assign a", "assign b"]
    assert at(body("if x: return a"), 2) == ["if x", "return a"]


def test_any_line_of_a_statement_or_header_stands_for_it() -> None:
    text = body("y = call(", "    x,", ")", "if (", "    x", "):", "    pass")
    assert at(text, 2) == at(text, 3) == at(text, 4) == ["assign y"]
    assert at(text, 5) == at(text, 6) == at(text, 7) == ["if x"]


def test_the_narrowest_place_of_a_signatures_line_comes_first() -> None:
    text = "def f(\n    x,\n    y=1,\n):\n    return x\n"
    assert at(text, 3) == ["param y", "def"]
    assert at(text, 1) == ["def"]


@pytest.mark.parametrize("line", [2, 3, 4])
def test_a_comment_or_blank_line_stands_for_the_next_place(line: int) -> None:
    assert at("def f(x):\n    # why\n\n    y = 1\n    z = 2\n", line) == ["assign y"]


def test_a_line_behind_the_last_place_stands_for_the_last() -> None:
    assert at(body("y = 1", "z = 2", "# the end"), 4) == ["assign z"]


@pytest.mark.parametrize(
    ("selector", "better"),
    [
        ("return #2", "return b"),
        ("call step #2", None),
        ("call step #9", None),
        ("return b", None),
        ("call step #1 .. return #2", None),
        ("assign y #1 .. return #2", "assign y .. return b"),
        ("assign y .. return #2", "assign y .. return b"),
        ("assign y .. return b", None),
    ],
)
def test_an_avoidable_count_has_a_selector_without(selector: str, better: str | None) -> None:
    text = body("step(x)", "step(x)", "y = 1", "if x:", "    return a", "return b")
    assert avoidable_count(places_in(text), parse_selector(selector)) == better


def every_suggestion(places: Places) -> Iterator[Suggestion]:
    """Yield the suggestion for every place, having found the place by it again."""
    for place in places.places:
        suggestion = name_place(places, place)
        again = find(places, parse_selector(suggestion.selector))
        assert again == (place,), (place.range, suggestion.selector)
        yield suggestion


def test_every_construct_has_the_selector_that_constructs_txt_says() -> None:
    lines = []
    for name, places in all_places(CONSTRUCTS.read_text(encoding="utf-8")):
        lines.append(f"{name}:")
        for suggestion in every_suggestion(places):
            first, last = suggestion.place.range.start, suggestion.place.range.end
            where = f"{first.line}:{first.column}-{last.line}:{last.column}"
            lines.append(f"  {where:14} {suggestion.place.kind:9} {suggestion.selector}")
    expected = CONSTRUCTS.with_suffix(".txt").read_text(encoding="utf-8")
    assert "\n".join(lines) + "\n" == expected


@pytest.mark.parametrize(
    "folder", sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
)
def test_every_place_of_our_own_code_is_found_again(folder: str) -> None:
    for path in sorted((PACKAGE / folder).glob("*.py")):
        for _, places in all_places(path.read_text(encoding="utf-8")):
            list(every_suggestion(places))


def test_every_place_of_torchs_transformer_is_found_again_and_few_need_a_count() -> None:
    suggestions = [
        suggestion
        for path in TORCH_FILES
        for _, places in all_places(torch_text(path))
        for suggestion in every_suggestion(places)
        if suggestion.place.kind != "param"
    ]
    counted = sum(suggestion.counted for suggestion in suggestions)
    assert counted / len(suggestions) < 0.09
    assert median(len(suggestion.selector) for suggestion in suggestions) <= 16
