"""How a batch and its snippets are confined: the first of the wanted levels that this machine has.

    namespaces, bubblewrap   a view of the files, processes, network and host name of their own,
                             a /scratch per run, nobody instead of root, Landlock, no capability
    Landlock                 files' contents, TCP, signals; not files' modes, UDP, named sockets
    limits                   time, memory, output, files; what the user may do, a snippet may do

Only the first two are a sandbox for what other people wrote. `load` gives the modules beside this.
"""

from __future__ import annotations

import os
import signal
import stat
import sys
import tempfile
from collections.abc import Callable
from typing import Any

_SANDBOXES = ("namespaces", "bubblewrap")
_LOCKED = (*_SANDBOXES, "Landlock")
_HARMLESS = "CUDA_VISIBLE_DEVICES HOME LANG LC_CTYPE LD_LIBRARY_PATH OMP_NUM_THREADS PWD TMPDIR"
_FILES = 1 << 14
_OWN_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/sys/kernel")

Load = Callable[[str], Any]


def enter(plan: dict[str, Any], load: Load, script: str, again: Callable[..., None]) -> None:
    """Confine this process by the first level that works, and write into the plan which it is.

    `again` replaces this process by a command that ends in this script; it is told what to put
    before. Where the plan requires a sandbox and there is none, the plan says so: `problem`.
    """
    trees = [root for root, _ in plan["given"]["trees"].values()]
    own = [os.path.abspath(script), *trees, *plan["own"]["readable"]]
    seen = load("view").view(plan["device"], own)
    reasons: list[str] = []
    for level in plan["sandbox"]["levels"]:
        reason = _try(level, seen, load, again)
        if not reason:
            return arrive(plan, level, reasons, load, seen._asdict())
        reasons.append(f"{level}: {reason}")
    arrive(plan, "", reasons, load, seen._asdict())


def arrive(
    plan: dict[str, Any], level: str, reasons: list[str], load: Load, seen: dict[str, Any]
) -> None:
    """Write into the plan what holds, now that this process is on a level."""
    state = plan["sandbox"]
    state.update(level=level, view=seen, first=level in _SANDBOXES, mounts=False, nobody=False)
    if not level or (state["required"] and level not in _SANDBOXES):
        state["problem"] = "; ".join(reasons) or f"only {level} is wanted"
        return
    if state["first"]:
        os.environ["HOME"] = os.environ["TMPDIR"] = "/scratch"
        tempfile.tempdir = None  # it was asked for outside
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # which the first process never gets
        system = load("system")
        system.control(system.DUMPABLE, 0)  # no snippet looks into this process
        state["mounts"] = _works(lambda: _mount(system, 1 << 20))
        nobody = os.getuid() == 0 and all(map(_is_for_all, plan["own"]["readable"]))
        state["nobody"] = nobody and _works(lambda: _become_nobody(load))
        if state["mounts"]:  # some packages make folders when they are imported
            _mount(system, plan["limits"]["file_bytes"])


def count_own(plan: dict[str, Any]) -> None:
    """Count what the supervisor itself runs, which is not a run's, when it has imported all."""
    state = plan["sandbox"]
    waiting = state["level"] == "namespaces"  # for it, outside
    state["others"] = 0 if state["nobody"] else waiting + len(os.listdir("/proc/self/task"))


def held_by(plan: dict[str, Any], load: Load) -> list[str]:
    """Return what confines the snippets, for the record, outermost first."""
    level = plan["sandbox"]["level"]
    found = [level] if level in _SANDBOXES else []
    found += ["Landlock"] if level in _LOCKED and load("landlock").version() else []
    found += ["limits"] if os.name == "posix" else []
    found += ["empty environment"] if set(os.environ) <= set(_HARMLESS.split()) else []
    return found


def confine(plan: dict[str, Any], load: Load, folder: str) -> None:
    """Confine this process, the fork of one snippet, whose own folder is given."""
    state, limits = plan["sandbox"], load("limits")
    others = state["others"] if state["first"] else limits.user_threads()
    if not sys.platform.startswith("linux"):
        return limits.apply(plan["limits"], plan["device"], others)
    system = load("system")
    if state["mounts"]:
        _mount(system, plan["limits"]["file_bytes"])
    limits.apply(plan["limits"], plan["device"], others)
    if state["nobody"]:
        _become_nobody(load)
    system.forget_keys()
    system.drop_capabilities()
    if state["first"]:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        system.control(system.DUMPABLE, 1)
    system.control(system.PARENT_DEATH_SIGNAL, signal.SIGKILL)  # another user has lost it
    if state["mounts"]:
        os.mkdir(folder)
    landlock, view = load("landlock"), state["view"]
    if state["level"] in _LOCKED and landlock.version():
        readable = ["/"] if state["first"] else [*view["paths"], *_OWN_PROC]
        landlock.restrict(readable, view["devices"], ["/scratch" if state["mounts"] else folder])


def _is_for_all(path: str) -> bool:
    """Tell whether nobody may read a path, too: what only root may, a run as nobody cannot."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return True
    return bool(mode & stat.S_IROTH and (mode & stat.S_IXOTH or not stat.S_ISDIR(mode)))


def _try(level: str, seen: Any, load: Load, again: Callable[..., None]) -> str:
    if level == "limits":
        return ""
    if not sys.platform.startswith("linux"):
        return "this is not Linux"
    if level == "namespaces":
        return str(load("namespaces").enter(load("system"), seen))
    if level == "Landlock":
        return "" if load("landlock").version() else "this kernel has none"
    bubblewrap = load("bubblewrap")
    command = bubblewrap.command(seen)
    reason = bubblewrap.problem(command)
    if not reason:
        again(command, seen._asdict())
    return str(reason)


def _mount(system: Any, size: int) -> None:
    system.unshare(system.NEW_NAMESPACE | system.NEW_IPC)
    flags = system.NO_SETUID | system.NO_DEVICES
    options = f"mode=1777,size={size},nr_inodes={_FILES}"
    system.mount("tmpfs", "/scratch", "tmpfs", flags, options)


def _become_nobody(load: Load) -> None:
    number = load("namespaces").NOBODY
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)


def _works(act: Callable[[], None]) -> bool:
    """Tell whether something can be done, by a process that does it and ends."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitpid(pid, 0)[1] == 0
