"""Brings a version from git into the store, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from srcread.errors import SourceError
from srcread.model import Origin
from srcread.sources.git.repository import read_clone
from srcread.sources.git.request import Request, shown
from srcread.sources.package_index import parse_version
from srcread.sources.store import add_to_store, read_manifest, stored_place

Progress = Callable[[str], None]


def fetch_request(request: Request, progress: Progress | None = None) -> str:
    """Store what is requested, unless it is there, and return the version as the store spells it.

    Raises:
        SourceError: it cannot be read, or the store holds this version from elsewhere.
    """
    version = parse_version(request.version).public
    request = replace(request, version=version)
    kept = read_manifest(request.name, version)
    if not kept:
        say = progress or (lambda text: None)
        address = shown(request.address)
        add_to_store(
            request.name,
            version,
            Origin.GIT,
            address,
            lambda target: read_clone(request, target, say),
        )
    elif (kept.get("address"), kept.get("reference")) != (
        shown(request.address),
        request.reference,
    ):
        there = kept.get("address") or kept.get("archive")
        raise SourceError(
            f"{request.name} {version} is in the store already, from {there} at "
            f"{kept.get('reference') or version!r}. To read another, delete "
            f"{str(stored_place(request.name, version).parent)!r} first."
        )
    return version
