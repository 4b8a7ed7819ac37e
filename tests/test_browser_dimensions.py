"""Names of dimensions on a page: server and script write the same, and all can read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_chromium
from support.site_example import page, plans
from support.site_runs import FORWARD, with_runs

from srcread.site import TourView, publish
from srcread.site.scenarios import FunctionRuns

pytest.importorskip("playwright", reason="needs playwright")

HOSTILE = "\"'><img src=x>"
LINES = """[...document.querySelectorAll(".l .e")].map((one) => one.outerHTML)"""


def measured() -> TourView:
    """Return the example whose shapes, and all else that begins so, have a first name."""
    tour = with_runs()
    values = json.loads(tour.runs.functions[FORWARD].text)
    for number, (_, ends, _) in enumerate(values["cases"]):
        for end in ends:
            end.append([0, 1, number % 2])
    values["dims"] = ["rows", HOSTILE]
    functions = {**tour.runs.functions, FORWARD: FunctionRuns(json.dumps(values))}
    return replace(tour, runs=tour.runs._replace(functions=functions))


def test_a_named_number_has_its_name_and_the_names_stand_above_the_code() -> None:
    html = page(plans(measured()), f"en/example/1.5/{FORWARD}.html")
    assert '<abbr class="d0" title="rows">' in html
    assert '<p class="dims">Numbers of shapes' in html
    assert '<abbr class="d1">&#34;&#39;&gt;&lt;img src=x&gt;</abbr>' in html
    assert "<img" not in html
    assert '<p class="dims">' not in page(plans(with_runs()), f"en/example/1.5/{FORWARD}.html")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("dimensions") / "site"
    publish(folder, plans(measured()))
    return f"{folder.as_uri()}/en/example/1.5/{FORWARD}"


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    yield context.new_page()
    context.close()


@needs_chromium
def test_switching_the_scenario_writes_the_names_that_its_own_page_has(tab: Any, site: str) -> None:
    tab.goto(f"{site}~masked.html")
    other = tab.evaluate(LINES)
    tab.goto(f"{site}.html")
    first = tab.evaluate(LINES)
    assert first != other and any('class="d0"' in one for one in first)
    tab.click(".scenarios > summary")
    tab.click(".scenarios >> text=With a mask")
    tab.wait_for_selector("#L16 > .run.ran")
    assert tab.evaluate(LINES) == other
    assert tab.locator("img").count() == 0


@needs_chromium
@pytest.mark.parametrize("form", [{"media": "print"}, {"forced_colors": "active"}])
def test_without_colour_a_name_stands_behind_its_number(
    tab: Any, site: str, form: dict[str, str]
) -> None:
    content = """getComputedStyle(document.querySelector(".e abbr"), "::after").content"""
    tab.goto(f"{site}.html")
    assert tab.evaluate(content) == "none"
    tab.emulate_media(**form)
    assert "rows" in tab.evaluate(content)


@needs_chromium
def test_the_colours_of_two_names_differ(tab: Any, site: str) -> None:
    colour = """(name) => getComputedStyle(document.querySelector(name)).textDecorationColor"""
    tab.goto(f"{site}.html")
    assert tab.evaluate(colour, ".dims .d0") != tab.evaluate(colour, ".dims .d1")
