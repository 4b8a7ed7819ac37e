"""serve on the wire: what no browser sends; clients slow, silent, many or gone; its end."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.served_example import Server, serving

pytestmark = pytest.mark.skipif(os.name != "posix", reason="snippets run on Linux and macOS only")

PAGE = "/en/tiny-model/1.0/tiny.model.Layer.run.html"
MOST, MOST_STREAMS = 200, 100


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("serve")) as started:
        yield started


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=60)


def allowed(server: Server, *more: bytes) -> bytes:
    """Return the headers of somebody who may ask, some more, and the empty line behind them."""
    own = [f"Host: 127.0.0.1:{server.port}", f"Cookie: {server.cookie['Cookie']}"]
    return b"".join(line + b"\r\n" for line in (*(one.encode() for one in own), *more, b""))


def told(connection: socket.socket) -> bytes:
    """Return all that comes until the other side ends."""
    found = bytearray()
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(1 << 16):
            found += part
    return bytes(found)


def say(server: Server, sent: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; return the status and all of the one answer."""
    with connect(server) as connection:
        connection.sendall(sent)
        answer = told(connection)
    assert answer.startswith(b"HTTP/1.1 "), answer
    assert answer.count(b"\r\nDate: ") == 1
    return int(answer.split()[1]), answer


def still_answers(server: Server) -> bool:
    status, body = server.get(PAGE)
    return status == 200 and b"/-/serve.js" in body


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"\r\n", 400),
        (b"GET", 400),
        (b"GET / HTTP/1.1 more", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"GET / http/1.1", 400),
        (b"GET / HTTP/1234.1", 400),
        (b"GET /", 505),
        (b"GET / HTTP/2.0", 505),
        (b"PRI * HTTP/2.0", 505),
        (b"GET / HTTP/0.9", 505),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"G\0T / HTTP/1.1", 400),
        (b"GET /\0 HTTP/1.1", 400),
        (b"GET /\r HTTP/1.1", 400),
        ("GET /é HTTP/1.1".encode(), 400),
        (b"GET * HTTP/1.1", 400),
        (b"GET http://[ HTTP/1.1", 400),
        (b"GET http://127.0.0.1/ HTTP/1.1", 400),
        (b"CONNECT 127.0.0.1:80 HTTP/1.1", 405),
        (b"BREW / HTTP/1.1", 405),
        (b"get / HTTP/1.1", 405),
        (b"DELETE /index.html HTTP/1.1", 405),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1", 414),
        (b"a" * 100_000, 414),
    ],
)
def test_a_line_that_begins_no_request_is_refused(server: Server, line: bytes, status: int) -> None:
    assert say(server, line + b"\r\n" + allowed(server))[0] == status
    assert still_answers(server)


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (b"no colon", 400),
        (b" folded: x", 400),
        (b"Spaced : x", 400),
        (b": nameless", 400),
        (b"Nul: a\0b", 400),
        (b"Host: elsewhere.invalid", 400),
        (b"Long: " + b"a" * 40_000, 431),
        (b"\r\n".join(b"N%d: x" % number for number in range(101)), 431),
        (b"\r\n".join(b"N%d: %s" % (number, b"a" * 9_000) for number in range(9)), 431),
    ],
)
def test_headers_that_are_none_or_too_much_are_refused(
    server: Server, header: bytes, status: int
) -> None:
    assert say(server, b"GET / HTTP/1.1\r\n" + allowed(server, header))[0] == status


@pytest.mark.parametrize(
    ("length", "status"),
    [
        (b"Content-Length: -1", 400),
        (b"Content-Length: +1", 400),
        (b"Content-Length: 0x10", 400),
        (b"Content-Length: 1e3", 400),
        (b"Content-Length: 1, 1", 400),
        (b"Content-Length:", 400),
        (b"Content-Length: \xb2", 400),
        (b"Content-Length: 5\r\nContent-Length: 5", 400),
        (b"Content-Length: 4097", 413),
        (b"Content-Length: " + b"9" * 5_000, 413),
        (b"Transfer-Encoding: chunked", 411),
        (b"Content-Length: 5\r\nTransfer-Encoding: chunked", 411),
    ],
)
def test_a_body_of_no_or_of_a_wild_length_is_refused(
    server: Server, length: bytes, status: int
) -> None:
    for method in (b"GET", b"POST"):
        sent = method + b" /-/run HTTP/1.1\r\n" + allowed(server, length) + b"hello"
        assert say(server, sent)[0] == status


