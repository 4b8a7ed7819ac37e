"""Every kind of page in every form: wide and narrow, light and dark, with script and without.

Of two sites, the small example and the tours that come with srcread. A page is loaded once for the
desktop, once for the phone and once without script; light, dark and widths are changed in place,
for all that depends on them is style.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import (
    needs_axe,
    needs_chromium,
    overflow,
    shifts,
    unfold_all,
    violations,
    watched,
)
from support.site_example import plans, step_on_call, step_on_scale, view
from support.site_lab import LAB, shown
from support.site_runs import with_runs
from support.whole_site import whole_site

from srcread.site import publish

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = [needs_chromium, needs_axe]

DESKTOP: Mapping[str, Any] = {"viewport": {"width": 1366, "height": 900}}
PHONE: Mapping[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
    "color_scheme": "dark",
}
WIDTHS = (320, 390, 768, 1366)
SITES = ["example-en", "example-zh", "real-en", "real-zh"]


@pytest.fixture(scope="module", params=SITES)
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """One page of each kind, of one site in one language."""
    name, _, language = request.param.partition("-")
    if name == "real":
        return list(_real(whole_site(tmp_path_factory), language))
    return list(_example(tmp_path_factory.mktemp("matrix"), language))


def test_what_is_wrong_in_a_page_is_found(browser: Any, tmp_path: Path) -> None:
    page = tmp_path / "wrong.html"
    page.write_text(
        "<!doctype html><title>x</title><p style='color: #ccc'>pale</p><img src='data:,'>"
    )
    with watched(browser) as (tab, _):
        tab.goto(page.as_uri())
        found = {rule for rule, _ in violations(tab)}
        assert {"html-has-lang", "color-contrast", "image-alt"} <= found
        assert found - {rule for rule, _ in violations(tab, "color-contrast")} == {"color-contrast"}


def test_on_a_desktop_no_rule_is_broken_and_nothing_moves(browser: Any, pages: list[Path]) -> None:
    with watched(browser, bypass_csp=True, **DESKTOP) as (tab, watch):
        for page in pages:
            watch.clear()
            tab.goto(page.as_uri())
            assert shifts(tab) == [], page
            assert watch.problems == [], page
            assert watch.elsewhere(_site(page)) == []
            assert len(_loaded(watch.requests)) <= 4, page
            unfold_all(tab)
            english = "color-contrast" if _is_seen_in_english(page) else ""
            assert violations(tab, without=english) == [], page
            if not _is_large(page):
                tab.emulate_media(color_scheme="dark")
                assert violations(tab) == [], page
                tab.emulate_media(color_scheme="light")


def test_on_a_phone_every_target_is_large_enough_and_no_page_is_too_wide(
    browser: Any, pages: list[Path]
) -> None:
    with watched(browser, bypass_csp=True, **PHONE) as (tab, watch):
        for page in pages:
            watch.clear()
            tab.goto(page.as_uri())
            assert shifts(tab) == [], page
            assert watch.problems == [], page
            unfold_all(tab)
            if not _is_seen_in_english(page):
                assert violations(tab) == [], page
            if not _is_large(page):
                tab.emulate_media(color_scheme="light")
                assert violations(tab) == [], page
                tab.emulate_media(color_scheme="dark")
            for width in WIDTHS:
                tab.set_viewport_size({"width": width, "height": 844})
                assert overflow(tab) <= 0, (page, width)
            tab.set_viewport_size(PHONE["viewport"])


def test_without_script_every_page_is_whole(browser: Any, pages: list[Path]) -> None:
    with watched(browser, bypass_csp=True, **DESKTOP) as (tab, watch):
        switch = tab.context.new_cdp_session(tab)
        for page in pages:
            watch.clear()
            switch.send("Emulation.setScriptExecutionDisabled", {"value": True})
            tab.goto(page.as_uri())
            unfold_all(tab)
            assert tab.locator("#search:visible").count() == 0, page
            assert tab.locator("button:visible").count() == 0, page
            for width in WIDTHS:
                tab.set_viewport_size({"width": width, "height": 900})
                assert overflow(tab) <= 0, (page, width)
            tab.set_viewport_size(DESKTOP["viewport"])
            switch.send("Emulation.setScriptExecutionDisabled", {"value": False})
            if not _is_seen_in_english(page):
                # axe waits by timers, which are of script
                assert violations(tab, "color-contrast" if _is_large(page) else "") == [], page


SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
    word-spacing: .16em !important; } p { margin-bottom: 2em !important; }`);
  document.adoptedStyleSheets = [sheet];
}"""

