"""Opening: what the stories of tours begin with, a tour with its notes placed in its code."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.cache import Cache, cache_folder
from srcread.code import Code
from srcread.errors import (
    FindingsError,
    NotFoundError,
    SourceError,
    SrcreadError,
    did_you_mean,
)
from srcread.model import (
    Diagnostic,
    Severity,
    Standing,
    Step,
    Tour,
)
from srcread.notes.format.codes import finding
from srcread.notes.format.tourfile import NAME, read_tour_file
from srcread.notes.rules import CheckResult, check_tour
from srcread.resources import annotation_folders
from srcread.sources import open_distribution

Progress = Callable[[str], None]


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
        from srcread.evidence import check_evidence, evidence_path, read_evidence

        found = set(self.check.diagnostics) | set(self.code.graph.diagnostics)
        for step in self.tour.steps:
            found |= set(read_evidence(evidence_path(self.tour.folder, step.note.stem))[1])
            found |= set(check_evidence(step, self.standing(step)))
        return tuple(sorted(found))

    def standing(self, step: Step) -> Standing:
        """Weigh the recorded evidence of a step."""
        from srcread.evidence import evidence_path, read_evidence, standing

        evidence, _ = read_evidence(evidence_path(self.tour.folder, step.note.stem))
        explained = step.note.survivors
        return standing(evidence, self.digests(step), self.tour.distributions, explained)


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
