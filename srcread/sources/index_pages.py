"""What one package index, folder or page of links says about a distribution.

Speaks the simple API as JSON (PEP 691) and as HTML (PEP 503), over HTTP and from folders. A missing
page is an answer, a refused or unreadable one a problem. Left out are sdists.
"""

from __future__ import annotations

import html.parser
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import url2pathname

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from srcread.errors import SourceError
from srcread.sources.index_settings import IndexSettings, PackageIndex
from srcread.sources.store import canonical
from srcread.sources.web import explain, open_session, request_options, shown

_ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=.2, text/html;q=.1"
)


@dataclass(frozen=True, slots=True)
class WheelLink:
    """A wheel that an index offers; `address` is a URL, or a path for a wheel on this machine."""

    filename: str
    version: Version
    tags: frozenset[Tag]
    address: str | Path
    sha256: str | None = None
    yanked: bool = False

    @property
    def public_version(self) -> str:
        """The version without its local part: `2.13.0` of `2.13.0+cpu`."""
        return self.version.public


@dataclass(frozen=True, slots=True)
class Answer:
    """What a place said about a distribution: its wheels, or why there are none.

    `place` is the address without its login, with who named it. `listed` is the number of files on
    its page, None where it has no page; `problem` tells why it could not be read.
    """

    place: str
    links: tuple[WheelLink, ...] = ()
    listed: int | None = None
    problem: str = ""


def ask(index: PackageIndex, name: str, settings: IndexSettings) -> Answer:
    """Return what an index's project page, a folder, a page of links or one wheel offers."""
    place = f"{shown(index.address)} ({index.named_by})"
    try:
        page = _page(index, settings)
        if page is None:
            return Answer(place)
        entries = list(page.entries)
    except SourceError as error:
        return Answer(place, problem=str(error))
    links = (_wheel_link(entry, page.address, name) for entry in entries)
    return Answer(place, tuple(filter(None, links)), len(entries))


def unasked(index: PackageIndex) -> Answer | None:
    """Return the answer of a place on another machine to one that is offline."""
    if _local_path(index.address) is not None:
        return None
    place = f"{shown(index.address)} ({index.named_by})"
    return Answer(place, problem="was not asked, because srcread is offline")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a project page."""

    url: str
    filename: str
    sha256: str | None = None
    yanked: bool = False


@dataclass(frozen=True, slots=True)
class _Listing:
    """The entries of a page or folder, and the address that theirs are relative to."""

    address: str
    entries: Iterable[_Entry]


def _page(index: PackageIndex, settings: IndexSettings) -> _Listing | None:
    """Return what an index, a folder or one wheel lists; None where it is not there.

    Raises:
        SourceError: it cannot be read; the message is what to say behind its address.
    """
    path = _local_path(index.address)
    if path is None:
        return _get(index, settings)
    if path.suffix == ".whl":
        return _Listing(path.parent.absolute().as_uri() + "/", [_Entry(path.name, path.name)])
    entries = _folder_entries(path)
    return None if entries is None else _Listing(path.absolute().as_uri() + "/", entries)


def _get(index: PackageIndex, settings: IndexSettings) -> _Listing | None:
    """Return a page, by the address that it came from in the end."""
    with open_session() as session:
        try:
            headers = {"Accept": _ACCEPT}
            answer = session.get(index.address, headers=headers, **request_options(settings))
            if answer.status_code in index.missing:
                return None
            answer.raise_for_status()
        except (OSError, ValueError) as error:
            raise SourceError(explain(error)) from error
    kind = answer.headers.get("Content-Type", "text/html").partition(";")[0].strip()
    entries = _json_entries if kind.endswith("json") else _html_entries
    return _Listing(answer.url, entries(answer.content))


def _json_entries(content: bytes) -> Iterator[_Entry]:
    try:
        files = json.loads(content)["files"]
        for file in files:
            hashes, yanked = file.get("hashes") or {}, bool(file.get("yanked"))
            yield _Entry(file["url"], file["filename"], hashes.get("sha256"), yanked)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError("sent JSON that is not PEP 691's") from error


def _html_entries(content: bytes) -> list[_Entry]:
    page = _Page()
    page.feed(content.decode("utf-8", "replace"))
    page.close()
    return page.entries


def _folder_entries(folder: Path) -> list[_Entry] | None:
    """Return the links of a folder: those of its index.html, or the wheels that lie in it.

    None where it is not there, which is as good as an empty one to pip, too.
    """
    try:
        if (folder / "index.html").is_file():
            return _html_entries((folder / "index.html").read_bytes())
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}") from error
    return [_Entry(name, name) for name in names if name.endswith(".whl")]


class _Page(html.parser.HTMLParser):
    """Gathers the links of a PEP 503 page."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[_Entry] = []
        self._base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        href = attributes.get("href")
        if tag == "base" and href:
            self._base = href
        if tag == "a" and href:
            with suppress(ValueError):  # an address that is none: not a link to any wheel
                self._add(urljoin(self._base, href), "data-yanked" in attributes)

    def _add(self, address: str, yanked: bool) -> None:
        url, fragment = urldefrag(address)
        digest = re.search(r"sha256=([0-9a-f]{64})", fragment)
        filename = unquote(urlsplit(url).path.rpartition("/")[2])
        found = digest.group(1) if digest else None
        self.entries.append(_Entry(url, filename, found, yanked))


def _wheel_link(entry: _Entry, page: str, name: str) -> WheelLink | None:
    try:
        found, version, _, tags = parse_wheel_filename(entry.filename)
    except (InvalidWheelFilename, InvalidVersion):
        return None  # an sdist, a signature, a wheel with a name of before PEP 427
    try:
        url = urljoin(page, entry.url)
        scheme = urlsplit(url).scheme
    except ValueError:
        return None
    allowed = ("http", "https", "file") if urlsplit(page).scheme == "file" else ("http", "https")
    if found != canonical(name) or scheme not in allowed:
        return None
    address = _local_path(url) or _with_login_of(page, url)
    return WheelLink(entry.filename, version, tags, address, entry.sha256, entry.yanked)


def _with_login_of(page: str, url: str) -> str:
    """Give a file's address the login of its page where one server has both, as pip and uv do."""
    listed, wanted = urlsplit(page), urlsplit(url)
    login, _, host = listed.netloc.rpartition("@")
    if not login or (listed.scheme, host) != (wanted.scheme, wanted.netloc):
        return url
    return urlunsplit(wanted._replace(netloc=listed.netloc))


def _local_path(place: str) -> Path | None:
    if place.startswith("file:"):
        parts = urlsplit(place)
        return Path(url2pathname(f"//{parts.netloc}{parts.path}" if parts.netloc else parts.path))
    return None if "://" in place else Path(place).expanduser()
