"""Equations as text: which are read, what is refused and where, and which names they need."""

# ruff: noqa: RUF001 - letters that look like others are what is tested

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.generated import tried

from srcread.equations import (
    EquationError,
    declared_names,
    equations_in,
    fences_in,
    free_names,
    needed_names,
    read_equations,
)
from srcread.equations.fit import drawn
from srcread.equations.syntax import DEEPEST, LONGEST, MOST


def refusal(text: str) -> str:
    """Return where an equation is refused and why: `line:column message`."""
    with pytest.raises(EquationError) as caught:
        read_equations(text)
    return f"{caught.value.line}:{caught.value.column} {caught.value.message}"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("scores = q @ k.mT", ["scores"]),
        ("d = x.shape[-1]\ny = x / d", ["d", "y"]),
        ("mask[i, j] = 0 if j <= i else -inf", ["mask"]),
        ("self.head_dim = embed_dim // num_heads", ["self.head_dim"]),
        ("q, k, v = x.chunk(3, dim=-1)", ["q, k, v"]),
        ("y = f(\n    x,\n)", ["y"]),
        ("a == b", [""]),
    ],
)
def test_an_equation_is_called_what_stands_on_its_left(text: str, names: list[str]) -> None:
    assert [one.name for one in read_equations(text)] == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("y = (a + b", "1:5 'y = (a + b' is no Python: '(' was never closed."),
        ("y = a +\nz = 1", "1:8 'y = a +' is no Python: invalid syntax."),
        ("y = 1\nz = lambda: x", "2:5 'lambda: x': a lambda has no place in an equation."),
        ("y = [i for i in x]", "1:5 '[i for i in x]': a list that is computed has no place in"),
        ("y = {1: 2}", "1:5 '{1: 2}': a dictionary has no place in an equation."),
        ("y = f'{x}'", "1:5 \"f'{x}'\": an f-string has no place in an equation."),
        ("y = f(*x)", "1:7 '*x': a star has no place in an equation."),
        ("y = f(**x)", "1:7 '**x': a star has no place in an equation."),
        ("y = x.__class__", "1:5 'x.__class__': the name '__class__' has no place in an"),
        ("y = mean(i for i in x)", "1:9 '(i for i in x)': a comprehension that is no sole"),
        ("y = f(x)(z)", "1:5 'f(x)(z)': a call of what is computed has no place in"),
        ("y = 2j", "1:5 '2j': 2j has no place in an equation."),
        ("y = b'x'", "1:5 \"b'x'\": b'x' has no place in an equation."),
        ("y += 1", "1:1 'y += 1': an assignment such as += has no place in an equation."),
        ("y = z = 1", "1:1 'y = z = 1': a chain of assignments has no place in an equation."),
        ("y: int = 1", "1:1 'y: int = 1': an annotation has no place in an equation."),
        ("import os", "1:1 'import os': this statement has no place in an equation."),
        ("(x, y)[0] = 1", "1:1 '(x, y)[0]': this left side has no place"),
        ("y = 'é'; z = {1}", "1:14 '{1}': a set has no place in an equation."),
        ("y = x  # a comment", "1:8 '# a comment' would not be shown."),
        ("", "1:1 The fence holds no equation."),
        (f"y = '{'a' * 41}'", f'1:5 "\'{"a" * 38}…": a text of more than 40 characters'),
    ],
)
def test_what_is_refused_is_quoted_with_its_line_and_column(text: str, message: str) -> None:
    assert refusal(text).startswith(message)


def test_hostile_texts_end_in_an_error_that_says_what_to_do() -> None:
    assert refusal("y = " + "x" * 10_000).endswith("at most 1,000 are read.")
    assert refusal("y = " + "(" * 250 + "x" + ")" * 250).endswith(
        "no Python: too many nested parentheses."
    )
    assert "nests" in refusal("y = " + "-" * (LONGEST - 10) + "x")
    assert refusal("y = " + "+".join("x" * (DEEPEST + 2))).endswith("more than 40 levels deep.")
    assert refusal("y = " + "[" * 90 + "x" + "]" * 90).endswith("more than 40 levels deep.")
    assert refusal("\n".join(["x = 1"] * (MOST + 1))).startswith("13:1 The fence holds 13")
    assert refusal("y = '\ud800'").startswith("1:1")
    assert refusal("y = \0").startswith("1:1")


