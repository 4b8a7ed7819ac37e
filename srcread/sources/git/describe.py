"""A stored clone as a `Distribution`: which of its folders to import from, and its links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from srcread.model import Distribution, Origin
from srcread.sources.folder import importable_names
from srcread.sources.metadata import licence_files
from srcread.sources.store import canonical


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
