"""Pages beside the steps in a real Chromium: at each width, on paper, without script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_axe, needs_chromium, overflow, shifts, violations, watched
from support.site_example import plans, view
from test_site_appendices import titled

from srcread.site import publish

pytest.importorskip("playwright.sync_api")
pytestmark = needs_chromium

LONG = "a_name_of_the_code_that_is_wider_than_any_phone." * 3
ROW = "| A statement that many make of the layer | true, but | {cell} | [it](#n-run) |\n"
BODY = (
    f"Before `{LONG}`.\n\n## One\n\n| statement | verdict | in 1.5 | step |\n|---|---|---|---|\n"
    + ROW.format(cell="It is called twice, and once more in inference.")
    + ROW.format(cell=f"`{LONG}`")
    + "\n## Two\n\n"
    + "|".join(f" column {number} " for number in range(8))
    + "\n"
    + "|".join("---" for _ in range(8))
    + "\n"
    + "|".join("several words" for _ in range(8))
    + "\n"
)
ADDRESSES = ["example/1.5/p-wide.html", "example/1.5/index.html"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("appendices") / "site"
    shown = {
        "wide": {"en": titled("A page of `tables`", BODY)},
        "more": {"en": titled("More " * 20, "A little.")},
    }
    publish(folder, plans(view(appendices=shown)))
    return folder


@pytest.mark.parametrize("width", [320, 390, 769, 1366])
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_is_wider_than_its_screen_and_nothing_moves(
    site: Path, browser: Any, width: int, address: str, language: str
) -> None:
    with watched(browser, viewport={"width": width, "height": 844}) as (tab, watch):
        tab.goto((site / language / address).as_uri())
        assert overflow(tab) <= 0 and watch.problems == []
        assert shifts(tab) == []


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
def test_everybody_can_read_them(site: Path, browser: Any, width: int, scheme: str) -> None:
    size = {"width": width, "height": 844}
    for address in ADDRESSES:
        with watched(browser, viewport=size, color_scheme=scheme) as (tab, _):
            tab.goto((site / "en" / address).as_uri())
            assert violations(tab) == []


def test_on_a_phone_each_cell_has_the_whole_width_and_says_its_column(
    site: Path, browser: Any
) -> None:
    cell = "document.querySelectorAll('.stacked td')[1]"
    label = f"getComputedStyle({cell}, '::before').content"
    with watched(browser, viewport={"width": 390, "height": 844}) as (tab, _):
        tab.goto((site / "en" / ADDRESSES[0]).as_uri())
        assert tab.evaluate(f"{cell}.getBoundingClientRect().width") > 300
        assert tab.evaluate(label) == '"verdict "'
    with watched(browser, viewport={"width": 1366, "height": 844}) as (tab, _):
        tab.goto((site / "en" / ADDRESSES[0]).as_uri())
        assert tab.evaluate(f"{cell}.getBoundingClientRect().height") < 120
        assert tab.evaluate(label) in ("none", "normal")


def test_a_reader_comes_from_the_outline_to_a_section_and_a_note_without_any_script(
    site: Path, browser: Any
) -> None:
    with watched(browser, java_script_enabled=False) as (tab, _):
        tab.goto((site / "en" / ADDRESSES[1]).as_uri())
        tab.click("[aria-labelledby=appendices] a >> nth=0")
        tab.click("[aria-labelledby=sections] a >> nth=1")
        assert tab.url.endswith("p-wide.html#s-two")
        tab.click(".stacked a >> nth=0")
        assert tab.url.endswith("pkg.model.Model.forward.html#n-run")


def test_the_search_finds_a_page_by_a_heading_and_says_that_it_is_one(
    site: Path, browser: Any
) -> None:
    with watched(browser) as (tab, _):
        tab.goto((site / "en" / ADDRESSES[1]).as_uri())
        tab.fill("#search", "page of tables")
        tab.wait_for_selector("#found a[href$='p-wide.html']")
        assert tab.text_content("#found a[href$='p-wide.html'] .kind") == "page"


def test_on_paper_the_table_is_a_table(site: Path, browser: Any) -> None:
    with watched(browser, viewport={"width": 390, "height": 844}) as (tab, _):
        tab.goto((site / "en" / ADDRESSES[0]).as_uri())
        tab.emulate_media(media="print")
        display = "getComputedStyle(document.querySelector('.stacked td')).display"
        assert tab.evaluate(display) == "table-cell"
