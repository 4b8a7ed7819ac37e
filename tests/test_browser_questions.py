"""What readers ask, in a real Chromium, over the site of the tours that come with srcread.

The shares are floors, below what is reached. The first questions were written before the ranking
was, the second after it; the third before it was last changed, by somebody who had not read what
the notes list: they are counted apart. Each is asked on a page in either language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.asking import DATA, Ask, Reply, asks, count, reply_all
from support.browser_tools import needs_chromium
from support.whole_site import whole_site

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

FILES = ("first.toml", "second.toml", "third.toml")
ELSEWHERE = "elsewhere.toml"
FOREIGN = "foreign.toml"
UNCERTAIN = ("Nothing certain.", "Nothing found.", "没有确切的答案。", "没有结果。")
CHINESE = re.compile("[\u4e00-\u9fff]")
FIRST = {"en": 0.78, "zh": 0.68}
CERTAIN = {"en": 0, "zh": 3}  # of 61; a floor that refuses these doubts right answers
TORCH = "torch-transformer/2.13.0/torch.nn.modules.transformer.Transformer.forward.html"


ASKED = (
    *(f"tensorrt-llm-{part}" for part in ("build", "layers", "runtime", "weights")),
    "torch-transformer",
)
"""The tours of which the questions are; those on transformers and nano-vllm have none yet."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole_site(tmp_path_factory, *ASKED)


Asking = Callable[[str, Sequence[str]], list[Reply]]


@pytest.fixture(scope="module")
def reply(browser: Any, site: Path) -> Iterator[Asking]:
    """Ask on a page, which is opened once."""
    pages: dict[str, Any] = {}

    def on(address: str, texts: Sequence[str]) -> list[Reply]:
        if address not in pages:
            pages[address] = browser.new_page()
            pages[address].goto(f"{site.as_uri()}/{address}")
        return reply_all(pages[address], texts)

    yield on
    for page in pages.values():
        page.close()


def of_kind(kind: str, *files: str) -> list[Ask]:
    return [one for one in asks(*files) if one.kind == kind]


def places(reply: Asking, page: str, wanted: Sequence[Ask]) -> list[int]:
    replies = reply(page, [one.text for one in wanted])
    return [got.place(*one.find) for one, got in zip(wanted, replies, strict=True)]


def test_there_are_enough_questions_in_both_languages() -> None:
    questions = [one.text for one in of_kind("question", *FILES)]
    chinese = [text for text in questions if CHINESE.search(text)]
    assert len({*questions}) == len(questions) >= 80
    assert len(chinese) >= 40 and len(questions) - len(chinese) >= 40
    lines = of_kind("line", *FILES) + of_kind("traceback", *FILES)
    assert len(lines) >= 26
    assert len(of_kind("off-topic", ELSEWHERE)) >= 50


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_questions_find_their_note_first_or_among_three(
    reply: Asking, file: str, language: str
) -> None:
    wanted = of_kind("question", file)
    found = places(reply, f"{language}/index.html", wanted)
    assert len(found) >= 30
    assert count(found, 3) >= 0.9 * len(found), missed(wanted, found)
    assert count(found, 1) >= FIRST[language] * len(found), missed(wanted, found)


@pytest.mark.parametrize("chinese", [False, True])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_questions_of_either_language_are_answered_in_either(
    reply: Asking, chinese: bool, language: str
) -> None:
    questions = of_kind("question", *FILES)
    wanted = [one for one in questions if bool(CHINESE.search(one.text)) is chinese]
    found = places(reply, f"{language}/index.html", wanted)
    assert count(found, 3) >= 0.9 * len(found), missed(wanted, found)
    assert count(found, 1) >= FIRST[language] * len(found), missed(wanted, found)


@pytest.mark.parametrize("kind", ["line", "traceback"])
@pytest.mark.parametrize("page", ["en/index.html", f"zh/{TORCH}"])
def test_what_a_program_printed_finds_what_it_comes_from(
    reply: Asking, kind: str, page: str
) -> None:
    wanted = of_kind(kind, *FILES)
    found = places(reply, page, wanted)
    assert count(found, 1) >= 0.9 * len(found) > 5, missed(wanted, found)


