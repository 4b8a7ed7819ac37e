"""What tests in a real Chromium share: its start, watching a page, axe-core, measures of layout."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, _PROGRAMS)), None)
"""Chromium without its windows, where there is one: the same engine at two thirds of the time."""

AXE = Path(os.environ.get("SRCREAD_AXE", "axe.min.js"))
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium on the PATH")
needs_axe = pytest.mark.skipif(
    not AXE.is_file(), reason="needs axe-core: SRCREAD_AXE=path/to/axe.min.js"
)

_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Any]:
    """Run a Chromium with an empty profile."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        yield running
        running.close()


@contextmanager
def watched(browser: Any, **settings: Any) -> Iterator[tuple[Any, Watch]]:
    """Open a tab with these settings, and write down what its pages do."""
    context = browser.new_context(**settings)
    page = context.new_page()
    try:
        yield page, Watch(page, context)
    finally:
        context.close()


class Watch:
    """What pages have said and asked for: errors, requests, dialogs, ways to other pages."""

    def __init__(self, page: Any, context: Any) -> None:
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.visited: list[str] = []
        page.on("console", lambda message: self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("dialog", self._dismiss)
        page.on("framenavigated", lambda frame: self.visited.append(frame.url))
        context.on("page", lambda other: self.visited.append(f"another tab: {other.url}"))
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("requestfailed", lambda request: self.problems.append(request.url))

    def elsewhere(self, site: str) -> list[str]:
        """Return the requests that leave a site."""
        return [url for url in self.requests if not url.startswith((site, "data:"))]

    def clear(self) -> None:
        """Forget all of it, before the next page."""
        for told in (self.problems, self.requests, self.dialogs, self.visited):
            told.clear()

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


def violations(page: Any, without: str = "") -> list[tuple[str, str]]:
    """Return what axe-core finds, rule and element; `without` names a rule to be left out.

    What passed is counted in the page: to bring its nodes here, by the thousand, takes longer.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    options = {
        "runOnly": {"type": "tag", "values": _RULES},
        "rules": {without: {"enabled": False}} if without else {},
        "resultTypes": ["violations"],
        "preload": False,  # no rule here is of style sheets' or of media's own content
        "selectors": False,
    }
    passed, found = page.evaluate(_VIOLATIONS, options)
    assert passed, page.url
    return [(rule, html) for rule, html in found]


_VIOLATIONS = """(options) => axe.run(options).then(({ passes, violations }) => [
  passes.length,
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)])),
])"""


def unfold_all(page: Any) -> None:
    """Open everything that folds."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def overflow(page: Any) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def shifts(page: Any) -> list[str]:
    """Return what moved while the page loaded, as the browser measures it.

    The parts of the bar push one another where a browser happens to paint between them: left out,
    as is a node of the browser's own in the bar, such as the hint in the search box.
    """
    return list(page.evaluate(_SHIFTS))


_SHIFTS = """new Promise((done) => {
  const moved = [];
  const bar = document.querySelector(".bar").getBoundingClientRect().bottom;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      for (const { node, previousRect, currentRect } of entry.sources) {
        const one = node && (node.nodeType === 1 ? node : node.parentElement);
        const at = [previousRect, currentRect].map(({ top, bottom }) => [top, bottom]);
        if (one ? one.closest(".bar") : at.every(([, bottom]) => bottom <= bar)) continue;
        moved.push(one ? one.outerHTML.slice(0, 100) : `? ${JSON.stringify(at)}`);
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 60);
})"""
