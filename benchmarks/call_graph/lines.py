"""Which functions ran whole: every line that has an instruction, in the union of all scenarios.

Lines, not branches: a line whose `and` never came to its second half counts as run, so the bound on
precision that rests on this is a lower one. What an `import` runs does not count, as it does not
for edges: a function that ran there alone would seem to have run and to have called nothing.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

from .places import INLINED, LAMBDA

_PREPARING = frozenset({"RESUME", "COPY_FREE_VARS", "MAKE_CELL", "RETURN_GENERATOR", "CACHE"})


class Lines:
    """Gathers the lines that run, by `sys.settrace`, of code that `wanted` says yes to.

    Frames that start while `left_out` says so are not followed.
    """

    def __init__(
        self, wanted: Callable[[CodeType], bool], left_out: Callable[[], bool] = lambda: False
    ) -> None:
        self._wanted = wanted
        self._left_out = left_out
        self._asked: dict[CodeType, bool] = {}
        self._ran: dict[CodeType, set[int]] = {}

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        """Follow a new frame if its code is wanted."""
        code = frame.f_code
        if code not in self._asked:
            self._asked[code] = self._wanted(code)
        if not self._asked[code] or self._left_out():
            return None
        lines = self._ran.setdefault(code, set())

        def line(frame: FrameType, event: str, argument: Any) -> Any:
            if event == "line":
                lines.add(frame.f_lineno)
            return line

        return line

    def whole(self) -> list[CodeType]:
        """Return the functions that ran with every line of theirs, comprehensions included."""
        return [
            code
            for code in self._ran
            if code.co_name not in INLINED | {LAMBDA} and self._left(code) == set()
        ]

    def _left(self, code: CodeType) -> set[int]:
        ran = set().union(*(self._ran.get(part, set()) for part in _parts(code)))
        return set().union(*(_lines(part) for part in _parts(code))) - ran


def _parts(code: CodeType) -> Iterator[CodeType]:
    """A function's own code, and that of its comprehensions and lambdas."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name in INLINED | {LAMBDA}:
            yield from _parts(constant)


def _lines(code: CodeType) -> set[int]:
    """The lines of its instructions, without those that only set the frame up."""
    lines = set()
    for number, (line, _, _, _) in enumerate(code.co_positions()):
        if line is not None and dis.opname[code.co_code[2 * number]] not in _PREPARING:
            lines.add(line)
    return lines
