"""Everything by the keyboard alone, from the first Tab on, and what a printed page shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_chromium, overflow, watched
from support.site_example import plans
from support.site_runs import with_runs
from support.whole_site import whole_site

from srcread.site import publish

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

PAGE = "en/example/1.5/pkg.model.Model.forward.html"
TOUR = "en/torch-transformer/2.13.0/"
LONG = TOUR + "torch.nn.functional.multi_head_attention_forward.html"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keyboard") / "site"
    publish(folder, plans(with_runs()))
    return folder


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    with watched(browser, viewport={"width": 1366, "height": 700}) as (page, _):
        yield page


FOCUSED = """() => {
  const one = document.activeElement;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  return {
    what: one.id || one.getAttribute("href") || one.className || one.tagName,
    seen: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5,
    index: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""

INTERACTIVE = """() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility({ visibilityProperty: true })).length"""


def test_tab_reaches_everything_in_order_and_shows_where_it_is(tab: Any, example: Path) -> None:
    tab.goto((example / PAGE).as_uri())
    count = tab.evaluate(INTERACTIVE)
    assert count > 20
    reached: list[dict[str, Any]] = []
    for _ in range(count + 20):  # a button of a line comes into sight with its line
        tab.keyboard.press("Tab")
        focused = tab.evaluate(FOCUSED)
        if reached and focused["index"] <= reached[-1]["index"]:
            break
        reached.append(focused)
    assert "skip" in reached[0]["what"] or reached[0]["what"] == "#content"
    assert [one["what"] for one in reached if not (one["seen"] and one["ring"])] == []
    assert len(reached) >= count
    assert any("unfold" in one["what"] for one in reached)


def test_the_skip_link_leads_past_the_bar_and_the_outline(tab: Any, example: Path) -> None:
    tab.goto((example / PAGE).as_uri())
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('main') !== null")


def test_j_and_k_go_from_row_to_row(tab: Any, site: Path) -> None:
    tab.goto((site / LONG).as_uri())
    places = [tab.evaluate("scrollY")]
    for key in "jjkk":
        tab.keyboard.press(key)
        places.append(tab.evaluate("scrollY"))
    assert places[0] < places[1] < places[2] > places[3]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole_site(tmp_path_factory)


def test_calls_unfold_three_deep_by_the_keyboard_and_no_deeper(tab: Any, site: Path) -> None:
    tab.goto((site / TOUR / "torch.nn.modules.transformer.Transformer.forward.html").as_uri())
    block = "main"
    for part in ("Encoder.forward", "EncoderLayer.forward", ".html"):
        button = tab.locator(f"{block} button.unfold[data-file*='{part}']").first
        button.evaluate("(one) => one.previousElementSibling.focus()")  # its link brings it in
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        block += " .unfolded"
        tab.locator(block).first.wait_for(timeout=60_000)
    assert tab.locator(f"{block} button.unfold").count() == 0
    assert tab.locator(f"{block} a").count() > 0  # its page is a link away
    ids = tab.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_a_scenario_is_switched_by_the_keyboard_and_the_address_says_so(
    tab: Any, example: Path
) -> None:
    tab.goto((example / PAGE).as_uri())
    tab.focus(".scenarios > summary")
    tab.keyboard.press("Enter")
    tab.focus(".scenarios a:has-text('With a mask')")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#L16 > .run.ran")
    assert tab.url.endswith("?run=masked")


def test_a_printed_page_cuts_no_line_and_shows_what_is_folded(tab: Any, site: Path) -> None:
    tab.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    tab.emulate_media(media="print")
    tab.goto((site / LONG).as_uri())
    assert overflow(tab) <= 0
    assert tab.evaluate(CUT) == []
    folded = tab.locator("details:not([open])")
    assert folded.count() > 3
    assert tab.locator("details.fold ul.claims li").first.is_visible()
    assert (
        not tab.locator("nav.outline, #search, .unfold, nav.moves").locator("visible=true").count()
    )


CUT = """() => [...document.querySelectorAll("main pre, main .code, main .wide, main table")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1
    || one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_in_print_a_link_to_elsewhere_shows_its_address(tab: Any, example: Path) -> None:
    tab.emulate_media(media="print")
    tab.goto((example / PAGE).as_uri())
    shown = "getComputedStyle(document.querySelector('.note .body a'), '::after').content"
    assert "attr(href)" in tab.evaluate(shown) or "https://example.org" in tab.evaluate(shown)


def test_the_printed_pages_are_whole(tab: Any, site: Path) -> None:
    tab.goto((site / LONG).as_uri())
    pages = tab.pdf(format="A4").count(b"/Type /Page\n")
    lines = tab.locator(".l[id]").count()
    assert lines / 80 < pages < lines / 8  # all lines, and none on a sheet of its own
