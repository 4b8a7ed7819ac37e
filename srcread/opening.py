"""Opening: what every story begins with, a tour with its sources and its call graph.

The graph of entries that were walked before comes out of the cache as long as every file that it
consulted has the same bytes; then symbols come out of it too, and no whole file is parsed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from srcread.cache import Cache, cache_folder, cache_key
from srcread.errors import (
    FindingsError,
    NotFoundError,
    SourceError,
    SrcreadError,
    did_you_mean,
)
from srcread.graph.stored import dump_graph, load_graph
from srcread.index import Index
from srcread.memory import Memory
from srcread.model import (
    Anchor,
    CallGraph,
    Diagnostic,
    Distribution,
    Location,
    Severity,
    Standing,
    Step,
    Symbol,
    Tour,
)
from srcread.notes.anchors.locate import AnchorProblem
from srcread.notes.format.codes import finding
from srcread.notes.format.tourfile import NAME, read_tour_file
from srcread.notes.lookup import Lookup
from srcread.notes.rules import CheckResult, check_tour
from srcread.resources import annotation_folders
from srcread.sources import Sources, open_distribution

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
        earlier: Index | None = None,
    ) -> None:
        """Walk the entries; where not `whole`, those with nothing to walk are left out.

        `methods` lists, for an entry that is a class, the methods to walk instead of all. What an
        `earlier` index has parsed is not parsed again.
        """
        self.distributions = tuple(distributions)
        self.sources = Sources(self.distributions)
        self.index = Index(self.sources, earlier)
        self.graph = _graph(self.sources, self.index, entries, cache, whole, methods or {})
        self.memory = Memory(cache, list(entries))

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
class OpenTour:
    """A tour, its steps located and ordered, what `check` found, and its code."""

    tour: Tour
    code: Code
    check: CheckResult

    def digests(self, step: Step) -> Mapping[str, str]:
        """Return what a run of the step's snippet depends on, as evidence names it."""
        digests = {}
        if step.snippet is not None:
            data = step.snippet.text.encode("utf-8", "surrogatepass")
            digests["snippet"] = hashlib.sha256(data).hexdigest()
        for location in step.locations:
            digests[f"symbol:{location.symbol.name}"] = self.code.digest(location.symbol)
        return digests

    def findings(self) -> tuple[Diagnostic, ...]:
        """Return what is wrong with the tour's files, the evidence of its notes among them."""
        from srcread.evidence import evidence_path, read_evidence

        found = set(self.check.diagnostics) | set(self.code.graph.diagnostics)
        for step in self.tour.steps:
            found |= set(read_evidence(evidence_path(self.tour.folder, step.note.stem))[1])
        return tuple(sorted(found))

    def standing(self, step: Step) -> Standing:
        """Weigh the recorded evidence of a step."""
        from srcread.evidence import evidence_path, read_evidence, standing

        evidence, _ = read_evidence(evidence_path(self.tour.folder, step.note.stem))
        return standing(evidence, self.digests(step), self.tour.distributions)


def tour_folders(names: Sequence[str], chosen: Path | None = None) -> list[Path]:
    """Return the folders of the tours of these names, of all tours if none is given.

    Raises:
        NotFoundError: there is no such tour; the message offers the nearest.
    """
    found = _tours(chosen)
    for name in names:
        if name not in found:
            raise NotFoundError(f"There is no tour {name!r}.{_known(name, found)}")
    return [found[name] for name in (names or sorted(found))]


def find_step(name: str, chosen: Path | None = None) -> tuple[Path, str]:
    """Return the tour's folder and the stem for a note's name: `stem`, `tour/stem` or its path.

    Raises:
        NotFoundError: no tour has such a note.
        SrcreadError: several do.
    """
    tour, _, stem = name.removesuffix(".md").removesuffix(".py").rpartition("/")
    folders = [
        folder for folder in tour_folders([], chosen) if not tour or folder.name == Path(tour).name
    ]
    holders: dict[str, list[Path]] = {}
    for folder in folders:
        for known in sorted({path.name.split(".")[0] for path in folder.glob("*.md")}):
            holders.setdefault(known, []).append(folder)
    holding = holders.get(stem, [])
    if not folders:
        raise NotFoundError(f"There is no tour {tour!r}.{_known(tour, _tours(chosen))}")
    if not holding:
        raise NotFoundError(f"There is no note {name!r}.{_known(stem, holders)}")
    if len(holding) > 1:
        tours = ", ".join(f"{folder.name}/{stem}" for folder in holding)
        raise SrcreadError(f"Several tours have a note {stem!r}. Say which: {tours}.")
    return holding[0], stem


def _tours(chosen: Path | None) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in annotation_folders(chosen):
        for path in sorted(folder.glob(f"*/{NAME}")):
            found.setdefault(path.parent.name, path.parent)
    return found


