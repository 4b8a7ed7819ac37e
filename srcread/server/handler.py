"""One request: a file of the site, the script, the stream of events, or a run of a note's snippet.

One snippet runs at a time: a second request is told so, and may come again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from srcread.errors import SrcreadError
from srcread.server.events import Events
from srcread.server.guard import JSON, Guard, Refusal
from srcread.server.pages import SCRIPT, Served, lost, served

EVENTS = "/-/events"
RUN = "/-/run"
_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Site:
    """What is served: a folder, the script with its words, and what runs a note by its name.

    `run` takes `tour/stem` and returns what the page shows.
    """

    folder: Path
    script: bytes
    run: Callable[[str], Mapping[str, Any]]


def open_server(site: Site, events: Events, port: int) -> tuple[ThreadingHTTPServer, str]:
    """Listen on loopback; return the server, not serving yet, and the address that opens it.

    Raises:
        SrcreadError: the port is taken, or may not be used.
    """

    class Handler(_Handler):
        pass

    try:
        server = _Server(("127.0.0.1", port), Handler)
    except OSError as error:
        problem = error.strerror or error
        raise SrcreadError(
            f"Port {port} cannot be used: {problem}. Choose another: --port."
        ) from None
    bound = server.server_address[1]
    Handler.site, Handler.events, Handler.guard = site, events, Guard(int(bound))
    return server, f"http://127.0.0.1:{bound}/?token={Handler.guard.token}"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True


class _Handler(BaseHTTPRequestHandler):
    site: Site
    events: Events
    guard: Guard
    running = Lock()
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "srcread", ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer with a file, the script or the events."""
        address = urlsplit(self.path)
        if refusal := self.guard.foreign(self._headers()):
            return self._refuse(refusal)
        token = parse_qs(address.query).get("token", [""])[0]
        if self.guard.is_token(token):
            return self._welcome(address.path)
        if refusal := self.guard.unknown(self._headers()):
            return self._refuse(refusal)
        if address.path == EVENTS:
            return self._stream()
        if address.path == f"/{SCRIPT}":
            return self._send(200, Served(self.site.script, "text/javascript; charset=utf-8"))
        build = self.events.build
        found = served(self.site.folder, address.path, build)
        if found is not None:
            return self._send(200, found)
        if page := lost(self.site.folder, build):
            return self._send(404, page)
        return self._refuse(Refusal(404, "The site has no such page."))

    def do_POST(self) -> None:
        """Run the snippet of one note."""
        headers = self._headers()
        refusal = self.guard.foreign(headers) or self.guard.unknown(headers)
        if refusal is None and urlsplit(self.path).path != RUN:
            refusal = Refusal(404, "There is nothing to be asked.")
        refusal = refusal or self.guard.run_refused(headers)
        if refusal:
            return self._refuse(refusal)
        name = _note_of(self.rfile.read(int(headers["Content-Length"])))
        if name is None:
            return self._refuse(Refusal(400, 'Send {"note": "TOUR/STEM"}.'))
        if not self.running.acquire(blocking=False):
            return self._refuse(Refusal(409, "Another snippet is running. Wait for its end."))
        try:
            status, answer = 200, self.site.run(name)
        except SrcreadError as error:
            status, answer = 422, {"problem": str(error)}
        finally:
            self.running.release()
        return self._send(status, Served(json.dumps(answer).encode(), JSON))

    def log_message(self, format: str, *arguments: Any) -> None:
        """Print nothing: a line for each request would bury what the command says."""

    def _headers(self) -> Mapping[str, str]:
        return {name.title(): value for name, value in self.headers.items()}

    def _welcome(self, path: str) -> None:
        """Take the token out of the address, and keep it in the browser."""
        self.send_response(303)
        self.send_header("Location", f"/{path.lstrip('/')}")
        self.send_header("Set-Cookie", self.guard.cookie())
        self._end(0, _PLAIN)

    def _refuse(self, refusal: Refusal) -> None:
        self.close_connection = True  # the body, if there is one, is not read
        self._send(refusal.status, Served(f"{refusal.reason}\n".encode(), _PLAIN))

    def _send(self, status: int, answer: Served) -> None:
        self.send_response(status)
        self._end(len(answer.body), answer.kind)
        self.wfile.write(answer.body)

    def _end(self, length: int | None, kind: str) -> None:
        self.send_header("Content-Type", kind)
        if length is None or self.close_connection:
            self.send_header("Connection", "close")
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in _EVERY:
            self.send_header(name, value)
        self.end_headers()

    def _stream(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self._end(None, "text/event-stream")
        try:
            for told in self.events.listen():
                self.wfile.write(told)
                self.wfile.flush()
        except OSError:  # the page has gone
            return


_EVERY = (
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
"""Headers of every answer: nobody else may keep, embed, frame or guess it."""


def _note_of(body: bytes) -> str | None:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    name = asked.get("note") if isinstance(asked, dict) else None
    return name if isinstance(name, str) else None
