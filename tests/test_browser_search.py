"""The search box in a real Chromium: questions, errors, names, misses, and what may not happen.

Almost all of it from file://, where a reader has a site first.
"""

# ruff: noqa: RUF001 - full-width punctuation is what is tested

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from support.browser_tools import needs_axe, needs_chromium, violations
from support.site_example import plans, step_on_call, step_on_class, step_on_scale, view

from srcread.model import Translation
from srcread.site import publish
from srcread.site.scenarios import ShownScenario, TourRuns

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

FORWARD = "example/1.5/pkg.model.Model.forward.html"
OTHER = "other/1.5/pkg.model.scale.html"
EVIL = '<img src=x onerror="document.title=1"> <mark>x</mark> waveguide'
BODY = f"Every hidden tensor passes a turnstile first. {EVIL}"
CHINESE = "输入先经过位掩码，再进入多头注意力。旋转编码 turnstile 在后。"
ERROR = ShownScenario(
    "error-width",
    "An input too wide",
    "errors",
    False,
    "cpu",
    "Python 3.11",
    calls="pkg.model.Model.forward",
    raised=("pkg.model.Layer.forward", "ValueError: the width of the input must be 2, not 3"),
)
TRACEBACK = """Traceback (most recent call last):
  File "train.py", line 3, in <module>
    model(x)
  File "pkg/model.py", line 22, in forward
    raise ValueError(...)
ValueError: the width of the input must be 2, not 17
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two tours: one says words that stand in no title, the other is of another thing."""
    folder: Path = tmp_path_factory.mktemp("search") / "site"
    step = step_on_call()
    chinese = Translation(Path("run.zh.md"), "zh", "层被调用", CHINESE, 3, {}, "n1:0")
    told = replace(step, note=replace(step.note, body=BODY), translations={"zh": chinese})
    repository = "https://github.com/example/tours"
    shown = view(steps=(step_on_class(), told), chapters=(), repository=repository)
    shown = replace(shown, runs=TourRuns(scenarios=(ERROR,)))
    other = view(name="other", title="Another tour", steps=(step_on_scale(),), chapters=())
    publish(folder, plans(shown, other))
    return folder.as_uri()


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    page: Any = context.new_page()
    page.problems, page.requests = [], []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.requests.append(request.url))
    yield page
    context.close()


def hit(tab: Any, address: str) -> Any:
    """Return the row that leads to an address, once it is there."""
    row = tab.locator(f'#found a[href$="{address}"]')
    row.first.wait_for()
    return row.first


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "what passes a turnstile"),
        ("en", "turnstyle"),
        ("zh", "掩码"),
        ("zh", "注意力之前是什么掩码"),
        ("zh", "turnstile"),
    ],
)
def test_a_note_is_found_from_a_file_by_what_it_says(
    tab: Any, site: str, language: str, typed: str
) -> None:
    tab.goto(f"{site}/{language}/{FORWARD}")
    tab.fill("#search", typed)
    assert (
        hit(tab, f"{language}/{FORWARD}#n-run")
        .inner_text()
        .startswith({"en": "note\n", "zh": "批注\n"}[language])
    )
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{language}/{FORWARD}#n-run")
    assert tab.problems == []
    assert [url for url in tab.requests if not url.startswith((site, "data:"))] == []


def test_a_page_of_one_tour_finds_the_notes_of_another(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "why does scale call itself")
    assert "Another tour" in hit(tab, f"en/{OTHER}#n-scale").inner_text()


def test_a_page_of_one_tour_finds_the_names_of_another_where_it_has_none(
    tab: Any, site: str
) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "Layer.forward")
    assert "Another tour" not in hit(tab, "example/1.5/pkg.model.Layer.forward.html").inner_text()
    assert not [url for url in tab.requests if url.endswith("other/1.5/symbols.js")]
    tab.fill("#search", "otherwise_named")
    tab.get_by_text("There is no such name here: otherwise_named").or_(
        tab.get_by_text("Nothing found.")
    ).wait_for()
    tab.fill("#search", "model.scale")
    rows = tab.locator("#found a[href$='pkg.model.scale.html']")
    hit(tab, OTHER)
    assert [OTHER in row.get_attribute("href") for row in rows.all()] == [False, True]  # own first


