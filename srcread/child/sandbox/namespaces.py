"""Namespaces of its own for a batch: users, mounts, pids, network, IPC, host name; by own calls.

The process that asks stays outside and waits. A second one leaves the namespaces. A third one is
the first process of the new namespace of pids; it lays out the new root in memory: what the view
holds, bound read-only, and nothing else. Then it goes on with the batch: no signal from inside
reaches it, and when it ends, the kernel ends all that is in its namespace.

As root two users are mapped, root and nobody, so that snippets can be nobody; that takes a process
outside that writes the map. Needs Linux 5.12 (mount_setattr).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import tempfile
from typing import Any

NOBODY = 65534
_USERS = f"root:x:0:0::/scratch:/bin/sh\nnobody:x:{NOBODY}:{NOBODY}::/scratch:/bin/sh\n"
_GROUPS = f"root:x:0:\nnogroup:x:{NOBODY}:\n"
_UP, _GET_FLAGS, _SET_FLAGS = 1, 0x8913, 0x8914  # linux/if.h, linux/sockios.h


def enter(system: Any, view: Any) -> str:
    """Go on in new namespaces and return nothing, or return in the old ones why it cannot be done.

    Where it can, the process that asked does not return: it ends as the new one does.
    """
    base = tempfile.mkdtemp(prefix="root-")
    ask, asked = os.pipe()
    answer, answered = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            system.control(system.PARENT_DEATH_SIGNAL, signal.SIGKILL)
            _leave(system, asked, answer)
            _become_first(system)
            _lay_out(system, view, base)
            os.write(asked, b"+")
        except BaseException as error:
            name = getattr(error, "filename", None) or type(error).__name__
            os.write(asked, f"{name}: {getattr(error, 'strerror', None) or error}".encode())
            os._exit(1)
        for descriptor in (ask, asked, answer, answered):
            os.close(descriptor)
        return ""
    os.close(asked)
    reason = _map_users(pid, ask, answered)
    with contextlib.suppress(OSError):
        os.rmdir(base)
    status = None if reason else os.waitpid(pid, 0)[1]
    if status is None:
        os.waitpid(pid, 0)
        for descriptor in (ask, answer, answered):
            os.close(descriptor)
        return reason
    os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)


def _map_users(pid: int, ask: int, answered: int) -> str:
    """Write the map when the other has left, and return what went wrong in the end, if anything."""
    word = os.read(ask, 1000)
    if word != b"left":
        return word.decode() or "it died"
    for kind, own in (("uid", os.getuid()), ("gid", os.getgid())):
        if kind == "gid" and own:  # who may not set groups must say so, before mapping them
            _write(f"/proc/{pid}/setgroups", "deny")
        try:
            if own:
                raise PermissionError
            _write(f"/proc/{pid}/{kind}_map", f"0 0 1\n{NOBODY} {NOBODY} 1\n")
        except OSError:
            try:
                _write(f"/proc/{pid}/{kind}_map", f"0 {own} 1\n")
            except OSError as error:
                os.write(answered, b"-")
                return f"{kind}_map: {error.strerror}"
    os.write(answered, b"+")
    word = os.read(ask, 1000)
    return "" if word == b"+" else word.decode() or "it died"


def _leave(system: Any, asked: int, answer: int) -> None:
    kinds = system.NEW_USER | system.NEW_NAMESPACE | system.NEW_PID
    system.unshare(kinds | system.NEW_NETWORK | system.NEW_IPC | system.NEW_UTS)
    os.write(asked, b"left")
    if os.read(answer, 1) != b"+":
        os._exit(1)
    socket.sethostname("sandbox")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loopback:  # one of its own, unshared
        _turn_on(loopback)


def _turn_on(loopback: socket.socket) -> None:
    import fcntl

    asked = struct.pack("16sh22x", b"lo", 0)
    flags = struct.unpack("16sh22x", fcntl.ioctl(loopback, _GET_FLAGS, asked))[1]
    fcntl.ioctl(loopback, _SET_FLAGS, struct.pack("16sh22x", b"lo", flags | _UP))


def _lay_out(system: Any, view: Any, base: str) -> None:
    system.mount("none", "/", "", system.RECURSIVE | system.PRIVATE)
    system.mount("tmpfs", base, "tmpfs", system.NO_SETUID | system.NO_DEVICES, "mode=755,size=1m")
    for path in (*view.paths, *view.devices):
        target = base + path
        if os.path.isdir(path):
            os.makedirs(target, exist_ok=True)
        else:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            _write(target, "")
        system.mount(path, target, "", system.BIND | system.RECURSIVE)
        devices = 0 if path in view.devices else system.NO_DEVICES
        system.protect(target, system.NO_SETUID | devices)
    for name in ("proc", "etc", "dev", "scratch"):
        os.makedirs(f"{base}/{name}", exist_ok=True)
    for source, link in view.links:
        os.symlink(source, base + link)
    _write(f"{base}/etc/passwd", _USERS)
    _write(f"{base}/etc/group", _GROUPS)
    flags = system.NO_SETUID | system.NO_DEVICES
    # Before the old root goes: the kernel lets one mount only a /proc that it could see already.
    hidden = "hidepid=ptraceable"
    system.mount("proc", f"{base}/proc", "proc", flags | system.NO_PROGRAMS, hidden)
    system.protect(base, flags, recursive=False)
    system.change_root(base)
    _write("/proc/sys/user/max_user_namespaces", "0")  # in ours; a snippet makes no further one


def _become_first(system: Any) -> None:
    """Fork into the new namespace of pids; the one outside waits, and ends as this one does."""
    pid = os.fork()
    if pid:
        status = os.waitpid(pid, 0)[1]
        os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 1)
    system.control(system.PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
