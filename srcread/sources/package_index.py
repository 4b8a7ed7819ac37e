"""Which wheel of a distribution to read: found on the package indexes that pip is configured for.

Speaks the simple API as JSON (PEP 691) and as HTML (PEP 503), over HTTP and from folders. Left out
are sdists and a platform's fit: nothing read here is run, so everybody gets the same wheel, a pure
one or else the one for Linux on x86-64 and the oldest CPython from 3.11 on.
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
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit, urlunsplit
from urllib.request import url2pathname

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from srcread.errors import NotFoundError, SourceError
from srcread.sources.pip_config import PipSettings
from srcread.sources.store import canonical

if TYPE_CHECKING:
    import requests

_ACCEPT = (
    "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=.2, text/html;q=.1"
)


_CONNECT_SECONDS = 15.0


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


_NO_INDEX = "no index at all: pip is set to no-index, or is not here. Set PIP_INDEX_URL"


def find_wheel(
    name: str, version: str | None, settings: PipSettings, *, offline: bool = False
) -> WheelLink:
    """Return the one wheel to read for a version, or for the newest one.

    With `offline`, only indexes and folders on this machine are asked.

    Raises:
        NotFoundError: every index was asked and none has the distribution.
        SourceError: an index cannot be reached, or there is no such version or no wheel of it.
    """
    links: list[WheelLink] = []
    problems: list[str] = []
    places = [*_project_pages(name, settings), *settings.find_links]
    for place in places:
        if offline and _local_path(place) is None:
            problems.append(f"{shown(place)} was not asked, because srcread is offline")
            continue
        try:
            links += _links(place, name, settings)
        except SourceError as error:
            problems.append(str(error))
    if not links and not problems:
        where = ", ".join(map(shown, places)) or _NO_INDEX
        raise NotFoundError(f"No distribution {name!r} with a wheel was found in {where}.")
    if problems and not _offers(links, version):
        raise _unreachable(name, version, problems)  # without that place nothing is certain
    return choose_wheel(links, name, version)


def choose_wheel(links: Iterable[WheelLink], name: str, version: str | None) -> WheelLink:
    """Return the same wheel for everybody: of a version, or of the newest release.

    A yanked version counts only where it is asked for by its number (PEP 592).

    Raises:
        SourceError: no such version; the message lists the nearest.
    """
    links = list(links)
    if version is None:
        usable = [link for link in links if not link.yanked] or links
        releases = [link for link in usable if not link.version.is_prerelease] or usable
        wanted = max(Version(link.public_version) for link in releases)
    else:
        wanted = Version(parse_version(version).public)
    of_version = [link for link in links if Version(link.public_version) == wanted]
    if not of_version:
        near = nearest_versions(str(wanted), {link.public_version for link in links})
        raise SourceError(
            f"{name} has no version {version!r} with a wheel. The nearest are {', '.join(near)}. "
            f"Run `srcread fetch {name}=={near[0]}`."
        )
    return min(of_version, key=lambda link: (link.yanked, *_preference(link)))


def parse_version(text: str) -> Version:
    """Return a version as PEP 440 reads it.

    Raises:
        SourceError: it is none.
    """
    try:
        return Version(text)
    except InvalidVersion:
        raise SourceError(f"{text!r} is not a version. Write one like 2.13.0.") from None


def nearest_versions(version: str, known: Iterable[str], count: int = 4) -> list[str]:
    """Return the known versions nearest to one, the nearest first."""
    wanted = parse_version(version)

    def distance(other: Version) -> list[int]:
        length = max(len(wanted.release), len(other.release))
        pairs = zip(_padded(wanted, length), _padded(other, length), strict=True)
        return [abs(ours - theirs) for ours, theirs in pairs]

    def order(other: Version) -> tuple[list[int], bool, Version]:
        return distance(other), other.is_prerelease, other

    return [str(other) for other in sorted(map(Version, known), key=order)[:count]]


def open_session() -> requests.Session:
    """Return a session that tries a connection twice; proxies and netrc by environment."""
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=1))
    return session


def request_options(settings: PipSettings) -> dict[str, Any]:
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
    if isinstance(address, Path) or "://" not in address:
        return str(address)
    try:
        parts = urlsplit(address)
    except ValueError:
        return "an index whose address is malformed"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment=""))


def _offers(links: Iterable[WheelLink], version: str | None) -> bool:
    wanted = Version(parse_version(version).public) if version else None
    return any(wanted in (None, Version(link.public_version)) for link in links)


def _unreachable(name: str, version: str | None, problems: Iterable[str]) -> SourceError:
    pinned = f"{name}=={version}" if version else name
    return SourceError(
        f"{pinned.replace('==', ' ')} is neither installed nor in the store, and "
        f"{'; '.join(problems)}. Run `pip install {pinned}`, or `srcread fetch {pinned}` where the "
        "index can be reached."
    )


def _project_pages(name: str, settings: PipSettings) -> Iterator[str]:
    for index in settings.indexes:
        yield f"{index}/{canonical(name)}/"


def _links(place: str, name: str, settings: PipSettings) -> Iterator[WheelLink]:
    """Yield the wheels of a distribution at an index's project page, a folder or one wheel."""
    path = _local_path(place)
    if path is None:
        content, address, kind = _get(place, settings)
        entries = _json_entries(content) if kind.endswith("json") else _html_entries(content)
    elif path.suffix == ".whl":
        address, entries = path.parent.absolute().as_uri() + "/", [_Entry(path.name, path.name)]
    else:
        address, entries = path.absolute().as_uri() + "/", _folder_entries(path)
    for entry in entries:
        if link := _wheel_link(entry, address, name):
            yield link


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a project page."""

    url: str
    filename: str
    sha256: str | None = None
    yanked: bool = False


def _get(url: str, settings: PipSettings) -> tuple[bytes, str, str]:
    """Return a page, the address it came from in the end, and its type; a missing one is empty."""
    with open_session() as session:
        try:
            answer = session.get(url, headers={"Accept": _ACCEPT}, **request_options(settings))
            if answer.status_code in (404, 410):
                return b"", url, "text/html"
            answer.raise_for_status()
        except (OSError, ValueError) as error:
            raise SourceError(f"{shown(url)} {explain(error)}") from error
    kind = answer.headers.get("Content-Type", "text/html").partition(";")[0].strip()
    return answer.content, answer.url, kind


def _json_entries(content: bytes) -> Iterator[_Entry]:
    try:
        files = json.loads(content)["files"]
        for file in files:
            hashes, yanked = file.get("hashes") or {}, bool(file.get("yanked"))
            yield _Entry(file["url"], file["filename"], hashes.get("sha256"), yanked)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError("The package index sent JSON that is not PEP 691's") from error


def _html_entries(content: bytes) -> list[_Entry]:
    page = _Page()
    page.feed(content.decode("utf-8", "replace"))
    page.close()
    return page.entries


def _folder_entries(folder: Path) -> list[_Entry]:
    """Return the links of a folder: those of its index.html, or the wheels that lie in it."""
    try:
        if (folder / "index.html").is_file():
            return _html_entries((folder / "index.html").read_bytes())
        names = sorted(os.listdir(folder))
    except FileNotFoundError:
        return []  # a find-links folder that is not there is as good as an empty one to pip too
    except OSError as error:
        raise SourceError(f"{str(folder)!r} cannot be read: {error.strerror}") from error
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
    address = _local_path(url) or url
    return WheelLink(entry.filename, version, tags, address, entry.sha256, entry.yanked)


def _local_path(place: str) -> Path | None:
    if place.startswith("file:"):
        parts = urlsplit(place)
        return Path(url2pathname(f"//{parts.netloc}{parts.path}" if parts.netloc else parts.path))
    return None if "://" in place else Path(place).expanduser()


def _preference(link: WheelLink) -> tuple[int, int, str, str]:
    """Order a version's wheels: pure, manylinux x86-64, others; the oldest Python from 3.11."""
    kind, python = min(_fitness(tag) for tag in link.tags)
    return kind, python, link.version.local or "", link.filename


def _fitness(tag: Tag) -> tuple[int, int]:
    number = re.fullmatch(r"(?:cp|py)3(\d+)", tag.interpreter)
    minor = int(number.group(1)) if number else 11
    python = 11 if tag.abi == "abi3" else minor if minor >= 11 else 100 - minor
    if tag.platform == "any":
        return 0, python
    linux = tag.platform.startswith("manylinux") and tag.platform.endswith("x86_64")
    free_threaded = bool(re.fullmatch(r"cp3\d+t", tag.abi))
    return (1 if linux and not free_threaded else 2), python


def _padded(version: Version, length: int) -> list[int]:
    return [*version.release, *[0] * (length - len(version.release))]
