"""Several package indexes on this machine, each at the first part of a path; tests script them."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WHEEL = "demo_pkg-1.0-py3-none-any.whl"


class Indexes(ThreadingHTTPServer):
    """Answers by index: a status, or a page; `asked` are the indexes in their order."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: dict[str, int] = {}
        self.pages: dict[str, str] = {}
        self.asked: list[str] = []
        self.logins: dict[str, str | None] = {}

    def address(self, index: str, login: str = "") -> str:
        return f"http://{login}127.0.0.1:{self.server_port}/{index}"

    def offer(self, index: str, link: str = f"../files/{WHEEL}") -> None:
        """Let an index have the wheel of demo-pkg 1.0."""
        self.pages[index] = f'<a href="{link}">{WHEEL}</a>'


class _Handler(BaseHTTPRequestHandler):
    server: Indexes

    def do_GET(self) -> None:
        index, server = self.path.split("/")[1], self.server
        login = self.headers.get("Authorization")
        if self.path.endswith(".whl"):
            server.logins["wheel"] = login
            self._send(200, wheel(), "application/octet-stream")
            return
        server.asked.append(index)
        server.logins[index] = login
        page = server.pages.get(index)
        status = server.statuses.get(index, 404 if page is None else 200)
        self._send(status, (page or "").encode(), "text/html")

    def _send(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has seen enough
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def indexes() -> Iterator[Indexes]:
    """Give indexes that answer 404 to everything until they are told otherwise."""
    with Indexes() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def wheel() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = "demo_pkg-1.0.dist-info"
        archive.writestr("demo_pkg/__init__.py", "def halve(x):\n    return x / 2\n")
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\n"
        )
        archive.writestr(f"{info}/RECORD", "demo_pkg/__init__.py,,\n")
    return buffer.getvalue()
