"""The main story: tours become a site.

    open each tour: sources ─> index ─> graph ─> notes in their places
    weigh the recorded evidence of each note
    plan the pages, render those whose content changed, put the new site in place in one step

A build runs nothing: evidence was recorded by `confirm`. If any tour has an error, every error of
every tour is reported and the old site stays as it is. If nothing that a build reads has changed
since the last one, it ends after some file stats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from srcread.errors import FindingsError
from srcread.model import Diagnostic, Severity
from srcread.resources import resources
from srcread.stamp import Stamp

if TYPE_CHECKING:
    from srcread.opening import Code, OpenTour
    from srcread.site import TourView

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Built:
    """A site as it now stands: pages written and kept, and what was found on the way."""

    out: Path
    written: int
    kept: int
    warnings: tuple[Diagnostic, ...] = ()


def build(
    names: Sequence[str],
    out: Path,
    *,
    annotations: Path | None = None,
    templates: Path | None = None,
    progress: Progress | None = None,
) -> Built:
    """Build the site of these tours, of all tours if none is named, in the folder `out`.

    Raises:
        FindingsError: a tour has errors; the site is untouched.
        SrcreadError: there is no such tour, its sources cannot be had, `out` is not a site.
    """
    stamp = Stamp(out, (tuple(names), annotations, templates))
    if stamp.is_current():
        return Built(out, 0, stamp.pages, stamp.warnings)

    from srcread.opening import annotation_folders, open_tour, tour_folders

    opened = [open_tour(folder, progress=progress) for folder in tour_folders(names, annotations)]
    findings = tuple(sorted({item for tour in opened for item in tour.findings()}))
    if any(item.severity is Severity.ERROR for item in findings):
        raise FindingsError(findings)
    themes = [*([templates] if templates else []), resources("templates")]
    built = _publish(
        [_view(tour) for tour in opened], [tour.code for tour in opened], out, themes, progress
    )
    inputs = [*annotation_folders(annotations), *themes]
    stamp.write(inputs, [tour.code for tour in opened], built.written + built.kept, findings)
    return Built(out, built.written, built.kept, findings)


def read(entry: str, out: Path, *, progress: Progress | None = None) -> Built:
    """Build a site for any entry point, without notes: a public name, or `path/to/file.py:Name`.

    Raises:
        SrcreadError: there is no such entry, or `out` is not a site.
    """
    from srcread.opening import open_entry

    code, tour = open_entry(entry, progress=progress)
    from srcread.site import TourView

    views = [TourView(tour, code.graph, {}, code.distributions)]
    built = _publish(views, [code], out, [resources("templates")], progress)
    return Built(out, built.written, built.kept, code.graph.diagnostics)


def _view(opened: OpenTour) -> TourView:
    from srcread.site import TourView

    code: Code = opened.code
    standings = {step.note.stem: opened.standing(step) for step in opened.tour.steps}
    return TourView(opened.tour, code.graph, standings, code.distributions)


def _publish(
    views: Sequence[TourView],
    codes: Sequence[Code],
    out: Path,
    themes: Sequence[Path],
    progress: Progress | None,
) -> Built:
    from srcread.site import plan_site, publish

    readers = {item.name: code.sources.read for code in codes for item in code.distributions}
    pages = plan_site(views, lambda name, path: readers[name](name, path), themes)

    def told(done: int, of: int) -> None:
        if progress is not None:
            progress(f"page {done} of {of}")

    result = publish(out, pages, progress=told)
    return Built(out, len(result.written), len(result.kept))
