"""The cache: whatever becomes of its files, no value is wrong, and no command ends of it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.mounted import run_mounted
from support.story_example import contents, environment, install, process, write_tour

from srcread.errors import CacheWarning
from srcread.support.cache import Cache, sealed, unsealed

VALUES = {f"key {number}": os.urandom(900) * (number + 1) for number in range(6)}


def filled(folder: Path) -> Path:
    cache = Cache(folder)
    for key, value in VALUES.items():
        cache.put(key, value)
    return folder / "index.sqlite"


def flip(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_no_flipped_bit_gives_a_wrong_value_and_all_can_be_kept_again(tmp_path: Path) -> None:
    file = filled(tmp_path)
    data = file.read_bytes()
    chance = random.Random(7)
    heads = [chance.randrange(8 * 200) for _ in range(60)]  # where the schema stands
    for place in [*heads, *(chance.randrange(8 * len(data)) for _ in range(140))]:
        file.write_bytes(flip(data, place))
        cache = Cache(tmp_path)
        for key, value in VALUES.items():
            assert cache.get(key) in (value, None), place
        cache.put("new", b"value")
        assert cache.get("new") == b"value", place


@pytest.mark.parametrize("size", [0, 1, 99, 100, 512, 4095, 4096, 5000, 9000])
def test_a_cut_file_is_begun_anew(tmp_path: Path, size: int) -> None:
    file = filled(tmp_path)
    file.write_bytes(file.read_bytes()[:size])
    cache = Cache(tmp_path)
    assert all(cache.get(key) in (value, None) for key, value in VALUES.items())
    cache.put("new", b"value")
    assert cache.get("new") == b"value"


def test_a_value_that_stands_under_the_key_of_another_is_none(tmp_path: Path) -> None:
    with sqlite3.connect(filled(tmp_path)) as connection:
        row = connection.execute("SELECT value FROM kept WHERE key = 'key 1'").fetchone()
        connection.execute("UPDATE kept SET value = ? WHERE key = 'key 2'", row)
    connection.close()
    assert Cache(tmp_path).get("key 2") is None
    assert Cache(tmp_path).get("key 1") == VALUES["key 1"]


@pytest.mark.parametrize("value", [None, 5, "text", b"", b"short", b"x" * 40])
def test_what_nobody_put_there_is_none(tmp_path: Path, value: object) -> None:
    with sqlite3.connect(filled(tmp_path)) as connection:
        connection.execute("UPDATE kept SET value = ? WHERE key = 'key 2'", (value,))
    connection.close()
    assert Cache(tmp_path).get("key 2") is None


def test_an_empty_folder_in_the_place_of_the_file_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").mkdir()
    filled(tmp_path)
    assert Cache(tmp_path).get("key 1") == VALUES["key 1"]


def test_a_full_folder_in_the_place_of_the_file_costs_one_warning(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").mkdir()
    (tmp_path / "index.sqlite" / "thesis.tex").write_text("years of work")
    cache = Cache(tmp_path)
    with pytest.warns(CacheWarning, match="unable to open database file") as warned:
        for _ in range(3):
            cache.put("key", b"value")
            assert cache.get("key") is None
    assert len(warned) == 1
    assert contents(tmp_path) == {"index.sqlite/thesis.tex": b"years of work"}


def test_a_database_that_another_process_writes_costs_no_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(Cache.get.__globals__, "_WAIT_SECONDS", 0.01)
    other = sqlite3.connect(filled(tmp_path), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert Cache(tmp_path).get("key 1") is None
    Cache(tmp_path).put("key 1", b"other")
    other.close()
    assert Cache(tmp_path).get("key 1") == VALUES["key 1"]


def test_a_seal_holds_for_its_name_alone() -> None:
    assert unsealed("name", sealed("name", b"data")) == b"data"
    assert unsealed("other", sealed("name", b"data")) is None
    assert unsealed("name", sealed("name", b"")) == b""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tour, its site, and the cache that its build has filled."""
    folder = tmp_path_factory.mktemp("built")
    install(folder / "installed")
    write_tour(folder / "annotations")
    assert run(folder, "check", "--fix", "tiny-model").returncode == 0
    assert run(folder, "build", "tiny-model").returncode == 0
    return folder


