"""Opening: what the stories of tours begin with, a tour with its notes placed in its code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Generic, TypeGuard, TypeVar

from srcread.errors import (
    FindingsError,
    IdiomsError,
    NotFoundError,
    SourceError,
    SrcreadError,
    did_you_mean,
)
from srcread.index.trees import PARSE_ERRORS
from srcread.model import (
    Depends,
    Diagnostic,
    Evidence,
    Location,
    Run,
    Severity,
    Standing,
    Step,
    SymbolKind,
    Tour,
)
from srcread.notes.equations import evaluated
from srcread.notes.format.codes import finding
from srcread.notes.format.prose import is_introduction
from srcread.notes.format.tourfile import NAME, TourFile, read_tour_file
from srcread.notes.resolve import lock_path
from srcread.notes.rules import CheckResult, check_tour
from srcread.opening.code import Code
from srcread.opening.locked import NAME as GRAPH
from srcread.opening.locked import LockedCode, dump_kept, read_kept
from srcread.opening.own import code_of, own_sources, owners
from srcread.sources import open_distribution
from srcread.support.files import read_plain
from srcread.support.resources import annotation_folders

Progress = Callable[[str], None]
Begun = Callable[[Path, Code], None]

_MOST = 12  # names that are listed where none is near


AnyCode = TypeVar("AnyCode", Code, LockedCode, covariant=True)


@dataclass(frozen=True, slots=True)
class Opened(Generic[AnyCode]):
    """A tour, its steps located and ordered, what `check` found, its code, and its tour.toml.

    Evidence is read once, when it is first asked for: what is recorded later is not seen.
    """

    tour: Tour
    code: AnyCode
    check: CheckResult
    file: TourFile
    _evidence: dict[str, tuple[Evidence | None, tuple[Diagnostic, ...]]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    @property
    def absent(self) -> frozenset[str]:
        """The names of the distributions whose sources are not here."""
        return self.code.absent if isinstance(self.code, LockedCode) else frozenset()

    def kept(self) -> bytes:
        """Return what the tour's graph.json should hold."""
        places = [*self._places()]
        symbols = {place.symbol.name: place.symbol for place in places}
        digests = [(symbol, self.code.digest(symbol)) for symbol in symbols.values()]
        entries, distributions = self.tour.entries, self.code.distributions
        return dump_kept(self.code.graph, entries, distributions, digests)

    def _places(self) -> Iterator[Location]:
        for step in self.tour.steps:
            yield from step.locations
            yield from step.read

    def depends(self, step: Step) -> Depends:
        """Return what a run of the step's snippet depends on."""
        text = step.snippet.text if step.snippet is not None else None
        data = text.encode("utf-8", "surrogatepass") if text is not None else None
        found: dict[str, str] = {
            at.symbol.name: self.code.digest(at.symbol) for at in step.locations
        }
        lost = {anchor.symbol for anchor in step.lost} - {"", *found}
        symbols = {**found, **{name: self._digest_of_lost(name) for name in lost}}
        script = hashlib.sha256(data).hexdigest() if data is not None else ""
        equations = {name: stated.digest for name, (stated, _) in evaluated(step).items()}
        places = _digest_of_places(step.locations)
        return Depends(script, dict(sorted(symbols.items())), places, equations)

    def lock(self, stem: str) -> str | None:
        """Return the sha256 of a note's lock, None where there is none that can be read."""
        try:
            return hashlib.sha256(read_plain(lock_path(self.tour.folder, stem))).hexdigest()
        except OSError:
            return None

    def impossible(self, step: Step, run: Run) -> str:
        """Say why no run of this tour's version and snippet can have been so, or nothing."""
        from srcread.evidence.contradictions import beyond_source
        from srcread.evidence.elsewhere import unpinned

        unknown = [name for name in run.replaced if self.code.symbol(name) is None]
        if unknown:
            return f"replaced {unknown[0]}, which the tour does not know"
        own = not unpinned(run.environment, self.tour.distributions)
        is_of_this = own and run.depends == self.depends(step)
        return beyond_source(run, step.locations) if is_of_this else ""

    def findings(self) -> tuple[Diagnostic, ...]:
        """Return what is wrong with the tour's files, the evidence of its notes among them."""
        from srcread.opening.weighing import evidence_findings

        found = set(self.check.diagnostics) | set(self.code.graph.diagnostics)
        for step in self.tour.steps:
            found |= set(evidence_findings(self, step))
        found |= set(self._wrong_graph())
        found |= set(owners(self.tour.folder, self.file, self.code.distributions))
        return tuple(sorted(found))

    def standing(self, step: Step, given: Evidence | None = None) -> Standing:
        """Weigh the evidence of a step: what is recorded, if none is given."""
        from srcread.evidence import standing

        evidence = given if given is not None else self.recorded(step)[0]
        explained = step.note.survivors
        versions = self.tour.distributions
        claims = [claim.sentence for claim in step.snippet.claims] if step.snippet else None
        depends = self.depends(step)
        reach = step.note.reach
        return standing(evidence, depends, versions, explained, self._digest, claims, reach)

    def recorded(self, step: Step) -> tuple[Evidence | None, tuple[Diagnostic, ...]]:
        """Return the recorded runs of a step that can be of this source, and what others are."""
        from srcread.evidence import evidence_path, read_evidence

        stem = step.note.stem
        if stem not in self._evidence:
            path = evidence_path(self.tour.folder, stem)
            self._evidence[stem] = self._possible(step, path, *read_evidence(path))
        return self._evidence[stem]

    def _possible(
        self, step: Step, path: Path, read: Evidence | None, problems: tuple[Diagnostic, ...]
    ) -> tuple[Evidence | None, tuple[Diagnostic, ...]]:
        """Leave out the runs that cannot have been made of this source, with a finding for each."""
        kept: list[Run] = []
        found: list[Diagnostic] = []
        for run in read.runs if read is not None else ():
            if why := self.impossible(step, run):
                hint = f"Run `srcread confirm {step.note.stem}` to write it anew."
                found.append(finding("EVID005", path, 0, f"The run of {run.date} {why}.", hint))
            else:
                kept.append(run)
        return read and replace(read, runs=tuple(kept)), (*problems, *found)

    def _wrong_graph(self) -> Iterator[Diagnostic]:
        """Report a graph.json beside the sources that is not theirs."""
        path = self.tour.folder / GRAPH
        try:
            same = bool(self.absent) or read_plain(path) == self.kept()
            message = "It is not that of the sources."
        except FileNotFoundError:
            return
        except OSError as error:
            same, message = False, f"It cannot be read: {error.strerror}."
        if not same:
            yield finding("TOUR021", path, 0, message, f"Run `srcread lock {self.tour.name}`.")

    def _digest_of_lost(self, name: str) -> str:
        """Return the digest of a symbol in which an anchor has no place, empty if there is none."""
        symbol = self.code.symbol(name)
        if symbol is None or symbol.kind in (SymbolKind.NATIVE, SymbolKind.MODULE):
            return ""
        try:
            return self.code.digest(symbol)
        except (SrcreadError, *PARSE_ERRORS):
            return ""

    def _digest(self, name: str) -> str | None:
        symbol = self.code.symbol(name)
        return self.code.digest(symbol) if symbol is not None else None


