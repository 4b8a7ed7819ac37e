"""A selector's text: what parses, and what the error says about what does not."""

from __future__ import annotations

import pytest

from srcread.errors import SelectorError
from srcread.model import Selector, SelectorStep
from srcread.notes.anchors.selector import KINDS, format_selector, parse_selector


def steps(text: str) -> tuple[SelectorStep, ...]:
    return parse_selector(text).start


def problem(text: str) -> str:
    with pytest.raises(SelectorError) as raised:
        parse_selector(text)
    return str(raised.value)


def test_a_kind_alone_is_a_selector() -> None:
    assert steps("def") == (SelectorStep("def"),)


def test_a_step_may_have_several_names() -> None:
    assert steps("assign q, k, v") == (SelectorStep("assign", ("q", "k", "v")),)


def test_an_assignment_may_say_what_is_on_its_right_side() -> None:
    assert steps("assign q, k = chunk") == (SelectorStep("assign", ("q", "k"), value="chunk"),)


def test_a_call_may_say_what_is_in_its_argument() -> None:
    assert steps("call norm2(_ff_block)") == (
        SelectorStep("call", ("norm2",), argument="_ff_block"),
    )


def test_a_count_ends_any_step() -> None:
    assert steps("call f(x) #2 > if y #13 > return #1") == (
        SelectorStep("call", ("f",), argument="x", count=2),
        SelectorStep("if", ("y",), count=13),
        SelectorStep("return", count=1),
    )


def test_two_dots_bind_loosest() -> None:
    assert parse_selector("if x > assign a..else x > assign b") == Selector(
        "if x > assign a..else x > assign b",
        (SelectorStep("if", ("x",)), SelectorStep("assign", ("a",))),
        (SelectorStep("else", ("x",)), SelectorStep("assign", ("b",))),
    )


def test_names_are_dotted_and_may_be_subscripted() -> None:
    assert steps("assign self.x[], y[].z") == (SelectorStep("assign", ("self.x[]", "y[].z")),)


def test_a_name_may_be_spelled_as_a_kind() -> None:
    assert steps("call match") == (SelectorStep("call", ("match",)),)


def test_names_are_normalised_as_pythons_parser_does() -> None:
    assert steps("assign ﬁne, 变量") == (SelectorStep("assign", ("fine", "变量")),)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_parses_alone_and_is_written_back(kind: str) -> None:
    assert format_selector(steps(kind)) == kind


@pytest.mark.parametrize(
    "text",
    [
        "assign q, k, v = _in_projection_packed",
        "if need_weights > call softmax",
        "assign self.linear1 .. assign self.linear2",
        "call register_parameter(q_proj_weight) #2",
        "call super().__init__",
    ],
)
def test_a_parsed_selector_is_written_back_as_it_was(text: str) -> None:
    selector = parse_selector(text)
    assert format_selector(selector.start, selector.end) == text


def test_an_unknown_kind_is_named_with_its_column_and_the_nearest_kind() -> None:
    message = "'if x > retrun y', column 8: unknown kind 'retrun'. Did you mean 'return'?"
    assert problem("if x > retrun y") == message


def test_an_unknown_kind_with_none_near_lists_the_kinds() -> None:
    assert "unknown kind 'zzz'. The kinds are: def param doc" in problem("zzz")


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("", "column 1: expected a kind, such as 'if' or 'call', found the end."),
        ("if x >", "column 7: expected a kind, such as 'if' or 'call', found the end."),
        ("> if", "column 1: expected a kind, such as 'if' or 'call', found '>'."),
        ("if x, ", "column 6: expected another name, found the end."),
        ("if x y", "column 6: expected ',', '#', '>' or '..' or the end, found 'y'."),
        ("call f(", "column 8: expected the name of an argument, found the end."),
        ("call f()", "column 8: expected the name of an argument, found ')'."),
        ("call f(x", "column 9: expected ')', found the end."),
        ("if f(x)", "column 5: expected ',', '#', '>' or '..' or the end, found '('."),
        ("assign = x", "column 8: expected ',', '#', '>' or '..' or the end, found '='."),
        ("assign x =", "column 11: expected a name on the right side, found the end."),
        ("return #0", "column 9: expected a count from 1 on, found '0'."),
        ("return #x", "column 9: expected a count from 1 on, found 'x'."),
        ("a .. b .. c", "column 1: unknown kind 'a'."),
        ("def ¼", "column 5: expected a name, found '¼'."),
        ("def .. doc .. doc", "column 12: expected ',', '#', '>' or '..' or the end, found '..'."),
        ("if x == y", "column 6: expected ',', '#', '>' or '..' or the end, found '='."),
        ("if x & y", "column 6: expected ',', '#', '>' or '..' or the end, found '&'."),
    ],
)
def test_an_error_says_where_and_what_was_expected(text: str, end: str) -> None:
    assert problem(text).startswith(f"{text!r}, {end}")


def test_a_kind_without_names_says_how_to_tell_two_apart() -> None:
    assert problem("try x") == (
        "'try x', column 5: 'try' takes no name, found 'x'. "
        "Name what encloses it: 'KIND NAME > try'."
    )


def test_an_error_is_one_line_whatever_the_input() -> None:
    assert "\n" not in problem("if x\n> \n @")
