"""The observer of a run on a GPU: the most memory that its tensors held there at once.

It asks torch's allocator, for a snippet has a process of its own, so that the peak is its own. What
the driver and the libraries hold beside that, some hundred MiB, is not counted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def observe(about: Any, load: Callable[[str], Any]) -> Callable[[], int | None]:
    """Return what tells the bytes after the run, None where torch never came to the GPU."""

    def seen() -> int | None:
        torch: Any = sys.modules.get("torch")
        if torch is None or not torch.cuda.is_initialized():
            return None
        return int(torch.cuda.max_memory_allocated())

    return seen