@pytest.mark.parametrize(
    ("language", "typed", "marked"),
    [
        ("en", "which turnstyle passes", {"passes", "turnstile"}),
        ("zh", "注意力之前是什么掩码", {"注意力", "掩码"}),
    ],
)
def test_the_words_by_which_a_note_was_found_are_marked(
    tab: Any, site: str, language: str, typed: str, marked: set[str]
) -> None:
    tab.goto(f"{site}/{language}/{FORWARD}")
    tab.fill("#search", typed)
    row = hit(tab, f"{language}/{FORWARD}#n-run")
    row.locator("mark").first.wait_for()
    assert set(row.locator("mark").all_inner_texts()) == marked


def test_enter_before_there_is_an_answer_leads_to_it_once_it_is_there(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.evaluate(
        """(text) => {
          const box = document.getElementById("search");
          box.focus();
          box.value = text;
          box.dispatchEvent(new Event("input"));
          box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
        }""",
        "what passes a turnstile",
    )
    tab.wait_for_url(f"**/en/{FORWARD}#n-run")


@pytest.mark.parametrize("typed", ["_", "__", "what is __", "__init__ or __"])
def test_underlines_alone_are_a_word_of_nothing_and_stop_no_answer(
    tab: Any, site: str, typed: str
) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "what passes a turnstile")
    hit(tab, "#n-run")
    tab.fill("#search", typed)
    assert tab.problems == []


def test_a_name_between_underlines_is_found_by_what_stands_there(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "init")
    assert "Model.__init__" in tab.locator("#found a").first.inner_text()


