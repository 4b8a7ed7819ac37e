"""Runs git so that nothing but the asked-for happens: no prompt, no hook, no foreign program.

The user's and the system's configuration are not read, because they may name programs to run; so a
rewritten address or a proxy that is only set there does not count (the proxy's environment
variables do). What git writes is measured while it runs: a server cannot fill the disk, because no
option of git's own limits what a fetch takes in.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import SourceError

PROTOCOLS = ("https", "file")
"""What an address may begin with; ssh only where the reader gave the address."""

_KEPT = frozenset(("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_EXEC_PATH", "GIT_TRACE"))
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.askPass": "",
    "credential.helper": "",
    "fetch.negotiationAlgorithm": "noop",
    "gc.auto": "0",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "maintenance.auto": "false",
    "protocol.version": "2",
}
_POLL_SECONDS = 0.05


class GitError(Exception):
    """git ended with an error; the message is its own last words."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long one command may run, and how large the repository may grow."""

    seconds: float = 600
    repository_bytes: int = 512 << 20


def run_git(
    folder: Path,
    *arguments: str,
    protocols: Sequence[str] = PROTOCOLS,
    stdin: bytes = b"",
    bounds: Bounds | None = None,
) -> bytes:
    """Run git in a bare repository and return its output.

    Raises:
        GitError: it failed.
        SourceError: there is no git, or it went beyond the bounds.
    """
    bounds = bounds or Bounds()
    settings = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out:
        with tempfile.TemporaryFile() as said:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(
                    ["git", *settings, *arguments],
                    cwd=folder,
                    env=_environment(protocols),
                    stdin=given,
                    stdout=out,
                    stderr=said,
                    start_new_session=True,  # so that what git started can be stopped with it
                )
            except FileNotFoundError as error:
                raise SourceError(
                    "git is not here, and these sources are only in git. Install git."
                ) from error
            try:
                _wait(process, folder, bounds)
            finally:
                _stop(process)
            said.seek(0)
            if process.returncode != 0:
                raise GitError(_last_words(said.read()))
        out.seek(0)
        return out.read()


def _environment(protocols: Sequence[str]) -> dict[str, str]:
    """Return the environment of git: of the reader's GIT_* settings only the harmless ones."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "SSH_ASKPASS")) or name in _KEPT
    }
    # What the reader forbids stays forbidden.
    allowed = os.environ.get("GIT_ALLOW_PROTOCOL")
    both = [name for name in protocols if allowed is None or name in allowed.split(":")]
    return kept | {
        "GIT_ALLOW_PROTOCOL": ":".join(both),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _wait(process: subprocess.Popen[bytes], folder: Path, bounds: Bounds) -> None:
    end = time.monotonic() + bounds.seconds
    while True:
        try:
            process.wait(_POLL_SECONDS)
            break
        except subprocess.TimeoutExpired:
            _refuse_excess(folder, bounds)
        if time.monotonic() > end:
            raise SourceError(f"git took longer than {bounds.seconds:.0f} s. Try again later.")
    _refuse_excess(folder, bounds)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End git with the programs that it started, which write into its folder."""
    with suppress(ProcessLookupError, PermissionError):  # they have all ended
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _refuse_excess(folder: Path, bounds: Bounds) -> None:
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += os.lstat(os.path.join(place, name)).st_size
            except OSError:  # git renames its own files meanwhile
                continue
    if size > bounds.repository_bytes:
        raise SourceError(
            f"The repository sends more than {bounds.repository_bytes:,} bytes. "
            "Name a clone of yours: --from PATH."
        )


def _last_words(said: bytes) -> str:
    """Return git's own error in one line, without its prefix."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    fatal = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    text = (fatal or lines or ["it says nothing"])[-1 if not fatal else 0]
    printable = "".join(character if character.isprintable() else "?" for character in text)
    return printable.removeprefix("fatal: ").removeprefix("error: ").rstrip(".")[:300]
