"""RECORD, the list of a distribution's files with their digests, and what is installed against it.

RECORD (https://packaging.python.org/specifications/recording-installed-packages/) is written by the
installer. It differs from one installation to the next where that writes files of its own: scripts
with the interpreter's path, the name of the installer. Files that it lists without a digest, itself
and compiled ones, are not looked at; a file that it does not list is not found.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from srcread.sources.installed import find_info
from srcread.sources.metadata import read_fields

ALGORITHMS = frozenset({"sha256", "sha384", "sha512"})
"""Those that the specification allows: sha256 or better."""

_MOST_NAMED = 5


class Listed(NamedTuple):
    """A row of RECORD; without a digest, as of RECORD itself, both of the last are empty."""

    name: str
    algorithm: str
    digest: str


def read_record(data: bytes) -> list[Listed]:
    """Read the rows of a RECORD.

    Raises:
        ValueError: it is no table of comma-separated values in UTF-8.
    """
    try:
        rows = [row for row in csv.reader(io.StringIO(data.decode("utf-8"), newline="")) if row]
    except csv.Error as error:
        raise ValueError(str(error)) from error
    parted = [(row[0], (row[1] if len(row) > 1 else "").partition("=")) for row in rows]
    return [Listed(name, algorithm, value.rstrip("=")) for name, (algorithm, _, value) in parted]


def digest_of(file: Path, algorithm: str) -> str:
    """Return the digest of a file as RECORD writes it: URL-safe base64 without padding."""
    with open(file, "rb") as opened:
        found = hashlib.file_digest(opened, algorithm).digest()
    return base64.urlsafe_b64encode(found).decode().rstrip("=")


def wrong_files(
    name: str, version: str, sha256: str, path: Sequence[str] | None = None
) -> Iterator[str]:
    """Yield what of an installed distribution is not as the RECORD with this digest says.

    `path` is where it is looked for, `sys.path` by default.
    """
    info = find_info(name, path)
    if info is None:
        yield f"{name} is not installed where it was looked for"
        return
    there = "".join(read_fields(info).get("version", [])[:1])
    if there != version:
        yield f"{name} {there} is installed, and not {version}"
        return
    try:
        data = (info / "RECORD").read_bytes()
    except OSError as error:
        yield f"the RECORD of {name} {version} cannot be read: {error.strerror}"
        return
    if hashlib.sha256(data).hexdigest() != sha256:
        yield f"the RECORD of {name} {version} has other bytes"
        return
    wrong = list(_wrong(info.parent, data))
    yield from (f"{name} {version}: {one}" for one in wrong[:_MOST_NAMED])
    if len(wrong) > _MOST_NAMED:
        yield f"{name} {version}: {len(wrong) - _MOST_NAMED} more files are not as RECORD says"


def _wrong(root: Path, record: bytes) -> Iterator[str]:
    try:
        rows = read_record(record)
    except ValueError as error:
        yield f"RECORD cannot be read: {error}"
        return
    for name, algorithm, digest in rows:
        if algorithm not in ALGORITHMS:
            continue
        try:
            found = digest_of(root / name, algorithm)
        except OSError as error:
            yield f"{name} cannot be read: {error.strerror}"
            continue
        if found != digest:
            yield f"{name} has other bytes than RECORD says"
