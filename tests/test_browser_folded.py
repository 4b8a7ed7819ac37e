"""Notes that fold, and tables of notes, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_axe, needs_chromium, overflow, violations
from support.site_example import between, plans, step_on_call, view
from support.site_runs import with_runs

from srcread.model import Location, Note, Step, Translation
from srcread.site import TourView, publish

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

PAGE = "example/1.5/pkg.model.Model.forward.html"
PARAGRAPH = "A sentence of eight words stands right here. " * 5
TABLE = (
    "| what is needed | `encoder_layer` | layer | attention | `torch.jit.trace` |\n"
    "|---|---|---|---|---|\n" + "| a switch that is on | ✓ | ✓ | no | kept |\n" * 4
)
CHINESE = (
    "正文。\n\n| 需要满足的条件 | 编码器的层 | 层 | 注意力 | 说明文字 |\n|---|---|---|---|---|\n"
    + "| 开关没关也没有梯度 | 走快速路径 | ✓ | 否 | 保留融合算子 |\n" * 4
)
FURTHER = ["hidden = self.layer(x)", "if mask is not None", "return scale(hidden"]


def many() -> TourView:
    """Return the example with four notes on one function, each with a table and much text."""
    lead = step_on_call().locations[0]
    body = f"First, {PARAGRAPH}\n\n{PARAGRAPH}\n\n{TABLE}\n{PARAGRAPH}"
    places = [replace(lead, range=between(text, text[-1])) for text in (*FURTHER, FURTHER[2])]
    steps = tuple(step(number, body, place) for number, place in enumerate(places))
    return replace(view(), tour=replace(view().tour, steps=steps), standings={})


def step(number: int, body: str, place: Location) -> Step:
    own = step_on_call()
    note: Note = replace(own.note, stem=f"note-{number}", title=f"Note {number}", body=body)
    told = Translation(Path("n.zh.md"), "zh", f"批注 {number}", CHINESE, 3, {}, "n1:0")
    return Step(note, {"zh": told}, None, (place,))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("folded") / "site"
    publish(folder, plans(many()))
    publish(folder / "runs", plans(with_runs()))
    return folder.as_uri()


@pytest.fixture(params=[390, 1366])
def tab(browser: Any, request: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    context.close()
    assert problems == []


def test_a_link_to_a_folded_note_unfolds_it_and_shows_its_title(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{PAGE}#n-note-1")
    tab.wait_for_selector("#n-note-1 > .rest[open]")
    assert tab.locator(".rest[open]").count() == 1
    top = tab.evaluate("document.querySelector('#n-note-1 h2').getBoundingClientRect().top")
    assert 0 <= top < 700
    assert overflow(tab) <= 0


def test_a_folded_note_is_unfolded_by_the_keyboard(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{PAGE}")
    fold = tab.locator("#n-note-2 > .rest")
    assert fold.get_attribute("open") is None
    fold.locator("summary").first.focus()
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#n-note-2 > .rest[open]")
    width = tab.locator("#n-note-2").evaluate("(one) => one.getBoundingClientRect().width")
    assert width > 0.5 * tab.viewport_size["width"]  # across


def test_a_folded_note_counts_as_read_only_once_it_was_unfolded(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{PAGE}")
    tab.wait_for_timeout(200)
    tab.evaluate("document.querySelector('#n-note-0').scrollIntoView()")
    tab.wait_for_timeout(3400)
    kept = "Object.entries(localStorage).find(([key]) => key.startsWith('srcread:read'))[1]"
    assert "n-note-0" not in tab.evaluate(kept)
    tab.locator("#n-note-0 > .rest > summary").click()
    tab.evaluate("[...document.querySelectorAll('#n-note-0 .body > *')].at(-1).scrollIntoView()")
    tab.wait_for_timeout(3400)
    assert "n-note-0" in tab.evaluate(kept)


TABLES = """() => [...document.querySelectorAll(".note .table")].map((frame) => ({
  out: frame.getBoundingClientRect().right > innerWidth + 1,
  scrolls: frame.scrollWidth > frame.clientWidth + 1,
  reached: frame.tabIndex === 0 && Boolean(frame.getAttribute("aria-label")),
  sign: getComputedStyle(frame).backgroundImage.includes("gradient"),
  narrow: Math.min(...[...frame.querySelectorAll("td, th")].map((one) => one.clientWidth)),
}))"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_table_is_never_cut_nor_a_letter_wide(tab: Any, site: str, language: str) -> None:
    tab.goto(f"{site}/{language}/{PAGE}#n-note-1")
    tab.evaluate("document.querySelectorAll('.rest').forEach((one) => { one.open = true; })")
    found = tab.evaluate(TABLES)
    assert len(found) == 4
    assert not any(one["out"] for one in found)
    assert all(one["reached"] and one["sign"] for one in found)
    assert min(one["narrow"] for one in found) >= (80 if language == "zh" else 50)
    assert any(one["scrolls"] for one in found) == (tab.viewport_size["width"] == 390)


def test_text_with_a_table_is_read_in_one_column(browser: Any, site: str) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page = context.new_page()
    page.goto(f"{site}/en/{PAGE}#n-note-1")
    page.wait_for_selector("#n-note-1 > .rest[open]")
    lefts = page.evaluate(
        """() => [...new Set([...document.querySelectorAll("#n-note-1 .body > p")]
          .flatMap((one) => [...one.getClientRects()]).map((one) => Math.round(one.left)))]"""
    )
    assert len(lefts) == 1
    context.close()


def test_without_script_a_note_unfolds_and_in_print_all_is_there(browser: Any, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/en/{PAGE}")
    page.locator("#n-note-0 > .rest > summary").click()
    assert page.locator("#n-note-0 .table").is_visible()
    page.emulate_media(media="print")
    assert all(one.is_visible() for one in page.locator(".note .table").all())
    assert not page.locator(".rest > summary").first.is_visible()
    context.close()


@needs_axe
@pytest.mark.parametrize("colours", ["none", "active"])
def test_folded_notes_and_tables_hold_to_axe(browser: Any, site: str, colours: str) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, forced_colors=colours, bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{site}/en/{PAGE}#n-note-1")
    page.wait_for_selector("#n-note-1 > .rest[open]")
    assert violations(page) == []
    context.close()


def test_switching_to_a_scenario_marks_the_calls_that_it_did_not_make(tab: Any, site: str) -> None:
    runs = f"{site}/runs/en/{PAGE}"
    listed = "[...document.querySelectorAll('.lists li')].map((one) => one.textContent.trim())"
    tab.goto(runs.replace(".html", "~masked.html"))
    masked = tab.evaluate(listed)
    tab.goto(runs)
    plain = tab.evaluate(listed)
    assert any("not run in this scenario" in one for one in plain)
    tab.click(".scenarios > summary")
    tab.click(".scenarios >> text=With a mask")
    tab.wait_for_selector("#L16 > .run.ran")
    assert [" ".join(one.split()) for one in tab.evaluate(listed)] == [
        " ".join(one.split()) for one in masked
    ]
    tab.click(".scenarios >> text=As it comes")
    tab.wait_for_selector("#L16 > .run.other")
    assert [" ".join(one.split()) for one in tab.evaluate(listed)] == [
        " ".join(one.split()) for one in plain
    ]
