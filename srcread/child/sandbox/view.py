"""What a snippet sees of the file system: its interpreter and what that imports, and no more.

All of it read-only: the system's programs and libraries, the interpreter's own folders, what is on
`sys.path`, what describes the processors, a few devices. Not there: homes, /run, /var, /etc but for
what the loader of programs reads. A folder of the interpreter that is a home, or holds one, is
left out as well, though then what lies in it cannot be imported. What a run writes goes to
/scratch, which is memory; /tmp leads there, unless the interpreter itself lies in /tmp.
"""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_LOADER = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime", "python3*")
_PROCESSORS = "/sys/devices/system"
_DEVICES = ("null", "zero", "full", "random", "urandom")
_DRIVERS = ("/dev/nvidia*", "/sys/module/nvidia*", "/sys/bus/pci", "/sys/devices/pci*")


class View(NamedTuple):
    """Paths that a snippet may read, devices that it may use, and links from one to another."""

    paths: list[str]
    devices: list[str]
    links: list[tuple[str, str]]


def view(device: str, own: Iterable[str]) -> View:
    """Return what is seen by a snippet that runs on `device`; `own` are further files."""
    wanted = [*_SYSTEM, *glob.glob(_PROCESSORS), *own, *_interpreter()]
    wanted += [path for name in _LOADER for path in glob.glob(f"/etc/{name}")]
    devices = [f"/dev/{name}" for name in _DEVICES]
    if device != "cpu":
        found = [path for pattern in _DRIVERS for path in glob.glob(pattern)]
        wanted += [path for path in found if not path.startswith("/dev/")]
        wanted += os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
        devices += [path for path in found if path.startswith("/dev/")]
    links = [(os.readlink(path), path) for path in _SYSTEM if os.path.islink(path)]
    linked = {path for _, path in links}
    paths = [path for path in wanted if path not in linked and os.path.exists(path)]
    links += [("/scratch", "/dev/shm"), ("/proc/self/fd", "/dev/fd")]
    links += [] if any(path.startswith("/tmp/") for path in paths) else [("/scratch", "/tmp")]
    return View(list(_outermost(paths)), devices, links)


def _interpreter() -> Iterator[str]:
    """Yield its folders, as they are named and as they are, for both names are followed."""
    named = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *sys.path]
    named += [os.path.dirname(path) for path in (sys.executable, os.path.realpath(sys.executable))]
    homes = _homes()
    for path in [way for name in named if name for way in (name, os.path.realpath(name))]:
        inside = path.rstrip("/") + "/"
        if os.path.isabs(path) and not any(home.startswith(inside) for home in homes):
            yield path.rstrip("/")


def _homes() -> list[str]:
    import pwd

    homes = {"/home", "/root", "/tmp", pwd.getpwuid(os.getuid()).pw_dir}
    return [home.rstrip("/") + "/" for home in homes]


def _outermost(paths: Iterable[str]) -> Iterator[str]:
    last = ""
    for path in sorted({os.path.normpath(path) for path in paths}, key=lambda path: path + "/"):
        if not last or not (path + "/").startswith(last + "/"):
            yield path
            last = path
