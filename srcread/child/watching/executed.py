"""The observer of a run that is looked at whole: every function of some packages that it executed.

About it, `packages`: names of top-level packages. It has seen a sorted list of [FILE, FIRST LINE,
NAME], decorators included, or null where the snippet put a profiler of its own in its place.

Python 3.12 and later tell by `sys.monitoring`, each code once and at no further cost. Before, it
is `sys.setprofile`, which slows down every call, so it has a run of its own; threads that native
code starts, as a backward pass on a GPU does, are not seen by it.
"""

from __future__ import annotations

import os
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

_TOOL = 3  # an id that no debugger, profiler or optimizer takes


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], Any]:
    """Look at every call from now on, and return what tells afterwards what was executed."""
    codes: set[types.CodeType] = set()
    holds = _monitor(codes) if sys.version_info >= (3, 12) else _profile(codes)
    packages = about["packages"]

    def seen() -> list[list[Any]] | None:
        if not holds():
            return None
        places = {(code.co_filename, code.co_firstlineno, code.co_name) for code in set(codes)}
        return [list(place) for place in sorted(places) if _is_of(place[0], packages)]

    return seen


def _monitor(codes: set[types.CodeType]) -> Callable[[], bool]:
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined] # Python 3.12
    started = monitoring.events.PY_START

    def start(code: types.CodeType, offset: int) -> Any:
        codes.add(code)
        return monitoring.DISABLE

    monitoring.use_tool_id(_TOOL, "srcread")
    monitoring.register_callback(_TOOL, started, start)
    monitoring.set_events(_TOOL, started)
    return lambda: bool(monitoring.get_tool(_TOOL) == "srcread")


def _profile(codes: set[types.CodeType]) -> Callable[[], bool]:
    def profile(frame: types.FrameType, event: str, argument: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    def holds() -> bool:
        held = sys.getprofile() is profile
        sys.setprofile(None)
        return held

    threading.setprofile(profile)
    sys.setprofile(profile)
    return holds


def _is_of(file: str, packages: list[str]) -> bool:
    parts = file.split(os.sep)
    return any(name in parts or f"{name}.py" == parts[-1] for name in packages)
