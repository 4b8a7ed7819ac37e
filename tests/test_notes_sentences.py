"""What is a sentence of a note, which labels it has, and which sentences need none."""

from __future__ import annotations

# ruff: noqa: RUF001 - full-width punctuation ends sentences, too
from pathlib import Path

import pytest

from srcread.model import Anchor, Basis, BasisKind
from srcread.notes.format.footnotes import define, take_footnotes
from srcread.notes.sentences import Form, labels_in, sentences_of, without_labels
from srcread.notes.words import rare_words


def split(body: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.text, one.labels) for one in sentences_of(body)]


@pytest.mark.parametrize(
    ("body", "sentences"),
    [
        ("One.[^a] Two.[^b][^c]", [("One.", ("a",)), ("Two.", ("b", "c"))]),
        ("One.[^a]\nTwo.[^b]", [("One.", ("a",)), ("Two.", ("b",))]),
        ("`a.b. C` is *one* word.[^a]", [("a.b. C is one word.", ("a",))]),
        ("In 0.7.1 it is, e.g. Llama, so.[^a]", [("In 0.7.1 it is, e.g. Llama, so.", ("a",))]),
        ("**Bold.** Then.[^a]", [("Bold.", ()), ("Then.", ("a",))]),
        ("It is 'so.'[^a] `need` is.[^b]", [("It is 'so.'", ("a",)), ("need is.", ("b",))]),
        ("Within[^a] and behind.[^b]", [("Within and behind.", ("a", "b"))]),
        ("一句。[^a]二句！三句[^b]。", [("一句。", ("a",)), ("二句！", ()), ("三句。", ("b",))]),
        ("他说“好。”[^a]然后走了。[^b]", [("他说“好。”", ("a",)), ("然后走了。", ("b",))]),
        ("[It.](https://a.org) Then.[^a]", [("It.", ()), ("Then.", ("a",))]),
        ("It ends without a stop[^a]", [("It ends without a stop", ("a",))]),
        ("`[^code]` is no label.[^a]", [("[^code] is no label.", ("a",))]),
        ("- one[^a]\n- two. Three.[^b]", [("one", ("a",)), ("two.", ()), ("Three.", ("b",))]),
        ("> It is quoted.[^a]", [("It is quoted.", ("a",))]),
        ("### A heading\n\n```\nCode. More.\n```\nIt is.[^a]", [("It is.", ("a",))]),
        ("It asks? No. Yes", [("It asks?", ()), ("No.", ()), ("Yes", ())]),
        ("By Fig. 3 it is.[^a]", [("By Fig. 3 it is.", ("a",))]),
    ],
)
def test_a_body_is_split_at_the_ends_of_sentences(
    body: str, sentences: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert split(body) == sentences


def test_a_row_is_a_sentence_and_its_head_is_none() -> None:
    body = "| a | b |\n|---|---|\n| x | `y.` z[^r] |\n| u[^s] | |\n"
    assert [(one.text, one.labels, one.form, one.line) for one in sentences_of(body, 7)] == [
        ("x | y. z", ("r",), Form.ROW, 9),
        ("u |", ("s",), Form.ROW, 10),
    ]


@pytest.mark.parametrize("block", ["- x[^r]\n- y[^s]", "| a |\n|-|\n| x[^r] |\n| y[^s] |"])
def test_a_lead_stands_on_what_it_introduces(block: str) -> None:
    lead, *_ = sentences_of(f"They differ:\n\n{block}\n\nAnd so on.[^t]")
    assert (lead.form, lead.labels) == (Form.LEAD, ("r", "s"))
    own, *_ = sentences_of(f"They differ:[^own]\n\n{block}")
    assert own.labels == ("own",)


def test_what_introduces_code_must_stand_by_itself() -> None:
    (lead,) = sentences_of("Write it so:\n\n```\nx = 1\n```")
    assert (lead.form, lead.labels, lead.states) == (Form.STATEMENT, (), True)


@pytest.mark.parametrize(
    ("sentence", "states"),
    [
        ("Why is it NaN?", False),
        ("为什么是 NaN？", False),
        ("See [how padding is cut out](#n-encoder-forward).", False),
        ("接下来看[怎样剪掉 padding](#n-encoder-forward)。", False),
        ("[Padding](#n-encoder-forward) is cut out before the loop, which makes it fast.", True),
        ("[剪掉 padding](#n-a)以后，输出里这些位置都是零，所以不要再用它们计算损失。", True),
        ("See [the paper](https://arxiv.org/abs/1706.03762).", True),
        ("The mask is inverted once.", True),
    ],
)
def test_questions_and_pointers_need_nothing_to_stand_on(sentence: str, states: bool) -> None:
    (one,) = sentences_of(sentence)
    assert one.states is states


def test_a_sentence_knows_its_line_and_where_it_ends() -> None:
    body = "One.[^a]\nTwo goes\nover lines.[^b]\n\nThree."
    assert [(one.line, one.end_line, one.tail) for one in sentences_of(body, 10)] == [
        (10, 10, "One.[^a]"),
        (11, 12, "over lines.[^b]"),
        (14, 14, "Three."),
    ]


def test_labels_in_code_are_none() -> None:
    assert labels_in("`[^a]` is.[^b][^c] So.[^b]") == ("b", "c")
    assert without_labels("`[^a]` is.[^b][^c] So.[^b]") == "`[^a]` is. So."


FOOTNOTES = """\
It is.[^a]

[^a]: claim "It is "so"."
[^b]: read torch.nn.functional.linear
[^c]: read torch.nn.functional.relu:if inplace > call relu_
[^d]: read aten/src/ATen/native/Linear.cpp:linear
[^e]: read tensorrt-llm==0.5.0 tensorrt_llm/functional.py:embedding
[^f]: source https://github.com/pytorch/pytorch/issues/1
[^g]: source arXiv:1706.03762
[^h]: read examples/bloom/build.py:build
    : if args

```
[^x]: no definition
```
And so.[^f]
"""


def test_every_kind_of_footnote_is_read_and_taken_out() -> None:
    body, bases, findings = take_footnotes(Path("one.md"), FOOTNOTES, 10)
    assert findings == ()
    assert body.split("\n")[0] == "It is.[^a]"
    assert body.split("\n")[-1] == "And so.[^f]"
    assert "[^x]: no definition" in body
    assert "claim" not in body
    found = {basis.label: basis for basis in bases}
    assert found["a"] == Basis("a", BasisKind.CLAIM, 'It is "so".')
    assert found["b"].anchor == Anchor("torch.nn.functional.linear")
    assert found["c"].anchor == Anchor("torch.nn.functional.relu", "if inplace > call relu_")
    assert (found["d"].anchor, found["d"].release) == (None, None)
    assert (found["e"].anchor, found["e"].release) == (None, "tensorrt-llm==0.5.0")
    assert (found["f"].kind, found["g"].text) == (BasisKind.SOURCE, "arXiv:1706.03762")
    assert found["h"].anchor == Anchor("examples/bloom/build.py:build", "if args")
    assert found["h"].line == 19


@pytest.mark.parametrize("line", FOOTNOTES.split("\n")[2:8])
def test_a_definition_is_written_as_it_is_read(line: str) -> None:
    (basis,) = take_footnotes(Path("one.md"), line, 1).bases
    assert define(basis) == line


@pytest.mark.parametrize(
    "definition",
    [
        "[^a]: claim It is so.",
        '[^a]: claim ""',
        "[^a]: It is so.",
        "[^a]:",
        "[^a]: read",
        "[^a]: read torch.nn.functional.relu:if (",
        "[^a]: source the paper",
        "[^a]: source javascript:alert(1)",
        "[^A b]: x",
        '[^Capital]: claim "It is."',
    ],
)
def test_a_footnote_of_no_form_is_refused_or_no_footnote(definition: str) -> None:
    found = take_footnotes(Path("one.md"), definition, 5)
    if " " in definition.partition("]")[0]:
        assert found.body == definition
        return
    assert [(one.code, one.line) for one in found.findings] == [("SENT003", 5)]


def test_a_second_definition_is_refused() -> None:
    found = take_footnotes(Path("one.md"), '[^a]: claim "One."\n[^a]: claim "Two."', 5)
    assert [(one.code, one.line) for one in found.findings] == [("SENT007", 6)]
    assert [basis.text for basis in found.bases] == ["One."]


def test_rare_words_are_told_from_common_ones() -> None:
    assert rare_words("No key is masked by key_padding_mask") == {"mask", "padd"}
    assert rare_words("This is what they have been") == frozenset()
    assert rare_words("分页缓存") & rare_words("缓存是分页的") == {"分页", "缓存"}
    assert rare_words("in 0.7.1") == {"0.7.1"}
