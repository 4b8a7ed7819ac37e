"""The safe zip reader: hostile archives are refused, and nothing of them lies on the disk."""

from __future__ import annotations

import io
import os
import stat
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from srcread.errors import SourceError
from srcread.sources.archive import ArchiveLimits, Member, members_of, plan_reads, unpack

_SMALL = ArchiveLimits(files=10, file_bytes=10_000, total_bytes=20_000)


def _zip(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in files:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it is: the constructor would mend it
            info.compress_type = method
            archive.writestr(info, data)
    return buffer.getvalue()


def _unpack(data: bytes, target: Path, limits: ArchiveLimits = _SMALL) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = members_of(archive, "bad.whl", lambda name: name, limits)
    unpack(members, "bad.whl", lambda start, end: data[start:end], target, limits)


def _tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_come_out_with_their_exact_bytes(tmp_path: Path, method: int) -> None:
    files = [("pkg/__init__.py", b""), ("pkg/a.py", b"x = 1\r\n" * 99), ("pkg/sub/é.py", b"\xff")]
    _unpack(_zip(*files, method=method), tmp_path)
    assert _tree(tmp_path) == dict(files)


def test_folders_and_an_empty_archive_are_fine(tmp_path: Path) -> None:
    _unpack(_zip(), tmp_path)
    _unpack(_zip(("pkg/", b""), ("pkg/a.py", b"1")), tmp_path)
    assert _tree(tmp_path) == {"pkg/a.py": b"1"}


@pytest.mark.parametrize(
    "name",
    [
        "../evil.py",
        "pkg/../../evil.py",
        "/etc/evil.py",
        "//server/evil.py",
        "C:/evil.py",
        "C:evil.py",
        "..\\evil.py",
        "pkg\\evil.py",
        "pkg/evil.py\0.txt",
        "pkg/evil\n.py",
        "pkg//evil.py",
        "./evil.py",
        "pkg/./evil.py",
        "pkg/evil.py.",
        "pkg /evil.py",
        "pkg/evil.py:stream",
        "pkg/\u202eyp.live",
        "a/" * 300 + "evil.py",
        "a" * 256,
        "é" * 128 + "/evil.py",
        "",
    ],
)
def test_a_path_that_is_not_plain_is_refused(tmp_path: Path, name: str) -> None:
    target = tmp_path / "in" / "target"
    target.mkdir(parents=True)
    with pytest.raises(SourceError, match=r"bad\.whl is not safe to unpack"):
        _unpack(_zip(("good.py", b"1"), (name, b"evil")), target)
    assert _tree(tmp_path) == {}


@pytest.mark.parametrize(
    "kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK, stat.S_IFDIR]
)
def test_links_and_devices_are_refused(tmp_path: Path, kind: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("pkg/link.py")
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(SourceError, match="a link or a device"):
        _unpack(buffer.getvalue(), tmp_path)
    assert _tree(tmp_path) == {}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "names",
    [
        ("pkg/a.py", "pkg/A.py"),
        ("pkg/a.py", "pkg/a.py"),
        ("pkg/x.py", "PKG/y.py"),
        ("straße.py", "STRASSE.py"),
        ("caf\u00e9.py", "cafe\u0301.py"),
        ("a.py", "a.py/b.py"),
    ],
)
def test_paths_that_are_one_on_some_file_system_are_refused(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    with pytest.raises(SourceError, match=r"collides with|both a file and a folder"):
        _unpack(_zip((names[0], b"1"), (names[1], b"2")), tmp_path)
    assert _tree(tmp_path) == {}


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds 11 files, more than 10"):
        _unpack(_zip(*((f"a{n}.py", b"") for n in range(11))), tmp_path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"'a\.py' is larger than 10,000 bytes"):
        _unpack(_zip(("a.py", b"0" * 10_001)), tmp_path)


def test_files_that_are_too_large_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="unpacks to more than 20,000 bytes"):
        _unpack(_zip(*((f"a{n}.py", b"0" * 7_000) for n in range(3))), tmp_path)


def _patch_sizes(data: bytes, size: int) -> bytes:
    """Make both headers of a one-member archive declare another size."""
    patched = bytearray(data)
    struct.pack_into("<I", patched, 22, size)
    struct.pack_into("<I", patched, patched.index(b"PK\x01\x02") + 24, size)
    return bytes(patched)


def test_a_bomb_that_declares_less_than_it_unpacks_to_is_stopped(tmp_path: Path) -> None:
    bomb = _patch_sizes(_zip(("a.py", b"0" * 5_000_000)), 100)
    tracemalloc.start()
    with pytest.raises(SourceError, match="unpacks to more than the 100 bytes it declares"):
        _unpack(bomb, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000  # stopped while it unpacked, not after
    assert _tree(tmp_path) == {}


def test_a_file_that_declares_more_than_it_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="size or checksum"):
        _unpack(_patch_sizes(_zip(("a.py", b"0" * 50)), 60), tmp_path)


def _change(find: bytes, to: bytes, which: int = 0) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        at = -1
        for _ in range(which + 1):
            at = data.index(find, at + 1)
        return data[:at] + to + data[at + len(find) :]

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (_change(b"x = 1", b"x = 2"), "size or checksum"),
        (_change(b"good.py", b"evil.py"), "says otherwise: 'evil.py'"),
        (_change(b"PK\x03\x04", b"PK\x03\x05"), "no file starts where the directory says"),
        (_change(b"PK\x03\x04\x14\0\0\0\0\0", b"PK\x03\x04\x14\0\1\0\0\0"), "says otherwise"),
        (_change(b"PK\x03\x04\x14\0\0\0\0\0", b"PK\x03\x04\x14\0\0\0\x08\0"), "says otherwise"),
        (_change(b"PK\x01\x02\x14\x03\x14\0\0\0", b"PK\x01\x02\x14\x03\x14\0\1\0"), "is encrypted"),
        (
            _change(b"PK\x01\x02\x14\x03\x14\0\0\0\0\0", b"PK\x01\x02\x14\x03\x14\0\0\0\x0c\0"),
            "packed by method 12",
        ),
    ],
)
def test_bytes_that_contradict_the_directory_are_refused(
    tmp_path: Path, change: Callable[[bytes], bytes], problem: str
) -> None:
    good = _zip(("good.py", b"x = 1"), method=zipfile.ZIP_STORED)
    _unpack(good, tmp_path / "good")
    with pytest.raises(SourceError, match=problem):
        _unpack(change(good), tmp_path / "bad")
    assert not (tmp_path / "bad").exists()


