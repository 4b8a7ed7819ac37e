"""Lost addresses in a real Chromium: at any depth, below any path, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_axe, needs_chromium, violations
from support.site_example import plans, view
from support.site_runs import with_runs
from support.site_served import hosting

from srcread.site import SiteAddress, publish

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

SECOND = view(name="second", title="Another tour", steps=(), chapters=())
PLACES = {
    "known": (SiteAddress("https://example.org/a/b/", "/a/b/"), "/a/b/"),
    "unknown": (SiteAddress(), "/a/b/"),
    "the root of a host": (SiteAddress(base="/"), "/"),
}


@pytest.fixture(scope="module", params=PLACES)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    place, base = PLACES[request.param]
    folder: Path = tmp_path_factory.mktemp("lost") / "site"
    publish(folder, plans(with_runs(), SECOND, place=place))
    with hosting(folder, base) as address:
        yield address


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="en-GB")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("en/example/1.4/pkg.model.scale.html", "en/example/1.5/pkg.model.scale.html"),
        (
            "en/example/1.4/pkg.model.scale.html#n-run",
            "en/example/1.5/pkg.model.Model.forward.html#n-run",
        ),
        ("zh/example/1.5/pkg.model.scale~gone.html", "zh/example/1.5/pkg.model.scale.html"),
        (
            "en/second/0.1/pkg.model.Layer.forward.html",
            "en/second/1.5/pkg.model.Layer.forward.html",
        ),
    ],
)
def test_an_address_of_another_version_leads_to_its_symbol_in_the_present_one(
    tab: Any, served: str, asked: str, leads: str
) -> None:
    answer = tab.goto(served + asked)
    assert answer.status == 404
    link = tab.locator(".now:visible a")
    link.wait_for()
    assert link.get_attribute("href") == served + leads
    link.click()
    tab.wait_for_url(served + leads)


def test_lines_of_another_version_are_said_to_stand_elsewhere(tab: Any, served: str) -> None:
    tab.goto(served + "en/example/1.4/pkg.model.scale.html#L25")
    tab.get_by_text("The lines of your link may stand elsewhere in this version.").wait_for()
    assert tab.locator(".asked:visible code").inner_text().endswith("pkg.model.scale.html#L25")


def test_a_mistyped_name_offers_the_names_like_it(tab: Any, served: str) -> None:
    tab.goto(served + "en/example/1.5/pkg.model.Layer.foward.html")
    first = tab.locator(".near:visible a").first
    first.wait_for()
    assert first.inner_text() == "pkg.model.Layer.forward"
    assert tab.locator(".now:visible").count() == 0


@pytest.mark.parametrize(
    ("asked", "language", "heading"),
    [
        ("zh/nothing.html", "zh", "没有这个页面"),
        ("en/a/b/c/nothing", "en", "There is no such page"),
        ("nothing.html", "en", "There is no such page"),
        ("fr/nothing/", "en", "There is no such page"),
    ],
)
def test_it_speaks_the_language_of_the_address_else_the_readers(
    tab: Any, served: str, asked: str, language: str, heading: str
) -> None:
    tab.goto(served + asked)
    tab.locator(".asked:visible").wait_for()
    assert tab.locator("h1:visible").all_inner_texts() == [heading]
    assert tab.evaluate("document.documentElement.lang") == language
    tours = tab.locator("a[data-folder]:visible")
    assert tours.first.get_attribute("href") == f"{served}{language}/example/1.5/index.html"
    assert tab.evaluate("getComputedStyle(document.body).margin") == "0px"  # it has its style
    assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_its_search_box_finds_in_all_tours(tab: Any, served: str) -> None:
    tab.goto(served + "zh/nothing.html")
    tab.locator(".scripted #search").wait_for()
    assert tab.locator("#search").get_attribute("placeholder") == "问题、报错、名称"
    tab.fill("#search", "pkg.model.Layer")
    assert [one.get_attribute("href") for one in tab.locator("#found a").all()][:2] == [
        f"{served}zh/example/1.5/pkg.model.Layer.forward.html",
        f"{served}zh/second/1.5/pkg.model.Layer.forward.html",
    ]


def test_a_hostile_address_stays_text(tab: Any, served: str) -> None:
    tab.goto(served + "en/%3Cimg%20src=x%20onerror=alert(1)%3E/%E2%80%AE/x.html#<img>")
    tab.locator(".asked:visible").wait_for()
    assert tab.locator("main img").count() == 0
    assert "%3Cimg%20src=x" in tab.locator(".asked:visible code").inner_text()


def test_without_script_every_tour_is_a_link_in_every_language(
    browser: Any, tmp_path: Path
) -> None:
    place, base = PLACES["known"]
    publish(tmp_path / "site", plans(with_runs(), SECOND, place=place))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    with hosting(tmp_path / "site", base) as address:
        page.goto(address + "en/example/1.4/pkg.model.scale.html")
        assert page.locator("h1:visible").count() == 2
        page.get_by_role("link", name="Another tour").first.click()
        page.wait_for_url(address + "en/second/1.5/index.html")
        assert page.locator("h1").inner_text() == "Another tour"
    context.close()


@needs_axe
def test_axe_finds_no_violation(browser: Any, served: str) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for asked in ("en/example/1.4/pkg.model.scale.html#L2", "zh/example/1.5/pkg.scal.html"):
        page.goto(served + asked)
        page.locator(".now:visible, .near:visible").first.wait_for()
        assert violations(page) == []
    context.close()
