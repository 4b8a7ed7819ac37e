"""Search in prose in a real Chromium: both languages, a note's own place, and what may not happen.

The site is served on loopback below a path, as a static host does it, and opened from file://.
"""

# ruff: noqa: RUF001 - full-width punctuation is what is tested

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_axe, needs_chromium, violations
from support.site_example import plans, step_on_call, view
from support.site_served import hosting

from srcread.model import Translation
from srcread.site import plan_prose, publish
from srcread.support.pagefind import find_program

PROGRAM = find_program()
pytest.importorskip("playwright", reason="needs playwright")
pytestmark = [
    needs_chromium,
    pytest.mark.skipif(PROGRAM is None, reason="needs pagefind_bin_extended"),
]

FORWARD = "example/1.5/pkg.model.Model.forward.html"
EVIL = '<img src=x onerror="document.title=1"> <mark>x</mark> &lt;b&gt; waveguide'
BODY = f"Every hidden tensor passes a turnstile first. {EVIL}"
CHINESE = "输入先经过位掩码，再进入多头注意力。\n量化的权重是 int8，旋转编码 turnstile 在后。"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site whose note says words that stand in no title, claim or name."""
    assert PROGRAM is not None
    folder: Path = tmp_path_factory.mktemp("prose") / "site"
    step = step_on_call()
    chinese = Translation(Path("run.zh.md"), "zh", "层被调用", CHINESE, 3, {}, "n1:0")
    told = replace(step, note=replace(step.note, body=BODY), translations={"zh": chinese})
    shown = view(steps=(view().tour.steps[0], told, view().tour.steps[2]))
    bundles = plan_prose([shown], PROGRAM)
    publish(folder, plans(shown, prose=[one.language for one in bundles]), bundles)
    return folder


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    with hosting(site, "/tours/") as address:
        yield address


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


@pytest.mark.parametrize(
    ("language", "typed", "marked"),
    [
        ("en", "turnstile", "turnstile"),
        ("zh", "掩码", "掩码"),
        ("zh", "多头注意力", "多头注意力"),
        ("zh", "量化", "量化"),
        ("zh", "int8 旋转", "int8"),
    ],
)
def test_a_note_is_found_by_its_words_at_its_own_place_in_the_pages_language(
    tab: Any, served: str, language: str, typed: str, marked: str
) -> None:
    tab.goto(f"{served}{language}/example/1.5/pkg.model.scale.html")
    tab.fill("#search", typed)
    hit = tab.locator("#found a:has(mark)")
    hit.wait_for()
    assert hit.get_attribute("href") == f"{served}{language}/{FORWARD}#n-run"
    assert marked in "".join(hit.locator("mark").all_inner_texts())
    assert tab.locator("#told").inner_text() == ""
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{language}/{FORWARD}#n-run")
    assert tab.problems == []
    assert [url for url in tab.requests if not url.startswith((served, "data:"))] == []


@pytest.mark.parametrize("typed", ["码掩", "意力注", "turnstyle", "zzzz"])
def test_what_stands_nowhere_is_not_found(tab: Any, served: str, typed: str) -> None:
    tab.goto(f"{served}zh/{FORWARD}")
    tab.fill("#search", typed)
    tab.get_by_text("没有结果。").wait_for()
    assert tab.locator("#found li").count() == 0


def test_nothing_is_asked_for_before_the_reader_types_and_then_only_the_pages_language(
    tab: Any, served: str
) -> None:
    tab.goto(f"{served}en/{FORWARD}")
    tab.wait_for_timeout(300)
    assert len([url for url in tab.requests if not url.startswith("data:")]) == 4
    tab.fill("#search", "turnstile")
    tab.locator("#found mark").first.wait_for()
    later = [url.removeprefix(served) for url in tab.requests[4:] if not url.startswith("data:")]
    assert later[0] == "prose.js" and len(later) > 4
    assert all(url.startswith("search/en/") for url in later[1:]), later


def test_our_own_hits_come_first_and_a_place_is_listed_once(tab: Any, served: str) -> None:
    tab.goto(f"{served}en/{FORWARD}")
    tab.fill("#search", "layer")
    tab.locator("#told").wait_for(state="attached")
    first = tab.locator("#found a").all_inner_texts()
    tab.wait_for_timeout(700)
    after = tab.locator("#found a")
    assert after.all_inner_texts()[: len(first)] == first
    addresses = [link.get_attribute("href") for link in after.all()]
    assert len(addresses) == len(set(addresses))
    ids = tab.evaluate(
        "[...document.querySelectorAll('#found [role=option]')].map((one) => one.id)"
    )
    assert ids == [f"found-{number}" for number in range(len(ids))]


def test_the_keyboard_reaches_hits_in_prose(tab: Any, served: str) -> None:
    tab.goto(f"{served}en/example/1.5/pkg.model.scale.html")
    tab.keyboard.press("/")
    tab.keyboard.type("hidden tensor")
    tab.locator("#found mark").first.wait_for()
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowDown")
    chosen = tab.locator("#found [aria-selected=true]")
    assert tab.locator("#search").get_attribute("aria-activedescendant") == chosen.get_attribute(
        "id"
    )
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/{FORWARD}#n-run")


def test_a_hostile_note_is_shown_as_the_text_that_it_is(tab: Any, served: str) -> None:
    tab.goto(f"{served}en/{FORWARD}")
    title = tab.title()
    tab.fill("#search", "waveguide")
    hit = tab.locator("#found a:has(mark)")
    hit.wait_for()
    text = hit.locator("small").last.inner_text()
    assert (
        '<img src=x onerror="document.title=1">' in text and "<mark>x</mark> <b> waveguide" in text
    )
    assert hit.locator("img, b").count() == 0
    assert hit.locator("mark").all_inner_texts() == ["waveguide."]  # the full stop is Pagefind's
    assert tab.title() == title and tab.problems == []


def test_from_a_file_our_own_index_answers_and_prose_says_what_it_needs(
    tab: Any, site: Path
) -> None:
    tab.goto(f"{site.as_uri()}/en/{FORWARD}")
    tab.fill("#search", "scale")
    assert tab.locator("#found a").count() > 0
    assert "srcread serve" in tab.locator("#told").inner_text()
    assert "http.server" in tab.locator("#told").inner_text()
    tab.fill("#search", "turnstile")
    tab.wait_for_timeout(300)
    assert tab.locator("#found a").count() == 0
    assert tab.locator("#told").inner_text().startswith("Nothing found. ")
    assert tab.problems == []


def test_an_index_that_is_gone_is_told_and_our_own_still_answers(tab: Any, site: Path) -> None:
    with hosting(site, "/") as address:
        tab.goto(f"{address}en/{FORWARD}")
        tab.route("**/search/**", lambda route: route.abort())
        tab.fill("#search", "scale")
        tab.get_by_text("could not be searched just now").wait_for()
        assert tab.locator("#found a").count() > 0


@needs_axe
def test_axe_finds_no_violation_in_the_open_list(browser: Any, served: str) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    for typed in ("layer", "zzzz"):
        page.goto(f"{served}en/{FORWARD}")
        page.fill("#search", typed)
        page.wait_for_timeout(700)
        assert violations(page) == []
    context.close()
