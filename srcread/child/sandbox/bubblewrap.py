"""The same namespaces by bubblewrap, a program that some systems let make them, and not us.

It replaces this process, so the batch starts anew inside. As root it makes no namespace of users,
for it would map root alone: snippets are then nobody by dropping what root has.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import PurePosixPath
from typing import Any

_KINDS = ("pid", "net", "ipc", "uts")


def command(view: Any) -> list[str]:
    """Return what to put before a command, or nothing where bubblewrap is not installed."""
    program = shutil.which("bwrap", path="/usr/bin:/usr/local/bin:/bin:/run/current-system/sw/bin")
    if program is None:
        return []
    kinds = ("user", *_KINDS) if os.getuid() else _KINDS
    words = [program, *(f"--unshare-{kind}" for kind in kinds)]
    words += ["--as-pid-1", "--die-with-parent", "--hostname", "sandbox", "--cap-add", "ALL"]
    words += ["--uid", "0", "--gid", "0"] if os.getuid() else []
    for folder in _folders(view):  # else it makes them for root alone
        words += ["--dir", folder]
    for path in view.paths:
        words += ["--ro-bind", path, path]
    for path in view.devices:
        words += ["--dev-bind", path, path]
    for source, link in view.links:
        words += ["--symlink", source, link]
    return [*words, "--proc", "/proc", "--tmpfs", "/scratch", "--remount-ro", "/"]


def problem(words: list[str]) -> str:
    """Try it, and return why it cannot be used, if so."""
    if not words:
        return "not installed"
    done = subprocess.run(
        [*words, "/bin/sh", "-c", ":"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    said = done.stderr.strip().splitlines()
    return "" if not done.returncode else said[-1] if said else f"status {done.returncode}"


def _folders(view: Any) -> list[str]:
    places = (*view.paths, *view.devices, *(link for _, link in view.links))
    return sorted(
        {str(folder) for path in places for folder in PurePosixPath(path).parents} - {"/"}
    )
