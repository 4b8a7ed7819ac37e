"""One use of a symbol, as data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from srcread.model import Certainty


class UseKind(Enum):
    """How a place uses a symbol."""

    CALL = "call"
    """`name(…)`, or `@name` above a definition."""
    MENTION = "mention"
    """Named without being called: handed on, compared, annotated."""
    SUBCLASS = "subclass"
    """A base in a `class` statement."""
    OVERRIDE = "override"
    """The `def` of a method that takes its place in a subclass."""
    IMPORT = "import"
    """Brought into a file by an import statement."""
    REEXPORT = "re-export"
    """Brought into a package's `__init__.py`: others may take it from there."""
    REPLACED = "replaced"
    """Assigned to or deleted, as tests and patches do."""


@dataclass(frozen=True, slots=True)
class Use:
    """A place that uses a symbol; `text` is its line, `inside` the definition that it stands in.

    The line and column are those of the symbol's last name. `inside` is a full name, of the module
    itself at its top.
    """

    path: str
    line: int
    column: int
    kind: UseKind
    certainty: Certainty
    inside: str
    text: str

    def order(self) -> tuple[str, int, int, str]:
        """Return what uses are sorted by."""
        return self.path, self.line, self.column, self.kind.value