OpenTour = Opened[Code]
"""A tour whose sources are here."""

LockedTour = Opened[LockedCode]
"""A tour without some or all of its sources: what graph.json and lock/ say of it."""


def tour_folders(names: Sequence[str], chosen: Path | None = None) -> list[Path]:
    """Return the folders of the tours of these names, of all tours if none is given.

    Raises:
        NotFoundError: there is no such tour, or none at all; the message offers the nearest.
    """
    found = _tours(chosen)
    if chosen is not None and not found:
        is_tour = (chosen / NAME).is_file()
        hint = "Name the folder that it is in." if is_tour else f"A tour is a folder with a {NAME}."
        raise NotFoundError(f"No folder in {str(chosen)!r} is a tour. {hint}")
    for name in names:
        if name not in found:
            raise NotFoundError(f"There is no tour {name!r}.{_known(name, found)}")
    return [found[name] for name in (names or sorted(found))]


def tours_here(chosen: Path | None = None) -> list[Path]:
    """Return the tours of the folder given or of ./annotations, else those that are shipped."""
    nearest = annotation_folders(chosen)[0].resolve()
    return [folder for folder in tour_folders([], chosen) if folder.parent.resolve() == nearest]


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
        names = [path.name for path in folder.glob("*.md") if not is_introduction(path.name)]
        for known in sorted({name.split(".")[0] for name in names}):
            holders.setdefault(known, []).append(folder)
    holding = holders.get(stem, [])
    if not folders:
        raise NotFoundError(f"There is no tour {tour!r}.{_known(tour, _tours(chosen))}")
    if not holding:
        raise NotFoundError(f"There is no note {name!r}.{_known(stem, holders)}")
    nearest = annotation_folders(chosen)[0].resolve()
    own = [folder for folder in holding if folder.parent.resolve() == nearest]
    if len(own) == 1:
        return own[0], stem  # what came with srcread has notes of many names
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
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST + 1 else ""
    listed = ", ".join(names[:_MOST] if more else names) or "none"
    return did_you_mean(name, names) or f" There are: {listed}{more}."


