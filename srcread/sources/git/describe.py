"""What of a distribution that is only in git is on this machine: a stored clone, or a stub.

A clone becomes a `Distribution`: which of its folders to import from, and its links. A stub is
installed under a framework's name and holds none of its source: the index has such packages of
frameworks that are distributed elsewhere, with a module that at most raises an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from srcread.model import Distribution, Origin
from srcread.sources.folder import importable_names, scan
from srcread.sources.metadata import licence_files
from srcread.sources.store import canonical

_CODE = (".py", ".so", ".pyd")


def describe_clone(
    name: str, version: str, root: Path, manifest: Mapping[str, Any]
) -> Distribution | None:
    """Return the distribution whose files `read_clone` wrote, None where they are gone."""
    folder, packages = packages_in(name, root, manifest.get("packages") or ())
    if not packages:
        return None
    return Distribution(
        name=canonical(name),
        version=version,
        root=root / folder,
        origin=Origin.GIT,
        packages=packages,
        licences=licence_files(root),
        licence_expression=manifest.get("licence"),
        repository=manifest.get("repository"),
        commit=manifest.get("commit") if manifest.get("exact") else None,
        tag=manifest.get("tag"),
        folder=folder,
    )


def packages_in(name: str, root: Path, listed: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return the folder below `root` to import from, with a slash, and what to import from there.

    That is what a table lists, what has the distribution's name, or all there is.
    """
    names = importable_names(root)
    if chosen := tuple(sorted(set(listed) & set(names))):
        return "", chosen
    inner = importable_names(root / "src") if "src" in names else ()
    folder, found = ("src/", inner) if inner else ("", names)
    named = tuple(item for item in found if canonical(item) == canonical(name))
    return folder, named or found


def is_stub(found: Distribution) -> bool:
    """Tell whether an installed distribution holds no source, though there is some in git.

    Only what the table says is in git only can be a stub, and only where no package of it holds a
    module beside its `__init__`.
    """
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
