"""How recorded files are written: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from srcread.errors import SrcreadError


def write_file(path: Path, data: bytes) -> None:
    """Write a recorded file, its folder too, and replace an older one in one step.

    Raises:
        SrcreadError: it cannot be written.
    """
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise SrcreadError(f"{path}: cannot be written: {error.strerror}.") from None
