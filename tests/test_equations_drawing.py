"""Drawn equations: what each form becomes, and that no drawing can be read as another equation."""

# ruff: noqa: RUF001 - signs of mathematics look like letters

from __future__ import annotations

import ast
import re
from xml.etree.ElementTree import fromstring

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.equations import read_back
from support.generated import tried

from srcread.equations import read_equations
from srcread.equations.draw import TOP
from srcread.equations.draw import draw as draw_line
from srcread.equations.fit import ROOM, Drawn, drawn, fit
from srcread.site.rendering.equations import ATTRIBUTES, TAGS


def draw(text: str) -> Drawn:
    return drawn(read_equations(text), text)


def bare(text: str) -> str:
    """Return the drawing of one equation without what is the same around each."""
    found = re.search("<semantics>(.*)\n<annotation", draw(text).markup, re.DOTALL)
    assert found
    return found[1].replace("mrow>", "r>").replace('<mspace width="0.25em"></mspace>', "_")


@pytest.mark.parametrize(
    ("text", "drawing"),
    [
        ("a / b", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
        ("x ** 2", "<msup><mi>x</mi><mn>2</mn></msup>"),
        ("sqrt(head_dim)", "<msqrt><mi>head_dim</mi></msqrt>"),
        ("math.sqrt(d)", "<msqrt><mi>d</mi></msqrt>"),
        ("k.mT", "<msup><mi>k</mi><mo>⊤</mo></msup>"),
        ("self.weight", "<mi>self.weight</mi>"),
        ("w[i, j]", "<msub><mi>w</mi><r><mi>i</mi><mo>,</mo><mi>j</mi></r></msub>"),
        ("x[:, 0]", "<msub><mi>x</mi><r><mo>:</mo><mo>,</mo><mn>0</mn></r></msub>"),
        ("q @ k", "<r><mi>q</mi>_<mi>k</mi></r>"),
        (
            "q @ (k + v)",
            "<r><mi>q</mi><mo>×</mo><r><mo>(</mo><r><mi>k</mi><mo>+</mo><mi>v</mi></r><mo>)</mo></r></r>",
        ),
        ("abs(x)", "<r><mo>|</mo><mi>x</mi><mo>|</mo></r>"),
        ("norm(x)", "<r><mo>‖</mo><mi>x</mi><mo>‖</mo></r>"),
        ("alpha * eps", "<r><mi>α</mi><mo>·</mo><mi>ϵ</mi></r>"),
        ("-inf", "<r><mo>−</mo><mi>∞</mi></r>"),
        ("a // b", "<r><mo>⌊</mo><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>⌋</mo></r>"),
        (
            "2 ** (-n / 2)",
            "<msup><mn>2</mn><r><r><mo>−</mo><mi>n</mi></r><mo>/</mo><mn>2</mn></r></msup>",
        ),
        ("1e-05", "<mn>1e-5</mn>"),
        ("a <= b != c", "<r><mi>a</mi><mo>≤</mo><mi>b</mi><mo>≠</mo><mi>c</mi></r>"),
        (
            "softmax(x, dim=-1)",
            "<r><mi>softmax</mi><r><mo>(</mo><r><mi>x</mi><mo>,</mo><r><r><mi>dim</mi><mo>=</mo></r>"
            "<r><mo>−</mo><mn>1</mn></r></r></r><mo>)</mo></r></r>",
        ),
        (
            "sum(w[i] for i in range(n))",
            "<r><munderover><mo>∑</mo><r><mi>i</mi><mo>=</mo><mn>0</mn></r><r><mi>n</mi><mo>−</mo>"
            "<mn>1</mn></r></munderover><msub><mi>w</mi><mi>i</mi></msub></r>",
        ),
        (
            "max(x for x in xs)",
            "<r><munder><mi>max</mi><r><mi>x</mi><mo>∈</mo><mi>xs</mi></r></munder><mi>x</mi></r>",
        ),
        ("'<b>' + x", "<r><mtext>'&lt;b&gt;'</mtext><mo>+</mo><mi>x</mi></r>"),
    ],
)
def test_each_form_has_its_drawing(text: str, drawing: str) -> None:
    assert bare(text) == drawing


@pytest.mark.parametrize("text", ["0 if j <= i else -inf", "where(j <= i, 0, -inf)"])
def test_a_choice_is_drawn_as_cases_in_the_words_of_python(text: str) -> None:
    cases = "<r><mo>{</mo><mtable><mtr><mtd><mn>0</mn></mtd><mtd><r>"
    assert bare(text).startswith(cases)
    assert re.findall("<mtext>(.*?)</mtext>", bare(text)) == ["if", "else"]


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("(a + b) / (c + d)", 0),
        ("2 ** (a + b)", 0),
        ("w[(a + b)]", 0),
        ("(a * b) * c", 0),
        ("a * (b * c)", 1),
        ("a - (b - c)", 1),
        ("(a - b) - c", 0),
        ("-x ** 2", 0),
        ("(-x) ** 2", 1),
        ("a * -b", 1),
        ("(a / b) ** 2", 1),
        ("(a ** b) ** c", 1),
        ("(x[i])[j]", 1),
        ("x[i] ** 2", 0),
        ("sum(x[i] for i in keys) * c", 1),
        ("c * sum(x[i] for i in keys)", 0),
        ("sum(x[i] for i in keys) + c", 1),
        ("sum(x[i] + c for i in keys)", 1),
        ("y = (a == b)", 1),
        ("f(a == b)", 2),
        ("f(a=b)", 1),
        ("(0 if a else b) + c", 1),
        ("not (a and b)", 1),
        ("a or (b and c)", 0),
        ("(a * b) @ c", 1),
        ("(a @ b) * c", 0),
        ("(a @ b) @ c", 0),
        ("(a % b) * c", 1),
        ("a + b % c", 1),
        ("a * b % c", 0),
        ("a & b | c", 1),
        ("(a or b) and c", 1),
    ],
)
def test_brackets_stand_where_the_drawing_does_not_group(text: str, brackets: int) -> None:
    assert bare(text).count("<mo>(</mo>") == brackets


