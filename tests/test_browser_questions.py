"""What readers ask, in a real Chromium, over the site of the tours that come with srcread.

The shares are floors, below what is reached. Half of the questions were written before the ranking
was: the two halves are counted apart. Questions in English are asked on an English page, too, for a
reader who asks in English seldom reads in Chinese.
"""

from __future__ import annotations

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

HALVES = ("first.toml", "second.toml")
TORCH = "torch-transformer/2.13.0/torch.nn.modules.transformer.Transformer.forward.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole_site(tmp_path_factory)


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


@pytest.mark.parametrize("half", HALVES)
def test_questions_find_their_note_first_or_among_three(reply: Asking, half: str) -> None:
    wanted = of_kind("question", half)
    found = places(reply, "en/index.html", wanted)
    assert len(found) >= 30
    assert count(found, 3) >= 0.9 * len(found), missed(wanted, found)
    assert count(found, 1) >= 0.8 * len(found), missed(wanted, found)


def test_questions_are_answered_on_chinese_pages_too(reply: Asking) -> None:
    wanted = of_kind("question", *HALVES)
    found = places(reply, "zh/index.html", wanted)
    assert count(found, 3) >= 0.85 * len(found), missed(wanted, found)
    assert count(found, 1) >= 0.65 * len(found), missed(wanted, found)


@pytest.mark.parametrize("kind", ["line", "traceback"])
@pytest.mark.parametrize("page", ["en/index.html", f"zh/{TORCH}"])
def test_what_a_program_printed_finds_what_it_comes_from(
    reply: Asking, kind: str, page: str
) -> None:
    wanted = of_kind(kind, *HALVES)
    found = places(reply, page, wanted)
    assert count(found, 1) >= 0.9 * len(found) > 5, missed(wanted, found)


def test_a_question_on_a_page_of_one_tour_finds_the_notes_of_another(reply: Asking) -> None:
    wanted = of_kind("question", *HALVES)
    found = places(reply, f"en/{TORCH}", wanted)
    assert count(found, 3) >= 0.9 * len(found), missed(wanted, found)


def test_of_other_things_the_page_says_that_nothing_is_certain(reply: Asking) -> None:
    wanted = of_kind("off-topic", *HALVES)
    replies = reply("en/index.html", [one.text for one in wanted])
    assert len(replies) > 10
    uncertain = [
        got for got in replies if got.told in ("Nothing certain. Nearest:", "Nothing found.")
    ]
    assert len(replies) - len(uncertain) <= 1
    assert all(len(got.rows) <= 3 for got in uncertain)


def test_names_that_are_none_are_said_to_be_none(reply: Asking) -> None:
    for one in of_kind("unknown", *HALVES):
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
