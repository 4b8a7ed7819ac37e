"""The files of a built site, and what a page gets when it is served and not opened as a file.

A page's own policy forbids every connection. Here it may connect to this server alone, and gets the
script that does so. Nothing else of it is changed, and nothing is written into the site.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

SCRIPT = "-/serve.js"
LOST = "404.html"
_CLOSED = "default-src 'none';"
_OPEN = "default-src 'none'; connect-src 'self';"


class Served(NamedTuple):
    """A body, and what it is."""

    body: bytes
    kind: str


def lost(folder: Path, build: int) -> Served | None:
    """Return the site's page for addresses that it does not have."""
    return served(folder, LOST, build)


def served(folder: Path, path: str, build: int) -> Served | None:
    """Return the file at the path of an address, None where the site has none.

    A page carries the number of the build that it is of. Take the number before: a page that is
    newer than its number is loaded once too often, an older one would never be loaded again.
    A folder is its index.html. What leads out of the site, by name or by a link, is not there.
    """
    parts = [part for part in unquote(path).split("/") if part not in ("", ".")]
    if any(part == ".." or "\\" in part or "\0" in part or ":" in part for part in parts):
        return None
    try:
        file, body = _read(folder.resolve(), parts)
    except (OSError, RuntimeError):  # a name that is too long, links in a ring, or it went just now
        return None
    if file.suffix == ".html":
        return Served(_connected(body, build), "text/html; charset=utf-8")
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind == "application/javascript"
    return Served(body, f"{kind}; charset=utf-8" if text else kind)


def _read(root: Path, parts: list[str]) -> tuple[Path, bytes]:
    file = root.joinpath(*parts)
    file = file / "index.html" if file.is_dir() else file
    if not (file.is_file() and file.resolve().is_relative_to(root)):
        raise FileNotFoundError
    return file, file.read_bytes()


def _connected(page: bytes, build: int) -> bytes:
    if _OPEN.encode() not in page:  # a page that searches prose may connect already
        page = page.replace(_CLOSED.encode(), _OPEN.encode(), 1)
    script = f'<script src="/{SCRIPT}" data-build="{build}" defer></script>\n</head>'
    return page.replace(b"</head>", script.encode(), 1)