def test_deflated_bytes_that_end_early_or_are_garbage_are_refused(tmp_path: Path) -> None:
    data = _zip(("a.py", os.urandom(500)))
    begin = 30 + len("a.py")
    with pytest.raises(SourceError, match="broken"):
        _unpack(data[:begin] + b"\xff" * 100 + data[begin + 100 :], tmp_path)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (member,) = members_of(archive, "bad.whl", lambda name: name, _SMALL)
    short = replace(member, packed=member.packed - 5)
    with pytest.raises(SourceError, match="data end early"):
        unpack([short], "bad.whl", lambda start, end: data[start:end], tmp_path, _SMALL)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    data = bytearray(_zip(("a.py", b"1" * 50), ("b.py", b"2" * 50)))
    second = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    struct.pack_into("<I", data, second + 42, 0)  # b.py's header offset is now a.py's
    with pytest.raises(SourceError, match="share their bytes"):
        _unpack(bytes(data), tmp_path)


def test_an_archive_that_ends_early_is_an_error(tmp_path: Path) -> None:
    data = _zip(("a.py", b"1"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = members_of(archive, "bad.whl", lambda name: name, _SMALL)
    with pytest.raises(SourceError, match="ends early: 5 bytes"):
        unpack(members, "bad.whl", lambda start, end: data[start:end][:5], tmp_path, _SMALL)


def test_nothing_is_written_through_a_link_that_is_there_already(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "secret").write_text("kept")
    (tmp_path / "target" / "a.py").symlink_to(tmp_path / "secret")
    with pytest.raises(FileExistsError):
        _unpack(_zip(("a.py", b"evil")), tmp_path / "target")
    assert (tmp_path / "secret").read_text() == "kept"


def test_members_left_out_may_be_anything(tmp_path: Path) -> None:
    data = _zip(("../lib.so", b"0" * 99_999), ("pkg/a.py", b"1"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        chosen = members_of(
            archive, "bad.whl", lambda name: name if name.endswith(".py") else None, _SMALL
        )
    unpack(chosen, "bad.whl", lambda start, end: data[start:end], tmp_path, _SMALL)
    assert _tree(tmp_path) == {"pkg/a.py": b"1"}


def _member(start: int, end: int) -> Member:
    return Member(f"{start}.py", f"{start}.py", start, end, 0, 0, 0, 0)


def test_near_members_are_read_at_once_and_far_ones_apart() -> None:
    members = [_member(500, 600), _member(0, 100), _member(150, 200), _member(800, 900)]
    reads = [(start, end, len(inside)) for start, end, inside in plan_reads(members, gap=100)]
    assert reads == [(0, 200, 2), (500, 600, 1), (800, 900, 1)]


def test_a_read_is_not_larger_than_the_largest_allowed() -> None:
    members = [_member(start, start + 10) for start in range(0, 100, 10)]
    reads = [(start, end) for start, end, _ in plan_reads(members, gap=100, largest=40)]
    assert reads == [(0, 40), (40, 80), (80, 100)]
