"""Wheels that are damaged in every way we know of: all of one comes out, or an error names it."""

from __future__ import annotations

import hashlib
import io
import shutil
import struct
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

import pytest
from packaging.version import Version

from srcread.errors import SourceError
from srcread.model import Origin
from srcread.sources.archive import ArchiveLimits
from srcread.sources.index_pages import WheelLink
from srcread.sources.index_settings import IndexSettings
from srcread.sources.metadata import describe
from srcread.sources.wheel import read_wheel

NAME = "tiny-1.0-py3-none-any.whl"
INFO = "tiny-1.0.dist-info"
FILES = {
    "tiny/__init__.py": b"from tiny.model import Model\n",
    "tiny/model.py": b"class Model:\n    pass\n" * 5,
    f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
}


def record(files: Mapping[str, bytes], algorithm: str = "sha256") -> bytes:
    rows = [
        f"{name},{algorithm}={digest(data, algorithm)},{len(data)}\n"
        for name, data in files.items()
    ]
    return "".join([*rows, f"{INFO}/RECORD,,\n"]).encode()


def digest(data: bytes, algorithm: str) -> str:
    return urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()


def wheel(
    changes: Mapping[str, bytes | None] | None = None, method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """Return a wheel; `changes` add, replace or (None) leave out files after RECORD was written."""
    files = {**FILES, f"{INFO}/RECORD": record(FILES), **(changes or {})}
    return packed([(name, data) for name, data in files.items() if data is not None], method)


def packed(files: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, method  # as it is, and without a date
            archive.writestr(info, data)
    return buffer.getvalue()


def read(data: bytes, folder: Path, limits: ArchiveLimits | None = None) -> dict[str, bytes]:
    """Read a wheel, and return what came out of it."""
    (folder / NAME).write_bytes(data)
    target = folder / "out"
    target.mkdir(exist_ok=True)
    link = WheelLink(NAME, Version("1.0"), frozenset(), folder / NAME)
    try:
        read_wheel(link, IndexSettings(), target, limits=limits)
        files = (path for path in target.rglob("*") if path.is_file())
        return {path.relative_to(target).as_posix(): path.read_bytes() for path in files}
    finally:
        for path in target.iterdir():
            shutil.rmtree(path)


def damages() -> list[bytes]:
    """Return a sound wheel damaged at every byte, cut at many, and in several places at once."""
    good, random = wheel(), Random(11)
    found = [good[:place] for place in range(0, len(good), 3)]
    found += [good[place:] for place in range(1, len(good), 9)]
    for place in range(len(good)):
        value = (0, 0xFF, good[place] ^ 1, random.randrange(256))[place % 4]
        found.append(good[:place] + bytes([value]) + good[place + 1 :])
    marks = [b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"\xff" * 4, b"\0\0\0\x80"]
    for _ in range(500):
        data = bytearray(good)
        for _ in range(random.randint(1, 6)):
            place = len(data) - 1 - int(random.random() ** 2 * len(data))  # the directory mostly
            match random.randrange(4):
                case 0:
                    data[place] = random.randrange(256)
                case 1:
                    del data[place : place + random.randint(1, 40)]
                case 2:
                    data[place:place] = random.randbytes(random.randint(1, 8))
                case _:
                    data[place : place + 4] = random.choice(marks)
            data = data or bytearray(good)
        found.append(bytes(data))
    return found


def test_a_damaged_wheel_comes_out_whole_or_is_an_error_that_names_it(tmp_path: Path) -> None:
    whole = {**FILES, f"{INFO}/RECORD": record(FILES)}
    assert read(wheel(), tmp_path) == whole
    refused = 0
    for data in damages():
        try:
            assert read(data, tmp_path) == whole
        except SourceError as error:
            assert NAME in str(error) and "\n" not in str(error)
            refused += 1
    assert refused > 1_200


def change(find: bytes, to: bytes, last: bool = False) -> bytes:
    """Return a wheel of stored files in which some bytes are others."""
    data = wheel(method=zipfile.ZIP_STORED)
    place = data.rindex(find) if last else data.index(find)
    return data[:place] + to + data[place + len(find) :]


def end(layout: str, place: int, value: int) -> bytes:
    """Return a wheel of whose end of the directory one field is another."""
    data = bytearray(wheel())
    struct.pack_into(layout, data, data.rindex(b"PK\5\6") + place, value)
    return bytes(data)


def disks() -> bytes:
    """Return a wheel with a locator of zip64 by which it is one of several disks."""
    data = wheel()
    place = data.rindex(b"PK\5\6")
    return data[:place] + struct.pack("<4sLQL", b"PK\6\7", 0, 0, 3) + data[place:]


def with_metadata(text: bytes) -> bytes:
    files = {**FILES, f"{INFO}/METADATA": text}
    return wheel({**files, f"{INFO}/RECORD": record(files)})


OTHER = {**FILES, "tiny/model.py": b"class Model: pass\n"}
IS_NONE = "is not a wheel that can be read"
KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", IS_NONE),
    "page": (lambda: b"<!doctype html><title>Sign in</title>", IS_NONE),
    "half": (lambda: wheel()[:400], IS_NONE),
    "no-start": (lambda: wheel()[10:], r"is not safe to unpack: a member begins before"),
    "directory": (lambda: change(b"PK\1\2", b"PK\1\3"), IS_NONE),
    "directory-place": (lambda: end("<L", 16, 0xFFFFFFF0), "is not"),
    "directory-size": (lambda: end("<L", 12, 0xFFFFFFF0), IS_NONE),
    "disks": (disks, IS_NONE),
    "zip64": (lambda: end("<L", 16, 0xFFFFFFFF), "is not"),
    "checksum": (lambda: change(b"import Model", b"import model"), "size or checksum"),
    "bzip2": (lambda: wheel(method=zipfile.ZIP_BZIP2), "packed by method 12, neither"),
    "lzma": (lambda: wheel(method=zipfile.ZIP_LZMA), "packed by method 14, neither"),
    "name": (lambda: change(b"tiny/model.py", b"tiny/mod\xff\xffpy", last=True), "is"),
    "absolute": (lambda: wheel({"/etc/x.py": b""}), "'/etc/x.py' is an absolute path"),
    "upwards": (lambda: wheel({"tiny/../../x.py": b""}), "has '..' as a part of its path"),
    "twice": (
        lambda: packed([*FILES.items(), ("tiny/model.py", b"")]),
        "'tiny/model.py' collides with",
    ),
    "folder": (lambda: wheel({"tiny/model.py/x.py": b""}), "is both a file and a folder"),
    "no-metadata": (lambda: wheel({f"{INFO}/METADATA": None}), "it has no METADATA"),
    "metadata-folder": (
        lambda: wheel({f"{INFO}/METADATA": None, f"{INFO}/METADATA/": b""}),
        "it has no METADATA",
    ),
    "two": (lambda: wheel({"other-1.0.dist-info/METADATA": b""}), "it has 2 METADATA"),
    "other-name": (lambda: with_metadata(b"Name: other\nVersion: 1.0\n"), "'other' '1.0'"),
    "other-version": (lambda: with_metadata(b"Name: tiny\nVersion: 2.0\n"), "'tiny' '2.0'"),
    "no-version": (lambda: with_metadata(b"Name: tiny\n"), "are of 'tiny' ''"),
    "wild-version": (lambda: with_metadata(b"Name: tiny\nVersion: \xff\n"), "are of 'tiny'"),
    "no-record": (lambda: wheel({f"{INFO}/RECORD": None}), "it has no RECORD"),
    "record": (lambda: wheel({f"{INFO}/RECORD": b"\xff"}), "RECORD cannot be read"),
    "record-field": (lambda: wheel({f"{INFO}/RECORD": b"a" * 200_000}), "RECORD cannot be read"),
    "digest": (
        lambda: wheel({f"{INFO}/RECORD": record(OTHER)}),
        "'tiny/model.py' has another digest than its RECORD lists",
    ),
    "md5": (lambda: wheel({f"{INFO}/RECORD": record(FILES, "md5")}), "a digest by 'md5'"),
    "missing": (
        lambda: wheel({"tiny/model.py": None}),
        "lists 'tiny/model.py', which is not there",
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_says_what_is_wrong_with_a_wheel(tmp_path: Path, kind: str) -> None:
    make, problem = KINDS[kind]
    with pytest.raises(SourceError, match=problem) as caught:
        read(make(), tmp_path)
    assert str(caught.value).startswith(NAME)


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    data = bytearray(wheel())
    for mark, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        struct.pack_into("<H", data, data.index(mark) + place, 1)
    with pytest.raises(SourceError, match=rf"{NAME} .*'tiny/__init__.py' is encrypted"):
        read(bytes(data), tmp_path)


def test_a_wheel_beyond_the_limits_is_refused(tmp_path: Path) -> None:
    bomb = wheel({"tiny/zeros.py": b"0" * 100_000})
    assert len(bomb) < 2_000
    for limits, problem in (
        (ArchiveLimits(file_bytes=99_999), "is larger than 99,999 bytes"),
        (ArchiveLimits(total_bytes=100_000), "unpacks to more than 100,000 bytes"),
        (ArchiveLimits(files=4), "holds 5 files, more than 4"),
    ):
        with pytest.raises(SourceError, match=rf"{NAME} .*{problem}"):
            read(bomb, tmp_path, limits=limits)


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_a_sound_wheel_may_look_otherwise(tmp_path: Path, algorithm: str) -> None:
    files = {
        **FILES,
        "tiny/unlisted.py": b"",
        f"{INFO}/METADATA": b"Name: Tiny\nVersion: 1\nAuthor: Andr\xe9\n",
        f"{INFO}/RECORD": record(FILES | {f"{INFO}/METADATA": b""}, algorithm)
        .replace(f"{INFO}/METADATA,".encode(), b"lib.so,")
        .replace(b"\n", b"\r\n"),
    }
    before = b'#!/bin/sh\nexec python "$0"\n'  # a zip archive may stand behind something else
    data = before + packed([*files.items(), ("tiny/", b""), ("lib.so", b"\x7fELF")])
    assert read(data, tmp_path) == files


def test_what_a_page_lists_by_another_digest_is_refused(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(wheel())
    right = hashlib.sha256(wheel()).hexdigest()
    for listed, problem in ((right, None), ("0" * 64, "is not the file that the index lists")):
        link = WheelLink(NAME, Version("1.0"), frozenset(), tmp_path / NAME, listed)
        (tmp_path / listed).mkdir()
        if problem is None:
            read_wheel(link, IndexSettings(), tmp_path / listed)
        else:
            with pytest.raises(SourceError, match=problem):
                read_wheel(link, IndexSettings(), tmp_path / listed)


def test_metadata_lead_to_nothing_outside_of_what_was_unpacked(tmp_path: Path) -> None:
    info = tmp_path / "root" / INFO
    info.mkdir(parents=True)
    (tmp_path / "root" / "tiny").mkdir()
    (info / "METADATA").write_text("Name: tiny\nVersion: 1.0\nLicense-File: a\0b\n")
    (info / "top_level.txt").write_text("tiny\n..\n.\n../root\ntiny-1.0.dist-info\na\0b\n")
    found = describe(info, tmp_path / "root", Origin.WHEEL)
    assert found is not None
    assert (found.packages, found.licences) == (("tiny",), ())
