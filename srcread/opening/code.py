"""The code behind every story: sources, symbols, and the call graph below some entries.

The graph of entries that were walked before comes out of the cache as long as every file that it
consulted has the same bytes; then symbols come out of it too, and no whole file is parsed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from srcread.errors import FindingsError, NotFoundError, SrcreadError
from srcread.graph.limits import INTERRUPTED, NO_LIMITS, Limits
from srcread.graph.seen import NOT_RUN, SeenCalls
from srcread.graph.stored import dump_graph, load_graph
from srcread.index import Index
from srcread.model import CallGraph, Diagnostic, Distribution, Range, Severity, Symbol
from srcread.sources import Sources
from srcread.support.cache import Cache, cache_key

if TYPE_CHECKING:
    from srcread.model import Anchor, Location
    from srcread.notes.anchors.locate import AnchorProblem
    from srcread.notes.lookup import Lookup
    from srcread.opening.memory import Memory

Progress = Callable[[str], None]


class Code:
    """The code that a tour reads: sources, symbols, and the call graph below its entries."""

    def __init__(
        self,
        distributions: Sequence[Distribution],
        entries: Sequence[str],
        cache: Cache | None,
        *,
        whole: bool = True,
        methods: Mapping[str, Sequence[str]] | None = None,
        idioms: Sequence[Path] = (),
        earlier: Index | None = None,
        natives: bool = False,
        limits: Limits = NO_LIMITS,
        progress: Progress | None = None,
        seen: SeenCalls = NOT_RUN,
    ) -> None:
        """Walk the entries; where not `whole`, those with nothing to walk are left out.

        With `natives` an entry may be native, with nothing to walk.

        `methods` lists, for an entry that is a class, the methods to walk instead of all; `idioms`
        are files of what is known of further frameworks. What an `earlier` index has parsed is not
        parsed again. The graph of a walk that reaches its `limits` is not kept. What is `seen` are
        calls of a run.
        """
        self.distributions = tuple(distributions)
        self.sources = Sources(self.distributions)
        self.index = Index(self.sources, earlier)
        walk = _Walk(
            tuple(entries), whole, methods or {}, tuple(idioms), natives, limits, progress, seen
        )
        self.graph = _graph(self.sources, self.index, walk, cache)
        self._walk = walk
        self._cache = cache
        self._entries = list(entries)

    def why(self, path: str, line: int) -> list[str]:
        """Walk again, and return lines that explain the calls that begin in a line of a file."""
        from srcread.graph.idioms import extended_idioms
        from srcread.graph.walk import explain_calls

        walk = self._walk
        return explain_calls(
            self.index,
            walk.entries,
            path,
            line,
            extended_idioms(walk.idioms),
            walk.methods,
            natives=walk.natives,
            whole=walk.whole,
            limits=walk.limits,
            progress=walk.progress,
        )

    @cached_property
    def memory(self) -> Memory:
        """What is remembered of places in this code."""
        from srcread.opening.memory import Memory  # it brings the notes' room, which no graph needs

        return Memory(self._cache, self._entries)

    def symbol(self, name: str) -> Symbol | None:
        """Return a symbol: from the graph where it was met, else from its parsed file."""
        return self.graph.symbols.get(name) or self.index.symbol(name)

    def text(self, symbol: Symbol) -> str:
        """Return the text of the whole file in which a symbol stands."""
        return self.sources.read(symbol.distribution, symbol.path).text

    def nearest(self, name: str) -> str | None:
        """Return the existing name most like an unknown one."""
        return self.index.nearest(name)

    def locate(self, anchor: Anchor, lookup: Lookup) -> Location | AnchorProblem:
        """Locate an anchor, or remember where it was in the same bytes."""
        symbol = lookup.symbol(anchor.symbol)
        return self.memory.locate(anchor, lookup, self._file(symbol) if symbol else "")

    def digest(self, symbol: Symbol) -> str:
        """Return the digest of a symbol's code, `d1:…`."""
        return self.memory.digest(symbol, self.text(symbol), self._file(symbol))

    def _file(self, symbol: Symbol) -> str:
        return self.sources.read(symbol.distribution, symbol.path).sha256


