"""The stories of `at`, `new` and `lock`: naming places, beginning notes, locking tours."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from srcread.errors import FindingsError, NotFoundError, SrcreadError, near_path
from srcread.graph.infer.core.evaluate import Evaluator
from srcread.graph.infer.values import ClassValue, FunctionValue
from srcread.index import Defined, Index, Module
from srcread.model import Anchor, Distribution, Severity, Symbol, SymbolKind
from srcread.notes.accept import accept_note
from srcread.notes.anchors.gather import places_of
from srcread.notes.anchors.locate import AnchorProblem, locate
from srcread.notes.anchors.shortest import Suggestion, shortest
from srcread.notes.format.files import write_text
from srcread.notes.format.tourfile import read_tour_file
from srcread.notes.rules import apply_fixes
from srcread.notes.scaffold import new_note, suggest_stem
from srcread.opening.code import Code
from srcread.opening.locked import NAME
from srcread.opening.own import own_sources
from srcread.opening.tour import open_tour, refuse_broken, tour_folders, tours_here
from srcread.sources import Sources, open_package, open_path, own_paths
from srcread.support.resources import annotation_folders, refuse_installed

Progress = Callable[[str], None]
_LINE = re.compile(r":\d+$")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A line's innermost symbol, and the places at the line with their selectors, closest first."""

    symbol: Symbol
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class SourceLines:
    """A symbol's defining name, its file, and its lines; `first` is the number of their first."""

    symbol: str
    path: str
    first: int
    lines: tuple[str, ...]


def name_place(place: str, *, progress: Progress | None = None) -> NamedPlace:
    """Name what stands at `FILE:LINE`.

    Raises:
        NotFoundError: there is no such file, or the line is in no function or class.
        SrcreadError: the place is not of the form FILE:LINE.
    """
    file, _, number = place.rpartition(":")
    if not file or not number.isdigit():
        raise SrcreadError(f"{place!r} is no place. Write FILE:LINE, as model.py:12.")
    line = int(number)
    distribution, module_name = _module_of(Path(file), progress)
    sources = Sources([distribution])
    index = Index(sources)
    module = index.module(module_name)
    if module is None:
        raise FindingsError([replace(item, severity=Severity.ERROR) for item in index.diagnostics])
    if line > len(module.lines) or line == 0:
        last = len(module.lines)
        raise NotFoundError(f"{file!r} has no line {line}: its last is {last}.")
    defined = _innermost(module, line)
    if defined is None:
        raise NotFoundError(f"Line {line} of {file!r} is in no function or class.")
    places = places_of(module.file.text, defined.symbol)
    return NamedPlace(defined.symbol, shortest(places, line))


