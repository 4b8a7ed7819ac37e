"""Reads what a reader needs out of a wheel: its Python, stubs, operator tables and licences.

A remote wheel is read by HTTP range requests: remotezip finds the directory at its end, and
`archive` reads the wanted members in few stretches, 12 of torch's 527 MB. The whole wheel is
downloaded only from a server that knows no ranges, and only when it is small. As with pip, trust
rests on the index and its TLS: the index's sha256 is of whole wheels, so parts are only checked
against the wheel's own directory and RECORD. However a wheel is damaged, what comes is a
`SourceError` that names it.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from srcread.errors import SourceError
from srcread.sources.archive import ArchiveLimits, ReadBytes, members_of, unpack
from srcread.sources.index_pages import WheelLink
from srcread.sources.index_settings import IndexSettings, install_command
from srcread.sources.web import explain, open_session, request_options, shown
from srcread.sources.wheel_record import check_contents

if TYPE_CHECKING:
    import requests

WHOLE_WHEEL = 64 << 20
"""The largest wheel that is downloaded whole, in bytes."""

_DIRECTORY = 64 << 20
_AS_IT_IS = {"Accept-Encoding": "identity"}
_UNREADABLE = (
    *(zipfile.BadZipFile, struct.error, NotImplementedError, MemoryError),
    *(OSError, EOFError, ValueError, LookupError, ArithmeticError),
)
"""What zipfile raises about a directory that is damaged, by where it is."""
_WANTED = re.compile(
    r".*\.pyi?"
    r"|(.*/)?(native_functions|derivatives)\.yaml"
    r"|[^/]*\.dist-info/(METADATA|RECORD|top_level\.txt"
    r"|(.*/)?(LICEN[CS]E|COPYING|NOTICE)[^/]*|licenses/.*)"
)
_DATA = re.compile(r"[^/]+\.data/(?:purelib|platlib)/(.*)|[^/]+\.data/.*")


def read_wheel(
    link: WheelLink,
    settings: IndexSettings,
    target: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
    limits: ArchiveLimits | None = None,
) -> None:
    """Write a wheel's sources below `target`; `progress` gets the bytes read and in all.

    Raises:
        SourceError: the wheel cannot be reached, is unsafe or broken.
    """
    limits = limits or ArchiveLimits()
    with _opened(link, settings) as (archive, read):
        members = members_of(archive, link.filename, wanted_path, limits)
        unpack(members, link.filename, read, target, limits, progress)
    check_contents(link, members, target, wanted_path)


def wanted_path(name: str) -> str | None:
    """Return where a member of a wheel is installed, or None where it is of no use to a reader."""
    if (data := _DATA.fullmatch(name)) is not None:
        name = data.group(1) or ""
    return name if _WANTED.fullmatch(name) else None


@contextmanager
def _opened(
    link: WheelLink, settings: IndexSettings
) -> Iterator[tuple[zipfile.ZipFile, ReadBytes]]:
    """Give a wheel's directory, and the way to read its bytes."""
    with ExitStack() as stack:
        if isinstance(link.address, Path):
            file = stack.enter_context(_open_file(link.address))
            _refuse_other_file(link, file)
            yield (
                stack.enter_context(_directory(link, lambda: zipfile.ZipFile(file))),
                _reader(link, file),
            )
            return
        session = stack.enter_context(open_session())
        remote = _Remote(session, link.address, settings)
        try:
            archive = _directory(link, remote.open)
            read: ReadBytes = remote.read
        except _NoRangesError:
            whole = io.BytesIO(_whole(session, link, settings))
            archive, read = _directory(link, lambda: zipfile.ZipFile(whole)), _reader(link, whole)
        yield stack.enter_context(archive), read


def _open_file(path: Path) -> io.BufferedReader:
    try:
        return open(path, "rb")
    except OSError as error:
        raise SourceError(f"{str(path)!r} cannot be read: {error.strerror}.") from error


def _refuse_other_file(link: WheelLink, file: io.BufferedReader) -> None:
    """Refuse a file that is not the one which the page of its folder lists, where that says so."""
    try:
        other = link.sha256 and hashlib.file_digest(file, "sha256").hexdigest() != link.sha256
    except OSError as error:
        raise _unreadable(link, error) from error
    if other:
        raise _other_file(link.address)


def _reader(link: WheelLink, file: BinaryIO) -> ReadBytes:
    def read(start: int, end: int) -> bytes:
        try:
            file.seek(start)
            return file.read(end - start)
        except OSError as error:  # a disk that fails is no store that cannot be written
            raise _unreadable(link, error) from error

    return read


def _unreadable(link: WheelLink, error: Exception) -> SourceError:
    problem = error.strerror if isinstance(error, OSError) and error.strerror else error
    return SourceError(
        f"{link.filename} is not a wheel that can be read: {problem}. Fetch it again."
    )


