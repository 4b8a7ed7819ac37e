"""What tests in a real Chromium share: its start, watching a page, axe-core, measures of layout."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
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


def violations(page: Any, *rules: str) -> list[tuple[str, str]]:
    """Return what axe-core finds, rule and element; of these rules only, if any is given."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": _RULES}
    options = {"runOnly": wanted, "resultTypes": ["violations"]}
    found = page.evaluate("(options) => axe.run(options)", options)
    assert found["passes"], page.url
    return [
        (rule["id"], node["html"][:200]) for rule in found["violations"] for node in rule["nodes"]
    ]


def unfold_all(page: Any) -> None:
    """Open everything that folds."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def overflow(page: Any) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def shifts(page: Any) -> list[str]:
    """Return what moved while the page loaded, as the browser measures it.

    The parts of the bar push one another where a browser happens to paint between them: left out.
    """
    return list(page.evaluate(_SHIFTS))


_SHIFTS = """new Promise((done) => {
  const moved = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      for (const { node } of entry.sources) {
        const one = node && (node.nodeType === 1 ? node : node.parentElement);
        if (!one || !one.closest(".bar")) moved.push(one ? one.outerHTML.slice(0, 100) : "?");
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 60);
})"""
