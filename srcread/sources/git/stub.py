"""Recognizes a package that is installed under a framework's name and holds none of its source.

The index has such stubs of frameworks that are distributed elsewhere: a name, and a module that at
most raises an error. Only what the table says is in git only can be a stub, and only where no
package of it holds a module beside its `__init__`.
"""

from __future__ import annotations

from pathlib import Path

from srcread.model import Distribution, Origin
from srcread.sources.folder import scan

_CODE = (".py", ".so", ".pyd")


def is_stub(found: Distribution) -> bool:
    """Tell whether an installed distribution holds no source, though there is some in git."""
    if found.origin is not Origin.INSTALLED:
        return False
    if any(_holds_modules(found.root / package) for package in found.packages):
        return False
    from srcread.sources.git.known import known_repository  # it reads a table: the files come first

    return known_repository(found.name) is not None


def explain_stub(stub: Distribution) -> str:
    """Say what a stub is, and how to get the source."""
    return (
        f"The installed {stub.name} {stub.version} is a stub: a package of that name without the "
        f"source, which is only in git. Run `srcread fetch {stub.name}=={stub.version}`."
    )


def _holds_modules(folder: Path) -> bool:
    names = [entry.name for entry in scan(folder)]
    return any(name.endswith(_CODE) and name != "__init__.py" for name in names)
