"""The store: what is in it is whole, whoever races or dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from srcread.errors import CacheWarning, SourceError
from srcread.model import Origin
from srcread.sources import fetch
from srcread.sources.store import (
    add_to_store,
    find_stored,
    stored_names,
    stored_versions,
)
from srcread.support.cache import cache_folder


def _add(cache: Path, text: str = "x = 1\n", version: str = "1.0") -> Path:
    def fill(target: Path) -> None:
        (target / "pkg").mkdir()
        (target / "pkg" / "__init__.py").write_text(text)

    return add_to_store("My_Pkg", version, Origin.WHEEL, "my_pkg.whl", fill, cache)


def test_what_was_added_is_found_by_any_spelling_of_its_name(tmp_path: Path) -> None:
    root = _add(tmp_path)
    assert find_stored("my.pkg", "1.0", tmp_path) == (root, Origin.WHEEL)
    assert (root / "pkg" / "__init__.py").read_text() == "x = 1\n"
    assert find_stored("my-pkg", "1.1", tmp_path) is None


def test_names_and_versions_are_listed(tmp_path: Path) -> None:
    _add(tmp_path, version="1.10")
    _add(tmp_path, version="1.9")
    assert stored_names(tmp_path) == ("my-pkg",)
    assert sorted(stored_versions("MY_PKG", tmp_path)) == ["1.10", "1.9"]
    assert stored_versions("my", tmp_path) == ()


def test_an_empty_cache_has_nothing(tmp_path: Path) -> None:
    assert stored_names(tmp_path / "none") == ()
    assert find_stored("torch", "2.13.0", tmp_path / "none") is None


def test_a_fill_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fill(target: Path) -> None:
        (target / "half.py").write_text("x")
        raise SourceError("the connection broke")

    with pytest.raises(SourceError, match="the connection broke"):
        add_to_store("pkg", "1.0", Origin.WHEEL, "pkg.whl", fill, tmp_path)
    assert os.listdir(tmp_path / "sources") == []


def test_a_half_written_entry_does_not_count_and_is_replaced(tmp_path: Path) -> None:
    half = tmp_path / "sources" / "my-pkg-1.0" / "files" / "pkg"
    half.mkdir(parents=True)
    (half / "half.py").write_text("x")
    assert find_stored("my-pkg", "1.0", tmp_path) is None
    assert stored_names(tmp_path) == ()
    root = _add(tmp_path)
    assert find_stored("my-pkg", "1.0", tmp_path) == (root, Origin.WHEEL)
    assert not (root / "pkg" / "half.py").exists()


def test_the_first_of_two_entries_stays(tmp_path: Path) -> None:
    _add(tmp_path, "first = 1\n")
    root = _add(tmp_path, "second = 2\n")
    assert (root / "pkg" / "__init__.py").read_text() == "first = 1\n"
    assert os.listdir(tmp_path / "sources") == ["my-pkg-1.0"]


def test_processes_that_race_leave_one_whole_entry(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(3)
    racers = [context.Process(target=_race, args=(tmp_path, barrier, n)) for n in range(3)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert [racer.exitcode for racer in racers] == [0, 0, 0]
    assert os.listdir(tmp_path / "sources") == ["my-pkg-1.0"]
    stored = find_stored("my-pkg", "1.0", tmp_path)
    assert stored is not None
    texts = [(stored[0] / f"{name}.py").read_text() for name in "abc"]
    assert len(set(texts)) == 1  # all of one racer


def _race(cache: Path, barrier: multiprocessing.synchronize.Barrier, number: int) -> None:
    def fill(target: Path) -> None:
        for name in "abc":
            (target / f"{name}.py").write_text(str(number))
        barrier.wait(60)

    add_to_store("my-pkg", "1.0", Origin.WHEEL, "my_pkg.whl", fill, cache)


def test_an_old_and_empty_draft_is_swept(tmp_path: Path) -> None:
    old, new = tmp_path / "sources" / ".draft-old", tmp_path / "sources" / ".draft-new"
    old.mkdir(parents=True)
    new.mkdir()
    before = time.time() - 2 * 3600
    os.utime(old, (before, before))
    _add(tmp_path)
    assert not old.exists()
    assert new.exists()


def test_a_broken_manifest_is_as_if_there_were_no_entry(tmp_path: Path) -> None:
    manifest = _add(tmp_path).parent / "origin.json"
    for text in ("", "[]", '{"origin": "moon"}', "{"):
        manifest.write_text(text)
        assert find_stored("my-pkg", "1.0", tmp_path) is None


@pytest.fixture
def unwritable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache that cannot be written, and no spare store yet."""
    monkeypatch.setattr("srcread.sources.store._spare", [])
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "file"))
    return tmp_path / "file"


def test_where_the_store_cannot_be_written_sources_live_as_long_as_the_process(
    unwritable: Path,
) -> None:
    with pytest.warns(CacheWarning, match=r"file' cannot be written: .*Set SRCREAD_CACHE") as told:
        root = _add(unwritable)
        _add(unwritable, version="2.0")
    assert len(told) == 1
    assert (root / "pkg" / "__init__.py").read_text() == "x = 1\n"
    assert find_stored("my.pkg", "1.0") == (root, Origin.WHEEL)
    assert set(stored_versions("my-pkg")) == {"1.0", "2.0"}
    assert unwritable.read_text() == ""


def test_what_is_to_be_stored_is_refused_where_nothing_can_be(unwritable: Path) -> None:
    with pytest.raises(SourceError, match=r"cannot be written: .*Set SRCREAD_CACHE"):
        fetch("my-pkg==1.0")


def test_a_damaged_entry_is_replaced(tmp_path: Path) -> None:
    manifest = _add(tmp_path, "first = 1\n").parent / "origin.json"
    manifest.write_bytes(manifest.read_bytes()[:20])
    root = _add(tmp_path, "second = 2\n")
    assert (root / "pkg" / "__init__.py").read_text() == "second = 2\n"
    assert find_stored("my-pkg", "1.0", tmp_path) == (root, Origin.WHEEL)
    assert os.listdir(tmp_path / "sources") == ["my-pkg-1.0"]


KILLED = """
import os, signal, sys
from pathlib import Path
from srcread.model import Origin
from srcread.sources.store import add_to_store
def fill(target):
    (target / "half.py").write_text("x")
    os.kill(os.getpid(), signal.SIGKILL)
add_to_store("my-pkg", "1.0", Origin.WHEEL, "my_pkg.whl", fill, Path(sys.argv[1]))
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a system with SIGKILL")
def test_the_draft_of_a_killed_process_goes_with_the_next_entry(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(os.listdir(tmp_path / "sources")) == 1
    _add(tmp_path)
    assert os.listdir(tmp_path / "sources") == ["my-pkg-1.0"]


def test_the_environment_names_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SRCREAD_CACHE", str(tmp_path / "here"))
    assert cache_folder() == tmp_path / "here"
    monkeypatch.delenv("SRCREAD_CACHE")
    assert cache_folder().name == "srcread" or "srcread" in cache_folder().parts
