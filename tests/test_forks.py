"""Work in a fork: its result, its error, its end, and no fork left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from srcread.errors import SrcreadError
from srcread.support.forks import Fork, ForkLostError, may_fork

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are made on Linux")


def test_the_result_is_that_of_another_process() -> None:
    fork = Fork(os.getpid)
    assert fork.result() != os.getpid()
    fork.end()
    assert not children()


def test_the_error_of_the_work_is_raised() -> None:
    def work() -> None:
        raise SrcreadError("There is nothing to do.")

    fork = Fork(work)
    with pytest.raises(SrcreadError, match="nothing to do"):
        fork.result()
    fork.end()


def test_a_fork_that_was_killed_is_lost() -> None:
    fork = Fork(lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(ForkLostError):
        fork.result()
    fork.end()
    assert not children()


def test_work_that_nobody_waits_for_is_ended() -> None:
    begin = time.monotonic()
    Fork(lambda: time.sleep(60)).end()
    assert time.monotonic() - begin < 30
    assert not children()


def test_a_result_that_nobody_reads_keeps_no_fork() -> None:
    fork = Fork(lambda: bytes(1 << 20))
    time.sleep(0.1)
    fork.end()
    assert not children()


def test_beside_a_thread_no_fork_is_safe() -> None:
    wait = threading.Event()
    thread = threading.Thread(target=wait.wait)
    thread.start()
    try:
        assert not may_fork()
    finally:
        wait.set()
        thread.join()


def children() -> list[str]:
    """Return the processes that this one has, ended or not."""
    tasks = Path("/proc/self/task").iterdir()
    return [one for task in tasks for one in (task / "children").read_text().split()]
