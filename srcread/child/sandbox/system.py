"""Calls of Linux that Python lacks or has only since 3.12, by ctypes; a failure is an OSError."""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct

NEW_NAMESPACE = 0x00020000  # of mounts; these are linux/sched.h's CLONE_NEW…
NEW_UTS, NEW_IPC, NEW_USER = 0x04000000, 0x08000000, 0x10000000
NEW_PID, NEW_NETWORK = 0x20000000, 0x40000000

NO_SETUID, NO_DEVICES, NO_PROGRAMS = 2, 4, 8  # linux/mount.h
BIND, RECURSIVE, PRIVATE = 4096, 16384, 1 << 18

PARENT_DEATH_SIGNAL, DUMPABLE, DROP_BOUNDING, CHILD_SUBREAPER = 1, 4, 24, 36  # linux/prctl.h
_NO_NEW_PRIVILEGES, _LAST_CAPABILITY = 38, 63
_CAPABILITY_VERSION = 0x20080522
_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_KEYCTL, _JOIN_SESSION = {"x86_64": 250, "aarch64": 219}, 1
_MOUNT_SETATTR = 442  # system calls have one number on all machines since 424


def unshare(flags: int) -> None:
    """Leave namespaces for new ones; processes started from now on are in the new one of pids."""
    _call("unshare", ctypes.c_int(flags))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system, or bind what is there already."""
    texts = [os.fsencode(text) for text in (source, target, kind)]
    _call("mount", *texts, ctypes.c_ulong(flags), options.encode() or None)


def protect(target: str, flags: int, recursive: bool = True) -> None:
    """Make a mount read-only, and what else `flags` say; of NO_SETUID, NO_DEVICES, NO_PROGRAMS."""
    wanted = struct.pack("=4Q", flags | 1, 0, 0, 0)
    _system_call(
        _MOUNT_SETATTR,
        ctypes.c_int(_AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE if recursive else 0),
        wanted,
        ctypes.c_size_t(len(wanted)),
    )


def change_root(folder: str) -> None:
    """Make a mounted folder the root, and let go of the old one."""
    os.chdir(folder)
    number = _PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise OSError(38, f"unknown on {os.uname().machine}", "pivot_root")
    _system_call(number, b".", b".")  # the old root comes to lie over the new one, and is taken off
    _call("umount2", b".", ctypes.c_int(_DETACH))
    os.chdir("/")


def control(option: int, value: int) -> None:
    """Set a property of this process, by prctl."""
    _call("prctl", ctypes.c_int(option), *(ctypes.c_ulong(number) for number in (value, 0, 0, 0)))


def drop_capabilities() -> None:
    """Give up every capability, and for good: no program executed later brings one back."""
    for number in range(_LAST_CAPABILITY + 1):
        try:
            control(DROP_BOUNDING, number)
        except OSError:  # beyond the last that this kernel knows, or not ours to drop
            break
    _call("capset", struct.pack("=Ii", _CAPABILITY_VERSION, 0), bytes(24))
    control(_NO_NEW_PRIVILEGES, 1)


def forget_keys() -> None:
    """Leave the keyring of the user's session, whose keys are had by whoever is in the session."""
    number = _KEYCTL.get(os.uname().machine)
    with contextlib.suppress(OSError):  # a kernel without keyrings
        if number is not None:
            _system_call(number, ctypes.c_int(_JOIN_SESSION), None)


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) == -1:
        _fail(name)


def _system_call(number: int, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    if library.syscall(ctypes.c_long(number), *arguments) == -1:
        _fail({_MOUNT_SETATTR: "mount_setattr"}.get(number, "system call"))


def _fail(name: str) -> None:
    number = ctypes.get_errno()
    raise OSError(number, os.strerror(number), name)
