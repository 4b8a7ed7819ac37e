"""Mounts for tests: a script runs in namespaces of its own, where its user may mount."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.story_example import environment


@functools.cache
def may_mount() -> bool:
    """Tell whether this machine lets its user mount in namespaces of his own."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return False
    words = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/tmp"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def run_mounted(
    shell: str, *words: str, cwd: Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a line of shell that mounts, then Python with these words, both in the namespaces."""
    if not may_mount():
        pytest.skip("needs user namespaces and mount")
    line = f'set -e; {shell}; exec "$@"'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", line, "sh", sys.executable, *words],
        cwd=cwd,
        env=env or environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
