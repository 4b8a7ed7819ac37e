"""The supervisor's side of one run: its records and output read, its limits kept, its end.

Nothing of a run lives on. In a namespace of processes of its own one signal ends all of it. Without
one, its orphans come to the supervisor and are ended one by one: what forks faster than that lives
on until it is ended by hand.
"""

from __future__ import annotations

import base64
import contextlib
import os
import select
import signal
import time
from collections.abc import Callable
from typing import Any

_COUNT_SECONDS = 0.25


def watch(
    plan: dict[str, Any],
    counting: Any,
    started: tuple[int, int, int],
    watched: list[int],
) -> dict[str, Any]:
    """Follow a run until it has ended, or must be ended; leave nothing of it alive.

    `started` is its process, and where its records and its output come from. The parent is gone
    when something of `watched` closes. Returns what srcread.child.main says of a run.
    """
    pid, records, output = started
    limits, kill_rest = plan["limits"], _kill_all if plan["sandbox"]["first"] else _kill_orphans
    read = {records: bytearray(), output: bytearray()}
    most = {
        records: ("records", limits["record_bytes"]),
        output: ("output", limits["output_bytes"]),
    }

    def exceeded() -> str:
        return str(counting.exceeded(limits))

    status, used = None, _used()
    deadline = time.monotonic() + limits["wall_seconds"]
    try:
        cut, status = _follow(pid, read, most, deadline, watched, exceeded)
    finally:
        _kill(pid, reaped=status is not None)
        status = os.waitpid(pid, 0)[1] if status is None else status
        kill_rest()
    if not cut and select.select([records], [], [], 0)[0]:
        read[records] += os.read(records, 1 << 16)  # what an orphan wrote until now: foreign bytes
    os.close(records)
    os.close(output)
    number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    known = {member.value: member.name for member in signal.Signals}
    return {
        "records": base64.b64encode(read[records]).decode(),
        "output": read[output][: limits["output_bytes"]].decode("utf-8", "replace"),
        "cut": cut,
        "status": None if number else os.WEXITSTATUS(status),
        "signal": known.get(number, f"signal {number}") if number else None,
        "cpu": round(_used() - used, 3),
    }


def _used() -> float:
    """Return the seconds of the processor that ended runs have taken."""
    import resource

    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def _follow(
    pid: int,
    read: dict[int, bytearray],
    most: dict[int, tuple[str, int]],
    deadline: float,
    watched: list[int],
    exceeded: Callable[[], str],
) -> tuple[str, int | None]:
    """Read until the process has ended: nothing and its status; or what cut it, as `main` says."""
    unfinished, status, counted = set(read), None, time.monotonic()
    while time.monotonic() <= deadline:
        if status is None:
            done, waited = os.waitpid(pid, os.WNOHANG)
            status = waited if done else None
        if status is None and time.monotonic() > counted + _COUNT_SECONDS:
            cut, counted = exceeded(), time.monotonic()
            if cut:
                return cut, None
        pause = 0.0 if status is not None else 0.05 if unfinished else 0.001
        ready = select.select([*unfinished, *watched], [], [], pause)[0]
        if status is not None and not unfinished.intersection(ready):
            return "", status
        for descriptor in ready:
            chunk = os.read(descriptor, 1 << 16)
            if descriptor in read:
                read[descriptor] += chunk
                if len(read[descriptor]) > most[descriptor][1]:
                    return most[descriptor][0], status
                unfinished -= set() if chunk else {descriptor}
            elif not chunk:
                raise SystemExit("the parent is gone")
    return "time", status


def _kill(pid: int, reaped: bool = False) -> None:
    # The second is for one that has no group yet; a reaped one's number may be someone else's.
    for kill in (os.killpg,) if reaped else (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _kill_all() -> None:
    """End all of the namespace whose first process this is: in one step, so no fork is faster."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _kill_orphans() -> None:
    for _ in range(100):
        children: list[int] = []
        with contextlib.suppress(OSError):
            for task in os.listdir("/proc/self/task"):
                children += map(int, _read_file(f"/proc/self/task/{task}/children").split())
        for child in children:
            _kill(child)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, 0)
        if not children:
            return


def _read_file(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
