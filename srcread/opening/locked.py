"""A tour's code where its sources cannot be had: what graph.json and lock/ keep of it.

graph.json is the call graph as the cache keeps it, and beside it what the notes need: their
symbols with digests, and where the distributions are upstream. It holds names, lines and digests,
never source text. Of a distribution that is here nevertheless the files are read, if they are those
of the graph to the byte. What was locked counts as found: whether it still is, only the sources
could tell, and they are pinned to one version.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from srcread.errors import NotFoundError, SourceError, SrcreadError, did_you_mean
from srcread.graph.stored import dump_graph, dump_symbol, load_graph, load_symbol
from srcread.model import (
    Anchor,
    AnchorStatus,
    CallGraph,
    Distribution,
    Location,
    Origin,
    Position,
    Range,
    Symbol,
)
from srcread.notes.anchors.locate import AnchorProblem
from srcread.notes.anchors.lock import LockedAnchor, read_lock
from srcread.notes.lookup import Lookup
from srcread.opening.memory import Memory
from srcread.sources import Sources, stored_place
from srcread.support.files import read_plain

NAME = "graph.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """What graph.json holds: a graph, the entries that tour.toml named, digests by symbol."""

    graph: CallGraph
    entries: tuple[str, ...]
    distributions: tuple[Distribution, ...]
    symbols: Mapping[str, Symbol]
    digests: Mapping[str, str]


def dump_kept(
    graph: CallGraph,
    entries: Sequence[str],
    distributions: Iterable[Distribution],
    digests: Iterable[tuple[Symbol, str]],
) -> bytes:
    """Return the bytes of graph.json, the same wherever the sources were got from."""
    noted = {symbol.name: (symbol, digest) for symbol, digest in digests}
    data = json.loads(dump_graph(graph))
    data.pop("unread_bases", None)  # said of entries; a tour says which distributions it reads
    data["tour"] = {
        "entries": list(entries),
        "distributions": [_dump_distribution(item) for item in distributions],
        "symbols": [[dump_symbol(noted[name][0]), noted[name][1]] for name in sorted(noted)],
    }
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def load_kept(data: bytes) -> Kept:
    """Return what `dump_kept` wrote.

    Raises:
        ValueError: the bytes are of another format.
    """
    graph = load_graph(data)
    try:
        tour = json.loads(data)["tour"]
        noted = [(load_symbol(symbol), str(digest)) for symbol, digest in tour["symbols"]]
        return Kept(
            graph=graph,
            entries=tuple(tour["entries"]),
            distributions=tuple(map(_load_distribution, tour["distributions"])),
            symbols={symbol.name: symbol for symbol, _ in noted},
            digests={symbol.name: digest for symbol, digest in noted},
        )
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"it says nothing of its tour: {error!r}") from error


class LockedCode:
    """The code of a tour as it was locked: symbols, the graph, and files as far as they are here.

    `absent` are the names of the distributions whose files are not.
    """

    def __init__(self, folder: Path, kept: Kept, here: Iterable[Distribution]) -> None:
        present = {item.name: item for item in here if _is_same(item, kept.graph)}
        self.distributions = tuple(present.get(item.name, item) for item in kept.distributions)
        self.absent = frozenset(item.name for item in kept.distributions) - frozenset(present)
        self.sources = Sources(tuple(present.values()))
        files = {
            place: sha256
            for place, sha256 in kept.graph.files.items()
            if place.partition(":")[0] in present
        }
        self.graph = replace(kept.graph, files=files)
        self.memory = Memory(None)
        self._symbols = {**kept.graph.symbols, **kept.symbols}
        self._digests = kept.digests
        self._locked = _locked_anchors(folder)

    def symbol(self, name: str) -> Symbol | None:
        """Return a symbol that the graph or a note names."""
        return self._symbols.get(name)

    def text(self, symbol: Symbol) -> str:
        """Return the text of the file in which a symbol stands.

        Raises:
            SourceError: it is not here.
        """
        if symbol.distribution in self.absent:
            raise SourceError(f"The source of {symbol.distribution} is not here.")
        return self.sources.read(symbol.distribution, symbol.path).text

    def nearest(self, name: str) -> str | None:
        """Return None: which names there are, only the sources could tell."""
        return None

    def locate(self, anchor: Anchor, lookup: Lookup) -> Location | AnchorProblem:
        """Return the place at which an anchor was locked."""
        locked, symbol = self._locked.get(anchor), self._symbols.get(anchor.symbol)
        if locked is None or symbol is None or symbol.name not in self._digests:
            what = f"{anchor.at!r} in {anchor.symbol!r}" if anchor.at else repr(anchor.symbol)
            where = "lock/" if locked is None else NAME
            message = f"{what} is not in {where}, and the sources are not here."
            hint = "Run `srcread lock` where they are."
            return AnchorProblem(anchor, AnchorStatus.MISSING, message, hint)
        first, last = locked.lines
        return Location(
            anchor=anchor,
            symbol=symbol,
            range=Range(Position(first, 0), Position(last, 0)),
            digest=locked.digest,
            headers=locked.headers,
            number=locked.number,
            twins=locked.twins,
        )

    def digest(self, symbol: Symbol) -> str:
        """Return the digest that a note's symbol had when it was locked.

        Raises:
            NotFoundError: no note stands there.
        """
        if symbol.name not in self._digests:
            near = did_you_mean(symbol.name, self._digests)
            raise NotFoundError(f"{NAME} has no digest of {symbol.name!r}.{near}")
        return self._digests[symbol.name]


def read_kept(path: Path, entries: Sequence[str], versions: Mapping[str, str]) -> Kept:
    """Read a tour's graph.json.

    Raises:
        SourceError: it cannot be read, or is of other entries or versions than the tour.
    """
    try:
        kept = load_kept(read_plain(path))
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SourceError(f"{path.as_posix()} cannot be read: {reason}. {_RENEW}") from error
    pinned = [item for item in kept.distributions if item.version is not None]
    of = {item.name: item.version for item in pinned}
    if kept.entries != tuple(entries) or of != dict(versions):
        shown = ", ".join(f"{name} {version}" for name, version in of.items())
        raise SourceError(
            f"{path.as_posix()} is of {', '.join(kept.entries)} of {shown}, which is not what "
            f"the tour says. {_RENEW}"
        )
    return kept


_RENEW = "Run `srcread lock` where the sources are."


def _locked_anchors(folder: Path) -> Mapping[Anchor, LockedAnchor]:
    found: dict[Anchor, LockedAnchor] = {}
    for path in sorted((folder / "lock").glob("*.json")):
        try:
            lock = read_lock(path)
        except SrcreadError:
            continue  # reported where the note is held against it
        for item in lock.anchors if lock else ():
            found.setdefault(Anchor(item.symbol, item.at), item)
    return found


def _is_same(found: Distribution, graph: CallGraph) -> bool:
    """Tell whether the files of a distribution are those of the graph, to the byte."""
    sources = Sources([found])
    for place, sha256 in graph.files.items():
        name, _, path = place.partition(":")
        try:
            if name == found.name and sources.read(name, path).sha256 != sha256:
                return False
        except SrcreadError:
            return False
    return True


def _dump_distribution(item: Distribution) -> Mapping[str, Any]:
    return {
        "name": item.name,
        "version": item.version,
        "packages": item.packages,
        "licence": item.licence_expression,
        "repository": item.repository,
        # A tag, where there is one, is the same for a clone of any repository.
        "commit": None if item.tag else item.commit,
        "tag": item.tag,
        "folder": item.folder,
    }


def _load_distribution(data: Mapping[str, Any]) -> Distribution:
    name, version = str(data["name"]), data["version"]
    return Distribution(
        name=name,
        version=version,
        root=stored_place(name, str(version)),
        origin=Origin.GIT,
        packages=tuple(data["packages"]),
        licence_expression=data["licence"],
        repository=data["repository"],
        commit=data["commit"],
        tag=data["tag"],
        folder=str(data["folder"]),
    )