@pytest.fixture
def here(built: Path, tmp_path: Path) -> Path:
    """A copy of it, without the site."""
    shutil.copytree(built, tmp_path / "here", ignore=shutil.ignore_patterns("site"))
    return tmp_path / "here"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    cache = str(folder / "cache")
    return process(*words, cwd=folder, site=folder / "installed", SRCREAD_CACHE=cache)


def replaced_by_a_folder(file: Path, data: bytes) -> None:
    file.unlink()
    file.mkdir()


def replaced_by_a_link(file: Path, data: bytes) -> None:
    file.unlink()
    file.symlink_to("nowhere")


DAMAGES: dict[str, Callable[[Path, bytes], object]] = {
    "empty": lambda file, data: file.write_bytes(b""),
    "cut": lambda file, data: file.write_bytes(data[: len(data) * 2 // 3]),
    "one bit in the middle": lambda file, data: file.write_bytes(flip(data, len(data) * 4)),
    "one bit near the end": lambda file, data: file.write_bytes(flip(data, len(data) * 8 - 90)),
    "garbage": lambda file, data: file.write_bytes(os.urandom(len(data))),
    "a folder": replaced_by_a_folder,
    "a link to nowhere": replaced_by_a_link,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_is_made_anew_and_the_site_is_the_same(
    built: Path, here: Path, damage: str
) -> None:
    files = [path for path in (here / "cache").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".sqlite", ".json", ".compiled"}
    whole = {path: path.read_bytes() for path in files}
    for path, data in whole.items():
        DAMAGES[damage](path, data)
    done = run(here, "build", "tiny-model")
    assert (done.returncode, without_evidence(done.stderr)) == (0, "")
    assert contents(here / "site") == contents(built / "site")
    for path in files:
        if path.suffix == ".compiled":
            assert path.read_bytes() == whole[path]


@pytest.mark.skipif(os.name != "posix", reason="needs modes of files")
def test_files_that_may_not_be_read_are_made_anew(built: Path, here: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    for path in (here / "cache").rglob("*"):
        if path.is_file():
            path.chmod(0)
    done = run(here, "build", "tiny-model")
    assert (done.returncode, without_evidence(done.stderr)) == (0, "")
    assert contents(here / "site") == contents(built / "site")


def mounted(here: Path, shell: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command after a line of shell that mounts something over ./cache."""
    variables = environment(here / "installed", SRCREAD_CACHE=str(here / "cache"))
    return run_mounted(shell, "-m", "srcread", *words, cwd=here, env=variables)


FULL = "mount -t tmpfs -o size=64k none cache; cp /dev/zero cache/full 2>/dev/null || true"
READ_ONLY = "mount -t tmpfs -o ro none cache"
FILLED_AND_READ_ONLY = "mount --bind cache cache; mount -o remount,ro,bind cache"


@pytest.mark.parametrize("shell", [FULL, READ_ONLY, FILLED_AND_READ_ONLY])
def test_a_cache_that_takes_nothing_in_costs_one_warning_and_no_page(
    built: Path, here: Path, shell: str
) -> None:
    (here / "installed" / "tiny" / "ops.py").write_text("def scale(x, by):\n    return by * x\n")
    done = mounted(here, shell, "build", "tiny-model")
    assert done.returncode == 0, done.stderr
    assert "written" in done.stdout
    assert done.stderr.startswith(f"srcread: warning: The cache '{here}/cache' cannot be written: ")
    assert without_evidence(done.stderr).count("\n") == 1
    assert contents(here / "site").keys() == contents(built / "site").keys()


def without_evidence(told: str) -> str:
    """Leave out of what a command tells that the example's notes have no evidence."""
    return "".join(line for line in told.splitlines(True) if "The evidence of" not in line)


def test_the_warning_names_the_reason(here: Path) -> None:
    done = mounted(here, "mount -t tmpfs -o ro none cache", "build", "tiny-model")
    assert without_evidence(done.stderr) == (
        f"srcread: warning: The cache '{here}/cache' cannot be written: unable to open database "
        "file. What is worked out now is not kept. Set SRCREAD_CACHE to a folder that can be "
        "written.\n"
    )
