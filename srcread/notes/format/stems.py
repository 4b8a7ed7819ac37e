"""What a file or folder of a tour may be called."""

from __future__ import annotations

import re

_STEM = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_WINDOWS = re.compile(r"(?:aux|con|nul|prn|com\d|lpt\d)")


def is_stem(name: str) -> bool:
    """Whether a file or folder may be named so: on every system, and in every address."""
    return bool(_STEM.fullmatch(name)) and not _WINDOWS.fullmatch(name)
