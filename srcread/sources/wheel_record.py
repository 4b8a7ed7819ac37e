"""What a wheel says of itself, held against what came out of it: its metadata and its RECORD.

Name and version are those of the file name, as pip wants it. What RECORD lists with a digest has
that digest, and what it lists of use to a reader is there: a directory in which one byte is changed
would else hide a module. Left out are signatures, rows without a digest, and files that RECORD does
not list: tools that mend wheels forget some.
"""

from __future__ import annotations

import csv
import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from packaging.version import InvalidVersion, Version

from srcread.errors import SourceError
from srcread.sources.archive import Member
from srcread.sources.index_pages import WheelLink
from srcread.sources.metadata import read_fields
from srcread.sources.store import canonical

_METADATA = re.compile(r"([^/]*\.dist-info)/METADATA")
_ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})
"""Those that the specification of RECORD allows: sha256 or better."""


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
    for name, digest in _rows(link, places.get(f"{infos[0]}/RECORD")):
        if name in places:
            _check_digest(link, name, places[name], digest)
        elif is_wanted(name):
            raise _damaged(link, f"its RECORD lists {name!r}, which is not there")


def _check_name(link: WheelLink, fields: Mapping[str, list[str]]) -> None:
    name, version = (fields.get(key, [""])[0] for key in ("name", "version"))
    try:
        same = Version(version) == link.version
    except InvalidVersion:
        same = False
    if not same or canonical(name) != canonical(link.filename.partition("-")[0]):
        raise _damaged(link, f"its METADATA are of {name!r} {version!r}")


def _rows(link: WheelLink, record: Path | None) -> Iterable[tuple[str, str]]:
    """Return the names that RECORD lists, with their digests or nothing."""
    if record is None:
        raise _damaged(link, "it has no RECORD")
    try:
        with open(record, encoding="utf-8", newline="") as file:
            rows = [row for row in csv.reader(file) if row]
    except (UnicodeDecodeError, csv.Error) as error:
        raise _damaged(link, f"its RECORD cannot be read: {error}") from error
    return [(row[0], row[1] if len(row) > 1 else "") for row in rows]


def _check_digest(link: WheelLink, name: str, place: Path, listed: str) -> None:
    if not listed:
        return
    algorithm, _, digest = listed.partition("=")
    if algorithm not in _ALGORITHMS:
        raise _damaged(link, f"its RECORD has a digest by {algorithm!r} of {name!r}")
    found = urlsafe_b64encode(hashlib.new(algorithm, place.read_bytes()).digest())
    if found.decode().rstrip("=") != digest.rstrip("="):
        raise _damaged(link, f"{name!r} has another digest than its RECORD lists")


def _damaged(link: WheelLink, problem: str) -> SourceError:
    return SourceError(f"{link.filename} is damaged: {problem}. Fetch it again.")