NAMES = st.sampled_from(["x", "d", "T", "head_dim", "alpha", "eps", "self.weight", "q", "inf"])
LEAVES = NAMES | st.sampled_from(["0", "2", "10", "0.5", "1e-05", "'text'", "None", "True"])
BINARY = (
    *("+", "-", "*", "@", "/", "//", "%", "**", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<="),
    *(">", ">=", "is", "in", "and", "or"),
)


def _bigger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    two, three = st.tuples(inner, inner), st.tuples(inner, inner, inner)
    return st.one_of(
        st.tuples(st.sampled_from(BINARY), two).map(lambda t: f"(({t[1][0]}) {t[0]} ({t[1][1]}))"),
        three.map(lambda t: f"(({t[0]}) if ({t[1]}) else ({t[2]}))"),
        three.map(lambda t: f"(({t[0]}) < ({t[1]}) == ({t[2]}))"),
        st.tuples(st.sampled_from(["-", "+", "~", "not "]), inner).map(
            lambda t: f"({t[0]}({t[1]}))"
        ),
        two.map(lambda t: f"softmax(({t[0]}), dim=({t[1]}))"),
        st.tuples(st.sampled_from(["sqrt", "abs", "norm", "f"]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        two.map(lambda t: f"(({t[0]})[({t[1]})])"),
        two.map(lambda t: f"(({t[0]}), ({t[1]}))"),
        inner.map(lambda t: f"[({t})]"),
        inner.map(lambda t: f"(({t}).mT)"),
        inner.map(lambda t: f"(({t}),)"),
        inner.map(lambda t: f"sum(({t}) for i in range(n))"),
        two.map(lambda t: f"prod(({t[0]}) for i in ({t[1]}))"),
    )


EXPRESSIONS = st.recursive(LEAVES, _bigger, max_leaves=10)


@tried(200)
@given(EXPRESSIONS)
def test_a_drawing_says_what_was_written(text: str) -> None:
    wanted = ast.parse(text, mode="eval")
    said = read_back(draw_line(wanted.body).markup)
    assert ast.dump(ast.parse(said, mode="eval")) == ast.dump(wanted)


@tried(100)
@given(EXPRESSIONS, st.integers(4, 30))
def test_breaking_a_line_changes_no_sign(text: str, room: int) -> None:
    node = ast.parse(text, mode="eval").body
    whole, lines = draw_line(node), fit(node, TOP, room)
    assert _signs(*(line.markup for line in lines)) == _signs(whole.markup)


def _signs(*drawings: str) -> str:
    return "".join(text.strip() for one in drawings for text in fromstring(one).itertext())


LONG = (
    "attn_output_weights = softmax(baddbmm(attn_mask, q_scaled, k.transpose(-2, -1)) + "
    "key_padding_mask[:, None, None, :] * scale_of_all, dim=-1)",
    "x = norm2(x + dropout2(linear2(dropout(activation(linear1(x))))))",
    "y = (x - mean(x, dim=-1, keepdim=True)) / sqrt(var(x, dim=-1, correction=0) + eps) * w + b",
    "y = first_name_of_all + second_name_of_all - third_name_of_all * fourth_name_of_all",
    "y = first_value_of_all if first_test_of_all and second_test_of_all else other_value_of_all",
    "y = where(first_test_of_all_tests, first_value_of_all, abs(second_value + third_value))",
    "head_dim * num_heads * num_layers * num_models == embed_dim * everything_else",
)


@pytest.mark.parametrize("text", LONG)
def test_what_is_wider_than_a_note_is_broken_into_lines_that_are_not(text: str) -> None:
    shown = draw(text)
    assert shown.fits and shown.markup.count("<mtr>") > 1
    names = set(re.findall(r"\b[a-z_]\w+", text)) - {
        "sqrt",
        "if",
        "else",
        "and",
        "eps",
        "transpose",
        "where",
        "abs",
    }
    drawing = shown.markup.partition("<annotation")[0]
    assert [one for one in names if f">{one}<" not in drawing] == []


def test_several_equations_stand_with_their_equals_signs_below_each_other() -> None:
    rows = fromstring(draw("d = q.shape[-1]\nscores = q @ k.mT / sqrt(d)").markup)[0][0]
    assert rows.tag == "mtable"
    assert [row[1].findtext(".//mo") for row in rows] == ["=", "="]


def test_a_name_that_is_wider_than_a_note_does_not_fit() -> None:
    assert draw(f"y = {'n' * 30}").fits
    assert not draw(f"y = {'n' * 60}").fits
    assert ROOM < 18


@pytest.mark.parametrize(
    "text", [*LONG, "s = '\"<&>' if a < b & c else x", "y = sum(i for i in n)"]
)
def test_the_allow_list_of_notes_leaves_a_drawing_as_it_is(text: str) -> None:
    markup = draw(text).markup
    assert nh3.clean(markup, tags=set(TAGS), attributes=ATTRIBUTES, link_rel=None) == markup


def test_the_text_of_an_equation_is_beside_its_drawing() -> None:
    math = fromstring(draw("y = a < b").markup)
    assert math.get("alttext") == "y = a < b"
    annotation = math.find(".//annotation")
    assert annotation is not None
    assert (annotation.get("encoding"), annotation.text) == ("text/x-python", "y = a < b")
