"""The connections of the server: how many there are at once, and how long each may take.

One thread attends to all of them, so that none costs one; a run of a snippet has its own. Whoever
waits for a client waits with a deadline. Where there is no room for a new connection, the one that
a client has kept waiting longest makes room: silent clients keep nobody out. Pages that listen for
events have half of the room and no more, and the events that they are told are few.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from asyncio import StreamReader, StreamWriter, Task
from collections.abc import AsyncIterator
from email.utils import formatdate
from http import HTTPStatus
from typing import Any

from srcread.errors import SrcreadError
from srcread.server.events import STILL_HERE, Events
from srcread.server.guard import Guard
from srcread.server.handler import Answer, Handler, Site, refused
from srcread.server.request import LONGEST_LINE, Refusal, Refused, read_request

MOST = 200
"""Connections at once: fewer than the 256 files that macOS lets a process open."""
MOST_STREAMS = 100
_IDLE_SECONDS = 30.0
_REQUEST_SECONDS = 10.0
_ANSWER_SECONDS = 30.0
_LINGER_SECONDS = 1.0
_SILENCE_SECONDS = 15.0
_EVERY = (
    ("Cache-Control", "no-store"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
)
"""Headers of every answer: nobody else may keep, embed, frame or guess it."""


def open_server(site: Site, events: Events, port: int) -> tuple[Server, str]:
    """Listen on loopback; return the server, not serving yet, and the address that opens it.

    Raises:
        SrcreadError: the port is taken, or may not be used.
    """
    try:
        listening = socket.create_server(("127.0.0.1", port), backlog=MOST)
    except OSError as error:
        problem = error.strerror or error
        raise SrcreadError(
            f"Port {port} cannot be used: {problem}. Choose another: --port."
        ) from None
    bound = int(listening.getsockname()[1])
    guard = Guard(bound)
    server = Server(listening, Handler(site, events, guard), events)
    return server, f"http://127.0.0.1:{bound}/?token={guard.token}"


class Server:
    """Attends to a socket that listens, for as long as `serve` runs."""

    def __init__(self, listening: socket.socket, handler: Handler, events: Events) -> None:
        self._socket, self._handler, self._events = listening, handler, events
        self._open: set[Task[None]] = set()
        self._kept_waiting: dict[Task[None], None] = {}
        self._streams = 0

    def serve(self) -> None:
        """Answer requests until the thread is interrupted; end all connections then."""
        asyncio.run(self._serve())

    def close(self) -> None:
        """Let go of the port."""
        self._socket.close()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_complain)
        serving = await asyncio.start_server(
            self._connected, sock=self._socket, limit=LONGEST_LINE, backlog=MOST
        )
        try:
            await loop.create_future()  # until it is interrupted
        finally:
            serving.close()
            for task in tuple(self._open):
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        if len(self._open) >= MOST and self._kept_waiting:
            longest = next(iter(self._kept_waiting))
            del self._kept_waiting[longest]
            longest.cancel()
        task = asyncio.get_running_loop().create_task(self._attend(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: Task[None]) -> None:
        """Show what went wrong; not that the process is to end, which the loop passes on."""
        self._open.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            context = {"message": "A request was not answered.", "exception": error}
            task.get_loop().call_exception_handler(context)

    async def _attend(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Answer one request after the other, for as long as both sides want."""
        writer.transport.set_write_buffer_limits(0)  # a drain ends when all is handed over
        try:
            while await self._exchange(reader, writer):
                await asyncio.sleep(0)  # others come in between, however many requests wait here
            await self._linger(reader, writer)
        except (OSError, EOFError):  # the client has gone, or is too slow: TimeoutError is one
            pass
        finally:
            writer.transport.abort()

    async def _exchange(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """Answer one request; tell whether the connection may have another."""
        async with self._waiting(_IDLE_SECONDS):
            begun = await reader.readexactly(1)
        try:
            async with self._waiting(_REQUEST_SECONDS):
                request = await read_request(reader, begun)
        except Refused as error:
            return await self._send(writer, refused(error.refusal))
        except TimeoutError:
            late = Refusal(408, f"A request is to be here within {_REQUEST_SECONDS:.0f} seconds.")
            return await self._send(writer, refused(late))
        answer = await self._handler.answer(request)
        if answer.body is None and self._streams >= MOST_STREAMS:
            answer = refused(Refusal(503, f"{MOST_STREAMS} pages listen here already."))
        if request.method == "HEAD":
            return await self._send(writer, answer, only_head=True, more=request.more)
        if answer.body is None:
            await self._send(writer, answer)
            return await self._stream(reader, writer)
        return await self._send(writer, answer, more=request.more and answer.status < 400)

    async def _send(
        self, writer: StreamWriter, answer: Answer, *, only_head: bool = False, more: bool = False
    ) -> bool:
        headers = [("Content-Type", answer.kind), ("Date", formatdate(usegmt=True))]
        if answer.body is not None:
            headers.append(("Content-Length", str(len(answer.body))))
        headers += [*([] if more else [("Connection", "close")]), *answer.headers, *_EVERY]
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in headers]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        writer.write(head + (b"" if only_head else answer.body or b""))
        async with self._waiting(_ANSWER_SECONDS):
            await writer.drain()
        return more

    async def _stream(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """Send events until the page has gone."""
        loop, told = asyncio.get_running_loop(), asyncio.Queue[bytes | None]()
        gone = loop.create_task(_end_of(reader))
        gone.add_done_callback(lambda _: told.put_nowait(None))
        self._streams += 1
        try:
            with self._events.heard_by(
                lambda event: loop.call_soon_threadsafe(told.put_nowait, event)
            ):
                while (event := await _next(told)) is not None:
                    writer.write(event)
                    async with asyncio.timeout(_ANSWER_SECONDS):
                        await writer.drain()
        finally:
            self._streams -= 1
            gone.cancel()
        return False

    async def _linger(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Take in what a client still sends: if it is lost, so may be the answer to it."""
        writer.write_eof()
        async with self._waiting(_LINGER_SECONDS):
            await _end_of(reader)

    @contextlib.asynccontextmanager
    async def _waiting(self, seconds: float) -> AsyncIterator[None]:
        """Wait for a client, not longer than this, and not if the room is needed."""
        task = asyncio.current_task()
        assert task is not None
        self._kept_waiting[task] = None
        try:
            async with asyncio.timeout(seconds):
                yield
        finally:
            self._kept_waiting.pop(task, None)


async def _end_of(reader: StreamReader) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(1 << 16):
            pass


async def _next(told: asyncio.Queue[bytes | None]) -> bytes | None:
    try:
        async with asyncio.timeout(_SILENCE_SECONDS):
            return await told.get()
    except TimeoutError:
        return STILL_HERE


def _complain(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Show what is wrong here; what is wrong with the network is not worth a traceback."""
    if not isinstance(context.get("exception"), OSError):
        loop.default_exception_handler(context)
