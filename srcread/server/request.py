"""A request as it comes off the wire, or why it is refused: HTTP/1.1 as RFC 9112 writes it, strict.

Whatever is too long, too much or may be read in two ways is refused, and its connection ends. Left
out: chunked bodies, bodies of other methods than POST, continued lines, and every form of address
but a path. How long a client may take is the connection's affair.
"""

from __future__ import annotations

import re
from asyncio import LimitOverrunError, StreamReader
from collections.abc import Mapping
from typing import NamedTuple

LONGEST_LINE = 1 << 15
"""Of the address, or of a header: all that listens on localhost shares one jar of cookies."""
_MOST_HEADERS = 100
_MOST_HEAD = 1 << 16
_MOST_BODY = 1 << 12
_METHODS = ("GET", "HEAD", "POST")
_ONCE = frozenset({"Host", "Origin", "Content-Length", "Content-Type"})

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_LINE = re.compile(rb"(%s) ([\x21-\x7e]+)(?: HTTP/(\d)\.\d)?" % _TOKEN)
_HEADER = re.compile(rb"(%s):[ \t]*([\t\x20-\x7e\x80-\xff]*)" % _TOKEN)


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    reason: str


class Refused(Exception):
    """What came is no request that is answered."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.refusal = Refusal(status, reason)


class Request(NamedTuple):
    """One request; headers by their titled names, and whether another may follow it."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    more: bool


async def read_request(reader: StreamReader, begun: bytes) -> Request:
    """Read one request, of which `begun` is here already.

    Raises:
        Refused: it is none, or too large.
        EOFError: the client ended the connection inside it.
        OSError: the connection broke.
    """
    too_long = Refused(414, f"An address has {LONGEST_LINE} bytes at most.")
    line = (begun + await _line(reader, too_long)).lstrip(b"\r\n")
    line = line or await _line(reader, too_long)  # an empty line may stand before a request
    method, path, query, newer = _parse_line(line)
    headers = await _headers(reader)
    length = _length(method, headers)
    more = newer and headers.get("Connection", "").lower() != "close"
    body = await reader.readexactly(length)
    return Request(method, path, query, headers, body, more)


async def _line(reader: StreamReader, too_long: Refused) -> bytes:
    try:
        return await reader.readuntil(b"\n")
    except LimitOverrunError:
        raise too_long from None


def _parse_line(line: bytes) -> tuple[str, str, str, bool]:
    """Return method, path and query, and whether the client speaks HTTP/1.1."""
    found = _LINE.fullmatch(line.rstrip(b"\r\n"))
    if found is None:
        raise Refused(400, "A request begins with a method, an address and HTTP/1.1.")
    method, address = found[1].decode(), found[2].decode()
    if found[3] != b"1":
        raise Refused(505, "Here HTTP/1.1 is spoken.")
    if method not in _METHODS:
        raise Refused(405, f"Here is answered to {', '.join(_METHODS)}.")
    if not address.startswith("/"):
        raise Refused(400, "An address begins with a slash.")
    path, _, query = address.partition("#")[0].partition("?")
    return method, path, query, line.rstrip().endswith(b"1.1")


async def _headers(reader: StreamReader) -> Mapping[str, str]:
    headers: dict[str, str] = {}
    too_much = Refused(431, f"Headers have {LONGEST_LINE} bytes each at most, {_MOST_HEAD} in all.")
    size = count = 0
    while (line := await _line(reader, too_much)).rstrip(b"\r\n"):
        size, count = size + len(line), count + 1
        if size > _MOST_HEAD:
            raise too_much
        if count > _MOST_HEADERS:
            raise Refused(431, f"A request has {_MOST_HEADERS} headers at most.")
        found = _HEADER.fullmatch(line.rstrip(b"\r\n"))
        if found is None:
            raise Refused(400, "A header is a name, a colon and a value, on one line.")
        name, value = found[1].decode().title(), found[2].decode("latin-1").strip(" \t")
        if name in headers and name in _ONCE:
            raise Refused(400, f"{name} stands there twice.")
        joint = "; " if name == "Cookie" else ", "
        headers[name] = f"{headers[name]}{joint}{value}" if name in headers else value
    return headers


def _length(method: str, headers: Mapping[str, str]) -> int:
    """Return how long the body is."""
    if "Transfer-Encoding" in headers:
        raise Refused(411, "How long is it? No body is read in chunks.")
    told = headers.get("Content-Length")
    if told is None:
        if method == "POST":
            raise Refused(411, "How long is it?")
        return 0
    if not (told.isascii() and told.isdigit()):
        raise Refused(400, f"A length of {told[:20]!r} is none.")
    digits = told.lstrip("0") or "0"  # Python refuses to read thousands of them as a number
    if len(digits) > len(str(_MOST_BODY)) or int(digits) > _MOST_BODY:
        raise Refused(413, f"It has more than {_MOST_BODY} bytes.")
    if method != "POST" and digits != "0":
        raise Refused(400, f"A {method} has no body here.")
    return int(digits)
