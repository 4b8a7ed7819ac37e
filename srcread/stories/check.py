"""The story of `check`: every rule about every tour, all findings at once.

Where a tour's sources cannot be had, its graph.json stands in for them and the lines that traces
ran are not held against them; without one, its files are checked alone. A finding says so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.model import Diagnostic, Severity
from srcread.notes.format.translation import missing_translations
from srcread.notes.prose_rules import missing_prose
from srcread.notes.rules import apply_fixes, check_tour
from srcread.opening.coverage import coverage
from srcread.opening.faults import strictly
from srcread.opening.tour import has_sources, tour_folders, try_open_tour
from srcread.support.resources import copying, is_installed


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in the tours of these folders, and the files that `--fix` changed, with what.

    For example `(Path("annotations/t/in-projection.md"), "proposed labels")`. `unmended` says of
    each tour with something to mend why `--fix` left it alone.
    """

    folders: tuple[Path, ...]
    findings: tuple[Diagnostic, ...]
    fixed: tuple[tuple[Path, str], ...]
    unmended: tuple[str, ...] = ()

    @property
    def tours(self) -> tuple[str, ...]:
        """The names of the tours."""
        return tuple(folder.name for folder in self.folders)

    @property
    def errors(self) -> int:
        """The number of findings that forbid a build."""
        return self._count(Severity.ERROR)

    @property
    def warnings(self) -> int:
        """The number of findings that a strict gate would refuse as well."""
        return self._count(Severity.WARNING)

    @property
    def hints(self) -> int:
        """The number of findings that no gate refuses."""
        return self._count(Severity.HINT)

    def _count(self, severity: Severity) -> int:
        return sum(item.severity is severity for item in self.findings)


def check(
    names: Sequence[str],
    *,
    annotations: Path | None = None,
    fix: bool = False,
    translations: bool = False,
    strict: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Checked:
    """Check these tours, or all; with `fix`, mend what needs no judgement and check again.

    What came with srcread is checked and not mended, unless it stands in ./annotations or in the
    `annotations` that were named. If `strict`, every finding but a hint is an error, as gates want
    it.

    Raises:
        NotFoundError: there is no such tour.
    """
    folders = tour_folders(names, annotations)
    found: list[Diagnostic] = []
    fixed: list[tuple[Path, str]] = []
    unmended: list[str] = []
    for folder in folders:
        if progress is not None:
            progress(f"checking {folder.name}")
        opened, findings = try_open_tour(folder, progress=progress)
        fixes = (opened.check if opened else check_tour(folder)).fixes if fix else ()
        if fixes and not _is_own(folder, annotations):
            unmended.append(_why_not(folder))
        elif fixes:
            written = {*apply_fixes(fixes)}
            fixed += [(fix.path, fix.what) for fix in fixes if fix.path in written]
            opened, findings = try_open_tour(folder, progress=progress)
        found += findings
        if opened and has_sources(opened):  # which lines can run, only they tell
            found += coverage(opened)[1]
        if translations and opened:
            found += missing_translations(opened.tour.steps, opened.tour.languages)
            found += missing_prose(opened.tour)
    findings = tuple(sorted(set(found)))
    return Checked(
        tuple(folders),
        strictly(findings) if strict else findings,
        tuple(sorted(fixed)),
        tuple(unmended),
    )


def _is_own(folder: Path, named: Path | None) -> bool:
    """Tell whether a tour may be mended: none of an installation or of a checkout elsewhere."""
    here = Path("annotations").resolve()
    chosen = named is not None or folder.resolve().is_relative_to(here)
    return chosen and not is_installed(folder)


def _why_not(folder: Path) -> str:
    """Say why a tour is not mended, and what to do."""
    if is_installed(folder):
        return f"{folder.name!r} is a part of the installed srcread. {copying(folder)}"
    return (
        f"{folder.name!r} is not in ./annotations. Name its folder: --annotations {folder.parent}"
    )
