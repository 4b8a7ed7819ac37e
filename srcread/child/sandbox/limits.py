"""Limits on one run: what the kernel bounds per process, and what the supervisor counts for all.

The kernel does not bind the number of root's processes, nor resident memory, nor what many
processes hold together: the supervisor counts those a few times a second.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any


def apply(limits: dict[str, Any], device: str, others: int) -> None:
    """Bind this process and what it starts; `others` are threads of its user that were there."""
    import resource

    linux = sys.platform.startswith("linux")
    seconds = limits["cpu_seconds"] if linux else min(limits["cpu_seconds"], limits["cpu_counted"])
    wanted = {"CPU": seconds, "FSIZE": limits["file_bytes"]}
    wanted |= {"NOFILE": limits["open_files"], "CORE": 0}
    if linux:
        wanted["NPROC"] = limits["processes"] + others
        if device == "cpu":  # CUDA reserves address space by the hundred GB
            wanted["AS"] = limits["memory_bytes"] + _pages("/proc/self/statm") * _page_size()
    for name, value in wanted.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        limit = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        with contextlib.suppress(ValueError, OSError):
            # One CPU second later kills outright what has survived SIGXCPU.
            resource.setrlimit(kind, (limit, limit + 1 if name == "CPU" else limit))


def user_threads() -> int:
    """Count this user's threads, for RLIMIT_NPROC counts them all."""
    count, user = 0, os.getuid()
    for name in _processes():
        with contextlib.suppress(OSError):
            tasks = os.stat(f"/proc/{name}/task")
            count += tasks.st_nlink - 2 if tasks.st_uid == user else 0
    return count


def exceeded(limits: dict[str, Any]) -> str:
    """Say which limit the descendants of this process exceed together, or nothing.

    A fork's pages are largely its parent's, so only what each holds beyond them is counted.
    """
    parents: dict[int, int] = {}
    pages: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for name in _processes():
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = _read(f"/proc/{name}/stat").rpartition(")")[2].split()
            parents[int(name)], pages[int(name)] = int(fields[1]), int(fields[21])
            ticks[int(name)] = int(fields[11]) + int(fields[12])
    own = os.getpid()
    found = [pid for pid in parents if _descends(pid, own, parents)]
    if len(found) > limits["processes"]:
        return "processes"
    if sum(ticks[pid] for pid in found) > limits["cpu_counted"] * os.sysconf("SC_CLK_TCK"):
        return "cpu"
    held = sum(max(0, pages[pid] - pages.get(own, 0)) for pid in found) * _page_size()
    return "memory" if held > limits["memory_bytes"] else ""


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    for _ in range(len(parents)):
        pid = parents.get(pid, 0)
        if pid == ancestor or not pid:
            break
    return pid == ancestor


def _processes() -> list[str]:
    try:
        return list(filter(str.isdigit, os.listdir("/proc")))
    except OSError:  # not Linux
        return []


def _pages(path: str) -> int:
    return int(_read(path).split()[0])


def _page_size() -> int:
    return int(os.sysconf("SC_PAGE_SIZE"))


def _read(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()
