"""How many processes are of use at once."""

from __future__ import annotations

import os

MOST = 4  # what they read and write goes through one memory and one disk


def usual_jobs() -> int:
    """Return the number of processors that this process may use, and not more than `MOST`."""
    affinity = getattr(os, "sched_getaffinity", None)
    here = len(affinity(0)) if affinity is not None else os.cpu_count() or 1
    return min(here, MOST)
