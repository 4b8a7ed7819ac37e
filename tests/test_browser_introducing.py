"""Introductions, glossaries and exercises in a real Chromium: at each width, on paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_axe, needs_chromium, overflow, shifts, violations, watched
from support.site_example import note, plans, step_on_class
from test_site_introducing import HEAD, LAYER, asking, prose

from srcread.model import Control, Outcome
from srcread.site import publish

pytest.importorskip("playwright.sync_api")
pytestmark = needs_chromium

FORWARD = "example/1.5/pkg.model.Model.forward.html"
OUTLINE, GLOSSARY = "example/1.5/index.html", "example/1.5/glossary.html"
LONG = "a_name_of_the_code_that_is_wider_than_any_phone." * 3


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("introducing") / "site"
    control = Control("declared@0#1", Outcome.CLAIM, (0,), observed=f"['{LONG}']")
    shown = asking(
        control,
        terms=(HEAD, LAYER),
        introduction={"en": prose(f"A head, a layer, and `{LONG}`.\n\n- one\n- two")},
        leads={"build": {"en": prose("What is coming.")}},
    )
    build = step_on_class()
    build = replace(build, note=note("build", "Built", "A head.", *build.note.anchors))
    publish(
        folder, plans(replace(shown, tour=replace(shown.tour, steps=(build, *shown.tour.steps))))
    )
    return folder


@pytest.mark.parametrize("width", [320, 390, 768, 1366])
@pytest.mark.parametrize("address", [OUTLINE, GLOSSARY, FORWARD])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_is_wider_than_its_screen_and_nothing_moves(
    site: Path, browser: Any, width: int, address: str, language: str
) -> None:
    with watched(browser, viewport={"width": width, "height": 844}) as (tab, watch):
        tab.goto((site / language / address).as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert overflow(tab) <= 0 and watch.problems == []
        tab.goto((site / language / address).as_uri())
        assert shifts(tab) == []


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", [OUTLINE, GLOSSARY, FORWARD])
def test_everybody_can_read_them(site: Path, browser: Any, address: str, scheme: str) -> None:
    with watched(browser, color_scheme=scheme) as (tab, _):
        tab.goto((site / "en" / address).as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert violations(tab) == []


def test_a_word_leads_to_its_meaning_without_any_script(site: Path, browser: Any) -> None:
    with watched(browser, java_script_enabled=False) as (tab, _):
        tab.goto((site / "en" / OUTLINE).as_uri())
        tab.click(".introduced a.term >> nth=0")
        assert tab.url.endswith("glossary.html#t-head")
        tab.goto((site / "en" / OUTLINE).as_uri())
        tab.click("[aria-labelledby=exercises] a")
        assert tab.url.endswith("pkg.model.Model.forward.html#x-run-1")
        assert tab.locator(".exercise summary").is_visible()
        assert not tab.locator(".exercise s").is_visible()
        tab.click(".exercise summary")
        assert tab.locator(".exercise s").is_visible()


def test_on_paper_the_answer_is_open(site: Path, browser: Any) -> None:
    with watched(browser) as (tab, _):
        tab.goto((site / "en" / FORWARD).as_uri())
        tab.emulate_media(media="print")
        height = "document.querySelector('.exercise s').getBoundingClientRect().height"
        assert tab.evaluate(height) > 0
