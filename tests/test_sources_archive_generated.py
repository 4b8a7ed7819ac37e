"""Generated archives: every file comes out below the target with its exact bytes, or none does."""

from __future__ import annotations

import io
import shutil
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.generated import tried

from srcread.errors import SourceError
from srcread.sources.archive import ArchiveLimits, members_of, unpack

LIMITS = ArchiveLimits(files=6, file_bytes=3_000, total_bytes=5_000)
UNREADABLE = (zipfile.BadZipFile, ValueError, IndexError, NotImplementedError, OSError)
"""What zipfile raises about an archive's directory, which callers take for one that is broken."""

PARTS = st.sampled_from(
    [
        *("a", "A", "b.py", "é", "e\u0301", "ﬀ", "FF", ".", "..", "...", "", " ", "c.", "con"),
        *("d:x", "\\", "n" * 254, "n" * 256, "é" * 128, "\u202e", "\0", "\n", "~", "-x", "*"),
    ]
)
NAMES = st.lists(PARTS, min_size=1, max_size=4).map("/".join) | st.text(max_size=12)
CONTENTS = st.binary(max_size=60) | st.integers(0, 4_000).map(lambda size: b"ab" * (size // 2))
METHODS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
PLAIN = st.tuples(st.sampled_from(["a/b.py", "c.py", "d"]), CONTENTS, METHODS)
FILES = st.lists(st.tuples(NAMES, CONTENTS, METHODS), max_size=7)


def packed(files: list[tuple[str, bytes, int]]) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as archive:
        warnings.simplefilter("ignore")  # of names that are there twice
        for name, data, method in files:
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it is: the constructor would mend it
            info.compress_type = method
            archive.writestr(info, data)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the target stands alone: what lies beside it got out."""
    return tmp_path_factory.mktemp("room")


def unpacked(data: bytes, room: Path) -> dict[str, bytes]:
    """Unpack into an empty target; return what lies there, and see that nothing lies outside."""
    target = room / "in" / "target"
    shutil.rmtree(room / "in", ignore_errors=True)
    target.mkdir(parents=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = members_of(archive, "a.whl", lambda name: name, LIMITS)
        unpack(members, "bad.whl", lambda start, end: data[start:end], target, LIMITS)
    finally:
        assert list(room.iterdir()) == [room / "in"]
        assert list((room / "in").iterdir()) == [target]
        assert not any(path.is_symlink() for path in target.rglob("*"))
    files = (path for path in target.rglob("*") if path.is_file())
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in files}


@tried(400)
@given(FILES)
def test_an_archive_comes_out_whole_or_is_refused(
    room: Path, files: list[tuple[str, bytes, int]]
) -> None:
    wanted = {name: data for name, data, _ in files if not name.endswith("/")}
    try:
        found = unpacked(packed(files), room)
    except SourceError as error:
        assert "\n" not in str(error)
    else:
        assert found == wanted
        assert len(files) - sum(name.endswith("/") for name, _, _ in files) == len(wanted)


@tried(400)
@given(
    st.lists(
        st.tuples(st.sampled_from(["a/b.py", "c.py", "d"]), CONTENTS, METHODS),
        min_size=1,
        max_size=3,
    ),
    st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 255)), min_size=1, max_size=4),
    st.integers(0, 40),
)
def test_damaged_bytes_never_get_out_of_the_target(
    room: Path, files: list[tuple[str, bytes, int]], changes: list[tuple[int, int]], cut: int
) -> None:
    data = bytearray(packed(files))
    for place, value in changes:
        data[-1 - place % len(data)] = value  # the directory, at the end, lies most
    try:
        unpacked(bytes(data[: len(data) - cut * (cut > 30)]), room)
    except (SourceError, *UNREADABLE) as error:
        assert not isinstance(error, UnicodeEncodeError | FileNotFoundError | PermissionError)
