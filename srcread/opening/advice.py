"""What is told of what was not read, and what to do: warnings that lead to the right distribution.

A package's name is not its distribution's, and the index has strangers under names such as `utils`:
what lies in the checkout and what any project may call its own is never offered for fetching. Names
of distributions come from `distributions.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from srcread.model import Diagnostic, Severity
from srcread.opening.code import Code
from srcread.sources import names_in_checkout

_TABLE = Path(__file__).with_name("distributions.toml")
_MOST = 3


def not_read(missing: Mapping[str, str], root: Path | None) -> Iterator[Diagnostic]:
    """Yield the one warning about packages that are imported and not here, with their places.

    `root` is the folder of an entry of the reader's own: so is what lies in the project around it.
    """
    if not missing:
        return
    own = names_in_checkout(root) if root is not None else frozenset()
    strangers = sorted(name for name in missing if name not in own)
    path, _, line = missing[min(strangers or missing)].rpartition(":")
    if strangers:
        words = f"Imported, but neither installed nor in the store: {_few(strangers)}."
        hint = _how_to_fetch(strangers)
    else:
        words = f"Imported, and not read, though in this checkout: {_few(sorted(missing))}."
        hint = "Where names begin in another folder, write it before a colon: ./FOLDER:module:Name"
    yield Diagnostic(path, int(line), "SRC003", words, hint, Severity.WARNING)


def unread_bases(code: Code, root: Path | None) -> Iterator[Diagnostic]:
    """Yield the one warning about classes whose base lies in a package that was not read.

    `root` is the folder of an entry of the reader's own.
    """
    unread = code.graph.unread_bases
    if not unread:
        return
    cls, base = min(unread.items())
    package = base.partition(".")[0]
    others = len(unread) - 1
    more = f" So do {others} more classes." if others > 1 else ""
    more = " So does one more class." if others == 1 else more
    symbol = code.symbol(cls)
    place = f"{symbol.distribution}:{symbol.path}" if symbol is not None else cls
    own = names_in_checkout(root) if root is not None else frozenset()
    packages = sorted({name.partition(".")[0] for name in unread.values()} - own)
    yield Diagnostic(
        path=place,
        line=symbol.line if symbol is not None else 0,
        code="SRC006",
        message=f"{cls} inherits from {base}, and {package} is not read: calls of what it brings "
        f"end there.{more}",
        hint=_how_to_fetch(packages),
        severity=Severity.WARNING,
    )


def distribution_of(package: str) -> str | None:
    """Return the name of the distribution that brings a package, None where it cannot be told.

    The index has a stranger's under a name that any project may use, or that many share.
    """
    named, strangers = _table()
    return None if package in strangers else named.get(package, package)


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _how_to_fetch(packages: Sequence[str]) -> str:
    """Return the command that brings some packages, but not a stranger of the same name."""
    fetched = [name for package in packages if (name := distribution_of(package)) is not None]
    if not fetched:
        return ""
    commands = " && ".join(f"srcread fetch {name}" for name in dict.fromkeys(fetched[:_MOST]))
    more = f" (and {len(fetched) - _MOST} more)" if len(fetched) > _MOST else ""
    return f"To read {'it' if len(packages) == 1 else 'them'} too: {commands}{more}"


@cache
def _table() -> tuple[Mapping[str, str], frozenset[str]]:
    """Return distributions by package, and the packages whose names lead to strangers."""
    import tomllib  # only where something is missing

    data = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return data["distribution"], frozenset(data["anybodys"]["names"] + data["shared"]["names"])