@dataclass(frozen=True, slots=True)
class _Walk:
    """What a graph is asked for, beside the sources."""

    entries: tuple[str, ...]
    whole: bool
    methods: Mapping[str, Sequence[str]]
    idioms: tuple[Path, ...]
    natives: bool
    limits: Limits
    progress: Progress | None
    seen: SeenCalls

    def key(self) -> tuple[object, ...]:
        """Return what tells this walk from another; files of idioms by their names and bytes."""
        methods = sorted((name, list(listed)) for name, listed in self.methods.items())
        idioms = [[str(path), _sha256(path)] for path in self.idioms]
        calls = self.seen.calls.items()
        ran = sorted((caller, [(_place(at), to) for at, to in made]) for caller, made in calls)
        seen = (
            ran,
            sorted(self.seen.own),
            None if (only := self.seen.only) is None else sorted(only),
        )
        return list(self.entries), self.whole, methods, idioms, self.natives, seen


def _graph(sources: Sources, index: Index, walk: _Walk, cache: Cache | None) -> CallGraph:
    """Return the graph below the entries, from the cache if what it was made of is unchanged."""
    read = [
        (item.name, item.version, str(item.root), item.packages) for item in sources.distributions
    ]
    limits = walk.limits.functions, walk.limits.seconds
    whole = cache_key("graph", read, *walk.key())
    part = cache_key("graph", read, *walk.key(), *limits)  # what the same limits leave of it
    for key in (whole, part) if cache is not None and any(limits) else (whole,):
        kept = _kept(cache, key) if cache is not None else None
        if kept is not None and _is_current(kept, sources):
            return kept
    graph = _walked(index, walk)
    if cache is not None and graph.stopped != INTERRUPTED:
        cache.put(part if graph.stopped else whole, dump_graph(graph))
    return graph


def _place(at: Range) -> tuple[int, int, int, int]:
    return at.start.line, at.start.column, at.end.line, at.end.column


def _kept(cache: Cache, key: str) -> CallGraph | None:
    data = cache.get(key)
    try:
        return load_graph(data) if data is not None else None
    except ValueError:
        return None


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""  # reading it as idioms will say what is wrong


def _walked(index: Index, walk: _Walk) -> CallGraph:
    from srcread.graph.idioms import extended_idioms
    from srcread.graph.infer.core.evaluate import Evaluator
    from srcread.graph.unnamed import unnamed_rows
    from srcread.graph.walk import build_graph  # half of all imports, and mostly not needed

    entries, idioms = walk.entries, extended_idioms(walk.idioms)
    try:
        graph = build_graph(
            index,
            entries,
            idioms,
            walk.methods,
            natives=walk.natives,
            whole=walk.whole,
            limits=walk.limits,
            progress=walk.progress,
            seen=walk.seen,
        )
        unnamed = unnamed_rows(Evaluator(index, idioms, entries), walk.idioms)
        return replace(graph, diagnostics=tuple(sorted({*graph.diagnostics, *unnamed})))
    except NotFoundError:
        unread = [item for item in index.diagnostics if _holds(item, entries)]
        if not unread:
            raise
        errors = [replace(item, severity=Severity.ERROR) for item in unread]
        raise FindingsError(errors) from None


def defining_modules(index: Index, entry: str) -> tuple[str, ...]:
    """Return the modules that define what an entry stands for, behind all re-exports.

    What cannot be followed, as the text does not tell it, counts where it is named.
    """
    from srcread.graph import entries
    from srcread.graph.infer.core.evaluate import Evaluator

    found = entries.defining_modules(Evaluator(index, entries=[entry]), entry)
    if found:
        return found
    module = index.module_of(entry.replace(":", "."))
    return (module.name,) if module is not None else ()


def _holds(unread: Diagnostic, entries: Sequence[str]) -> bool:
    """Tell whether a file that could not be parsed is the one in which an entry would stand."""
    path = unread.path.partition(":")[2]
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return any(f"{entry.replace(':', '.')}.".startswith(f"{module}.") for entry in entries)


def _is_current(graph: CallGraph, sources: Sources) -> bool:
    for place, sha256 in graph.files.items():
        distribution, _, path = place.partition(":")
        try:
            if sources.read(distribution, path).sha256 != sha256:
                return False
        except (SrcreadError, OSError):
            return False
    return True