def test_brackets_that_group_nothing_more_are_no_depth() -> None:
    assert [one.text for one in read_equations("y = " + "(" * 90 + "x" + ")" * 90)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("scores = q @ k.mT / sqrt(d)", ["q", "k.mT", "d"]),
        ("y = softmax(x, dim=-1) * pi", ["x"]),
        ("y = torch.softmax(x, dim=-1) / math.sqrt(d)", ["x", "d"]),
        ("y = self.norm(x)", ["self.norm", "x"]),
        ("y = x * cos + f(x) * sin(x) + math.pi", ["x", "cos", "f", "x", "x"]),
        ("mask[i, j] = 0 if j <= i else -inf", []),
        ("y[..., :d] = x", ["d", "x"]),
        ("y = sum(w[i] for i in range(n) if i < m)", ["w", "n", "m"]),
        ("y = sum(a * b for a, b in pairs)", ["pairs"]),
        ("x = x + f(x)", ["x", "f", "x"]),
    ],
)
def test_the_names_of_an_equation_are_those_that_it_does_not_bring(
    text: str, names: list[str]
) -> None:
    assert [one.name for one in free_names(read_equations(text)[0])] == names


def test_a_name_that_another_line_of_the_fence_defines_is_not_needed() -> None:
    fence = read_equations("d = q.shape[-1]\nscores = q @ k.mT / sqrt(d)\nx = x + scores")
    assert needed_names(fence[1], fence) == ("q", "k")
    assert needed_names(fence[1], fence, ["d"]) == ("q", "k", "d")
    assert set(needed_names(fence[2], fence)) == {"x", "q", "k"}
    assert declared_names(fence) == {"d", "scores", "x"}


def test_lines_that_define_each_other_end() -> None:
    fence = read_equations("a = b\nb = a")
    assert needed_names(fence[0], fence) == ()


def test_fences_are_found_at_the_left_margin_and_in_no_other_fence() -> None:
    body = (
        "Text:\n\n```equation\na = 1\nb = 2\n```\n\n````text\n```equation\nno = 1\n```\n````\n\n"
        "~~~ equation\nc = 3\n~~~\n\n    ```equation\n    no = 2\n    ```\n\n```equation\nd = 4"
    )
    assert [(one.text, one.line) for one in fences_in(body)] == [
        ("a = 1\nb = 2", 4),
        ("c = 3", 15),
        ("d = 4", 23),
    ]


def test_a_left_side_that_stands_twice_is_counted_over_the_whole_note() -> None:
    fences = ("x = a\nx = f(x)", "x = b\n1 +", "x = c")
    body = "\n\n".join(f"```equation\n{one}\n```" for one in fences)
    assert [one.name for one in equations_in(body)] == ["x", "x #2", "x #3"]


def test_a_digest_is_of_all_equations_of_a_fence_and_of_no_space() -> None:
    def digest(text: str) -> str:
        return equations_in(f"```equation\n{text}\n```")[0].digest

    assert digest("y = f(x,  d)\nd = 2") == digest("y = f(x,\n      d)\n\nd = 2")
    assert digest("y = f(x, d)\nd = 2") != digest("y = f(x, d)\nd = 3")
    assert digest("y = 1").startswith("q1:")


PIECES = st.sampled_from(
    (
        *("y", " = ", "x", "(", ")", "[", "]", ",", ":", "...", "**", "@", "*", "-", "~", "not "),
        *(
            "\n",
            "sum(",
            "for i in ",
            "range(",
            "if ",
            " else ",
            "lambda: ",
            "'",
            '"',
            "\\",
            "0x",
            "1e9",
        ),
        *(
            "é",
            "\u202e",
            "\0",
            "\t",
            "#",
            "=",
            "==",
            "<",
            ".T",
            ".x",
            "f'{",
            "}",
            "await ",
            "yield",
        ),
        *(
            "where(",
            "sqrt(",
            "abs(",
            "norm(",
            "dim=",
            "*x",
            "**x",
            "_",
            "𝑥",
            "ſ",
            ";",
            "del x",
            "\r",
        ),
    )
)


@tried(300)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_any_text_is_read_and_drawn_or_refused_with_its_place(text: str) -> None:
    try:
        equations = read_equations(text)
    except EquationError as error:
        assert 1 <= error.line <= text.count("\n") + text.count("\r") + 2 and error.column >= 1
        return
    shown = drawn(equations, text).markup
    assert fromstring(shown).tag == "math"
    for one in equations:
        assert free_names(one) is not None and needed_names(one, equations) is not None
