"""The observer of what a snippet took from the lab: source trees, extracted functions, stand-ins.

It has seen what `srcread.lab.told.account` gives, or null for a snippet that took nothing; with it,
`read`: which of the files that it is told, by path, the snippet read as text. An import reads a
file too, and so does an extraction; what tells is who is next on the stack.
"""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable
from typing import Any


def observe(
    about: dict[str, str], load: Callable[[str], Any]
) -> Callable[[], dict[str, Any] | None]:
    """Return what tells after the run; the lab itself keeps the account.

    `about` gives a name to each file of which it is asked whether its text was read.
    """
    read: set[str] = set()
    names = {os.path.realpath(path): name for path, name in about.items()}

    def opened(event: str, given: tuple[Any, ...]) -> None:
        path = given[0] if event == "open" else None
        if isinstance(path, str) and path.endswith(".py"):
            name = names.get(os.path.realpath(path))
            if name is not None and _by_the_snippet(sys._getframe(1)):
                read.add(name)

    if names:
        sys.addaudithook(opened)

    def seen() -> dict[str, Any] | None:
        told: Any = sys.modules.get("srcread.lab.told")
        account: dict[str, Any] | None = told.account() if told is not None else None
        return {**account, "read": sorted(read)} if account is not None and read else account

    return seen


def _by_the_snippet(frame: types.FrameType | None) -> bool:
    """Tell whether neither an import nor the lab stands between a frame and the snippet."""
    own = getattr(sys.modules.get("srcread"), "__file__", None)
    lab = os.path.dirname(own) + os.sep if own else None
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or (lab and name.startswith(lab)):
            return False
        if name == getattr(sys.modules["__main__"], "__file__", None):
            return True
        frame = frame.f_back
    return True
