"""Requests to package indexes and servers of wheels, and what a message may say about them.

Proxies and netrc count as `requests` finds them in the environment. No message repeats an address
with its login.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from srcread.sources.index_settings import IndexSettings

if TYPE_CHECKING:
    import requests

_CONNECT_SECONDS = 15.0


def open_session() -> requests.Session:
    """Return a session that tries a connection twice; proxies and netrc by environment."""
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=1))
    return session


def request_options(settings: IndexSettings) -> dict[str, Any]:
    """Return what every request needs; a session's own would yield to REQUESTS_CA_BUNDLE."""
    timeouts = min(settings.timeout, _CONNECT_SECONDS), settings.timeout
    return {"timeout": timeouts, "verify": settings.certificates}


def explain(error: Exception) -> str:
    """Say in a few words why a request failed; never with its address, which may hold a login."""
    import requests

    match error:
        case requests.HTTPError() if error.response is not None:
            return f"answered {error.response.status_code}"
        case requests.Timeout():
            return "does not answer in time"
        case requests.exceptions.SSLError():
            return "has a certificate that is not trusted here"
        case requests.exceptions.ProxyError():
            return "cannot be reached through the proxy"
        case requests.ConnectionError():
            return "cannot be reached"
    return f"cannot be read ({type(error).__name__})"


def shown(address: str | Path) -> str:
    """Return an address as a message may show it: without login."""
    if isinstance(address, Path):
        return str(address)
    if "://" not in address:
        return address.rpartition("@")[2]  # a path, or an address whose scheme was forgotten
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an index whose address is malformed"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))
