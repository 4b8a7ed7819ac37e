"""Folders of a process's own: gone with it, or with the next; never those of the living."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.story_example import environment

from srcread.support.scratch import remove_leftovers, scratch_folder

posix = pytest.mark.skipif(os.name != "posix", reason="needs locks and signals of POSIX")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_is_empty_private_and_gone_in_the_end(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "mine-") as folder:
        assert names(folder) == []
        (folder / "file").write_text("x")
        (outer,) = tmp_path.iterdir()
        assert os.name != "posix" or outer.stat().st_mode & 0o777 == 0o700
    assert names(tmp_path) == []


def test_a_folder_that_was_moved_away_stays_where_it_is_now(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, "mine-") as folder:
        (folder / "file").write_text("x")
        folder.rename(tmp_path / "kept")
    assert names(tmp_path) == ["kept"]
    assert names(tmp_path / "kept") == ["file"]


def test_an_error_inside_takes_the_folder_along(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), scratch_folder(tmp_path, "mine-"):
        1 / 0  # noqa: B018 - it is to fail
    assert names(tmp_path) == []


LENDING = """
import os, sys, time
from pathlib import Path
from srcread.support.scratch import lasting_folder, scratch_folder
with scratch_folder(Path(sys.argv[1]), "mine-") as folder:
    (folder / "inner").mkdir()
    (folder / "inner" / "file").write_text("x")
    (folder / "inner").chmod(0o555)
    lasting_folder()
    print("lent", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def lending(folder: Path, seconds: float = 300) -> Iterator[subprocess.Popen[str]]:
    """Start a process that has a folder below this one, and one in the temporary folder, `tmp`."""
    (folder / "tmp").mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, "-c", LENDING, str(folder), str(seconds)],
        env=environment(TMPDIR=str(folder / "tmp")),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "lent\n"
        try:
            yield process
        finally:
            process.kill()


@posix
def test_a_process_that_ends_leaves_nothing(tmp_path: Path) -> None:
    with lending(tmp_path, 0) as process:
        assert process.wait(300) == 0
    assert names(tmp_path) == ["tmp"]
    assert names(tmp_path / "tmp") == []


@posix
def test_what_a_killed_process_left_goes_at_once_and_what_a_living_one_has_stays(
    tmp_path: Path,
) -> None:
    with lending(tmp_path) as living:
        kept = names(tmp_path)
        with lending(tmp_path) as killed:
            killed.send_signal(signal.SIGKILL)
            killed.wait(300)
        assert len(names(tmp_path)) == len(kept) + 1
        remove_leftovers(tmp_path, "mine-")
        assert names(tmp_path) == kept
        assert living.poll() is None
    with lending(tmp_path, 0) as last:  # which looks through the temporary folder by itself
        assert last.wait(300) == 0
    assert names(tmp_path / "tmp") == []


@posix
def test_a_folder_that_only_has_the_name_is_let_be(tmp_path: Path) -> None:
    old = time.time() - 1e6
    for name in ("mine-full", "mine-lock", "mine-empty", "mine-new", "others"):
        (tmp_path / name).mkdir()
    (tmp_path / "mine-full" / "notes.txt").write_text("mine")
    (tmp_path / "mine-lock" / "lock").write_text("")
    (tmp_path / "mine-file").write_text("mine")
    (tmp_path / "mine-link").symlink_to("others")
    for name in ("mine-full", "mine-lock", "mine-empty", "others"):
        os.utime(tmp_path / name, (old, old))
    before = names(tmp_path)
    remove_leftovers(tmp_path, "mine-")
    assert names(tmp_path) == [name for name in before if name != "mine-empty"]


def test_a_name_with_signs_of_patterns_is_taken_as_it_stands(tmp_path: Path) -> None:
    dead = tmp_path / ".site[1]*.srcread-1-a"
    dead.mkdir()
    (dead / ".srcread-lock").write_text("")
    os.utime(dead, (0, 0))
    remove_leftovers(tmp_path, ".site[1]*.srcread-")
    assert names(tmp_path) == []


@posix
def test_what_belongs_to_another_user_is_let_be(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root gives folders away")
    theirs = tmp_path / "mine-1-a"
    theirs.mkdir()
    (theirs / ".srcread-lock").write_text("")
    os.chown(theirs, 12345, 12345)
    remove_leftovers(tmp_path, "mine-")
    assert names(tmp_path) == ["mine-1-a"]