def _other_file(address: str | Path) -> SourceError:
    return SourceError(
        f"{shown(address)} is not the file that the index lists: its sha256 differs."
    )


def _directory(link: WheelLink, open_archive: Callable[[], zipfile.ZipFile]) -> zipfile.ZipFile:
    try:
        return open_archive()
    except _UNREADABLE as error:
        raise _unreadable(link, error) from error


class _NoRangesError(Exception):
    """The server sends whole files only."""


class _Remote:
    """A file on a server, read in parts; remotezip calls it as its fetcher."""

    def __init__(self, session: requests.Session, url: str, settings: IndexSettings) -> None:
        self.url = url
        self._session = session
        self._options = request_options(settings)

    def open(self) -> zipfile.ZipFile:
        """Return the archive with its directory read.

        Raises:
            zipfile.BadZipFile: it is no zip archive.
        """
        from remotezip import RemoteZip, RemoteZipError

        try:
            archive: zipfile.ZipFile = RemoteZip(self.url, fetcher=lambda *_, **__: self)
        except RemoteZipError as error:  # it asks for bytes that a sound archive would not
            raise zipfile.BadZipFile(str(error) or "its directory is broken") from error
        return archive

    def fetch(self, bounds: tuple[int, int | None], stream: bool = False) -> Any:
        """Return the part that remotezip asks for; a negative start counts from the end."""
        from remotezip import PartialBuffer

        start, last = bounds
        if last is None:
            content, first = self._tail(-start)
        elif last - start > _DIRECTORY:
            raise SourceError(f"{shown(self.url)} has a directory of {last - start:,} bytes.")
        else:
            content, first = self._part(f"bytes={start}-{last}", last - start + 1)
        return PartialBuffer(io.BytesIO(content), first, len(content), stream)

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to `end`, itself left out."""
        try:
            content, first = self._part(f"bytes={start}-{end - 1}", end - start)
        except _NoRangesError:
            raise SourceError(f"{shown(self.url)} sends parts of it no more. Try again.") from None
        if first != start:
            raise SourceError(f"{shown(self.url)} sent bytes from {first} on, not from {start}.")
        return content

    def _tail(self, size: int) -> tuple[bytes, int]:
        try:
            return self._part(f"bytes=-{size}", size)
        except _NoRangesError:  # some servers know ranges, but none that count from the end
            length = self._length()
            if not length:
                raise
            return self._part(f"bytes={max(0, length - size)}-{length - 1}", size)

    def _length(self) -> int:
        try:
            with self._session.head(self.url, allow_redirects=True, **self._options) as answer:
                return _announced(answer) if answer.ok else 0
        except OSError as error:
            raise SourceError(f"{shown(self.url)} {explain(error)}.") from error

    def _part(self, wanted: str, size: int) -> tuple[bytes, int]:
        for attempt in (1, 2):
            try:
                return self._try_part(wanted, size)
            except (OSError, ValueError) as error:
                if attempt == 2:
                    raise SourceError(f"{shown(self.url)} {explain(error)}.") from error
        raise AssertionError("unreachable")

    def _try_part(self, wanted: str, size: int) -> tuple[bytes, int]:
        headers = {"Range": wanted, **_AS_IT_IS}
        with self._session.get(self.url, headers=headers, stream=True, **self._options) as answer:
            if answer.status_code in (200, 416, 501):
                raise _NoRangesError  # 416: an empty file, or a server that knows no suffix ranges
            answer.raise_for_status()
            found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
            if not found:
                raise _NoRangesError
            content = bytearray()
            for chunk in answer.iter_content(1 << 20):
                content += chunk
                if len(content) > size:
                    raise SourceError(f"{shown(self.url)} sent more than the {size:,} bytes asked.")
            return bytes(content), int(found.group(1))


def _whole(session: requests.Session, link: WheelLink, settings: IndexSettings) -> bytes:
    """Download a small wheel whole, and check it against the index's sha256."""
    url = str(link.address)
    content = bytearray()
    try:
        with session.get(
            url, headers=_AS_IT_IS, stream=True, **request_options(settings)
        ) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_content(1 << 20):
                content += chunk
                if max(len(content), _announced(answer)) > WHOLE_WHEEL:
                    raise SourceError(
                        f"{shown(url)} cannot be read in parts, because its server knows no range "
                        f"requests, and it is too large to download whole. Run `"
                        f"{install_command(_requirement(link))}`."
                    )
    except (OSError, ValueError) as error:
        raise SourceError(f"{shown(url)} {explain(error)}.") from error
    if link.sha256 and hashlib.sha256(content).hexdigest() != link.sha256:
        raise _other_file(url)
    return bytes(content)


def _requirement(link: WheelLink) -> str:
    return f"{link.filename.partition('-')[0]}=={link.public_version}"


def _announced(answer: requests.Response) -> int:
    length = answer.headers.get("Content-Length", "")
    return int(length) if re.fullmatch(r"[0-9]{1,18}", length) else 0