def open_tour(folder: Path, *, words: bool = True, progress: Progress | None = None) -> OpenTour:
    """Open a tour's sources, walk its entries and place its notes.

    Findings about the tour's files are in the result, not raised; without `words`, none about the
    notes' Markdown, which needs a parser that a machine for runs may lack.

    Raises:
        SrcreadError: the sources cannot be had, or an entry does not exist.
    """
    return _open(folder, read_tour_file(folder), words=words, progress=progress)


def _open(
    folder: Path,
    file: TourFile,
    *,
    words: bool,
    progress: Progress | None,
    begun: Begun | None = None,
) -> OpenTour:
    if not (file.sources or file.distributions) or not file.entries:
        check = check_tour(folder, words=words, file=file)
        return Opened(check.tour, Code((), (), None), check, file)
    code = code_of(folder, file, progress)
    if begun is not None:
        begun(folder, code)
    packages = {package for item in code.distributions for package in item.packages}
    check = check_tour(
        folder,
        code,
        code.graph,
        packages=packages,
        words=words,
        locate=code.locate,
        file=file,
        findings_of=code.memory.findings,
    )
    return Opened(check.tour, code, check, file)


def try_open_tour(
    folder: Path, *, progress: Progress | None = None, begun: Begun | None = None
) -> tuple[OpenTour | LockedTour | None, tuple[Diagnostic, ...]]:
    """Open a tour and return it with its findings; where it cannot be opened, they say why.

    Then its files were checked alone. `begun` is handed the code before the notes are read.
    """
    file = read_tour_file(folder)
    try:
        opened = _open(folder, file, words=True, progress=progress, begun=begun)
    except FindingsError as error:
        why = error.diagnostics
    except (SourceError, NotFoundError) as error:
        reason = str(error)
        try:
            if (opened_locked := _open_locked(folder, file)) is not None:
                return _with_reason(opened_locked, reason)
        except SourceError as problem:
            reason = str(problem)
        why = (finding("TOUR019", folder / NAME, 0, reason, "Its places were not checked."),)
    except IdiomsError as error:
        hint = "Its places were not checked."
        told = any(item.code == "TOUR022" for item in file.findings)
        why = () if told else (finding("TOUR022", folder / NAME, 0, str(error), hint),)
    else:
        return opened, opened.findings()
    return None, tuple(sorted({*check_tour(folder, file=file).diagnostics, *why}))


def _open_locked(folder: Path, file: TourFile) -> LockedTour | None:
    """Open a tour by its graph.json; None where it has none, or where no sources are missing.

    Raises:
        SourceError: graph.json is not of this tour.
    """
    try:
        here = [*own_sources(folder, file)]
    except (SourceError, NotFoundError):  # nothing stands in for one's own sources
        return None
    wanted = len(here) + len(file.distributions)
    for name, version in file.distributions.items():
        with suppress(SourceError, NotFoundError):
            here.append(open_distribution(name, version, offline=True))
    if not (folder / GRAPH).is_file() or len(here) == wanted:
        return None
    kept = read_kept(folder / GRAPH, file.entries, file.distributions)
    code = LockedCode(folder, kept, here)
    packages = {package for item in code.distributions for package in item.packages}
    check = check_tour(folder, code, code.graph, packages=packages, locate=code.locate, file=file)
    return Opened(check.tour, code, check, file)


def _with_reason(opened: LockedTour, reason: str) -> tuple[LockedTour, tuple[Diagnostic, ...]]:
    """Return a tour without its sources with its findings, and why the sources are not here."""
    what = ", ".join(
        f"{item.name} {item.version}"
        for item in opened.code.distributions
        if item.name in opened.absent
    )
    message = f"The source of {what} is not here, so {GRAPH} stands in for it."
    found = finding("TOUR020", opened.tour.folder / NAME, 0, message, reason)
    return opened, tuple(sorted({*opened.findings(), found}))


def has_sources(opened: OpenTour | LockedTour) -> TypeGuard[OpenTour]:
    """Tell whether all of a tour's sources are here."""
    return isinstance(opened.code, Code)


def refuse_broken(opened: OpenTour) -> None:
    """Refuse to write into a tour whose tour.toml is wrong.

    Raises:
        FindingsError: it is; the error holds what is wrong with it.
    """
    about = [item for item in opened.check.diagnostics if Path(item.path).name == NAME]
    if any(item.severity is Severity.ERROR for item in about):
        raise FindingsError(about)


def _digest_of_places(locations: Iterable[Location]) -> str:
    """Return one digest of the places at which a note stands, whatever their order and lines."""
    places = sorted({f"{at.symbol.name} {at.digest} {at.headers} {at.number}" for at in locations})
    return f"p1:{hashlib.sha256(chr(10).join(places).encode()).hexdigest()}" if places else ""