def test_words_are_loaded_at_the_first_focus_and_once(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.wait_for_timeout(200)
    before = len(tab.requests)
    assert not [url for url in tab.requests if url.endswith(("words.js", "search.js"))]
    for _ in range(2):
        tab.focus("#search")
        tab.fill("#search", "what passes a turnstile")
        hit(tab, "#n-run")
        tab.keyboard.press("Escape")
    later = sorted(url.removeprefix(site) for url in tab.requests[before:] if "data:" not in url)
    assert later == ["/en/example/1.5/words.js", "/en/other/1.5/words.js", "/search.js"]


def test_a_pasted_traceback_leads_to_the_run_that_ended_so(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.focus("#search")
    tab.evaluate(
        """(text) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text", text);
          const event = new ClipboardEvent("paste", { clipboardData, cancelable: true });
          document.getElementById("search").dispatchEvent(event);
        }""",
        TRACEBACK,
    )
    row = hit(tab, "pkg.model.Layer.forward.html?run=error-width")
    assert row.inner_text().startswith("error\nLayer.forward")
    assert tab.locator("#found a").first.get_attribute("href") == row.get_attribute("href")
    assert "in <module> model(x) File" in tab.locator("#search").input_value()


def test_a_scenario_is_found_by_its_title(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "input too wide")
    row = hit(tab, "pkg.model.Model.forward.html?run=error-width")
    assert row.inner_text().startswith("scenario\nAn input too wide")


def test_a_miss_says_so_and_offers_to_ask_with_what_was_typed(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "zzzz & <b>")
    tab.get_by_text("Nothing found.").wait_for()
    link = tab.get_by_role("link", name="Ask this as an issue")
    address = link.get_attribute("href")
    start = "https://github.com/example/tours/issues/new?title=zzzz%20%26%20%3Cb%3E&body="
    assert address.startswith(start) and address.endswith("%0A%0Azzzz%20%26%20%3Cb%3E")
    tab.fill("#search", "turnstile")
    hit(tab, "#n-run")
    assert link.count() == 0 and tab.locator("#told").inner_text() == ""


def test_an_uncertain_answer_is_marked_so(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "which kitchen turnstile did grandmother polish yesterday")
    tab.get_by_text("Nothing certain. Nearest:").wait_for()
    assert 0 < tab.locator("#found a").count() <= 3


@pytest.mark.parametrize("typed", ["Model.turnstile_width", "TurnstileLayer", "tensor::no_such"])
def test_a_name_that_nothing_has_is_said_to_be_none(tab: Any, site: str, typed: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", typed)
    tab.locator("#told:not(:empty)").wait_for()
    said = tab.locator("#told").inner_text()
    assert said in (f"There is no such name here: {typed}. Nearest:", "Nothing found.")


def test_of_a_name_that_nothing_has_those_of_its_owner_are_the_nearest(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "Layer.forwrad_all")
    tab.get_by_text("There is no such name here: Layer.forwrad_all. Nearest:").wait_for()
    assert tab.locator("#found a").first.inner_text().startswith("symbol\nLayer.forward")


@pytest.mark.parametrize("typed", ["linear", "aten::linear", "torch.ops.aten.linear"])
def test_an_operator_is_found_with_its_namespace_and_without(
    tab: Any, site: str, typed: str
) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", typed)
    row = tab.locator("#found a").first
    row.wait_for()
    assert row.get_attribute("href").endswith("pkg.model.Layer.forward.html#L22")
    assert row.inner_text().startswith("operator\n_C.linear")


@pytest.mark.parametrize(
    "typed", ["a" * 10_000, "A" * 10_000, "9" * 10_000, "掩" * 10_000, "turnstile not 3 " * 625]
)
def test_ten_thousand_characters_are_answered_in_time(tab: Any, site: str, typed: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    tab.fill("#search", "turnstile")
    hit(tab, "#n-run")
    taken = tab.evaluate(
        """(text) => {
          const box = document.getElementById("search");
          box.value = text;
          const start = performance.now();
          box.dispatchEvent(new Event("input"));
          return performance.now() - start;
        }""",
        typed,
    )
    assert taken < 5_000  # a regular expression gone wrong takes minutes
    assert tab.problems == []


def test_a_hostile_note_is_shown_as_the_text_that_it_is(tab: Any, site: str) -> None:
    tab.goto(f"{site}/en/{FORWARD}")
    title = tab.title()
    tab.fill("#search", "waveguide")
    row = hit(tab, "#n-run")
    assert '<img src=x onerror="document.title=1"> <mark>x</mark> waveguide' in row.inner_text()
    row.locator("mark").wait_for()
    assert tab.locator("#found :not(li, a, small, mark)").count() == 0
    assert tab.locator("#found mark").all_inner_texts() == ["waveguide"]
    assert tab.title() == title and tab.problems == []


def test_words_that_are_gone_are_told_and_names_are_still_found(
    tab: Any, site: str, tmp_path: Path
) -> None:
    shutil.copytree(url2pathname(urlsplit(site).path), tmp_path / "site")
    (tmp_path / "site/en/other/1.5/words.js").unlink()
    tab.goto(f"{(tmp_path / 'site').as_uri()}/en/{FORWARD}")
    tab.fill("#search", "scale")
    tab.get_by_text("The notes could not be searched just now.").wait_for()
    assert hit(tab, "pkg.model.scale.html").inner_text().startswith("symbol\nmodel.scale")


def test_without_notes_the_box_finds_names_and_loads_nothing(tab: Any, tmp_path: Path) -> None:
    publish(tmp_path / "bare", plans(view(steps=(), chapters=())))
    tab.goto(f"{(tmp_path / 'bare').as_uri()}/en/{FORWARD}")
    tab.fill("#search", "scale")
    hit(tab, "pkg.model.scale.html")
    tab.fill("#search", "zzzz")
    tab.get_by_text("Nothing found.").wait_for()
    assert not [url for url in tab.requests if url.endswith(("words.js", "search.js"))]


@needs_axe
def test_axe_finds_no_violation_in_the_open_list(browser: Any, site: str) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for typed in ("layer", "zzzz", "which kitchen turnstile did grandmother polish"):
        page.goto(f"{site}/en/{FORWARD}")
        page.fill("#search", typed)
        page.wait_for_timeout(300)
        assert violations(page, without="target-size") == []  # it lies over others' halves
    context.close()
