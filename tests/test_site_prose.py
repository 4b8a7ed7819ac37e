"""A note's Markdown as plain text: paragraphs for the search, and the first sentence of it."""

from __future__ import annotations

import pytest

from srcread.site.rendering.prose import breakable_path, paragraphs, summary


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("One `x` and\n[two](https://a.org).", ["One x and two."]),
        ("矩阵\n乘法", ["矩阵乘法"]),
        ("Before\n\n```\nx = 1\n```\n\nafter", ["Before", "after"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["a", "b", "1", "2"]),
        ("<b>raw</b> \u202e", ["<b>raw</b> ⟨U+202E⟩"]),
    ],
)
def test_prose_is_what_a_note_says_without_its_blocks_of_code(text: str, prose: list[str]) -> None:
    assert list(paragraphs(text)) == prose


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One."),
        ("In 2.13 it is e.g. slow. Then not.", "In 2.13 it is e.g. slow."),
        ("第一句。第二句。", "第一句。"),
        ("no end", "no end"),
        ("", ""),
        ("word " * 60 + "end.", "word " * 38 + "word…"),
        ("字" * 300, "字" * 199 + "…"),
    ],
)
def test_a_summary_is_the_first_sentence_and_at_most_200_characters(text: str, first: str) -> None:
    assert summary(text) == first and len(first) <= 200


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("native/cuda/Blas.cpp", "native/<wbr>cuda/<wbr>Blas.cpp"),
        ("Blas.cpp", "Blas.cpp"),
        ("a<b>/\u202ec", "a&lt;b&gt;/<wbr>⟨U+202E⟩c"),
        ("", ""),
    ],
)
def test_a_path_breaks_behind_its_slashes_and_nowhere_else(path: str, shown: str) -> None:
    assert breakable_path(path) == shown
