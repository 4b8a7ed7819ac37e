"""A safe reader of zip archives: what an archive says about itself is never trusted.

Regular files only, each at a plain relative path that no other member shares on any file system.
Limits count the bytes that really come out. Members are read in few large stretches, because a
request per file is what makes a remote archive slow. Left out: encryption, zip methods other than
stored and deflated, file modes and dates. A refusal is for the whole archive: a wheel that tries
one trick is not worth reading the rest of.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from srcread.errors import SourceError

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_ENCRYPTED = 0x1 | 0x40
_UTF8_NAME = 0x800
_NAME_BYTES = 512
_PART_BYTES = 255  # what ext4, APFS and NTFS take for one name
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

ReadBytes = Callable[[int, int], bytes]
"""Returns the bytes of the archive from an offset up to another, itself left out."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much an archive may hold. torch 2.13.0's Python is 2,660 files of 53 MB in all."""

    files: int = 50_000
    file_bytes: int = 32 << 20
    total_bytes: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file of an archive. `path` is where it goes; its bytes lie in `start` to `end`."""

    path: str
    name: str
    start: int
    end: int
    method: int
    packed: int
    size: int
    checksum: int


class _BrokenError(Exception):
    """What is wrong with the bytes of a member."""


def members_of(
    archive: zipfile.ZipFile,
    filename: str,
    place: Callable[[str], str | None],
    limits: ArchiveLimits,
) -> tuple[Member, ...]:
    """Return the members that `place` gives a path (None leaves one out), in archive order.

    `filename` names the archive in errors.

    Raises:
        SourceError: a member is unsafe: its name, its kind, its place, or there are too many.
    """
    infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
    bounds = [*(info.header_offset for info in infos), archive.start_dir]
    if bounds[0] < 0:
        raise _refused(filename, "a member begins before the archive does")
    if any(start >= end for start, end in pairwise(bounds)):
        raise _refused(filename, "two members share their bytes")
    members = []
    for info, end in zip(infos, bounds[1:], strict=True):
        path = None if info.orig_filename.endswith("/") else place(info.orig_filename)
        if path is not None:
            if problem := _problem(info) or path_problem(path):
                raise _refused(filename, f"{info.orig_filename!r} {problem}")
            members.append(_member(info, path, end))
    refuse_collisions(filename, [member.path for member in members])
    _refuse_excess(filename, members, limits)
    return tuple(members)


def unpack(
    members: Sequence[Member],
    filename: str,
    read: ReadBytes,
    target: Path,
    limits: ArchiveLimits,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write the members below `target`, an empty folder; `progress` gets bytes done and in all.

    `filename` names the archive in errors.

    Raises:
        SourceError: a member's bytes are not what the archive's directory says they are.
    """
    stretches = list(plan_reads(members))
    total = sum(end - start for start, end, _ in stretches)
    done = written = 0
    folders: set[Path] = set()
    for start, end, inside in stretches:
        data = memoryview(read(start, end))
        if len(data) != end - start:
            came = f"{len(data)} bytes of {end - start} came"
            raise SourceError(f"{filename} ends early: {came}. Fetch it again.")
        for member in inside:
            try:
                content = _content(member, data[member.start - start : member.end - start])
            except _BrokenError as error:
                problem = f"{member.name!r} in it is broken: {error}"
                raise SourceError(f"{filename} is damaged: {problem}. Fetch it again.") from error
            written += len(content)
            if written > limits.total_bytes:
                raise _refused(filename, f"it unpacks to more than {limits.total_bytes:,} bytes")
            _write(target / member.path, content, folders)
        done += end - start
        progress(done, total)


def plan_reads(
    members: Iterable[Member], gap: int = 256 << 10, largest: int = 8 << 20
) -> Iterator[tuple[int, int, list[Member]]]:
    """Group members into stretches to read at once: start, end and members of each.

    A gap of 256 KB costs less than one more request: torch's 2,660 files take 4 requests instead
    of 373, for 2 % more bytes.
    """
    stretch: list[Member] = []
    for member in sorted(members, key=lambda member: member.start):
        if stretch and (
            member.start - stretch[-1].end > gap or member.end - stretch[0].start > largest
        ):
            yield stretch[0].start, stretch[-1].end, stretch
            stretch = []
        stretch.append(member)
    if stretch:
        yield stretch[0].start, stretch[-1].end, stretch


