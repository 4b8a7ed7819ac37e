"""An installed distribution held against its RECORD: the list of its files with their digests.

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

from srcread.sources.installed import find_info
from srcread.sources.metadata import read_fields

_ALGORITHMS = ("sha256", "sha384", "sha512")
_MOST_NAMED = 5


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
        rows = list(csv.reader(io.StringIO(record.decode("utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        yield f"RECORD cannot be read: {error}"
        return
    for row in rows:
        algorithm, _, value = row[1].partition("=") if len(row) > 1 else ("", "", "")
        if algorithm not in _ALGORITHMS:
            continue
        try:
            with open(root / row[0], "rb") as file:
                digest = hashlib.file_digest(file, algorithm).digest()
        except OSError as error:
            yield f"{row[0]} cannot be read: {error.strerror}"
            continue
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != value:
            yield f"{row[0]} has other bytes than RECORD says"
