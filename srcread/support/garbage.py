"""Python's search for cycles, put off in a command that ends soon.

A tenth of a cold build's time went into looking through syntax trees, which are all in use.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (20_000, 20, 20)  # 125 MB become 150; without any search, 185


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Let cycles wait longer until they are looked for."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
