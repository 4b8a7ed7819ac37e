"""What is configured about package indexes: which to ask, in which order, and who named them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.util import find_spec

PYPI = "https://pypi.org/simple"
"""The one index that both tools ask by default."""

MISSING = frozenset({404, 410})
"""The HTTP statuses by which an index says that it lacks a distribution."""


@dataclass(frozen=True, slots=True)
class PackageIndex:
    """A place to ask, and the variable or file that names it.

    `missing` are the HTTP statuses by which the place says that it lacks a distribution.
    """

    address: str
    named_by: str
    missing: frozenset[int] = MISSING


DEFAULT_INDEX = PackageIndex(PYPI, "the default of pip and uv")


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where to look, in order. `find_links` are folders, wheels or pages of links.

    `first_decides` is uv's rule: only the first index that has a distribution is read.
    `disabled_by` names what switches all indexes off.
    """

    indexes: tuple[PackageIndex, ...] = ()
    find_links: tuple[PackageIndex, ...] = ()
    disabled_by: str = ""
    first_decides: bool = False
    certificates: str | None = None
    timeout: float = 15.0

    @property
    def configured(self) -> bool:
        """Tell whether anything but the default is named."""
        named = any(index != DEFAULT_INDEX for index in self.indexes)
        return named or bool(self.find_links or self.disabled_by)


def distinct(indexes: Iterable[PackageIndex]) -> tuple[PackageIndex, ...]:
    """Return the indexes without slashes at their ends, of equal addresses the first."""
    found: dict[str, PackageIndex] = {}
    for index in indexes:
        address = index.address.strip().rstrip("/")
        if address:
            found.setdefault(address, replace(index, address=address))
    return tuple(found.values())


def install_command(requirement: str) -> str:
    """Return the command that installs a requirement here: an environment of uv's has no pip."""
    tool = "pip" if find_spec("pip") else "uv pip"
    return f"{tool} install {requirement}"