def _known(name: str, known: Iterable[str]) -> str:
    """Return the nearest known name, or all of them where none is near."""
    names = sorted(known)
    return did_you_mean(name, names) or f" There are: {', '.join(names) or 'none'}."


def open_tour(folder: Path, *, words: bool = True, progress: Progress | None = None) -> OpenTour:
    """Open a tour's sources, walk its entries and place its notes.

    Findings about the tour's files are in the result, not raised; without `words`, none about the
    notes' Markdown, which needs a parser that a machine for runs may lack.

    Raises:
        SrcreadError: the sources cannot be had, or an entry does not exist.
    """
    file, _ = read_tour_file(folder)
    if not file.distributions or not file.entries:
        check = check_tour(folder, words=words)
        return OpenTour(check.tour, Code((), (), None), check)
    distributions = [
        open_distribution(name, version, progress=progress)
        for name, version in file.distributions.items()
    ]
    code = Code(distributions, file.entries, Cache(cache_folder()), methods=file.methods)
    packages = {package for item in distributions for package in item.packages}
    check = check_tour(folder, code, code.graph, packages=packages, words=words, locate=code.locate)
    return OpenTour(check.tour, code, check)


def try_open_tour(
    folder: Path, *, progress: Progress | None = None
) -> tuple[OpenTour | None, tuple[Diagnostic, ...]]:
    """Open a tour and return it with its findings; where it cannot be opened, they say why.

    Then its files were checked alone.
    """
    try:
        opened = open_tour(folder, progress=progress)
    except FindingsError as error:
        why = error.diagnostics
    except (SourceError, NotFoundError) as error:
        hint = "Its places were not checked."
        why = (finding("TOUR019", folder / NAME, 0, str(error), hint),)
    else:
        return opened, opened.findings()
    return None, tuple(sorted({*check_tour(folder).diagnostics, *why}))


def refuse_broken(opened: OpenTour) -> None:
    """Refuse to write into a tour whose tour.toml is wrong.

    Raises:
        FindingsError: it is; the error holds what is wrong with it.
    """
    about = [item for item in opened.check.diagnostics if Path(item.path).name == NAME]
    if any(item.severity is Severity.ERROR for item in about):
        raise FindingsError(about)


def _graph(
    sources: Sources,
    index: Index,
    entries: Sequence[str],
    cache: Cache | None,
    whole: bool,
    methods: Mapping[str, Sequence[str]],
) -> CallGraph:
    """Return the graph below the entries, from the cache if what it was made of is unchanged."""
    key = cache_key(
        "graph",
        [
            (item.name, item.version, str(item.root), item.packages)
            for item in sources.distributions
        ],
        list(entries),
        whole,
        sorted((name, list(listed)) for name, listed in methods.items()),
    )
    if cache is not None and (data := cache.get(key)) is not None:
        try:
            graph = load_graph(data)
        except ValueError:
            graph = None
        if graph is not None and _is_current(graph, sources):
            return graph
    graph = _walk(index, entries, whole, methods)
    if cache is not None:
        cache.put(key, dump_graph(graph))
    return graph


def _walk(
    index: Index, entries: Sequence[str], whole: bool, methods: Mapping[str, Sequence[str]]
) -> CallGraph:
    from srcread.graph.walk import build_graph  # half of all imports, and mostly not needed

    try:
        walked = entries if whole else _walkable(index, entries)
        return build_graph(index, walked, methods=methods)
    except NotFoundError:
        unread = [item for item in index.diagnostics if _holds(item, entries)]
        if not unread:
            raise
        errors = [replace(item, severity=Severity.ERROR) for item in unread]
        raise FindingsError(errors) from None


def _holds(unread: Diagnostic, entries: Sequence[str]) -> bool:
    """Tell whether a file that could not be parsed is the one in which an entry would stand."""
    path = unread.path.partition(":")[2]
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return any(f"{entry.replace(':', '.')}.".startswith(f"{module}.") for entry in entries)


def _walkable(index: Index, entries: Sequence[str]) -> list[str]:
    """Return the modules that have something to walk; of them there must be one."""
    from srcread.graph.entries import resolve_entry
    from srcread.graph.infer.evaluate import Evaluator

    evaluator = Evaluator(index)
    walkable = []
    for entry in entries:
        with suppress(NotFoundError):
            resolve_entry(evaluator, entry)
            walkable.append(entry)
    if not walkable:
        shown = ", ".join(entries[:3]) + (", …" if len(entries) > 3 else "")
        raise NotFoundError(f"{shown!r} has no public function, and no class with a method.")
    return walkable


def _is_current(graph: CallGraph, sources: Sources) -> bool:
    for place, sha256 in graph.files.items():
        distribution, _, path = place.partition(":")
        try:
            if sources.read(distribution, path).sha256 != sha256:
                return False
        except (SrcreadError, OSError):
            return False
    return True