def path_problem(path: str) -> str | None:
    """Say what makes a path unsafe on any of Linux, macOS and Windows."""
    if len(path.encode("utf-8", "surrogatepass")) > _NAME_BYTES:
        return f"is longer than {_NAME_BYTES} bytes"
    if path.startswith("/"):
        return "is an absolute path"
    if any(character in '\\:*?"<>|' or not character.isprintable() for character in path):
        return "holds a character that is not allowed in a path"
    for part in path.split("/"):
        if part in ("", ".", "..") or part[-1] in ". ":
            return f"has {part!r} as a part of its path"
        if len(part.encode("utf-8", "surrogatepass")) > _PART_BYTES:
            return f"has a part of more than {_PART_BYTES} bytes"
        if os.name == "nt" and _DEVICE.fullmatch(part):
            return f"names the device {part!r}"
    return None


def refuse_collisions(filename: str, wanted: Iterable[str]) -> None:
    """Refuse paths that are one path on a file system that folds case or normalizes Unicode.

    Raises:
        SourceError: two of them are; `filename` names what they come from.
    """
    from unicodedata import normalize

    spelled: dict[str, str] = {}
    files: set[str] = set()
    folders: set[str] = set()
    for whole in wanted:
        parts = whole.split("/")
        for count in range(1, len(parts) + 1):
            path = "/".join(parts[:count])
            folded = normalize("NFC", normalize("NFC", path).casefold())
            is_file = count == len(parts)
            if spelled.setdefault(folded, path) != path or (is_file and folded in files):
                raise _refused(filename, f"{path!r} collides with {spelled[folded]!r}")
            (files if is_file else folders).add(folded)
    if both := sorted(files & folders):
        raise _refused(filename, f"{spelled[both[0]]!r} is both a file and a folder")


def _problem(info: zipfile.ZipInfo) -> str | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "is a link or a device, not a regular file"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is packed by method {info.compress_type}, neither stored nor deflated"
    return None


def _member(info: zipfile.ZipInfo, path: str, next_start: int) -> Member:
    # Where the data start only the local header tells; its name and extra field are 64 KB at most.
    farthest = info.header_offset + _LOCAL_HEADER.size + 2 * 0xFFFF + info.compress_size
    return Member(
        path=path,
        name=info.orig_filename,
        start=info.header_offset,
        end=min(next_start, farthest),
        method=info.compress_type,
        packed=info.compress_size,
        size=info.file_size,
        checksum=info.CRC,
    )


def _refuse_excess(filename: str, members: Sequence[Member], limits: ArchiveLimits) -> None:
    if len(members) > limits.files:
        raise _refused(filename, f"it holds {len(members):,} files, more than {limits.files:,}")
    for member in members:
        if max(member.size, member.packed) > limits.file_bytes:
            raise _refused(filename, f"{member.name!r} is larger than {limits.file_bytes:,} bytes")
    if sum(member.size for member in members) > limits.total_bytes:
        raise _refused(filename, f"it unpacks to more than {limits.total_bytes:,} bytes")


def _content(member: Member, data: memoryview) -> bytes:
    """Return a member's bytes out of its local header and data, checked against the directory."""
    packed = _packed(member, data)
    stored = member.method == zipfile.ZIP_STORED
    content = bytes(packed) if stored else _inflate(member, packed)
    if len(content) != member.size or zlib.crc32(content) != member.checksum:
        raise _BrokenError("its size or checksum is wrong")
    return content


def _packed(member: Member, data: memoryview) -> memoryview:
    if len(data) < _LOCAL_HEADER.size:
        raise _BrokenError("its header is cut off")
    signature, _, flags, method, *_, name_length, extra_length = _LOCAL_HEADER.unpack_from(data)
    if signature != b"PK\x03\x04":
        raise _BrokenError("no file starts where the directory says")
    name = bytes(data[_LOCAL_HEADER.size :][:name_length])
    spelled = name.decode("utf-8" if flags & _UTF8_NAME else "cp437", "replace")
    if spelled != member.name or method != member.method or flags & _ENCRYPTED:
        raise _BrokenError(f"its own header says otherwise: {spelled!r}")
    begin = _LOCAL_HEADER.size + name_length + extra_length
    if begin + member.packed > len(data):
        raise _BrokenError("it overlaps the next one")
    return data[begin : begin + member.packed]


def _inflate(member: Member, packed: memoryview) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflater.decompress(packed, member.size + 1)
    except zlib.error as error:
        raise _BrokenError(f"it cannot be inflated: {error}") from error
    if len(content) > member.size:
        raise _BrokenError(f"it unpacks to more than the {member.size:,} bytes it declares")
    if not inflater.eof:
        raise _BrokenError("its data end early")
    return content


def _write(path: Path, content: bytes, folders: set[Path]) -> None:
    if path.parent not in folders:
        path.parent.mkdir(parents=True, exist_ok=True)
        folders.add(path.parent)
    with open(path, "xb") as file:  # never through a file or link that is there already
        file.write(content)


def _refused(filename: str, problem: str) -> SourceError:
    return SourceError(
        f"{filename} is not safe to unpack: {problem}. Get it from a source you trust."
    )
