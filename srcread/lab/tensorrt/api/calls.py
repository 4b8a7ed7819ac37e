"""Which line of a framework made a call: the path of Python calls down to it.

A place is a qualified name and an offset from its first line, so that a record stays the same when
the file is moved, or a line is added above. The stand-in's own frames are left out.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType

_OWN = "srcread.lab.tensorrt"


@dataclass(frozen=True, slots=True, order=True)
class CodePlace:
    """A line that was running: `offset` counts from the first line of `name`, decorators included.

    At the top of a module `name` is the module's name, and its first line is 1.
    """

    name: str
    offset: int

    def __str__(self) -> str:
        return f"{self.name}+{self.offset}"


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call of a network's method, with the places that led to it, the innermost first."""

    method: str
    path: tuple[CodePlace, ...]

    def below(self, package: str) -> tuple[CodePlace, ...]:
        """Return the part of the path that lies in a package or module; all of it for ''."""
        return tuple(
            place
            for place in self.path
            if not package or f"{place.name}.".startswith(f"{package}.")
        )


def path_to_here() -> tuple[CodePlace, ...]:
    """Return where the stand-in was called from, the innermost place first."""
    places = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", "?"))
        if module != _OWN and not module.startswith(f"{_OWN}."):
            places.append(_place(module, frame.f_code, frame.f_lineno))
        frame = frame.f_back
    return tuple(places)


@lru_cache(maxsize=65536)
def _place(module: str, code: CodeType, line: int) -> CodePlace:
    name = module if code.co_name == "<module>" else f"{module}.{code.co_qualname}"
    return CodePlace(name, line - code.co_firstlineno)
