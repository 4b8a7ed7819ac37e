"""The pages in a real Chromium, from file://: no error, no request elsewhere, nothing overflows.

What holds of every kind of page in every form stands in test_browser_matrix.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_chromium
from support.site_example import plans, step_on_call, step_on_scale, view
from support.site_runs import with_runs

from srcread.site import publish

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

FORWARD = "en/example/1.5/pkg.model.Model.forward.html"
RUNS = "runs/en/example/1.5/pkg.model.Model.forward.html"
SCALE = "runs/en/example/1.5/pkg.model.scale.html"
PAGES = [
    "index.html",
    "zh/index.html",
    "en/example/1.5/index.html",
    "en/example/1.5/licences.html",
    FORWARD,
    FORWARD.replace("en/", "zh/"),
    RUNS,
    RUNS.replace("/en/", "/zh/"),
    SCALE,
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("browser") / "site"
    asked, scale = step_on_call(), step_on_scale()
    note = replace(asked.note, trap=True, questions=("Why twice?",), messages=("bad shape",))
    again = replace(scale, note=replace(scale.note, stem="again", title="It ends"))
    steps = (*view().tour.steps[:1], replace(asked, note=note), scale, again)
    second = view(name="second", title="Another tour", steps=(), chapters=())
    publish(folder, plans(view(steps=steps), second))
    publish(folder / "runs", plans(with_runs()))
    return folder.as_uri()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("scale", "scale.html"),
        ("pkg.model.La", "Layer.forward.html"),
        ("LaFo", "Layer.forward.html"),
        ("layer is", "forward.html#n-run"),
        ("doubled", "forward.html#n-run"),
        ("linear", "Layer.forward.html#L22"),
    ],
)
def test_the_search_box_finds_from_a_file(tab: Any, site: str, typed: str, first: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.keyboard.press("/")
    tab.keyboard.type(typed)
    tab.locator("#found a").first.wait_for()
    assert tab.locator("#found a").first.get_attribute("href").endswith(first)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**{first}")


@pytest.mark.parametrize("start", ["index.html", "en/index.html"])
def test_the_front_page_searches_all_tours(tab: Any, site: str, start: str) -> None:
    tab.goto(f"{site}/{start}")
    tab.fill("#search", "pkg.model.scale")
    found = tab.locator("#found a")
    assert [link.get_attribute("href") for link in found.all()] == [
        f"{site}/en/example/1.5/pkg.model.scale.html",
        f"{site}/en/second/1.5/pkg.model.scale.html",
    ]
    assert found.nth(1).inner_text().splitlines() == [
        "symbol",
        "model.scale",
        "pkg.model.scale · Another tour",
    ]
    tab.fill("#search", "why twice")
    tab.locator("#found a").first.wait_for()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/pkg.model.Model.forward.html#n-run")


def test_a_search_without_result_says_so(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.fill("#search", "zzzz")
    tab.get_by_text("Nothing found.").wait_for()


def test_keys_walk_the_steps_and_are_off_in_the_search_box(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    tab.focus("#search")
    tab.keyboard.type("n")
    assert tab.url.endswith("Model.forward.html")
    tab.keyboard.press("Escape")
    tab.keyboard.press("n")
    tab.wait_for_url("**/pkg.model.scale.html")
    tab.keyboard.press("p")
    tab.wait_for_url("**/pkg.model.Model.forward.html")
    tab.keyboard.press("u")
    tab.wait_for_url("**/index.html")


def test_a_range_of_lines_is_marked(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}#L15-L16")
    assert tab.evaluate("[...document.querySelectorAll('.chosen')].map((one) => one.id)") == [
        "L15",
        "L16",
    ]


def test_a_link_into_a_folded_docstring_opens_it(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}#L10")
    assert tab.locator("#L10").is_visible()


def test_copied_code_is_the_code_alone(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    copied = tab.evaluate(
        "getSelection().selectAllChildren(document.querySelector('#L14').parentElement),"
        "getSelection().toString()"
    )
    assert copied.splitlines()[:2] == [
        "        hidden = self.layer(x)  # the only layer",
        "        if mask is not None:",
    ]


def test_a_note_stands_beside_its_line(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    note, line = tab.locator("#n-run").bounding_box(), tab.locator("#L14").bounding_box()
    assert abs(note["y"] - line["y"]) < 8
    assert note["x"] + note["width"] <= line["x"]


def test_the_step_that_is_here_stands_in_the_column_of_the_others(tab: Any, site: str) -> None:
    tab.set_viewport_size({"width": 1366, "height": 900})
    tab.goto(f"{site}/{FORWARD}")
    here = tab.locator(".outline .here").first
    assert here.evaluate("(one) => getComputedStyle(one).float") == "none"
    column = tab.locator(".outline .steps").first.bounding_box()
    assert here.bounding_box()["width"] > column["width"] / 2


def test_evidence_that_opens_is_in_sight(tab: Any, site: str) -> None:
    tab.set_viewport_size({"width": 1366, "height": 240})
    tab.goto(f"{site}/{FORWARD}#n-run")
    tab.evaluate(
        "(() => { document.querySelector('#n-run .fold').open = true;"
        "const summary = document.querySelector('#n-run details.evidence > summary');"
        "summary.scrollIntoView({ block: 'end' }); summary.click(); })()"
    )
    tab.wait_for_function(
        "(() => { const box = document.querySelector('#n-run figcaption').getBoundingClientRect();"
        "return box.height && box.top >= 0 && box.bottom <= innerHeight; })()",
        timeout=2000,
    )


def test_in_print_the_code_has_the_width_of_the_sheet(tab: Any, site: str) -> None:
    tab.emulate_media(media="print")
    tab.goto(f"{site}/{FORWARD}")
    assert tab.locator("#L14").bounding_box()["width"] > 1200
    assert tab.locator("#L10").is_visible()
    assert not tab.locator("nav.outline").is_visible()


def test_without_script_everything_is_readable(browser: Any, site: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(f"{site}/{FORWARD}")
    assert page.locator("#L14").is_visible()
    assert page.locator("#n-run h2").is_visible()
    assert not page.locator("#search").is_visible()
    page.locator("details.fold > summary").click()
    page.locator("details.evidence > summary").click()
    assert page.get_by_text("srcread confirm run").is_visible()
    context.close()


def test_a_call_unfolds_below_its_line_three_deep_and_each_function_once(
    tab: Any, site: str
) -> None:
    problems: list[str] = []
    tab.on("console", lambda message: problems.append(message.text))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(f"{site}/{FORWARD}")
    line = tab.locator("#L17")
    line.hover()
    line.get_by_role("button", name="Unfold the code of scale here").click()
    block = tab.get_by_role("group", name="scale", exact=True)
    block.wait_for()
    assert "return scale(x, factor) if factor else x" in block.inner_text()
    assert "It ends" in block.inner_text()  # a note on it, in a line
    assert block.locator("a").first.get_attribute("href") == "pkg.model.scale.html"
    assert tab.evaluate("document.querySelectorAll('[id]').length") == len(
        set(tab.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)"))
    )
    assert block.locator("button.unfold").count() == 0  # it calls itself only
    button = line.locator("button.unfold")
    assert button.get_attribute("aria-expanded") == "true"
    button.click()
    assert tab.locator(".unfolded").count() == 0
    assert problems == []


def test_what_is_copied_holds_no_button(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{FORWARD}")
    assert tab.locator("button.unfold").count() > 1
    text = tab.evaluate(
        "(() => { const line = document.getElementById('L17'); const range = new Range();"
        "range.selectNodeContents(line); getSelection().removeAllRanges();"
        "getSelection().addRange(range); return getSelection().toString(); })()"
    )
    assert "scale(hidden.relu(), 2.0)" in text and "+" not in text


LINES = """[...document.querySelectorAll(".l")].map((line) =>
    line.textContent + [...line.querySelectorAll(".run, .e")].map((one) => one.outerHTML))"""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_switching_the_scenario_writes_what_its_own_page_says(
    tab: Any, site: str, language: str
) -> None:
    runs = f"{site}/{RUNS}".replace("/en/", f"/{language}/")
    problems: list[str] = []
    tab.on("console", lambda message: problems.append(message.text))
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.goto(runs.replace(".html", "~masked.html"))
    other = tab.evaluate(LINES)
    tab.goto(runs)
    first = tab.evaluate(LINES)
    assert first != other
    tab.click(".scenarios > summary")
    tab.click(".scenarios >> text=With a mask")
    tab.wait_for_selector("#L16 > .run.ran")
    assert tab.evaluate(LINES) == other
    assert tab.locator("#runs .title").inner_text() == "With a mask"
    assert tab.url == f"{runs}?run=masked"
    tab.click(".scenarios >> text=As it comes")
    assert tab.evaluate(LINES) == first
    assert problems == []


def test_a_scenario_without_a_page_is_a_button(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{RUNS}".replace("Model.forward", "Layer.forward"))
    tab.click(".scenarios > summary")
    tab.click("button >> text=A wrong input")
    tab.wait_for_selector("#L22 .raised")
    assert "raised TypeError: no tensor" in tab.locator("#L22").inner_text()
    assert tab.locator("#ran-operators").is_hidden()


def test_a_link_leads_on_in_the_case_that_it_calls(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{SCALE}")
    assert "factor 2.0" in tab.locator("#L25").inner_text()
    tab.click("#L26 a.call")
    tab.wait_for_selector("#L25 >> text=factor 0")
    assert "from=pkg.model.scale%3A0%3A26" in tab.url
    chosen = tab.locator(".cases [aria-current]").inner_text()
    assert chosen == "scale"
    tab.click(".cases button >> text=Model.forward")
    assert "factor 2.0" in tab.locator("#L25").inner_text()


def test_the_case_that_is_shown_is_as_high_as_the_others_with_script_and_without(
    browser: Any, site: str
) -> None:
    heights = {}
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        page.goto(f"{site}/{SCALE}")
        assert page.locator(".cases button").count() == (2 if script else 0)
        boxes = [one.bounding_box() for one in page.locator(".cases [data-case]").all()]
        heights[script] = [box["height"] for box in boxes if box]
        context.close()
    assert heights[True] == heights[False] == [24, 24]


def test_a_step_page_asks_for_four_files_and_for_its_runs_only_on_a_switch(
    tab: Any, site: str
) -> None:
    requests: list[str] = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(f"{site}/{RUNS}")
    assert len([url for url in requests if not url.startswith("data:")]) == 4
    tab.click(".scenarios > summary")
    tab.click(".scenarios >> text=With a mask")
    tab.wait_for_selector("#L16 > .run.ran")
    assert requests[-1].endswith("Model.forward.runs.js")


def test_without_script_a_scenario_is_a_link_to_its_page(browser: Any, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/{RUNS}")
    page.click(".scenarios > summary")
    page.click(".scenarios >> text=With a mask")
    page.wait_for_url("**/pkg.model.Model.forward~masked.html")
    assert "(2,) bool" in page.locator("#L15").inner_text()
    context.close()


def test_what_runs_say_is_not_copied_with_the_code(tab: Any, site: str) -> None:
    tab.goto(f"{site}/{RUNS}")
    copied = tab.evaluate(
        "getSelection().selectAllChildren(document.querySelector('#L14').parentElement),"
        "getSelection().toString()"
    )
    assert copied.splitlines()[:2] == [
        "        hidden = self.layer(x)  # the only layer",
        "        if mask is not None:",
    ]


CONTRAST = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((value) => {
      value /= 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(color)) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if (!text.data.trim()) continue;
    const one = text.parentElement;
    const [ink, paper] = [light(getComputedStyle(one).color), light(ground(one))];
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < 4.5) poor.push(text.data.trim() + " " + ratio.toFixed(2));
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_of_wcag_aa(browser: Any, site: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for address in PAGES:
        page.goto(f"{site}/{address}#L14")
        assert page.evaluate(CONTRAST) == [], address
    context.close()
