"""Who may ask a server on loopback: any page of the web can send requests to it, and any user.

`Host` must name this server, so that no foreign name that was rebound to 127.0.0.1 reaches it.
`Origin`, where a browser sends it, must be this server's own. A cookie holds a token of this start,
which the address that the command opens brings: other users of the machine do not have it. The
cookie is `SameSite=Strict`, so that no other site's page sends it, and no script can read it. To
run something also takes a content type that a form cannot send.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from typing import NamedTuple

JSON = "application/json"
MOST_BYTES = 1 << 12
"""Of the body of a request."""


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    reason: str


class Guard:
    """Knows this server's names and its token."""

    def __init__(self, port: int) -> None:
        self.token = secrets.token_urlsafe(32)
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = f"srcread-{port}"  # cookies do not tell ports apart

    def foreign(self, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a request comes from elsewhere, None where it may be answered at all."""
        host = headers.get("Host") or ""
        if host not in self._hosts:
            return Refusal(421, f"This server is not {host!r}.")
        origin = headers.get("Origin")
        if origin is not None and origin not in {f"http://{host}"}:
            return Refusal(403, "Another site's page asks.")
        return None

    def unknown(self, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a request lacks the token."""
        cookies = SimpleCookie()
        try:
            cookies.load(headers.get("Cookie") or "")
        except CookieError:
            cookies.clear()
        held = cookies[self._cookie].value if self._cookie in cookies else ""
        if not secrets.compare_digest(held.encode(), self.token.encode()):
            return Refusal(403, "Open the address that `srcread serve` has printed.")
        return None

    def is_token(self, text: str) -> bool:
        """Tell whether a text is the token."""
        return secrets.compare_digest(text.encode(), self.token.encode())

    def cookie(self) -> str:
        """Return the header that gives a browser the token."""
        return f"{self._cookie}={self.token}; HttpOnly; SameSite=Strict; Path=/"

    def run_refused(self, headers: Mapping[str, str]) -> Refusal | None:
        """Return why a request to run something is refused, beyond what holds for all."""
        if headers.get("Origin") is None:
            return Refusal(403, "A run is asked for by this server's own pages.")
        if (headers.get("Content-Type") or "").partition(";")[0].strip() != JSON:
            return Refusal(415, f"A run is asked for by {JSON}.")
        length = headers.get("Content-Length") or ""
        if not (length.isascii() and length.isdigit()):
            return Refusal(411, "How long is it?")
        if int(length) > MOST_BYTES:
            return Refusal(413, f"It has more than {MOST_BYTES} bytes.")
        return None
