"""Sources: a name and version, a folder or a file become a `Distribution` with exact bytes.

Looked for in this order: installed beside srcread, in the store, then in git for what a table says
is only there, and for all else on the package indexes that pip or uv would ask here. Whatever is
read is parsed, never imported. What only an index or git needs is imported only when one is asked.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from srcread.errors import RELATED, NotFoundError, SourceError, did_you_mean, nearest
from srcread.model import Distribution, Origin
from srcread.sources.checkout import names_in_checkout, sources_with
from srcread.sources.collection import Sources
from srcread.sources.environment import environment_path, interpreter_of, search_path
from srcread.sources.folder import open_in_checkout, open_path
from srcread.sources.git.describe import describe_clone, explain_stub, is_stub
from srcread.sources.installed import Installed, installed_names
from srcread.sources.metadata import describe, public_version
from srcread.sources.own import open_own, own_paths, version_files
from srcread.sources.store import (
    add_to_store,
    canonical,
    find_stored,
    is_lasting,
    read_manifest,
    refuse_unwritable_store,
    stored_names,
    stored_place,
    stored_versions,
)
from srcread.sources.text import decode

if TYPE_CHECKING:
    from srcread.sources.git.request import Request

__all__ = [
    "Installed",
    "Sources",
    "canonical",
    "decode",
    "environment_path",
    "fetch",
    "find_package",
    "interpreter_of",
    "names_in_checkout",
    "open_distribution",
    "open_in_checkout",
    "open_own",
    "open_package",
    "open_path",
    "own_paths",
    "related_package",
    "search_path",
    "sources_with",
    "stored_place",
    "stored_trees",
    "version_files",
]

Progress = Callable[[str], None]

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_MISSPELT = 0.85
"""How alike the name of a package is to what is typed where a letter is wrong or missing."""
_REQUIREMENT = re.compile(rf"\s*({_NAME})\s*(?:==\s*([^\s=;,]+)\s*)?")


def open_distribution(
    name: str,
    version: str | None = None,
    *,
    progress: Progress | None = None,
    offline: bool = False,
    installed: Installed | None = None,
) -> Distribution:
    """Return a distribution: the installed one if it has this version, else stored, else fetched.

    `version` is a public one; a local part (`+cpu`) does not count. None means the installed one,
    else the newest stored, else the newest on the index. `progress` is told what is being done.

    Raises:
        NotFoundError: no distribution has this name.
        SourceError: the version does not exist, or cannot be had here; the message says how.
    """
    _check_name(name)
    found = (installed or Installed()).find(name)
    stub = found if found and is_stub(found) else None
    if found and not stub and (version is None or _same_version(found.version, version)):
        return found
    if stored := _open_stored(name, version):
        return stored
    if stub and version is None:
        raise SourceError(explain_stub(stub))
    return _fetch(name, version, progress, offline)


def open_package(
    package: str,
    version: str | None = None,
    *,
    progress: Progress | None = None,
    offline: bool = False,
    installed: Installed | None = None,
) -> Distribution:
    """Return the distribution of a top-level import name.

    One that is not installed is taken for a distribution's name of the same spelling.

    Raises:
        NotFoundError: neither a package nor a distribution has this name.
        SourceError: as of `open_distribution`.
    """
    if package in sys.stdlib_module_names:
        raise NotFoundError(f"{package!r} is Python's own. Name its file or folder instead.")
    found = find_package(package, installed)
    if found is None:
        return open_distribution(
            package, version, progress=progress, offline=offline, installed=installed
        )
    if version is None or _same_version(found.version, version):
        return found
    return open_distribution(
        found.name, version, progress=progress, offline=offline, installed=installed
    )


def stored_trees(name: str) -> dict[str, Distribution]:
    """Return by `name==version` what the store has of a distribution that is only in git."""
    found = [_open_stored(name, version) for version in stored_versions(name)]
    trees = [each for each in found if each is not None and each.origin is Origin.GIT]
    return {
        f"{each.name}=={each.version}": each
        for each in sorted(trees, key=lambda it: str(it.version))
    }


def find_package(package: str, installed: Installed | None = None) -> Distribution | None:
    """Return the distribution of a top-level import name that is on this machine, if it is.

    A stub does not count. Who asks for several packages gives what is `installed`.
    """
    found = (installed or Installed()).find_package(package)
    return found if found and not is_stub(found) else _open_stored_package(package)


def related_package(package: str, installed: Installed) -> str | None:
    """Return a package on this machine that is called almost like one that is not.

    On the index the misspelt name may be a stranger's.
    """
    here = {name.replace("-", "_") for name in (*installed.names(), *stored_names())}
    return nearest(package, here - {package}, _MISSPELT)


def fetch(
    requirement: str,
    *,
    address: str | None = None,
    reference: str | None = None,
    progress: Progress | None = None,
) -> Distribution:
    """Bring `torch==2.13.0`, or the newest `torch`, into the store, whatever is installed.

    With an `address` or a `reference` it is read from git: from that repository, at that branch,
    tag or commit.

    Raises:
        NotFoundError: no distribution has this name.
        SourceError: the requirement is not of this form, the version cannot be had, or the store
            cannot be written.
    """
    match = _REQUIREMENT.fullmatch(requirement)
    if not match:
        raise SourceError(
            f"{requirement!r} does not name one version of a distribution. "
            "Write a name and an exact version, as in `srcread fetch torch==2.13.0`."
        )
    name, version = match.groups()
    request = None
    if address is not None or reference is not None:
        from srcread.sources.git.request import choose_request

        request = choose_request(name, version, address, reference)
    stored = _open_stored(name, version) if version else None
    if stored and not request:
        return stored
    if not stored:
        refuse_unwritable_store()
    found = (
        _fetch_from_git(request, progress)
        if request
        else _fetch(name, version, progress, offline=False)
    )
    if not is_lasting(found.root):
        raise SourceError(f"{found.name} {found.version} is not kept. Free some space, and fetch.")
    return found


def _check_name(name: str) -> None:
    if not re.fullmatch(_NAME, name):
        raise NotFoundError(f"{name!r} is not a distribution's name. Write one like 'torch'.")


def _same_version(known: str | None, wanted: str) -> bool:
    if known is None or known == public_version(wanted):
        return known is not None
    from packaging.version import InvalidVersion, Version

    from srcread.sources.package_index import parse_version

    version = Version(parse_version(wanted).public)  # by number: 2.13 is 2.13.0
    try:
        return Version(Version(known).public) == version
    except InvalidVersion:  # of before PEP 440
        return False


def _open_stored(name: str, version: str | None) -> Distribution | None:
    versions = stored_versions(name)
    if version is None and versions:
        from srcread.sources.package_index import parse_version

        version = max(versions, key=parse_version)
    same = [known for known in versions if version and _same_version(known, version)]
    return _describe_stored(name, same[0]) if same else None


def _open_stored_package(package: str) -> Distribution | None:
    """Return a stored distribution that brings a package, as torch's brings `torchgen`."""
    stored = [_open_stored(name, None) for name in stored_names()]
    return next((found for found in stored if found and package in found.packages), None)


