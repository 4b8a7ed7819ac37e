"""What to read from git for a version of a distribution: by a table, or as the reader says.

An address is checked here, before git sees it. Whose commit it is going to be matters for
permalinks: a fork's commit is not one of the known repository, so its tag stands in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import SourceError, near_path
from srcread.sources.git.command import PROTOCOLS
from srcread.sources.git.known import KnownRepository, known_repository
from srcread.sources.metadata import repository_at
from srcread.sources.store import canonical

_REFERENCE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._/@+-]*")


@dataclass(frozen=True, slots=True)
class Request:
    """What to read: a reference of a repository, as one version of a distribution.

    `address` is a URL or an absolute path. `repository` and `tag` are where the version stands for
    everybody; `exact` tells that the commit read is one of that repository.
    """

    name: str
    version: str
    address: str
    reference: str
    protocols: tuple[str, ...] = PROTOCOLS
    packages: tuple[str, ...] = ()
    repository: str | None = None
    tag: str | None = None
    licence: str | None = None

    @property
    def exact(self) -> bool:
        """Whether the commit that is read is one of the repository that permalinks lead to."""
        return self.repository is not None and repository_at(self.address) == self.repository


def choose_request(
    name: str, version: str | None, address: str | None = None, reference: str | None = None
) -> Request | None:
    """Return what to read for a version: what the reader names, else what a table knows.

    None means that it is not known to be in git.

    Raises:
        SourceError: no version is named, or the address or reference is none to read.
    """
    known = known_repository(name)
    if known is None and address is None and reference is None:
        return None
    if version is None:
        example = known.versions[0] if known and known.versions else "VERSION"
        raise SourceError(
            f"{name!r} is read from git, where no version is the newest by itself. Name one: "
            f"`srcread fetch {canonical(name)}=={example}`."
        )
    if address is None and known is None:
        raise SourceError(
            f"No table knows a repository of {name!r}. Say which: --from PATH-OR-URL."
        )
    version = version.removeprefix("v")
    if reference is None:
        reference = known.reference_of(version) if known else f"refs/tags/v{version}"
    if not _REFERENCE.fullmatch(reference) or ".." in reference:
        raise SourceError(f"{reference!r} is no branch, tag or commit. Write one like --ref v1.0.")
    place = _place(address) if address else (known.repository if known else "")
    own = () if address is None else ("ssh",)
    _refuse_protocol(place, (*PROTOCOLS, *own))
    return _request(name, version, place, reference, own, known)


def shown(address: str) -> str:
    """Return an address as a message may show it: without login."""
    return re.sub(r"(?<=://)[^/@]*@", "", address)


def _place(address: str) -> str:
    """Return a path as an absolute one, an address as it is."""
    if "://" in address or re.match(r"[\w.-]+@[\w.-]+:", address):
        return address
    if Path(address).is_dir():
        return str(Path(address).resolve())
    raise SourceError(f"There is no folder {address!r} to read from.{near_path(Path(address))}")


def _refuse_protocol(address: str, allowed: Sequence[str]) -> None:
    protocol = address.partition("://")[0] if "://" in address else "file"
    if re.match(r"[\w.-]+@[\w.-]+:", address) and "://" not in address:
        protocol = "ssh"
    if protocol not in allowed or address.startswith("-"):
        raise SourceError(
            f"{shown(address)!r} is not read: only {', '.join(allowed)} addresses are. "
            "Clone it yourself, and name the clone: --from PATH."
        )


def _request(
    name: str,
    version: str,
    address: str,
    reference: str,
    own: Iterable[str],
    known: KnownRepository | None,
) -> Request:
    # A fork's commits are its own; a clone on this machine stands for the known repository.
    home = repository_at(address) or (known and repository_at(known.repository)) or None
    is_known = known is not None and home == repository_at(known.repository)
    return Request(
        name=canonical(name),
        version=version,
        address=address,
        reference=reference,
        protocols=(*PROTOCOLS, *own),
        packages=known.packages if known else (),
        repository=home,
        tag=(known.commits.get(version) or known.tag_of(version)) if known and is_known else None,
        licence=known.licence if known else None,
    )