def test_a_question_on_a_page_of_one_tour_finds_the_notes_of_another(reply: Asking) -> None:
    wanted = of_kind("question", *FILES)
    found = places(reply, f"en/{TORCH}", wanted)
    assert count(found, 3) >= 0.9 * len(found), missed(wanted, found)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_other_things_the_page_says_that_nothing_is_certain(
    reply: Asking, language: str
) -> None:
    wanted = of_kind("off-topic", *FILES, ELSEWHERE)
    replies = reply(f"{language}/index.html", [one.text for one in wanted])
    assert len(replies) > 60
    uncertain = [got for got in replies if got.told.startswith(UNCERTAIN)]
    certain = [one.text for one, got in zip(wanted, replies, strict=True) if not got.told]
    assert len(certain) <= CERTAIN[language], certain
    assert all(len(got.rows) <= 3 for got in uncertain)


@pytest.mark.parametrize("page", ["en/index.html", "zh/index.html", f"en/{TORCH}"])
def test_a_line_of_another_program_is_never_answered_as_certain(reply: Asking, page: str) -> None:
    wanted = of_kind("foreign", FOREIGN)
    replies = reply(page, [one.text for one in wanted])
    assert len(replies) > 30
    certain = [one.text for one, got in zip(wanted, replies, strict=True) if not got.told]
    assert certain == []
    assert all(len(got.rows) <= 3 for got in replies)


@pytest.mark.parametrize("page", ["en/index.html", f"zh/{TORCH}"])
def test_a_line_that_notes_explain_is_answered_as_certain(reply: Asking, page: str) -> None:
    wanted = [*of_kind("line", *FILES), *of_kind("traceback", *FILES)]
    replies = reply(page, [one.text for one in wanted])
    told = [one.text for one, got in zip(wanted, replies, strict=True) if got.told]
    assert len(told) <= 1, told  # NumPy says of all arrays that shapes could not be broadcast


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_right_is_called_uncertain_in_few_cases_only(reply: Asking, language: str) -> None:
    wanted = of_kind("question", *FILES)
    replies = reply(f"{language}/index.html", [one.text for one in wanted])
    right = [got for one, got in zip(wanted, replies, strict=True) if 0 < got.place(*one.find) <= 3]
    assert sum(got.told.startswith(UNCERTAIN) for got in right) <= 0.06 * len(right)


@pytest.mark.parametrize(
    ("page", "typed", "place"),
    [
        ("en/index.html", "cross-attention", "t-cross-attention"),
        ("en/index.html", "what does memory mean", "t-memory"),
        ("en/index.html", "in-flight bat", "t-in-flight-batching"),
        ("zh/index.html", "交叉注意力", "t-cross-attention"),
        ("zh/index.html", "cross-attention", "t-cross-attention"),
        ("zh/index.html", "什么是离群值", "t-outlier"),
        (f"zh/{TORCH}", "解码器", "t-decoder"),
    ],
)
def test_a_term_is_found_below_the_note_that_answers(
    reply: Asking, page: str, typed: str, place: str
) -> None:
    (got,) = reply(page, [typed])
    assert got.told == ""
    kinds = ["#t-" in row for row in got.rows]
    assert kinds.count(True) >= 1 and kinds[0] is False
    assert any(row.endswith(f"/glossary.html#{place}") for row in got.rows[:8]), got.rows[:8]


def test_names_that_are_none_are_said_to_be_none(reply: Asking) -> None:
    for one in of_kind("unknown", *FILES):
        (got,) = reply("en/index.html", [one.text])
        assert got.told in (f"There is no such name here: {one.text}. Nearest:", "Nothing found.")


def test_a_name_is_found_where_it_was_found_before_or_further_up(reply: Asking, site: Path) -> None:
    rows = tomllib.loads((DATA / "identifiers.toml").read_text("utf-8"))["typed"]
    typed = [row for row in rows if (site / "en" / row[1].partition("#")[0]).is_file()]
    replies = reply("en/index.html", [text for text, _, _ in typed])
    worse = [
        (text, page, before)
        for (text, page, before), got in zip(typed, replies, strict=True)
        if not {page, page.partition("#")[0]} & {*got.rows[:before]}  # a page without code is whole
    ]
    assert worse == [] and len(typed) > 100


def missed(wanted: Sequence[Ask], found: Sequence[int]) -> list[tuple[int, str]]:
    """Return what did not come first, for a failed test to say."""
    return [(place, one.text) for one, place in zip(wanted, found, strict=True) if place != 1]
