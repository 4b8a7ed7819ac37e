"""The observer of a declared control: lets `srcread.lab.must_fail` of one line answer True.

It imports srcread, if the interpreter has it: a snippet that declares a control needs it anyway.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], bool]:
    """Take the control at `about["line"]`, and tell afterwards whether that was possible."""
    try:
        controls: Any = importlib.import_module("srcread.lab.controls")
    except ImportError:
        return lambda: False
    controls.taken = about["line"]
    return lambda: True