def test_only_a_post_has_a_body_and_none_has_more_than_is_read(server: Server) -> None:
    five = allowed(server, b"Content-Length: 5")
    assert say(server, b"GET / HTTP/1.1\r\n" + five + b"hello")[0] == 400
    assert say(server, b"POST /-/run HTTP/1.1\r\n" + allowed(server))[0] == 411
    large = allowed(server, b"Content-Length: 3000000")
    assert say(server, b"POST /-/run HTTP/1.1\r\n" + large + b"x" * 3_000_000)[0] == 413


@pytest.mark.parametrize(
    "path",
    [
        *("/%", "/%zz", "/%00", "/%c3%28", "/%f0%9f%98%80", "/?", "/x?token=%ff", "/x?token=%00"),
        *("/..", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/en/..%2f..%2fetc%2fpasswd"),
        *("//etc/passwd", "/..%5c..%5cx", "/c:/x", "/style.css/x", "/-/run", "/" + "a" * 300),
        *("/" + "a/" * 5_000, "/" + "%2e/" * 5_000 + "x", "/#x", "/x&=;=&token"),
    ],
)
def test_a_path_that_leads_to_no_file_is_answered_as_any_lost_one(
    server: Server, path: str
) -> None:
    status, body = server.get(path)
    if path in ("/?", "/#x"):
        assert (status, b"<h1>" in body) == (200, True)
    else:
        assert (status, b"<h1>There is no such page</h1>" in body) == (404, True)


def test_a_head_is_the_answer_without_its_body_and_a_connection_has_many(server: Server) -> None:
    own = allowed(server)
    with connect(server) as connection:
        for _ in range(3):
            connection.sendall(b"HEAD /style.css HTTP/1.1\r\n" + own)
            head = connection.recv(1 << 16)
            assert head.endswith(b"\r\n\r\n") and b"Content-Length: " in head
        connection.sendall(b"HEAD /-/events HTTP/1.0\r\n" + own)
        assert told(connection).endswith(b"\r\n\r\n")
    for empty in (b"\r\n", b"\n"):
        assert say(server, empty + b"GET /style.css HTTP/1.0\r\n" + own)[0] == 200
    assert (
        say(server, b"GET /style.css HTTP/1.1\n" + allowed(server, b"Connection: close"))[0] == 200
    )
    both = (b"GET /style.css HTTP/1.1\r\n" + own) * 2
    with connect(server) as connection:
        connection.sendall(both + b"GET /style.css HTTP/1.0\r\n" + own)
        assert told(connection).count(b"HTTP/1.1 200 OK\r\n") == 3


def test_cookies_of_others_on_this_machine_do_not_matter(server: Server) -> None:
    others = f'x; ="; {{"a": 1}}; {server.cookie["Cookie"]}; other=\\"{"y" * 20_000}'
    assert server.get(PAGE, Cookie=others)[0] == 200
    assert server.get(PAGE, Cookie=f"{server.cookie['Cookie']}x")[0] == 403


def test_a_client_that_goes_at_any_moment_is_no_trouble(server: Server) -> None:
    for sent in (
        b"",
        b"G",
        b"GET / HTTP/1.1\r\n",
        b"GET /style.css HTTP/1.1\r\n" + allowed(server),
        (b"GET /style.css HTTP/1.1\r\n" + allowed(server)) * 100,
        b"GET /-/events HTTP/1.1\r\n" + allowed(server),
        b"POST /-/run HTTP/1.1\r\n" + allowed(server, b"Content-Length: 50") + b"{",
    ):
        for reset in (True, False) * 3:
            with connect(server) as connection:
                if reset:  # closing then sends no goodbye, and throws away what was not sent
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.sendall(sent)
                if reset and sent:
                    connection.recv(1) if sent.endswith(b"\r\n\r\n") else None
    assert still_answers(server)


def test_slow_clients_are_told_so_in_the_end_and_others_are_answered(server: Server) -> None:
    halves = [
        b"GET / HT",
        b"GET / HTTP/1.1\r\nHost: x",
        b"POST /-/run HTTP/1.1\r\n" + allowed(server, b"Content-Length: 9") + b"{",
    ]
    slow = [connect(server) for _ in range(4)]
    for connection, sent in zip(slow, halves, strict=False):
        connection.sendall(sent)
    answers: dict[int, bytes] = {}
    for _ in range(100):  # the last one sends a byte now and then
        with contextlib.suppress(OSError):
            slow[3].sendall(b"G")
        assert still_answers(server)
        for number, connection in enumerate(slow):
            connection.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                answers[number] = answers.get(number, b"") + connection.recv(1 << 16)
        if len(answers) == 4:
            break
        time.sleep(0.3)
    for connection in slow:
        connection.close()
    assert [answers[number].split()[1] for number in range(4)] == [b"408"] * 4


def test_silent_clients_keep_nobody_out(server: Server) -> None:
    with contextlib.ExitStack() as stack:
        silent = [stack.enter_context(connect(server)) for _ in range(MOST + 100)]
        assert still_answers(server)
        ended = []
        for connection in silent:
            connection.settimeout(0.01)
            with contextlib.suppress(TimeoutError):
                ended.append(connection.recv(1))
    assert 100 <= len(ended) <= 110  # the first ones, and a few for the answer between
    assert set(ended) == {b""}


def test_a_client_that_takes_no_answer_holds_nobody_up(server: Server) -> None:
    asked = b"GET /style.css HTTP/1.1\r\n" + allowed(server)
    with connect(server) as greedy:
        greedy.settimeout(1)
        with contextlib.suppress(TimeoutError):
            for _ in range(100):
                greedy.sendall(asked * 100)
        assert still_answers(server)


def test_pages_that_listen_have_half_of_the_room(server: Server) -> None:
    asked = b"GET /-/events HTTP/1.1\r\n" + allowed(server)
    note = server.folder / "annotations" / "tiny-model" / "first-layers.md"
    with contextlib.ExitStack() as stack:
        listening = [stack.enter_context(connect(server)) for _ in range(MOST_STREAMS)]
        for connection in listening:
            connection.sendall(asked)
            until(connection, b"event: build\n")
        assert say(server, asked)[0] == 503
        for _ in range(MOST):
            stack.enter_context(connect(server))
        assert still_answers(server)
        assert threads(server) < 10
        note.write_text(note.read_text() + "\n")
        for connection in listening:
            until(connection, b"event: build\n")


def test_a_page_that_has_gone_makes_room(server: Server) -> None:
    asked = b"GET /-/events HTTP/1.1\r\n" + allowed(server)
    for _ in range(3 * MOST_STREAMS):
        for _ in range(100):
            with connect(server) as connection:
                connection.sendall(asked)
                if b" 200 OK" in connection.recv(1 << 10):
                    break
            time.sleep(0.05)
        else:
            pytest.fail("pages that have gone still take the room")


def until(connection: socket.socket, text: bytes) -> None:
    """Read until a text has come."""
    seen = b""
    while text not in seen:
        part = connection.recv(1 << 12)
        assert part, seen
        seen += part


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_with_all_connections_whatever_they_are_about(
    server: Server, number: signal.Signals
) -> None:
    other = Server(server.folder, server.folder / "installed")
    events = b"GET /-/events HTTP/1.1\r\n" + allowed(other)
    page = b"GET /style.css HTTP/1.1\r\n" + allowed(other)
    with contextlib.ExitStack() as stack:
        for sent in [b"", b"GET / HT", events, page, page * 500] * 3:
            connection = stack.enter_context(connect(other))
            connection.sendall(sent)
        assert still_answers(other)
        other.process.send_signal(number)
        out, _ = other.process.communicate(timeout=60)
    assert out == ("Ended.\n" if number == signal.SIGINT else "")
    assert other.process.returncode in (
        (0,) if number == signal.SIGINT else (-number, 128 + number)
    )
    with pytest.raises(ConnectionRefusedError):
        connect(other)


def threads(server: Server) -> int:
    """Return how many threads the server's process has; 0 where the system does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("Threads:")[2].split()[0])
