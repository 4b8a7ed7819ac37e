"""The main story: tours become a site.

    open each tour: sources ─> index ─> graph ─> notes in their places
    weigh the recorded evidence of each note, condense the recorded runs of its scenarios
    carry the lines of earlier versions, so that their links lead on
    plan the pages, render those whose content changed, put the new site in place in one step

A build runs nothing: evidence was recorded by `confirm` and `trace`. What is wrong with one note
stands on its page, and stops nothing; if a tour as a whole has an error, every error of every tour
is reported and the old site stays as it is. With `strict` every finding does that. If nothing that
a build reads has changed since the last one, it ends after some file stats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from srcread.errors import FindingsError, NotFoundError, near_path
from srcread.stories.stamp import Stamp
from srcread.support.resources import annotation_folders, resources

if TYPE_CHECKING:
    from srcread.graph.limits import Limits
    from srcread.index.uses import Use
    from srcread.model import CallGraph, Diagnostic, Distribution
    from srcread.opening.earlier import Earlier
    from srcread.opening.tour import LockedTour, OpenTour
    from srcread.site import SiteAddress, Theme, TourView
    from srcread.site.scenarios import TourRuns

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """A site as it now stands: pages written and kept, and what was found on the way.

    `distributions` are those that an entry without a tour was read from, `graph` is what was found
    there, and `start` the page to begin with: there is only one outline. `digests` are the sha256
    of what was written, by address.
    """

    out: Path
    written: int
    kept: int
    warnings: tuple[Diagnostic, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    graph: CallGraph | None = None
    start: Path | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


def build(
    names: Sequence[str],
    out: Path,
    *,
    annotations: Path | None = None,
    templates: Path | None = None,
    address: str | None = None,
    base: str = "",
    callers: bool = False,
    strict: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Built:
    """Build the site of these tours, of all tours if none is named, in the folder `out`.

    `address` is where the site will stand on the web. Of a site that will never stand there, `base`
    is the path that it is served under. With `callers` a function's page lists certain calls from
    outside its tour; then the build looks through whole distributions, and always anew. If
    `strict`, every finding forbids the build, for gates. `jobs` is the number of processes that
    make pages, and condense traces.

    Raises:
        FindingsError: a tour has errors, or its sources cannot be had; the site is untouched.
        SrcreadError: there is no such tour, `out` is not a site, or `address` is none of one.
    """
    themes = _themes(templates)
    inputs = [*annotation_folders(annotations), *themes]
    stamp = Stamp(out, (tuple(names), annotations, address, base), inputs)
    if not callers and stamp.is_current():
        if strict and stamp.warnings:
            _refuse(stamp.warnings)
        return Built(out, 0, stamp.pages, stamp.warnings)

    from srcread.model import Severity
    from srcread.opening.earlier import earlier_versions
    from srcread.opening.faults import faults, forbids_build
    from srcread.opening.tour import tour_folders, try_open_tour
    from srcread.opening.traces import Ahead, recordings
    from srcread.site import Theme

    stamp.begin()
    folders, theme = tour_folders(names, annotations), Theme(themes)
    with Ahead(jobs) as ahead:
        tried = [try_open_tour(one, progress=progress, begun=ahead.begin) for one in folders]
        opened = [tour for tour, _ in tried if tour is not None]
        earlier = [earlier_versions(tour, progress=progress) for tour in opened]
        if ahead.is_at_work:
            theme.prepare(text for text in _sources(opened) if ahead.is_at_work)
        recorded = [recordings(tour, ahead) for tour in opened]
    told = [found for _, found in (*tried, *recorded)] + [one.findings for one in earlier]
    told_to_authors = Severity.HINT  # by `check`: who builds a site need not know
    found = {item for each in told for item in each if item.severity is not told_to_authors}
    findings = tuple(sorted(found))
    if strict and findings:
        _refuse(findings)
    if forbidding := [item for item in findings if forbids_build(item, folders)]:
        raise FindingsError((*forbidding, *(item for item in findings if item not in forbidding)))
    views = [
        replace(
            _view(tour, runs, known, _elsewhere(tour, progress) if callers else {}),
            faults=faults(findings, tour.tour.folder),
        )
        for tour, (runs, _), known in zip(opened, recorded, earlier, strict=True)
    ]
    from srcread.site.web import place_of

    place = place_of(address, views)
    if base:
        place = place._replace(base=base)
    built = publish_views(views, out, theme, progress, place, jobs)
    for tour in opened:
        tour.code.memory.save()
    codes = [*(tour.code for tour in opened), *(code for one in earlier for code in one.codes)]
    if not callers:  # their files are not among those that the stamp could tell as changed
        stamp.write(codes, built.written + built.kept, findings, built.digests)
    return replace(built, warnings=findings)


def read(
    entry: str,
    out: Path,
    *,
    idioms: Sequence[Path] = (),
    progress: Progress | None = None,
    python: Path | None = None,
    limits: Limits | None = None,
) -> Built:
    """Build a site for any entry point, without notes: a public name, or `path/to/file.py:Name`.

    `idioms` are files of what is known of further frameworks; `python` is an interpreter, or the
    folder of an environment, whose packages to read. `limits` say how far the walk goes at most:
    None, to its end.

    Raises:
        SrcreadError: there is no such entry, or `out` is not a site.
    """
    from srcread.graph.limits import NO_LIMITS
    from srcread.opening.entry import open_entry

    code, tour = open_entry(
        entry, idioms=idioms, progress=progress, python=python, limits=limits or NO_LIMITS
    )
    from srcread.opening.maps import static_maps
    from srcread.site import Theme, TourView, tour_folder
    from srcread.site.scenarios import TourRuns

    runs = TourRuns(maps=static_maps(code))
    views = [TourView(tour, code.graph, {}, code.distributions, code.sources.read, runs=runs)]
    built = publish_views(views, out, Theme([resources("templates")]), progress)
    return Built(
        out,
        built.written,
        built.kept,
        code.graph.diagnostics,
        distributions=code.distributions,
        graph=code.graph,
        start=out / tour.languages[0] / tour_folder(views[0]) / "index.html",
    )


def _refuse(findings: Sequence[Diagnostic]) -> NoReturn:
    """Refuse to build where every finding counts as an error."""
    from srcread.opening.faults import strictly

    raise FindingsError(strictly(findings))


def _themes(templates: Path | None) -> list[Path]:
    if templates is not None and not templates.is_dir():
        raise NotFoundError(f"There is no folder {str(templates)!r}.{near_path(templates)}")
    return [*([templates] if templates else []), resources("templates")]


def _sources(opened: Sequence[OpenTour | LockedTour]) -> Iterator[str]:
    """Yield what pages highlight, as far as it is here: functions and snippets."""
    from srcread.site.data.function import lines_once, text_of

    for tour in opened:
        code, lines = tour.code, lines_once(tour.code.sources.read)
        for symbol in map(code.graph.symbols.__getitem__, code.graph.order):
            if symbol.distribution not in tour.absent:
                yield text_of(symbol, lines)
        yield from (step.snippet.text for step in tour.tour.steps if step.snippet)


def _elsewhere(
    opened: OpenTour | LockedTour, progress: Progress | None
) -> Mapping[str, tuple[Use, ...]]:
    from srcread.stories.elsewhere import calls_elsewhere

    code = opened.code
    here = [item for item in code.distributions if item.name not in opened.absent]
    return calls_elsewhere(code.graph, here, code.sources, progress)


def _view(
    opened: OpenTour | LockedTour,
    runs: TourRuns,
    known: Earlier,
    elsewhere: Mapping[str, tuple[Use, ...]],
) -> TourView:
    from srcread.graph.observe import with_seen
    from srcread.site import TourView

    code = opened.code
    graph = with_seen(code.graph, runs.seen) if runs.seen else code.graph
    standings = {step.note.stem: opened.standing(step) for step in opened.tour.steps}
    read = code.sources.read
    return TourView(
        opened.tour,
        graph,
        standings,
        code.distributions,
        read,
        absent=opened.absent,
        runs=runs,
        earlier=known.versions,
        elsewhere=elsewhere,
    )


def publish_views(
    views: Sequence[TourView],
    out: Path,
    theme: Theme,
    progress: Progress | None,
    place: SiteAddress | None = None,
    jobs: int = 1,
) -> Built:
    """Plan the pages of these views, and write those that changed into the folder `out`."""
    from srcread.site import plan_site, publish

    pages = plan_site(views, theme, place)

    def told(done: int, of: int) -> None:
        if progress is not None:
            progress(f"page {done} of {of}")

    result = publish(out, pages, progress=told, jobs=jobs)
    return Built(out, len(result.written), len(result.kept), digests=result.digests)
