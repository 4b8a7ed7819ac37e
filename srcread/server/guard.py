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

from srcread.server.request import Refusal

JSON = "application/json"


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
        cookies = (one.strip().partition("=") for one in headers.get("Cookie", "").split(";"))
        held = next((value for name, _, value in cookies if name == self._cookie), "")
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
        return None
