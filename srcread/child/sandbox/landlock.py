"""Landlock: this process and all it starts read and write below given paths only, for good.

By the kernel's version it also forbids TCP (Linux 6.7), and signals and abstract sockets to others
outside (6.12). Always: ptrace and /proc/PID of processes outside, and every mount. Not forbidden:
changing a file's mode or owner, UDP, sockets that have a path. linux/landlock.h has the bits.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import struct
from collections.abc import Iterable

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION, _PATH_BENEATH = 1, 1
_READ = 0b1101  # execute, read a file, list a folder
_FILE = 0b1100_0000_0000_0111  # what a rule about a file can allow
_MAKE_DEVICES = 0b1000_0100_0000
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many there are; since 5 there are 16
_TCP, _SCOPES = 0b11, 0b11


def version() -> int:
    """Return the version that the kernel has, 0 for none."""
    try:
        return _call(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    except OSError:
        return 0


def restrict(readable: Iterable[str], usable: Iterable[str], writable: Iterable[str]) -> None:
    """Confine this process, which can gain no privileges any more; paths that lack are passed over.

    What is `usable` is read, written and asked, but nothing is made in it: devices.
    """
    found = version()
    rights = (1 << _RIGHTS.get(found, 16)) - 1
    network, scopes = _TCP if found >= 4 else 0, _SCOPES if found >= 6 else 0
    size = 24 if found >= 6 else 16 if found >= 4 else 8
    wanted = struct.pack("=3Q", rights, network, scopes)[:size]
    rules = _call(_CREATE, wanted, ctypes.c_size_t(size), ctypes.c_uint32(0))
    try:
        for paths, allowed in (
            (readable, _READ),
            (usable, _READ | _FILE),
            (writable, rights & ~_MAKE_DEVICES),
        ):
            for path in paths:
                with contextlib.suppress(FileNotFoundError):
                    _allow(rules, path, allowed & rights)
        _call(_RESTRICT, ctypes.c_int(rules), ctypes.c_uint32(0))
    finally:
        os.close(rules)


def _allow(rules: int, path: str, allowed: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            allowed &= _FILE
        rule = struct.pack("=Qi", allowed, descriptor)
        _call(_ADD_RULE, ctypes.c_int(rules), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0))
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    result = int(library.syscall(ctypes.c_long(number), *arguments))
    if result == -1:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), "landlock")
    return result
