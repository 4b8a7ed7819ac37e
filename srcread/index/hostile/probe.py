"""One file that may be hostile, tried by a process with limits before it is parsed here.

A tree cannot be handed over between processes, so what passes is parsed twice. What fails costs
one diagnostic.
"""

from __future__ import annotations

from srcread.index.hostile.pool import run_jobs
from srcread.index.trees import unparsable
from srcread.model import Diagnostic


def probe(place: str, text: str) -> Diagnostic | None:
    """Return why a text, that of the file `dist:path`, cannot be parsed within the limits."""
    for _, answer, failure, _ in run_jobs([("try", place, text, "", b"", True)], 1):
        problem = answer[3] if answer is not None else failure
        if problem is not None:
            return unparsable(place, problem[1], problem[2])
    return None
