"""The errors that a user can mend: each is one line, says where, and what to do next.

They are raised where the cause is known and caught once, in `srcread.cli`.
Findings about files are not errors but `Diagnostic` values: they are gathered, so that a user sees
all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the vocabulary takes 20 ms to import, and a no-op build needs none of it
    from srcread.model import Diagnostic


class SrcreadError(Exception):
    """Something the user can mend. The message quotes the input and says what to do."""


class NotFoundError(SrcreadError):
    """A name that does not exist; the message offers the nearest that does."""


class SourceError(SrcreadError):
    """Sources that cannot be had or read: no such version, no index reachable, a bad archive."""


class IdiomsError(SrcreadError):
    """A file of idioms that cannot be read, or says what no rule reads."""


class SelectorError(SrcreadError):
    """A selector that cannot be parsed, or that names no place or several."""


class FindingsError(SrcreadError):
    """Findings that forbid going on; `diagnostics` holds every one of them."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))

    @property
    def first(self) -> Diagnostic:
        """The finding to tell where there is room for one: an error, if there is any."""
        errors = [item for item in self.diagnostics if item.severity.value == "error"]
        return (*errors, *self.diagnostics)[0]


class CacheWarning(UserWarning):
    """The cache cannot be written: the command goes on, and the next one does its work again."""


RELATED = 0.8
"""How alike a name has to be where the known ones are strangers to each other, as packages are."""


def did_you_mean(name: str, known: Iterable[str], alike: float = 0.6) -> str:
    """Return `" Did you mean 'x'?"` for the known name nearest to `name`, or an empty string."""
    near = nearest(name, known, alike)
    return f" Did you mean {near!r}?" if near else ""


def near_path(path: Path) -> str:
    """Return `" Did you mean 'x'?"` for what exists beside a path that does not, or nothing."""
    slashed = Path(str(path).replace("\\", "/"))
    if slashed != path and slashed.exists():
        return f" Did you mean {slashed.as_posix()!r}?"
    try:
        beside = [item.name for item in path.parent.iterdir() if item.name != path.name]
    except OSError:
        return ""
    near = nearest(path.name, beside)
    return f" Did you mean {(path.parent / near).as_posix()!r}?" if near else ""


def nearest(name: str, known: Iterable[str], alike: float = 0.6) -> str | None:
    """Return the known name nearest to `name`, None where none is at least so much `alike`."""
    from difflib import get_close_matches  # 6 ms, only when something went wrong

    near = get_close_matches(name, sorted(known), n=1, cutoff=alike)
    return near[0] if near else None
