"""Brings one commit of a repository into the store: its Python, its stubs and its licences.

Its trees come first, without any file; then the wanted files by their identities, in one request.
They are never checked out, so nothing in the repository (attributes, filters, submodules, links)
has any effect: what lands in the store are the exact bytes. A server that cannot leave files out
sends the whole commit, which is then looked through likewise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from srcread.errors import SourceError
from srcread.model import Origin
from srcread.sources.archive import ArchiveLimits, path_problem, refuse_collisions
from srcread.sources.git.command import Bounds, GitError, run_git
from srcread.sources.git.describe import packages_in
from srcread.sources.git.request import Request, shown
from srcread.sources.package_index import parse_version
from srcread.sources.store import add_to_store, read_manifest, stored_place

LIMITS = ArchiveLimits(files=50_000, file_bytes=32 << 20, total_bytes=256 << 20)
"""How much of a repository is read. TensorRT-LLM 0.7.1's Python is 301 files of 3.5 MB."""

_LICENCE = re.compile(r"(LICEN[CS]E|COPYING|NOTICE)[^/]*", re.IGNORECASE)
_LOCAL_SERVER = "git -c uploadpack.allowFilter=true -c uploadpack.allowAnySHA1InWant=true"

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


def read_clone(
    request: Request,
    target: Path,
    say: Progress = lambda text: None,
    *,
    limits: ArchiveLimits = LIMITS,
    bounds: Bounds | None = None,
) -> Mapping[str, Any]:
    """Write the wanted files below `target`, and return what to keep about them.

    Raises:
        SourceError: the repository cannot be reached or is unsafe, or it lacks the reference or
            any Python of the distribution.
    """
    label = f"{request.name} {request.version}"
    with TemporaryDirectory(
        prefix="git-", dir=target.parent, ignore_cleanup_errors=True
    ) as place:  # a program of git's that was just killed may still take a file away
        clone = _Clone(Path(place), request, bounds)
        say(f"{label}: asking {shown(request.address)} for {request.reference}")
        commit = clone.fetch_trees()
        wanted = _wanted(clone.list_files(), request, limits)
        say(f"{label}: reading {len(wanted)} files")
        for path, content in clone.contents(wanted, limits):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            with open(target / path, "xb") as file:
                file.write(content)
    if not packages_in(request.name, target, request.packages)[1]:
        raise SourceError(
            f"{shown(request.address)} at {request.reference!r} holds no Python of "
            f"{request.name}. Name another repository: --from PATH-OR-URL."
        )
    return {
        "address": shown(request.address),
        "commit": commit,
        "exact": request.exact,
        "licence": request.licence,
        "packages": list(request.packages),
        "reference": request.reference,
        "repository": request.repository,
        "tag": request.tag,
    }


