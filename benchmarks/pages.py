"""Our pages beside those of pdoc, Sphinx's viewcode and labml, in one Chromium: size and paint.

    python -m benchmarks.pages [--python PATH] [--labml FOLDER] [--site FOLDER] [--rounds N]

pdoc and Sphinx come from an environment of their own, whose interpreter PATH is: torch 2.13.0 with
`pip install pdoc sphinx`. They import torch and write their pages of the same modules that ours
show. labml's pages are read from FOLDER, a checkout of its `docs`. What is missing is left out with
the reason. SITE is a site built before; else the tour of nn.Transformer is built.

All pages come from one server on loopback that compresses text, to a browser context that is new
each time: each once a round, in an order that changes with the round. Requests to other hosts are
counted and refused at once, so a page that waits for a stylesheet from elsewhere is flattered.
First paint is the browser's own `first-contentful-paint` in milliseconds, the median of the rounds;
the unit is that of an empty page in the same rounds, because milliseconds cannot be compared
between machines.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

MODULES = ("torch.nn.modules.transformer", "torch.nn.functional")
OURS = (
    "torch.nn.modules.transformer.TransformerEncoderLayer.forward",
    "torch.nn.functional.multi_head_attention_forward",
)
LABML = ("transformers/models.html", "transformers/mha.html")
LIMIT_SECONDS = 900
EMPTY = "empty.html"
PAINT = "performance.getEntriesByName('first-contentful-paint').map((one) => one.startTime)"
CONFIGURATION = """
project = "peer"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode"]
html_theme = "alabaster"
suppress_warnings = ["*"]
"""


@dataclass(slots=True)
class Measured:
    """What one page costs: bytes over the wire, elements, requests, milliseconds."""

    tool: str
    address: str
    bytes: int = 0
    nodes: int = 0
    requests: int = 0
    elsewhere: int = 0
    paints: list[float] = field(default_factory=list)

    @property
    def paint(self) -> float:
        return statistics.median(self.paints)


def main() -> None:
    options = _options()
    names = ("chromium", "chromium-browser", "chromium-headless-shell")
    chromium = next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        sys.exit("There is no Chromium on the PATH.")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / EMPTY).write_text("<!doctype html><title>Empty</title><p>Empty.</p>", "utf-8")
        pages = [Measured("empty page", EMPTY), *_ours(root, options.site)]
        pages += _pdoc(root, options.python)
        pages += _sphinx(root, options.python)
        pages += _labml(root, options.labml)
        with _server(root) as address:
            _measure(address, pages, chromium, options.rounds)
    _report(pages, options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--python", help="interpreter of an environment with pdoc, Sphinx, torch")
    parser.add_argument("--labml", type=Path, help="a checkout of labml's docs")
    parser.add_argument("--site", type=Path, help="a site built before")
    parser.add_argument("--rounds", type=int, default=15)
    return parser.parse_args()


def _ours(root: Path, site: Path | None) -> list[Measured]:
    if site is None:
        command = [sys.executable, "-m", "srcread", "build", "torch-transformer"]
        subprocess.run([*command, "-o", str(root / "srcread")], check=True, capture_output=True)
    else:
        shutil.copytree(site, root / "srcread")
    found = []
    for symbol in OURS:
        paths = sorted((root / "srcread" / "en").rglob(f"{symbol}.html"))
        found += [Measured("srcread", path.relative_to(root).as_posix()) for path in paths[:1]]
    return found


def _pdoc(root: Path, python: str | None) -> list[Measured]:
    if not _ran("pdoc", python, ["-m", "pdoc", *MODULES, "-o", str(root / "pdoc")]):
        return []
    paths = [f"pdoc/{module.replace('.', '/')}.html" for module in MODULES]
    return [Measured("pdoc", path) for path in paths if (root / path).is_file()]


def _sphinx(root: Path, python: str | None) -> list[Measured]:
    source = root / "sphinx-source"
    source.mkdir()
    (source / "conf.py").write_text(CONFIGURATION, "utf-8")
    body = "".join(f".. automodule:: {module}\n   :members:\n\n" for module in MODULES)
    (source / "index.rst").write_text(f"Peer\n====\n\n{body}", "utf-8")
    build = ["-m", "sphinx", "-q", "-b", "html", str(source), str(root / "sphinx")]
    if not _ran("Sphinx viewcode", python, build):
        return []
    paths = [f"sphinx/_modules/{module.replace('.', '/')}.html" for module in MODULES]
    found = [Measured("Sphinx viewcode", path) for path in paths if (root / path).is_file()]
    if len(found) < len(paths):
        print(
            f"Sphinx viewcode made {len(found)} of {len(paths)} pages: can {python} import torch?"
        )
    return found


def _ran(tool: str, python: str | None, arguments: Sequence[str]) -> bool:
    if python is None:
        print(f"{tool} was left out: --python names no environment that has it.")
        return False
    try:
        run = subprocess.run([python, *arguments], capture_output=True, timeout=LIMIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"{tool} was left out: {error}.")
        return False
    if run.returncode:
        words = run.stderr.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"]
        print(f"{tool} was left out: {words[-1]}")
    return run.returncode == 0


def _labml(root: Path, docs: Path | None) -> list[Measured]:
    if docs is None or not all((docs / page).is_file() for page in LABML):
        print(f"labml was left out: --labml names no folder with {LABML[0]}.")
        return []
    shutil.copytree(docs, root / "labml", ignore=shutil.ignore_patterns("ja", "si", "zh"))
    return [Measured("labml", f"labml/{page}") for page in LABML]


class _Handler(SimpleHTTPRequestHandler):
    """Serves files, text compressed, and keeps quiet."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        kind = self.guess_type(str(path))
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if kind.startswith("text/") or "script" in kind or "svg" in kind:
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        shutil.copyfileobj(BytesIO(content), self.wfile)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _server(root: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(root)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()


def _measure(address: str, pages: Sequence[Measured], chromium: str, rounds: int) -> None:
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for number in range(rounds + 1):
            # Whichever page comes first is slower by up to a sixth: no page always does.
            for page in Random(number).sample(pages, len(pages)):
                _visit(browser, address, page, keep=number > 0)
            print(f"round {number} of {rounds}", file=sys.stderr)
        browser.close()


def _visit(browser: Any, address: str, page: Measured, *, keep: bool) -> None:
    """Open a page with an empty cache. The first visit only warms the server."""
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    seen: list[str] = []
    context.on("request", lambda request: seen.append(request.url))
    context.route(lambda url: not url.startswith((address, "data:")), lambda route: route.abort())
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.goto(f"{address}/{page.address}", wait_until="load")
    while not (paints := tab.evaluate(PAINT)):  # a page's policy may forbid what waits by itself
        tab.wait_for_timeout(5)
    if keep:
        page.paints.append(paints[0])
        page.bytes = round(sum(sizes))
        page.nodes = tab.evaluate("document.getElementsByTagName('*').length")
        requests = [url for url in seen if not url.startswith("data:")]
        page.requests = len(requests)
        page.elsewhere = sum(not url.startswith(address) for url in requests)
    context.close()


def _report(pages: Sequence[Measured], rounds: int) -> None:
    unit = pages[0].paint
    print(f"First paint of an empty page: {unit:.0f} ms, the unit; medians of {rounds} rounds.\n")
    print(
        "| tool | page | bytes | elements | requests | elsewhere | first paint | spread | units |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for page in pages:
        name = Path(page.address).stem
        sizes = f"{page.bytes:,} | {page.nodes:,} | {page.requests} | {page.elsewhere}"
        spread = f"{min(page.paints):.0f} to {max(page.paints):.0f}"
        paint = f"{page.paint:.0f} ms | {spread} | {page.paint / unit:.2f}"
        print(f"| {page.tool} | {name} | {sizes} | {paint} |")


if __name__ == "__main__":
    main()
