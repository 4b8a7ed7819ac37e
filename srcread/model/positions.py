"""Places in a file, and findings about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two characters: line 1-based, column 0-based in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Range:
    """A stretch of one file, from its first character to behind its last."""

    start: Position
    end: Position

    @property
    def first_line(self) -> int:
        """The first line of the range."""
        return self.start.line

    @property
    def last_line(self) -> int:
        """The last line of the range, itself included."""
        return self.end.line


class Severity(Enum):
    """How much a finding weighs."""

    ERROR = "error"
    """Forbids a build and makes `check` exit with 1."""
    WARNING = "warning"
    """Printed; the work goes on."""
    HINT = "hint"
    """Printed; no gate closes for it, however strict."""


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One finding about one place, in the form `path:line: CODE message. hint`.

    `path` is as the user would type it; `line` is 0 where a finding is about the whole file.
    """

    path: str
    line: int
    code: str
    message: str
    hint: str = ""
    severity: Severity = field(default=Severity.ERROR, compare=False)

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.code} {self.message}" + (f" {self.hint}" if self.hint else "")