CLIPPED = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  const hides = /hidden|clip/.test(style.overflowX + style.overflowY) && style.clipPath === "none";
  return hides && one.textContent.trim() && one.checkVisibility()
    && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1);
}).map((one) => one.outerHTML.slice(0, 100))"""
"""Elements that hide a part of their text, and cannot be scrolled to it."""


def test_with_wide_spacing_at_twice_the_size_no_text_is_lost(
    browser: Any, pages: list[Path]
) -> None:
    """WCAG 1.4.4 and 1.4.12; a window of 683 pixels is one of 1366 at 200 %."""
    zoomed = {"viewport": {"width": 683, "height": 450}, "device_scale_factor": 2}
    with watched(browser, **zoomed) as (tab, _):
        for page in pages:
            tab.goto(page.as_uri())
            unfold_all(tab)
            tab.evaluate(SPACED)
            assert overflow(tab) <= 0, page
            assert tab.evaluate(CLIPPED) == [], page


def test_in_forced_colours_and_with_less_motion_nothing_is_told_by_colour_alone(
    browser: Any, pages: list[Path]
) -> None:
    with watched(browser, forced_colors="active", reduced_motion="reduce", **DESKTOP) as (tab, _):
        for page in pages:
            tab.goto(page.as_uri())
            assert tab.evaluate("matchMedia('(forced-colors: active)').matches")
            assert tab.evaluate(MOVING) == [], page
            assert tab.evaluate(UNMARKED) == [], page


MOVING = """() => [...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return style.animationName !== "none" || style.transitionDuration.split(",").some(parseFloat);
}).map((one) => one.outerHTML.slice(0, 100))"""

UNMARKED = """() => [...document.querySelectorAll(".l.noted")].filter((one) => {
  const style = getComputedStyle(one);
  return !parseFloat(style.borderLeftWidth) && !parseFloat(style.borderBottomWidth);
}).map((one) => one.outerHTML.slice(0, 100))"""
"""What is marked by its ground where there are colours, and has no edge where there are none."""


def _is_large(page: Path) -> bool:
    """Tell whether a page is of the tours that come with srcread, and not of the small example.

    axe's rules take most of the time. Of the example's pages they are asked in each form and
    scheme; of a large one the colours are asked light on the desktop and dark on the phone.
    """
    return "whole-site" in page.parts


def _is_seen_in_english(page: Path) -> bool:
    """Tell whether a large page has an English one of the same elements and colours.

    Of such a page the rules are asked once, on the desktop, and its colours not.
    """
    return _is_large(page) and "zh" in page.parts


def _site(page: Path) -> str:
    """Return the folder of the site that a page is of, as an address."""
    return next(up for up in page.parents if (up / "style.css").is_file()).as_uri()


def _loaded(requests: list[str]) -> list[str]:
    """Return what a page loads; the front page's indexes, one a tour, count as one."""
    asked = [url for url in requests if not url.startswith("data:")]
    indexes = [url for url in asked if url.endswith("/symbols.js")]
    return [*(url for url in asked if url not in indexes), *indexes[:1]]


def _example(folder: Path, language: str) -> Iterator[Path]:
    asked, scale = step_on_call(), step_on_scale()
    note = replace(asked.note, trap=True, questions=("Why twice?",), messages=("bad shape",))
    again = replace(scale, note=replace(scale.note, stem="again", title="It ends"))
    steps = (*view().tour.steps[:1], replace(asked, note=note), scale, again)
    second = view(name="second", title="Another tour", steps=(), chapters=())
    publish(folder / "plain", plans(view(steps=steps), second))
    publish(folder / "runs", plans(with_runs()))
    publish(folder / "lab", shown(LAB))
    publish(folder / "absent", plans(replace(view(), absent=frozenset({"pkg"}))))
    for page in _KINDS:
        site, _, file = page.partition("/")
        yield folder / site / language / file


_KINDS = (
    "plain/index.html",
    "plain/example/1.5/index.html",
    "plain/example/1.5/licences.html",
    "plain/example/1.5/pkg.model.Model.forward.html",
    "plain/example/1.5/pkg.model.scale.html",
    "plain/second/1.5/index.html",
    "plain/second/1.5/pkg.model.scale.html",
    "runs/example/1.5/pkg.model.Model.forward.html",
    "runs/example/1.5/pkg.model.Model.forward~masked.html",
    "runs/example/1.5/pkg.model.Layer.forward.html",
    "lab/example/1.5/pkg.model.Model.forward.html",
    "absent/example/1.5/index.html",
    "absent/example/1.5/pkg.model.Model.forward.html",
)
"""Notes, no note, several, none in the tour; runs, another way, operators; a network; no code."""


def _real(site: Path, language: str) -> Iterator[Path]:
    yield site / "index.html"  # the page for lost addresses is served only: test_browser_lost.py
    yield from sorted((site / language).glob("*.html"))
    for tour in ("torch-transformer", "tensorrt-llm-layers"):
        (folder,) = (site / language / tour).iterdir()
        found = sorted(folder.glob("*.html"))
        beside = [page for page in found if "." not in page.stem]
        evidence = [page for page in beside if page.name.startswith("e-")]
        yield from (page for page in beside if page not in evidence)
        functions = [page for page in found if page not in beside]
        noted = [page for page in functions if b'<article class="note' in page.read_bytes()]
        plain = [page for page in functions if page not in noted]
        scenarios = [page for page in functions if "~" in page.name]
        for kind in (evidence, noted, plain, scenarios):
            kind.sort(key=lambda page: page.stat().st_size)
            yield from kind[len(kind) // 2 :][:1]
        yield evidence[-1]
        yield noted[-1]
