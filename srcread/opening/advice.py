"""What is told of what was not read, and what to do: warnings that lead to the right distribution.

A package's name is not its distribution's, and the index has strangers under names such as `utils`:
what lies in the checkout and what any project may call its own is never offered for fetching. Names
of distributions come from `distributions.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from srcread.model import Diagnostic, Severity
from srcread.opening.code import Code
from srcread.sources import names_in_checkout

_TABLE = Path(__file__).with_name("distributions.toml")
_MOST = 3


def not_read(missing: Mapping[str, str], root: Path) -> Diagnostic | None:
    """Return the warning about packages that are imported and not here, with their places.

    `root` is the folder of the entry: what lies in the project around it is the reader's own.
    """
    if not missing:
        return None
    path, _, line = next(iter(missing.values())).rpartition(":")
    return Diagnostic(
        path=path,
        line=int(line),
        code="SRC003",
        message=f"Imported, but neither installed nor in the store: {_few(sorted(missing))}.",
        hint=_how_to_fetch(sorted(missing), root),
        severity=Severity.WARNING,
    )


def unread_bases(code: Code) -> Iterator[Diagnostic]:
    """Yield the one warning about classes whose base lies in a package that was not read."""
    unread = code.graph.unread_bases
    if not unread:
        return
    cls, base = min(unread.items())
    package = base.partition(".")[0]
    others = len(unread) - 1
    more = f" Nor are those of {others} more {'class' if others == 1 else 'classes'}." * (
        others > 0
    )
    symbol = code.symbol(cls)
    place = f"{symbol.distribution}:{symbol.path}" if symbol is not None else cls
    packages = sorted({name.partition(".")[0] for name in unread.values()})
    yield Diagnostic(
        path=place,
        line=symbol.line if symbol is not None else 0,
        code="SRC006",
        message=f"{cls} inherits from {base}, and {package} is not read: calls of what it brings "
        f"end there.{more}",
        hint=_how_to_fetch(packages, Path.cwd()),
        severity=Severity.WARNING,
    )


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _how_to_fetch(packages: Sequence[str], root: Path) -> str:
    """Return the command that brings some packages, as far as their distributions are known."""
    named, anybodys = _table()
    unknown = [name for name in packages if name not in named]
    own = names_in_checkout(root) if unknown else frozenset()
    fetched = [named.get(name, name) for name in packages if name in named or name not in own]
    fetched = [name for name in fetched if name not in anybodys]
    if not fetched:
        return ""
    commands = " && ".join(f"srcread fetch {name}" for name in dict.fromkeys(fetched[:_MOST]))
    return f"To read {'it' if len(packages) == 1 else 'them'} too: {commands}"


@cache
def _table() -> tuple[Mapping[str, str], frozenset[str]]:
    """Return distributions by package, and the names that any project may use for its own."""
    data = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return data["distribution"], frozenset(data["anybodys"]["names"])
