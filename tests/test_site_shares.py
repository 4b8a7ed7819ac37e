"""Pages made by several processes: the same pages, errors that arrive, nothing left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from srcread.errors import SrcreadError
from srcread.site import publish
from srcread.site.shares import make, shares
from srcread.site.view import PagePlan

needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="pages are made by forks on Linux")


def pages(count: int = 200) -> list[PagePlan]:
    addresses = [f"en/t/f{number // 3}~{number}.html" for number in range(count)]
    return [PagePlan(one, f"key {one}", one.encode) for one in addresses]


def nothing(done: int) -> None:
    pass


@needs_fork
@pytest.mark.parametrize("jobs", [1, 2, 3, 500])
def test_a_site_is_the_same_for_any_number_of_processes(tmp_path: Path, jobs: int) -> None:
    told: list[tuple[int, int]] = []
    done = publish(
        tmp_path / "site", pages(), progress=lambda *number: told.append(number), jobs=jobs
    )
    assert done.written == tuple(sorted(page.address for page in pages()))
    for page in pages():
        assert (tmp_path / "site" / page.address).read_bytes() == page.render()
    publish(tmp_path / "one", pages())
    manifests = [(tmp_path / name / ".srcread.json").read_bytes() for name in ("site", "one")]
    assert manifests[0] == manifests[1]
    assert told == sorted(told)
    assert told[-1] == (200, 200)


@needs_fork
def test_several_processes_take_part() -> None:
    found = make(pages(), lambda page: os.getpid(), 3, nothing)
    assert len({*found.values()}) == 3
    assert os.getpid() in found.values()


def test_few_pages_are_made_by_one_process() -> None:
    found = make(pages(20), lambda page: os.getpid(), 3, nothing)
    assert {*found.values()} == {os.getpid()}


def test_where_there_are_threads_one_process_makes_all() -> None:
    wait = threading.Event()
    thread = threading.Thread(target=wait.wait)
    thread.start()
    try:
        found = make(pages(), lambda page: os.getpid(), 3, nothing)
    finally:
        wait.set()
        thread.join()
    assert {*found.values()} == {os.getpid()}


def test_the_pages_of_a_function_stay_together_and_shares_are_alike() -> None:
    given = [
        PagePlan(f"{folder}/t/{name}", "", bytes)
        for folder in ("en", "zh")
        for name in ("f.html", "f~a.html", "f.runs.js", "g.html", "h.html", "i.html")
    ]
    given.append(PagePlan("code/t/f.js", "", bytes))
    first, second = shares(given, 2)
    assert {page.address.rpartition("/")[2][0] for page in first} == {"f"}
    assert (len(first), len(second)) == (7, 6)
    assert sorted(page.address for page in (*first, *second)) == sorted(
        page.address for page in given
    )


@needs_fork
def test_the_error_of_a_process_is_raised_and_the_site_stays(tmp_path: Path) -> None:
    def broken() -> bytes:
        raise SrcreadError("This template is broken.")

    publish(tmp_path / "site", pages(3))
    before = {path.name for path in (tmp_path / "site").rglob("*")}
    for place in (0, 199):  # of this process's share, of another's
        bad = pages()
        bad[place] = PagePlan(bad[place].address, "", broken)
        with pytest.raises(SrcreadError, match="This template is broken"):
            publish(tmp_path / "site", bad, jobs=4)
    assert {path.name for path in (tmp_path / "site").rglob("*")} == before
    assert not _children()


@needs_fork
def test_a_process_that_is_killed_is_an_error_and_no_wait() -> None:
    own = os.getpid()

    def write(page: PagePlan) -> int:
        if os.getpid() != own:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    with pytest.raises(SrcreadError, match="ended from outside"):
        make(pages(), write, 2, nothing)
    assert not _children()


@needs_fork
def test_an_interrupt_ends_all_processes() -> None:
    own = os.getpid()

    def write(page: PagePlan) -> int:
        if os.getpid() != own:
            time.sleep(60)
        return 0

    def told(done: int) -> None:
        if done > 50:
            raise KeyboardInterrupt

    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        make(pages(), write, 2, told)
    assert time.monotonic() - start < 30
    assert not _children()


def _children() -> list[int]:
    """Return the processes that this one has, ended or not."""
    return [
        int(one)
        for task in Path("/proc/self/task").iterdir()
        for one in (task / "children").read_text().split()
    ]
