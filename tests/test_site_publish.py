"""Publishing: only what changed is written, the old site stays whole, foreign folders are safe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest
from support.site_example import plans
from support.story_example import contents as tree

from srcread.errors import SrcreadError
from srcread.site import PagePlan, PublishResult, publish

TESTS = Path(__file__).parent


def plan(address: str, text: str, render: Callable[[], bytes] | None = None) -> PagePlan:
    return PagePlan(address, f"key of {text}", render or (lambda: text.encode()))


def never() -> bytes:
    raise AssertionError("rendered though its key is unchanged")


def test_pages_are_written_below_the_folder(tmp_path: Path) -> None:
    result = publish(tmp_path / "site", [plan("index.html", "front"), plan("en/a.html", "a")])
    assert result == PublishResult(("en/a.html", "index.html"), (), ())
    assert (tmp_path / "site/en/a.html").read_bytes() == b"a"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_only_changed_pages_are_rendered(tmp_path: Path) -> None:
    publish(tmp_path / "site", [plan("a", "1"), plan("b", "1"), plan("c", "1")])
    result = publish(tmp_path / "site", [plan("a", "1", never), plan("b", "2")])
    assert result == PublishResult(("b",), ("a",), ("c",))
    found = tree(tmp_path / "site")
    assert {name: found[name] for name in found if name != ".srcread.json"} == {
        "a": b"1",
        "b": b"2",
    }


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    publish(tmp_path / "site", [plan("a", "1")])
    before = (tmp_path / "site").stat()
    assert publish(tmp_path / "site", [plan("a", "1", never)]) == PublishResult((), ("a",), ())
    after = (tmp_path / "site").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_page_that_someone_deleted_is_written_again(tmp_path: Path) -> None:
    publish(tmp_path / "site", [plan("a", "1"), plan("b", "1", lambda: b"1")])
    (tmp_path / "site/b").unlink()
    assert publish(tmp_path / "site", [plan("a", "1"), plan("b", "1")]).written == ("b",)


def test_the_old_site_survives_a_page_that_fails(tmp_path: Path) -> None:
    publish(tmp_path / "site", [plan("a", "1")])
    before = tree(tmp_path / "site")
    with pytest.raises(AssertionError, match="rendered though"):
        publish(tmp_path / "site", [plan("a", "2"), plan("b", "2", never)])
    assert tree(tmp_path / "site") == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


KILLED = """
import os, signal, sys
from pathlib import Path
from srcread.site import PagePlan, publish
def die():
    os.kill(os.getpid(), signal.SIGKILL)
pages = [PagePlan("a", "2", lambda: b"2"), PagePlan("b", "2", die)]
publish(Path(sys.argv[1]), pages)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a system with SIGKILL")
def test_the_old_site_survives_a_kill_and_its_leftovers_go_next_time(tmp_path: Path) -> None:
    site = tmp_path / "site"
    publish(site, [plan("a", "1")])
    before = tree(site)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(site)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert tree(site) == before
    assert len(list(tmp_path.iterdir())) == 2
    publish(site, [plan("a", "1", never)])
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_workshop_of_a_build_that_still_runs_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(publish.__globals__, "_turn", lambda out: nullcontext())  # no locks there

    def nested() -> bytes:
        (workshop,) = tmp_path.glob(".site.srcread-*")
        publish(tmp_path / "site", [plan("b", "other build")])
        assert workshop.is_dir()
        return b"a"

    publish(tmp_path / "site", [plan("a", "1", nested)])
    assert tree(tmp_path / "site")["a"] == b"a"


@pytest.mark.skipif(os.name != "posix", reason="needs locks on folders")
def test_two_builds_of_one_site_take_turns(tmp_path: Path) -> None:
    inside, go = threading.Event(), threading.Event()

    def slow() -> bytes:
        inside.set()
        assert go.wait(30)
        return b"slow"

    site = tmp_path / "site"
    publish(site, [plan("a", "1"), plan("b", "1")])
    with ThreadPoolExecutor() as threads:
        one = threads.submit(publish, site, [plan("a", "2", slow), plan("b", "1")])
        assert inside.wait(30)
        other = threads.submit(publish, site, [plan("a", "2", never), plan("b", "1")])
        with pytest.raises(TimeoutError):
            other.result(0.2)
        go.set()
        assert one.result(30) == PublishResult(("a",), ("b",), ())
        assert other.result(30) == PublishResult((), ("a", "b"), ())
    assert tree(site)["a"] == b"slow"


@pytest.mark.parametrize("name", ["notes.txt", ".git"])
def test_a_folder_that_is_not_a_site_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(SrcreadError, match=r"not a site of srcread and not empty.*-o"):
        publish(tmp_path, [plan("a", "1")])
    assert tree(tmp_path) == {name: b"mine"}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("mine")
    with pytest.raises(SrcreadError, match="is not a folder"):
        publish(tmp_path / "site", [plan("a", "1")])


def test_an_empty_folder_and_a_link_to_one_are_taken(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    publish(tmp_path / "link", [plan("a", "1")])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real/a").read_bytes() == b"1"


def test_files_that_a_user_put_into_the_site_are_carried_over(tmp_path: Path) -> None:
    publish(tmp_path / "site", [plan("a", "1")])
    (tmp_path / "site/CNAME").write_text("example.org")
    publish(tmp_path / "site", [plan("a", "2")])
    assert tree(tmp_path / "site")["CNAME"] == b"example.org"


def test_a_broken_manifest_only_costs_a_full_build(tmp_path: Path) -> None:
    publish(tmp_path / "site", [plan("a", "1")])
    (tmp_path / "site/.srcread.json").write_text('{"pages": [1]}')
    assert publish(tmp_path / "site", [plan("a", "1")]).written == ("a",)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SrcreadError, match="cannot be written: Permission denied"):
        publish(tmp_path / "site", [plan("a", "1")])


def test_two_renames_do_where_no_exchange_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "other")
    publish(tmp_path / "site", [plan("a", "1")])
    publish(tmp_path / "site", [plan("a", "2")])
    assert tree(tmp_path / "site")["a"] == b"2"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_progress_is_told_of_every_page(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    publish(
        tmp_path / "site",
        [plan("a", "1"), plan("b", "1")],
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(1, 2), (2, 2)]


PUBLISH = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from support.site_example import plans
from srcread.site import publish
publish(Path(sys.argv[2]), plans())
"""


def test_two_builds_are_byte_identical_whatever_surrounds_them(tmp_path: Path) -> None:
    worlds = [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LANG": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/New_York", "LANG": "de_DE.UTF-8"},
    ]
    sites = []
    for number, world in enumerate(worlds):
        site = tmp_path / f"folder{number}" / f"site {number}"
        site.parent.mkdir()
        subprocess.run(
            [sys.executable, "-c", PUBLISH, str(TESTS), str(site)],
            env={**os.environ, **world},
            cwd=site.parent,
            check=True,
        )
        sites.append(tree(site))
    assert sites[0] == sites[1]
    assert len(sites[0]) == len(plans()) + 1


def test_no_page_names_a_folder_of_this_machine(tmp_path: Path) -> None:
    publish(tmp_path / "site", plans())
    here = str(TESTS.parent).encode()
    assert [name for name, data in tree(tmp_path / "site").items() if here in data] == []
