"""What a wheel says of itself, held against what came out of it: its metadata and its RECORD.

Name and version are those of the file name, as pip wants it. What RECORD lists with a digest has
that digest, and what it lists of use to a reader is there: a directory in which one byte is changed
would else hide a module. Left out are signatures, rows without a digest, and files that RECORD does
not list: tools that mend wheels forget some.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from srcread.errors import SourceError
from srcread.sources.archive import Member
from srcread.sources.index_pages import WheelLink
from srcread.sources.metadata import read_fields
from srcread.sources.record import ALGORITHMS, Listed, digest_of, read_record
from srcread.sources.store import canonical

_METADATA = re.compile(r"([^/]*\.dist-info)/METADATA")


def check_contents(
    link: WheelLink,
    members: Sequence[Member],
    target: Path,
    is_wanted: Callable[[str], object],
) -> None:
    """Check what was unpacked below `target`; `is_wanted` tells which names are of use.

    Raises:
        SourceError: the wheel is not what it says of itself.
    """
    infos = [found[1] for member in members if (found := _METADATA.fullmatch(member.path))]
    if len(infos) != 1:
        raise _damaged(link, f"it has {len(infos) or 'no'} METADATA")
    _check_name(link, read_fields(target / infos[0]))
    places = {member.name: target / member.path for member in members}
    for listed in _rows(link, places.get(f"{infos[0]}/RECORD")):
        if listed.name in places:
            _check_digest(link, listed, places[listed.name])
        elif is_wanted(listed.name):
            raise _damaged(link, f"its RECORD lists {listed.name!r}, which is not there")


def _check_name(link: WheelLink, fields: Mapping[str, list[str]]) -> None:
    name, version = (fields.get(key, [""])[0] for key in ("name", "version"))
    try:
        same = Version(version) == link.version
    except InvalidVersion:
        same = False
    if not same or canonical(name) != canonical(link.filename.partition("-")[0]):
        raise _damaged(link, f"its METADATA are of {name!r} {version!r}")


def _rows(link: WheelLink, record: Path | None) -> list[Listed]:
    if record is None:
        raise _damaged(link, "it has no RECORD")
    try:
        return read_record(record.read_bytes())
    except ValueError as error:
        raise _damaged(link, f"its RECORD cannot be read: {error}") from error


def _check_digest(link: WheelLink, listed: Listed, place: Path) -> None:
    name, algorithm, digest = listed
    if not algorithm and not digest:
        return
    if algorithm not in ALGORITHMS:
        raise _damaged(link, f"its RECORD has a digest by {algorithm!r} of {name!r}")
    if digest_of(place, algorithm) != digest:
        raise _damaged(link, f"{name!r} has another digest than its RECORD lists")


def _damaged(link: WheelLink, problem: str) -> SourceError:
    return SourceError(f"{link.filename} is damaged: {problem}. Fetch it again.")
