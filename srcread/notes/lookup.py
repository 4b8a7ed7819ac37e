"""What the notes room needs to know of the sources, and nothing more.

`srcread.index.Index` is one; a test's dictionary of files is another.
"""

from __future__ import annotations

from typing import Protocol

from srcread.model import Symbol


class Lookup(Protocol):
    """Finds symbols by name and gives the text of their files."""

    def symbol(self, name: str) -> Symbol | None:
        """Return the symbol with this defining name, or None where there is none."""
        ...

    def text(self, symbol: Symbol) -> str:
        """Return the text of the whole file in which the symbol stands."""
        ...

    def nearest(self, name: str) -> str | None:
        """Return the existing name most like an unknown one."""
        ...
