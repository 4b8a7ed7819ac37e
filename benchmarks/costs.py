"""What a command costs: CPU seconds and memory of a whole process and what it waited for.

Seconds of two machines, or of a busy and an idle one, cannot be compared; they are told as a ratio
to a unit, `ast.parse` over every file of torch/nn, taken beside them. Memory is the largest
resident size of any one of the processes.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.spine import UNIT
from srcread.sources import open_distribution

ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """A command that ended: its exit status, None if it was stopped, and what it took."""

    status: int | None
    out: str
    errors: str
    seconds: float
    megabytes: float


def run(
    command: Sequence[str],
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    limit: float = 600,
) -> Cost:
    """Run a command to its end, or stop it and all that it started after `limit` wall seconds.

    Raises:
        OSError: there is no such command.
    """
    with tempfile.TemporaryDirectory() as name:
        report = Path(name) / "report.json"
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(report), str(limit)]
        done = subprocess.run(
            [*launcher, *command],
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
        if not report.is_file():
            raise OSError(f"{command[0]!r} did not start:\n{done.stderr}")
        status, seconds, kilobytes = json.loads(report.read_text("utf-8"))
    return Cost(status, done.stdout, done.stderr, seconds, kilobytes / 1024)


def srcread(
    *arguments: str,
    folder: Path | None = None,
    cache: Path | None = None,
    checkout: Path = ROOT,
    limit: float = 600,
) -> Cost:
    """Run a checkout's srcread, cold if no cache is given; the store of sources is kept."""
    with tempfile.TemporaryDirectory() as empty:
        place = cache or Path(empty)
        stored = Path(os.environ.get("SRCREAD_CACHE", "")) / "sources"
        if os.environ.get("SRCREAD_CACHE") and stored.is_dir() and not (place / "sources").exists():
            (place / "sources").symlink_to(stored)
        environment = {"SRCREAD_CACHE": str(place), "PYTHONPATH": str(checkout)}
        command = [sys.executable, "-m", "srcread", *arguments]
        return run(command, folder=folder or place, environment=environment, limit=limit)


def unit(runs: int = 5) -> float:
    """Return the CPU seconds of the unit, the median of several runs."""
    torch = open_distribution("torch", None)
    command = [sys.executable, "-c", UNIT, str(torch.root / "torch" / "nn")]
    return statistics.median(run(command).seconds for _ in range(runs))
