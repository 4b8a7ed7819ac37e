"""A page that arrives in pieces, in a real Chromium: what is on the screen stays where it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from support.browser_tools import needs_chromium, shifts, watched
from support.site_example import plans
from support.site_lab import LAB, shown
from support.site_runs import with_runs

from srcread.site import publish

pytest.importorskip("playwright", reason="needs playwright")
pytestmark = needs_chromium

WINDOWS: Mapping[str, Mapping[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
    "tablet": {"viewport": {"width": 800, "height": 1100}},
    "desktop": {"viewport": {"width": 1366, "height": 900}},
}
PAGES = (
    "plain/en/example/1.5/pkg.model.Model.forward.html",
    "plain/en/example/1.5/pkg.model.scale.html",
    "plain/en/example/1.5/index.html",
    "runs/en/example/1.5/pkg.model.Model.forward~masked.html",
    "lab/en/example/1.5/pkg.model.Model.forward.html",
)
BREAKS = (b"</header>", b"</nav>\n<main", b"<h1", b"</h1>", b'<div class="group', b"</main>")
"""Where a page pauses on its way: long enough for the browser to paint what it has."""


class _Slow(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        file = Path(self.translate_path(self.path))
        if file.suffix != ".html":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        for piece in _pieces(file.read_bytes()):
            self.wfile.write(piece)
            time.sleep(0.1)

    def log_message(self, *arguments: Any) -> None: ...


def _pieces(page: bytes) -> Iterator[bytes]:
    cuts = sorted({at for mark in BREAKS if (at := page.find(mark)) > 0})
    for start, stop in zip([0, *cuts], [*cuts, len(page)], strict=True):
        yield page[start:stop]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("slow")
    publish(folder / "plain", plans())
    publish(folder / "runs", plans(with_runs()))
    publish(folder / "lab", shown(LAB))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Slow, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("window", WINDOWS)
def test_nothing_on_the_screen_is_pushed_away_by_what_comes_later(
    browser: Any, address: str, window: str
) -> None:
    with watched(browser, **WINDOWS[window]) as (tab, watch):
        for page in PAGES:
            tab.goto(address + page)
            assert shifts(tab) == [], page
            assert watch.problems == [], page
            watch.clear()