class _Clone:
    """A bare, partial repository in a folder of its own."""

    def __init__(self, folder: Path, request: Request, bounds: Bounds | None) -> None:
        self._folder = folder
        self._request = request
        self._bounds = bounds

    def fetch_trees(self) -> str:
        """Get the commit with its trees, and return its identity, 40 hexadecimal digits."""
        self._git("init", "--quiet", "--bare", "--template=")
        settings = {
            "url": self._request.address,
            "promisor": "true",
            "partialCloneFilter": "blob:none",
        }
        if "://" not in self._request.address:  # it may not say itself that it can filter
            settings["uploadpack"] = f"{_LOCAL_SERVER} upload-pack"
        for key, value in settings.items():
            self._git("config", f"remote.origin.{key}", value)
        try:
            self._fetch("--depth=1", "--", "origin", self._request.reference)
        except GitError as error:
            raise self._explained(error) from error
        return self._git("rev-parse", "--verify", "FETCH_HEAD^{commit}").decode().strip()

    def list_files(self) -> list[tuple[str, str]]:
        """Return the path and the identity of every regular file; links and submodules are none."""
        listed = self._git("ls-tree", "-r", "-z", "--full-tree", "FETCH_HEAD^{tree}")
        files = []
        for line in listed.decode("utf-8", "surrogateescape").split("\0"):
            head, _, path = line.partition("\t")
            if head.startswith("100"):
                files.append((path, head.split()[2]))
        return files

    def contents(
        self, files: Mapping[str, str], limits: ArchiveLimits
    ) -> Iterable[tuple[str, bytes]]:
        """Return the bytes of files, given by path and identity, in order of the paths."""
        wanted = "".join(f"{identity}\n" for identity in sorted({*files.values()})).encode()
        try:
            self._fetch("--no-write-fetch-head", "--stdin", "origin", stdin=wanted)
            sizes = _sizes(self._git("cat-file", "--batch-check", stdin=wanted))
        except GitError as error:
            raise self._explained(error) from error
        self._refuse_excess(files, sizes, limits)
        packed = self._git("cat-file", "--batch", stdin=wanted)
        found, place = {}, 0
        for identity in sorted(sizes):
            start = packed.index(b"\n", place) + 1
            place = start + sizes[identity]
            found[identity] = packed[start:place]
            place += 1  # a line feed ends each
        return [(path, found[identity]) for path, identity in sorted(files.items())]

    def _refuse_excess(
        self, files: Mapping[str, str], sizes: Mapping[str, int], limits: ArchiveLimits
    ) -> None:
        address = shown(self._request.address)
        for path, identity in files.items():
            if identity not in sizes:
                raise SourceError(f"{address} does not give out {path!r}. Name another: --from.")
            if sizes[identity] > limits.file_bytes:
                raise SourceError(
                    f"{path!r} of {address} is larger than {limits.file_bytes:,} bytes."
                )
        if sum(sizes[identity] for identity in files.values()) > limits.total_bytes:
            raise SourceError(f"{address} holds more than {limits.total_bytes:,} bytes of source.")

    def _fetch(self, *arguments: str, stdin: bytes = b"") -> None:
        plain = ("--quiet", "--no-tags", "--recurse-submodules=no", "--filter=blob:none")
        self._git("fetch", *plain, *arguments, stdin=stdin)

    def _git(self, *arguments: str, stdin: bytes = b"") -> bytes:
        protocols = self._request.protocols
        return run_git(
            self._folder, *arguments, protocols=protocols, stdin=stdin, bounds=self._bounds
        )

    def _explained(self, error: GitError) -> SourceError:
        """Say what of a repository is not there: the reference, or all of it."""
        address, reference = shown(self._request.address), self._request.reference
        if "couldn't find remote ref" in str(error) or "not our ref" in str(error):
            near = ""
            with suppress(GitError):
                near = _nearest(self._git("ls-remote", "--refs", "--", "origin"), reference)
            return SourceError(f"{address} has no branch, tag or commit {reference!r}.{near}")
        return SourceError(
            f"{address} cannot be read: {shown(str(error))}. "
            f"Try again, or name a clone of yours: --from PATH --ref REF."
        )


def _wanted(
    files: Sequence[tuple[str, str]], request: Request, limits: ArchiveLimits
) -> Mapping[str, str]:
    """Return the files to read: of the packages, or all there are, and the licences at the top."""
    address = shown(request.address)
    wanted = {}
    for path, identity in files:
        top, _, rest = path.partition("/")
        inside = (
            not request.packages or (top if rest else top.partition(".")[0]) in request.packages
        )
        if _LICENCE.fullmatch(path) or (inside and path.endswith((".py", ".pyi"))):
            if problem := path_problem(path):
                raise SourceError(f"{address} is not safe to read: {path!r} {problem}.")
            wanted[path] = identity
    refuse_collisions(address, wanted)
    if len(wanted) > limits.files:
        raise SourceError(f"{address} holds {len(wanted):,} files, more than {limits.files:,}.")
    return wanted


def _sizes(answer: bytes) -> Mapping[str, int]:
    """Return the sizes by identity that `cat-file --batch-check` tells; a missing one has none."""
    rows = [line.split() for line in answer.decode().splitlines()]
    return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[1] == "blob"}


def _nearest(listed: bytes, reference: str) -> str:
    from difflib import get_close_matches

    names = [line.partition("\t")[2] for line in listed.decode("utf-8", "replace").splitlines()]
    short = [re.sub(r"^refs/(tags|heads)/", "", name) for name in names]
    wanted = re.sub(r"^refs/(tags|heads)/", "", reference)
    near = get_close_matches(wanted, short, n=3, cutoff=0.4) or short[:3]
    return f" There are: {', '.join(near)}. Name one: --ref {near[0]}." if near else ""
