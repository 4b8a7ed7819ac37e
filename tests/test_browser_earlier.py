"""Links of an earlier version in a real Chromium: on to the same statement, and it is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from support.browser_tools import needs_axe, needs_chromium, violations
from support.earlier_example import build_site

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

RUN = "frame.model.Model.run.html"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    return build_site(tmp_path_factory.mktemp("earlier")).as_uri()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context()
    tab = context.new_page()
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text))
    yield tab
    assert problems == []
    context.close()


@pytest.mark.parametrize(
    ("asked", "shown", "said"),
    [
        ("#L8", "#L9", "version 1.0. What stood in line 8 "),
        ("#L7-L8", "#L8-L9", "version 1.0. What stood in line 7 "),
        ("#n-doubled", "#n-doubled", "made for version 1.0."),
        ("", "", "made for version 1.0."),
    ],
)
def test_a_link_goes_on_and_says_so(tab: Any, site: str, asked: str, shown: str, said: str) -> None:
    tab.goto(f"{site}/en/frame/1.0/{RUN}{asked}")
    tab.wait_for_url(f"{site}/en/frame/1.1/{RUN}{shown}")
    assert said in tab.locator(".said").inner_text()
    tab.locator(".said button").click()
    assert tab.locator(".said").count() == 0


def test_a_line_that_changed_keeps_the_reader_where_that_is_said(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/frame/1.0/{RUN}#L9")
    assert tab.url.endswith(f"/1.0/{RUN}#L9")
    assert "changed or gone" in tab.locator("p:has(> :target)").inner_text()


def test_a_note_that_stands_elsewhere_now_is_found(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/frame/1.0/frame.model.gone.html#n-doubled")
    tab.wait_for_url(f"{site}/en/frame/1.1/{RUN}#n-doubled")
    tab.goto(f"{site}/en/frame/1.1/frame.model.scale.html#n-doubled")
    tab.wait_for_url(f"{site}/en/frame/1.1/{RUN}#n-doubled")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("#L9999", "no line 9999"),
        ("#n-nothing", "not on this page"),
        ("#%", "not on this page"),
        ("#L9999-L10000", "no line 9999"),
    ],
)
def test_a_link_to_what_is_not_on_the_page_says_so(
    tab: Any, site: str, asked: str, said: str
) -> None:
    tab.goto(f"{site}/en/frame/1.1/{RUN}{asked}")
    assert said in tab.locator(".said").inner_text()


def test_without_script_the_line_is_a_link(browser: Any, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{site}/en/frame/1.0/{RUN}#L8")
    tab.click("a#L8")
    assert tab.url == f"{site}/en/frame/1.1/{RUN}#L9"
    context.close()


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1366])
def test_axe_finds_no_violation(browser: Any, site: str, scheme: str, width: int) -> None:
    size = {"width": width, "height": 900}
    context = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)
    page = context.new_page()
    for address in (
        "en/frame/1.0/frame.model.gone.html",
        f"zh/frame/1.0/{RUN}#L9",
        f"en/frame/1.1/{RUN}#L99",
    ):
        page.goto(f"{site}/{address}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert violations(page) == []
    context.close()
