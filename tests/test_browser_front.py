"""The first screen of the front page in a real Chromium: what a newcomer sees without scrolling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_axe, needs_chromium, violations
from support.whole_site import whole_site

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole_site(tmp_path_factory)


def bottom(page: Any, selector: str) -> float:
    box = page.locator(selector).last.bounding_box()
    assert box is not None, selector
    return float(box["y"] + box["height"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_screen_has_sentence_search_map_path_and_shares(
    browser: Any, site: Path, language: str
) -> None:
    page = browser.new_page(viewport=DESK)
    page.goto(f"{site.as_uri()}/{language}/index.html")
    for selector in (".about", "#search", ".map svg.wide", ".stops li", ".first .share"):
        assert bottom(page, selector) <= DESK["height"], selector
    assert page.locator(".map svg.wide").bounding_box()["width"] > 600
    page.close()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_has_the_search_and_the_head_of_the_map(
    browser: Any, site: Path, language: str
) -> None:
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{site.as_uri()}/{language}/index.html")
    assert bottom(page, "#search") <= PHONE["height"] / 2
    assert page.locator(".map svg.narrow").first.bounding_box()["y"] <= PHONE["height"] * 2 / 3
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.close()


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_no_violation_on_the_front_page(
    browser: Any, site: Path, scheme: str, size: dict[str, int]
) -> None:
    context = browser.new_context(bypass_csp=True, viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/en/index.html")
    assert violations(page) == []
    context.close()
