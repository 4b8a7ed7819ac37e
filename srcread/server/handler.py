"""One request to its answer: a file of the site, the script, the events, or a run of a snippet.

One snippet runs at a time: a second request is told so, and may come again.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qs

from srcread.errors import SrcreadError
from srcread.server.events import Events
from srcread.server.guard import JSON, Guard
from srcread.server.pages import SCRIPT, Served, lost, served
from srcread.server.request import Refusal, Request

EVENTS = "/-/events"
RUN = "/-/run"
PLAIN = "text/plain; charset=utf-8"

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Site:
    """What is served: a folder, the script with its words, and what runs a note by its name.

    `run` takes `tour/stem` and returns what the page shows.
    """

    folder: Path
    script: bytes
    run: Callable[[str], Mapping[str, Any]]


class Answer(NamedTuple):
    """What is sent back; a `body` of None is the stream of events."""

    status: int
    kind: str
    body: bytes | None
    headers: tuple[tuple[str, str], ...] = ()


class Handler:
    """Answers requests, to whom the guard lets pass."""

    def __init__(self, site: Site, events: Events, guard: Guard) -> None:
        self._site, self._events, self._guard = site, events, guard
        self._running = Lock()

    async def answer(self, request: Request) -> Answer:
        """Answer one request."""
        if refusal := self._guard.foreign(request.headers):
            return refused(refusal)
        token = parse_qs(request.query).get("token", [""])[0]
        if request.method != "POST" and self._guard.is_token(token):
            return self._welcome(request.path)
        if refusal := self._guard.unknown(request.headers):
            return refused(refusal)
        if request.method == "POST":
            return await self._post(request)
        return self._get(request.path)

    def _get(self, path: str) -> Answer:
        if path == EVENTS:
            return Answer(200, "text/event-stream", None)
        if path == f"/{SCRIPT}":
            return Answer(200, "text/javascript; charset=utf-8", self._site.script)
        build = self._events.build
        if found := served(self._site.folder, path, build):
            return _page(200, found)
        if found := lost(self._site.folder, build):
            return _page(404, found)
        return refused(Refusal(404, "The site has no such page."))

    async def _post(self, request: Request) -> Answer:
        """Run the snippet of one note."""
        if request.path != RUN:
            return refused(Refusal(404, "There is nothing to be asked."))
        if refusal := self._guard.run_refused(request.headers):
            return refused(refusal)
        name = _note_of(request.body)
        if name is None:
            return refused(Refusal(400, 'Send {"note": "TOUR/STEM"}.'))
        if not self._running.acquire(blocking=False):
            return refused(Refusal(409, "Another snippet is running. Wait for its end."))
        status, told = await _in_a_thread(lambda: self._run(name))
        return Answer(status, JSON, json.dumps(told).encode())

    def _run(self, name: str) -> tuple[int, Mapping[str, Any]]:
        try:
            return 200, self._site.run(name)
        except (SrcreadError, OSError) as error:
            return 422, {"problem": str(error)}
        finally:
            self._running.release()

    def _welcome(self, path: str) -> Answer:
        """Take the token out of the address, and keep it in the browser."""
        here = ("Location", "/" + path.lstrip("/\\"))
        return Answer(303, PLAIN, b"", (here, ("Set-Cookie", self._guard.cookie())))


def refused(refusal: Refusal) -> Answer:
    """Say why a request is not answered."""
    allowed = (("Allow", "GET, HEAD, POST"),) if refusal.status == 405 else ()
    return Answer(refusal.status, PLAIN, f"{refusal.reason}\n".encode(), allowed)


def _page(status: int, found: Served) -> Answer:
    return Answer(status, found.kind, found.body)


async def _in_a_thread(work: Callable[[], Result]) -> Result:
    """Await work that blocks. Its thread holds nobody up who ends the server."""
    done: Future[Result] = Future()
    done.set_running_or_notify_cancel()  # from here on nothing cancels it: it can set its result

    def finish() -> None:
        try:
            done.set_result(work())
        except BaseException as error:  # whoever awaits it gets it
            done.set_exception(error)

    Thread(target=finish, daemon=True).start()
    return await asyncio.wrap_future(done)


def _note_of(body: bytes) -> str | None:
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return None
    name = asked.get("note") if isinstance(asked, dict) else None
    return name if isinstance(name, str) else None