def _describe_stored(name: str, version: str) -> Distribution | None:
    if (stored := find_stored(name, version)) is None:
        return None
    root, origin = stored
    if origin is Origin.GIT:
        return describe_clone(name, version, root, read_manifest(name, version))
    infos = sorted(root.glob("*.dist-info"))
    return describe(infos[0], root, origin) if infos else None


def _fetch(
    name: str, version: str | None, progress: Progress | None, offline: bool
) -> Distribution:
    """Read a version into the store: from git if it is only there, else out of its wheel."""
    from srcread.sources.git.request import choose_request

    request = choose_request(name, version)
    if request is None:
        return _fetch_wheel(name, version, progress, offline)
    if offline:
        raise SourceError(
            f"{name} {version} is not in the store, and srcread is offline. "
            f"Run `srcread fetch {canonical(name)}=={version}`."
        )
    return _fetch_from_git(request, progress)


def _fetch_from_git(request: Request, progress: Progress | None) -> Distribution:
    from srcread.sources.git.repository import fetch_request

    found = _describe_stored(request.name, fetch_request(request, progress))
    if found is None:
        folder = str(stored_place(request.name, request.version).parent)
        raise SourceError(f"{folder!r} in the store is damaged. Delete it, and fetch again.")
    return found


def _fetch_wheel(
    name: str, version: str | None, progress: Progress | None, offline: bool
) -> Distribution:
    from srcread.sources.configured_indexes import read_index_settings
    from srcread.sources.package_index import find_wheel, parse_version
    from srcread.sources.wheel import read_wheel

    say = progress or (lambda text: None)
    settings = read_index_settings()
    wanted = f"{name} {parse_version(version)}" if version else name
    say(f"{wanted}: looking for its wheel")
    try:
        link = find_wheel(name, version, settings, offline=offline)
    except NotFoundError as error:
        known = {*installed_names(), *stored_names()} - {canonical(name)}
        near = did_you_mean(canonical(name), known, RELATED)
        raise NotFoundError(f"{error}{near}") from None
    label = f"{name} {link.public_version}"

    def report(done: int, total: int) -> None:
        say(f"{label}: {done / 1e6:.1f} of {total / 1e6:.1f} MB")

    add_to_store(
        name,
        link.public_version,
        Origin.WHEEL,
        link.filename,
        lambda target: read_wheel(link, settings, target, report),
    )
    found = _describe_stored(name, link.public_version)
    if found is None:
        raise SourceError(f"{link.filename} holds no metadata. Fetch {name} from another index.")
    return found