def start_note(
    symbol: str,
    at: str | None,
    tour: str | None,
    stem: str | None,
    title: str | None,
    annotations: Path | None,
    *,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write a new note, its snippet and its lock; return the files.

    `symbol` may end in the number of one of its lines, in the tour's version; that stands for `at`.

    Raises:
        FindingsError: the tour's tour.toml is wrong.
        SrcreadError: the place does not exist, the stem is taken, or the tour is not told.
    """
    folder = _tour(tour, annotations)
    refuse_installed(folder)
    opened = open_tour(folder, progress=progress)
    refuse_broken(opened)
    code = opened.code
    symbol, _, line = symbol.rpartition(":") if _LINE.search(symbol) else (symbol, "", "")
    symbol = _defining_name(symbol, code)
    if line and at is None:
        at = _selector(symbol, int(line), code)
    located = locate(Anchor(symbol, at), code)
    if isinstance(located, AnchorProblem):
        others = "".join(f"\n  line {c.line}: {c.selector}" for c in located.candidates)
        raise SrcreadError(f"{located.message} {located.hint}".rstrip() + others)
    stem = stem or suggest_stem(title or symbol.rpartition(".")[2])
    files = new_note(folder, stem, symbol, at, title)
    for path, text in files.items():
        write_text(path, text)
    return (*files, *accept_note(folder, stem, code))


def tours_for_notes(annotations: Path | None) -> tuple[str, ...]:
    """Return the names of the tours, here, in which a note can begin."""
    return tuple(folder.name for folder in _tours_here(annotations))


def source_lines(
    symbol: str, tour: str, annotations: Path | None, *, progress: Progress | None = None
) -> SourceLines:
    """Return a symbol's defining name and its lines, for whoever chooses one of them.

    Raises:
        NotFoundError: the sources have no such symbol, or only its name.
    """
    code = open_tour(tour_folders([tour], annotations)[0], progress=progress).code
    name = _defining_name(symbol, code)
    found = code.symbol(name)
    if found is None:
        located = locate(Anchor(name, None), code)
        why = f"{located.message} {located.hint}" if isinstance(located, AnchorProblem) else ""
        raise NotFoundError((why[:1].upper() + why[1:]).strip() or f"There is no {symbol!r}.")
    if found.kind is SymbolKind.NATIVE:
        raise NotFoundError(f"{name!r} is native: it has no lines here.")
    first, last = found.range.first_line, found.range.last_line
    lines = code.text(found).splitlines()[first - 1 : last]
    return SourceLines(name, found.path, first, tuple(lines))


def lock_tour(
    name: str,
    annotations: Path | None,
    *,
    with_graph: bool = False,
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write the locks that a tour's notes lack, and its graph.json; return what changed.

    Raises:
        FindingsError: the tour's tour.toml is wrong.
        NotFoundError: there is no such tour.
    """
    folder = tour_folders([name], annotations)[0]
    refuse_installed(folder)
    opened = open_tour(folder, progress=progress)
    refuse_broken(opened)
    fixes = [fix for fix in opened.check.fixes if fix.path.parent.name == "lock"]
    written = [*apply_fixes(fixes)]
    graph = folder / NAME
    if with_graph or graph.exists():
        anew = open_tour(folder, progress=progress) if fixes else opened
        if write_text(graph, anew.kept().decode()):
            written.append(graph)
    return tuple(sorted(written))


def _tours_here(annotations: Path | None) -> list[Path]:
    here = annotation_folders(annotations)[0]
    return [folder for folder in tour_folders([], annotations) if folder.parent == here]


def _tour(name: str | None, annotations: Path | None) -> Path:
    """Return the tour's folder; without a name there must be one tour only, here."""
    if name is not None:
        return tour_folders([name], annotations)[0]
    folders = _tours_here(annotations)
    if len(folders) != 1:
        known = ", ".join(folder.name for folder in folders) or "none"
        raise SrcreadError(f"Say which tour: --tour NAME. There are: {known}.")
    return folders[0]


def _defining_name(name: str, code: Code) -> str:
    """Return a public name's defining one, `torch.nn.modules.linear.Linear` for `torch.nn.Linear`.

    A name that means nothing stays as it is.
    """
    if code.symbol(name) is not None:
        return name
    for value in sorted(Evaluator(code.index).named(name), key=repr):
        if isinstance(value, ClassValue | FunctionValue):
            return value.name
    return name


def _selector(name: str, line: int, code: Code) -> str | None:
    """Return the shortest selector of a line; none where only the whole symbol stands there."""
    symbol = code.symbol(name)
    if symbol is None:
        return None  # the anchor says so, with the nearest name
    first, last = symbol.range.first_line, symbol.range.last_line
    if not first <= line <= last:
        raise SrcreadError(f"Line {line} is not in {name!r}, which has {first} to {last}.")
    suggestions = shortest(places_of(code.text(symbol), symbol), line)
    return suggestions[0].selector if suggestions else None


def _module_of(path: Path, progress: Progress | None) -> tuple[Distribution, str]:
    """Return a file's distribution and module: a tour's, as it lies, else an installed one."""
    if path.is_file():
        opened = _of_tour(path) or open_path(path)
        if opened.notebook:
            return opened, opened.name
        inside = path.resolve().relative_to(opened.root.resolve())
    elif path.is_dir():
        raise NotFoundError(f"{str(path)!r} is a folder. Name a file in it.")
    elif path.is_absolute() or len(path.parts) < 2 or path.parent.is_dir() or "\\" in str(path):
        raise NotFoundError(f"There is no file {str(path)!r}.{near_path(path)}")
    else:
        opened, inside = open_package(path.parts[0], progress=progress), path
    if not (opened.root / inside).is_file():
        near = near_path(opened.root / inside).replace(f"{opened.root.as_posix()}/", "")
        version = f"{opened.name} {opened.version}"
        raise NotFoundError(f"{version} has no file {inside.as_posix()!r}.{near}")
    name = inside.with_suffix("").as_posix().removesuffix("/__init__").replace("/", ".")
    return opened, name


def _of_tour(path: Path) -> Distribution | None:
    """Return the package of its own repository in which a tour here reads a file."""
    file = path.resolve()
    for folder in tours_here():
        with suppress(SrcreadError):
            for own in own_sources(folder, read_tour_file(folder)):
                if any(file.is_relative_to(each.resolve()) for each in own_paths(own)):
                    return own
    return None


def _innermost(module: Module, line: int) -> Defined | None:
    found: Defined | None = None
    level = module.definitions
    while True:
        inside = [
            item
            for item in level.values()
            if item.symbol.range.first_line <= line <= item.symbol.range.last_line
        ]
        if not inside:
            return found
        found = inside[0]
        level = found.inner()
