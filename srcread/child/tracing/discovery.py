"""The observer that finds out which functions of the read files run, and where each was called.

    about = {"roots": [path…], "own": [path…], "plumbing": [name…]}

A root is a file, or a folder with a slash behind it; `own` are those of them that the reader asked
for: which of their functions the script came to first, whatever it went through, is told, too.
Nothing of the functions is changed: the interpreter tells a profile function of each call. A call
counts from the nearest frame that lies in a read file, so that what is not read passes it on, and
so does what only hands calls on, as `Module.__call__` does: the `plumbing`, and what that calls in
its own file. Left out is what runs because something is imported.

What hands calls on tells which modules were called, too; which ones there are, the script's
variables tell.
"""

from __future__ import annotations

import random
import sys
import types
from collections.abc import Callable
from typing import Any

_IMPORTING = "<frozen importlib"
_SCRIPT = -1
"""The number of the script itself, as a caller."""


def observe(about: dict[str, Any], load: Callable[[str], Any]) -> Callable[[], Any]:
    """Begin to listen; return what ends it and gives the functions and calls."""
    random.seed(0)  # it was seeded anew in this process; both runs begin alike
    listener = _Listener(about)
    sys.setprofile(listener.event)

    def seen() -> dict[str, Any]:
        sys.setprofile(None)
        module = vars(sys.modules["__main__"])
        made = load("modules").classes_in(module.values())
        left = load("outcome").outcome(module, load, every=True)
        return {**listener.told(), "made": made, **left}

    return seen


class _Listener:
    """Calls by their place and callee, with how often each was made."""

    def __init__(self, about: dict[str, Any]) -> None:
        self._roots = tuple(about["roots"])
        self._own = tuple(about["own"])
        self._entered: dict[tuple[int, str], None] = {}
        self._plumbing = frozenset(about["plumbing"])
        self._importing = 0
        self._kinds: dict[int, tuple[str, types.CodeType]] = {}  # by identity: equal codes exist
        self._numbers: dict[int, int] = {}
        self._codes: list[types.CodeType] = []
        self._calls: dict[tuple[int, int, int], int] = {}
        self._called: dict[str, int] = {}

    def event(self, frame: types.FrameType, event: str, _: object) -> None:
        """Hear of a call or a return, as `sys.setprofile` tells them."""
        code = frame.f_code
        if code.co_filename.startswith(_IMPORTING):
            self._importing += {"call": 1, "return": -1}.get(event, 0)
        elif event == "call" and not self._importing:
            kind = self._kind(frame)
            if kind == "plumbing" and _full_name(frame) in self._plumbing:
                self._count(frame)
            if kind != "read":
                return
            if code.co_filename.startswith(self._own) and self._is_entered(frame):
                self._entered[self._number(code), _first_argument(frame)] = None
            caller = frame.f_back
            while caller is not None and self._kind(caller) in ("plumbing", "other"):
                caller = caller.f_back
            if caller is None:
                return
            at = _SCRIPT if self._kind(caller) == "script" else self._number(caller.f_code)
            key = at, caller.f_lasti, self._number(code)
            self._calls[key] = self._calls.get(key, 0) + 1

    def told(self) -> dict[str, Any]:
        """Return the functions [file, first line, qualified name], and the calls between them.

        A call is [caller, [line, end line, column, end column], callee, how often]; columns count
        bytes, and what the compiler did not keep is None. `called` counts modules' calls by class,
        `entered` are the own functions that the script came to first, each with the module of the
        class of its first argument.
        """
        functions = [
            [code.co_filename, code.co_firstlineno, code.co_qualname] for code in self._codes
        ]
        calls = [
            [caller, self._place(caller, instruction), callee, count]
            for (caller, instruction, callee), count in self._calls.items()
        ]
        entered = [list(one) for one in self._entered]
        return dict(functions=functions, calls=calls, called=self._called, entered=entered)

    def _is_entered(self, frame: types.FrameType) -> bool:
        """Tell whether nothing of the own files is between the script and a function of theirs."""
        above = frame.f_back
        while above is not None and self._kind(above) != "script":
            own = above.f_code.co_filename.startswith(self._own)
            if own and self._kind(above) != "plumbing":
                return False
            above = above.f_back
        return above is not None

    def _count(self, frame: types.FrameType) -> None:
        """Count a call of a module by its class."""
        module = frame.f_locals.get(frame.f_code.co_varnames[0])
        name = f"{type(module).__module__}.{type(module).__qualname__}"
        self._called[name] = self._called.get(name, 0) + 1

    def _place(self, caller: int, instruction: int) -> list[Any] | None:
        if caller == _SCRIPT:
            return None
        return list(list(self._codes[caller].co_positions())[instruction // 2])

    def _number(self, code: types.CodeType) -> int:
        if id(code) not in self._numbers:
            self._numbers[id(code)] = len(self._codes)
            self._codes.append(code)
        return self._numbers[id(code)]

    def _kind(self, frame: types.FrameType) -> str:
        """Tell what a frame is: `read`, `plumbing`, the `script`, or of some `other` file."""
        code = frame.f_code
        kind, _ = self._kinds.get(id(code)) or (self._told_kind(frame), code)
        if kind == "read" and frame.f_back is not None:
            above, by = self._kinds.get(id(frame.f_back.f_code), ("", code))
            if above == "plumbing" and by.co_filename == code.co_filename:
                kind = "plumbing"
        self._kinds[id(code)] = kind, code
        return kind

    def _told_kind(self, frame: types.FrameType) -> str:
        code, module = frame.f_code, frame.f_globals.get("__name__")
        if module == "__main__":
            return "script"
        if _full_name(frame) in self._plumbing:
            return "plumbing"
        if code.co_name == "<module>" or not code.co_filename.startswith(self._roots):
            return "other"
        return "read"


def _first_argument(frame: types.FrameType) -> str:
    """Return the module of the class of a function's first argument, or of what it is itself."""
    code = frame.f_code
    first = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    return str((first if isinstance(first, type) else type(first)).__module__)


def _full_name(frame: types.FrameType) -> str:
    return f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
