"""Hostile notes, sources and records in a real Chromium: nothing runs, nothing is asked elsewhere.

The pages are tried as they are, and without their policy, so that the escaping alone must hold. The
control holds each text raw: there it must do its harm, or the test would see none anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import Watch, needs_chromium, watched
from support.hostile_cases import ALL, FIRES
from support.hostile_site import hostile_view, without_policy
from support.site_example import plans

from srcread.site import publish
from srcread.support.resources import resources

Error: type[Exception] = pytest.importorskip("playwright.sync_api").Error
pytestmark = needs_chromium

FORWARD = "example/1.5/pkg.model.Model.forward.html"
CASES = "example/1.5/pkg.model.scale.html"


@pytest.fixture(scope="module", params=["with its policy", "without its policy"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "site"
    publish(folder, plans(hostile_view()))
    if request.param == "without its policy":
        without_policy(folder)
    return folder


@pytest.fixture
def opened(browser: Any) -> Iterator[tuple[Any, Watch]]:
    with watched(browser) as (tab, watch):
        tab.context.route(_is_elsewhere, lambda route: route.abort())
        yield tab, watch


_PROVOKE = """() => {
  for (const one of document.querySelectorAll("details")) one.open = true;
  for (const one of document.querySelectorAll("body *")) {
    one.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    if (one.focus) one.focus();
  }
  for (const one of document.querySelectorAll("a, area, .raw button")) {
    const href = one.getAttribute("href");
    const scheme = href === null ? "" : new URL(href, location).protocol;
    if (one.matches("button") || (scheme && !/^(https?|file):$/.test(scheme))) {
      one.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));
    }
  }
}"""
"""Point, focus, open, and click whatever leads to no page."""


def harm(tab: Any, watch: Watch, address: str) -> list[str]:
    """Return what a page did that it must not do."""
    here = address.partition("#")[0]
    found = [f"asked {url}" for url in watch.elsewhere("file:")]
    found += [f"said {text}" for text in watch.dialogs]
    found += [f"went to {url}" for url in watch.visited if url.split("#")[0].split("?")[0] != here]
    if not found and tab.evaluate("'canary' in window && window.canary === 1"):
        found.append("ran")
    return found


def provoke(tab: Any) -> None:
    """Do what readers do by accident, and give the page a moment to do its harm."""
    tab.evaluate(_PROVOKE)
    tab.wait_for_timeout(150)


def test_each_text_does_harm_where_it_stands_raw(opened: tuple[Any, Watch], tmp_path: Path) -> None:
    context = opened[0].context
    harmless = []
    for number, (name, text) in enumerate(FIRES.items()):
        page = tmp_path / f"raw-{number}.html"
        page.write_text(f"<!doctype html><body><div class=raw>{text}</div>", "utf-8")
        tab = context.new_page()
        watch = Watch(tab, context)
        with suppress(Error):  # a page that has left cannot be asked
            tab.goto(page.as_uri())
            provoke(tab)
        if not harm(tab, watch, page.as_uri()):
            harmless.append(name)
        tab.close()
    assert harmless == []


def _is_elsewhere(url: str) -> bool:
    return not url.startswith("file:")


def test_no_hostile_text_does_harm_on_any_page(site: Path, opened: tuple[Any, Watch]) -> None:
    tab, watch = opened
    pages = sorted(site.rglob("*.html"))
    assert len(pages) >= 15
    for page in pages:
        watch.clear()
        tab.goto(page.as_uri())
        provoke(tab)
        assert harm(tab, watch, page.as_uri()) == [], page
        if page.name == "404.html":
            continue  # asks for its style at every depth, of which all but one fail
        assert watch.problems == [], page
        assert tab.evaluate(FRAME) == [], page


FRAME = """() => [
  document.querySelectorAll("script:not([src]), style, iframe, object, embed, form, math, "
    + "img, svg:not(.near svg, .map svg), base, meta[http-equiv=refresh], video, frame").length
    && "an element that none has",
  document.body.constructor !== HTMLBodyElement && "document.body is another",
  document.querySelectorAll("body").length !== 1 && "two bodies",
  document.querySelectorAll("link[rel=stylesheet]").length !== 1 && "another sheet",
  document.forms.length && "a form",
  !document.querySelector("main#content") && "no main",
  document.getElementById("search") && document.getElementById("search").tagName !== "INPUT"
    && "the search box is another",
  new Set([...document.querySelectorAll("[id]")].map((one) => one.id)).size
    !== document.querySelectorAll("[id]").length && "an id stands twice",
  [...document.querySelectorAll("*")].some((one) => [...one.attributes].some(({ name }) =>
    /^on|^style$|^srcset$|^formaction$|^xlink/.test(name))) && "an attribute that no page has",
  ...[...document.querySelectorAll("[href]")].map((one) => one.getAttribute("href")).filter(
    (href) => !/^(https?:\\/\\/|#|\\?|data:,$|[\\w.%~@+/-]+(#|\\?|$))/.test(href)),
].filter(Boolean)"""
"""What no page has, and what each has once."""

UNFOLD = "document.querySelectorAll('.note details').forEach((one) => { one.open = true; })"

BODIES = """() => {
  const tags = new Set("P BR HR EM STRONG S CODE PRE BLOCKQUOTE A UL OL LI H3 H4 H5 H6 TABLE THEAD "
    .concat("TBODY TR TH TD").split(" "));
  const frame = ["class", "tabindex", "role", "aria-label"];
  const own = { A: ["href", "title", "rel"], OL: ["start"], PRE: ["tabindex"], DIV: frame };
  const found = [];
  for (const one of document.querySelectorAll(".note .body *")) {
    const isFrame = one.matches("div.table:has(> table:only-child)");
    if (!tags.has(one.tagName) && !isFrame) found.push(one.tagName);
    for (const { name } of one.attributes) {
      if (!(own[one.tagName] || []).includes(name)) found.push(one.tagName + " " + name);
    }
  }
  return found;
}"""


def test_a_notes_body_holds_what_the_list_names_and_shows_every_text(
    site: Path, opened: tuple[Any, Watch]
) -> None:
    tab, _ = opened
    tab.goto((site / "en" / CASES).as_uri())
    tab.evaluate(UNFOLD)
    assert tab.locator(".note").count() == len(ALL)
    assert tab.evaluate(BODIES) == []
    for number, (name, text) in enumerate(ALL.items()):
        body = "\n".join(tab.locator(f"#n-case-{number} .body").all_inner_texts())
        assert body.strip() or name in EMPTY, name
        if name in FIRES and "\x01" not in text and "&" not in text and "<!" not in text:
            plain = text.replace("```", "").split()[0]
            assert plain in body, name


EMPTY = {"an image by a definition"}
"""Cases of which nothing is left to show."""


def test_what_is_found_unfolded_and_switched_does_no_harm(
    site: Path, opened: tuple[Any, Watch]
) -> None:
    tab, watch = opened
    address = (site / "en" / FORWARD).as_uri()
    tab.goto(address)
    for typed in ("script", "onerror", "canary", "javascript"):
        tab.fill("#search", typed)
        tab.locator("#found li").first.wait_for()
        assert (
            tab.evaluate("document.querySelectorAll('#found :not(li, a, small, mark)').length") == 0
        )
    tab.fill("#search", "")
    line = tab.locator("#L17")
    line.hover()
    line.locator("button.unfold").first.click()
    block = tab.locator(".unfolded")
    block.wait_for()
    assert "window.canary=1" in block.inner_text()
    assert tab.evaluate("document.querySelectorAll('.unfolded :not(span, a, button)').length") == 0
    tab.click(".scenarios > summary")
    tab.locator(".scenarios [data-scenario]").nth(1).click()
    tab.wait_for_selector("#L16 > .run.ran")
    provoke(tab)
    assert harm(tab, watch, address) == []
    assert tab.evaluate(FRAME) == []


def test_no_file_of_the_site_holds_what_cannot_be_seen_or_ends_a_script(site: Path) -> None:
    for path in sorted(site.rglob("*")):
        if not path.is_file() or path.suffix not in (".html", ".js"):
            continue
        text = path.read_text("utf-8")
        assert not set(HIDDEN) & set(text), path
        if path.suffix == ".js" and not (resources("templates") / path.name).is_file():
            assert text.isascii() or path.name == "words.js", path  # these are mostly Chinese
            assert not {"<", "&"} & set(text), path
            assert text.count("\n") == 1, path


HIDDEN = (
    "\x00\x01\u00ad\u061c\u180e\u200b\u200e\u202e\u2028\u2029\u2060\u2066\u3164\ufeff\U000e0041"
)


def test_a_host_that_looks_alike_is_written_as_it_is_asked_for(
    site: Path, opened: tuple[Any, Watch]
) -> None:
    tab, _ = opened
    tab.goto((site / "en" / CASES).as_uri())
    tab.evaluate(UNFOLD)
    link = tab.locator("a[href^='https://xn--']")
    assert link.inner_text() == "https://xn--gthub-n2e.com/a"
