"""Opening: what every story begins with, a tour with its sources and its call graph.

The graph of entries that were walked before comes out of the cache as long as every file that it
consulted has the same bytes; then symbols come out of it too, and no whole file is parsed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import NotFoundError, SrcreadError, did_you_mean
from srcread.graph import build_graph
from srcread.graph.stored import dump_graph, load_graph
from srcread.index import Index
from srcread.index.cache import Cache, cache_key
from srcread.model import CallGraph, Diagnostic, Distribution, Standing, Step, Symbol, Tour
from srcread.notes.anchors.gather import symbol_digest
from srcread.notes.format.tourfile import NAME, read_tour_file
from srcread.notes.rules import CheckResult, check_tour
from srcread.resources import resources
from srcread.sources import Sources, cache_folder, open_distribution, open_package, open_path

Progress = Callable[[str], None]


class Code:
    """The code that a tour reads: sources, symbols, and the call graph below its entries."""

    def __init__(
        self, distributions: Sequence[Distribution], entries: Sequence[str], cache: Cache | None
    ) -> None:
        self.distributions = tuple(distributions)
        self.sources = Sources(self.distributions)
        self.index = Index(self.sources)
        self.graph = _graph(self.sources, self.index, entries, cache)

    def symbol(self, name: str) -> Symbol | None:
        """Return a symbol: from the graph where it was met, else from its parsed file."""
        return self.graph.symbols.get(name) or self.index.symbol(name)

    def text(self, symbol: Symbol) -> str:
        """Return the text of the whole file in which a symbol stands."""
        return self.sources.read(symbol.distribution, symbol.path).text

    def nearest(self, name: str) -> str | None:
        """Return the existing name most like an unknown one."""
        return self.index.nearest(name)


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
            text = self.code.text(location.symbol)
            digests[f"symbol:{location.symbol.name}"] = symbol_digest(text, location.symbol)
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


def annotation_folders(chosen: Path | None = None) -> list[Path]:
    """Return where tours are looked for: the folder given, else ./annotations, then the shipped.

    Raises:
        NotFoundError: the folder given does not exist.
    """
    if chosen is not None:
        if not chosen.is_dir():
            raise NotFoundError(f"There is no folder {str(chosen)!r} with annotations.")
        return [chosen]
    here = Path("annotations")
    shipped = resources("annotations")
    if here.is_dir() and here.resolve() != shipped.resolve():
        return [here, shipped]
    return [here if here.is_dir() else shipped]


def tour_folders(names: Sequence[str], chosen: Path | None = None) -> list[Path]:
    """Return the folders of the tours of these names, of all tours if none is given.

    Raises:
        NotFoundError: there is no such tour; the message offers the nearest.
    """
    found: dict[str, Path] = {}
    for folder in annotation_folders(chosen):
        for path in sorted(folder.glob(f"*/{NAME}")):
            found.setdefault(path.parent.name, path.parent)
    for name in names:
        if name not in found:
            hint = did_you_mean(name, found) or f" There are: {', '.join(sorted(found)) or 'none'}."
            raise NotFoundError(f"There is no tour {name!r}.{hint}")
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
    if not holding:
        raise NotFoundError(f"There is no note {name!r}.{did_you_mean(stem, holders)}")
    if len(holding) > 1:
        tours = ", ".join(f"{folder.name}/{stem}" for folder in holding)
        raise SrcreadError(f"Several tours have a note {stem!r}. Say which: {tours}.")
    return holding[0], stem


def open_tour(folder: Path, *, progress: Progress | None = None) -> OpenTour:
    """Open a tour's sources, walk its entries and place its notes.

    Findings about the tour's files are in the result, not raised.

    Raises:
        SrcreadError: the sources cannot be had, or an entry does not exist.
    """
    file, _ = read_tour_file(folder)
    if not file.distributions or not file.entries:
        check = check_tour(folder)
        return OpenTour(check.tour, Code((), (), None), check)
    distributions = [
        open_distribution(name, version, progress=progress)
        for name, version in file.distributions.items()
    ]
    code = Code(distributions, file.entries, Cache(cache_folder()))
    packages = {package for item in distributions for package in item.packages}
    check = check_tour(folder, code, code.graph, packages=packages)
    return OpenTour(check.tour, code, check)


def open_entry(entry: str, *, progress: Progress | None = None) -> tuple[Code, Tour]:
    """Open the code of any entry point, with a tour of it that has no notes.

    An entry is a public name (`torch.nn.LSTM`), `package.module:Qual.name`, or a path to a file or
    folder, with `:Qual.name` behind it for a part.

    Raises:
        SrcreadError: there is no such file, package or name.
    """
    path, name = _split_entry(entry)
    if path is None:
        distribution = open_package(name.partition(".")[0], progress=progress)
        names = [name]
    else:
        distribution = open_path(path)
        names = _names_below(distribution, path, name)
    if progress is not None:
        progress(f"walking {entry}")
    code = Code([distribution], names, Cache(cache_folder()))
    tour = Tour(
        name=_slug(names[0] if len(names) == 1 else distribution.name),
        folder=Path(),
        title=entry if path is None else f"{path.name}{':' + name if name else ''}",
        distributions={distribution.name: distribution.version or "local"},
        entries=tuple(names),
        languages=("en",),
        chapters=(),
        steps=(),
    )
    return code, tour


def _split_entry(entry: str) -> tuple[Path | None, str]:
    """Split an entry into the path that it begins with, if it does, and the name."""
    head, _, tail = entry.rpartition(":")
    for text, name in ((head, tail), (entry, "")):
        path = Path(text) if text else None
        looks_like_a_path = text.endswith(".py") or "/" in text or "\\" in text
        if path is not None and (looks_like_a_path or (path.exists() and text in (".", ".."))):
            if not path.exists():
                raise NotFoundError(f"There is no file or folder {text!r}.{_sibling(path)}")
            return path, name
    return None, entry


def _sibling(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    near = did_you_mean(path.name, [item.name for item in path.parent.iterdir()])
    return near


def _names_below(distribution: Distribution, path: Path, name: str) -> list[str]:
    """Return the full names of what an entry by path means: all modules if it names no part."""
    modules = Sources([distribution]).modules(distribution.name)
    if path.is_file():
        inside = path.resolve().relative_to(distribution.root.resolve()).as_posix()
        module = inside.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return [f"{module}.{name}" if name else module]
    if name:
        return [name]
    if not modules:
        raise NotFoundError(f"There is no Python file in {str(path)!r}.")
    return list(modules)


def _slug(name: str) -> str:
    """Return a name that can be a folder's on every system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name.replace(":", ".")).strip("-.") or "code"


def _graph(
    sources: Sources, index: Index, entries: Sequence[str], cache: Cache | None
) -> CallGraph:
    """Return the graph below the entries, from the cache if what it was made of is unchanged."""
    key = cache_key(
        "graph",
        [(item.name, item.version, str(item.root)) for item in sources.distributions],
        list(entries),
    )
    if cache is not None and (data := cache.get(key)) is not None:
        try:
            graph = load_graph(data)
        except ValueError:
            graph = None
        if graph is not None and _is_current(graph, sources):
            return graph
    graph = build_graph(index, entries)
    if cache is not None:
        cache.put(key, dump_graph(graph))
    return graph


def _is_current(graph: CallGraph, sources: Sources) -> bool:
    for place, sha256 in graph.files.items():
        distribution, _, path = place.partition(":")
        try:
            if sources.read(distribution, path).sha256 != sha256:
                return False
        except (SrcreadError, OSError):
            return False
    return True
