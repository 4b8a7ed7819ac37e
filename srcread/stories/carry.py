"""The story of evidence that travels: packed where it was recorded, taken in where the notes are.

An archive is a zip of evidence files, `TOUR/evidence/STEM.json`, and of traces,
`TOUR/traces/SCENARIO.DEVICE.json`, the same bytes for the same records. What comes from elsewhere
is read with suspicion: the archive by the safe reader of wheels, each file as one in a tour is, and
a run is taken in only if it ran the very snippet or scenario and symbols that are here, is evidence
and does not belie one that was recorded here. It says from then on that it was imported. What is
not taken in is a finding, and keeps nothing else out. Who recorded a run, and whether he did, is
not checked: take in archives of people whom you trust.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from srcread.errors import SourceError, SrcreadError, did_you_mean, near_path
from srcread.evidence import evidence_path, read_evidence, record_run
from srcread.evidence.admission import why_not_written
from srcread.evidence.files import identity
from srcread.evidence.sentences import say
from srcread.evidence.standing import changes, lists_claims
from srcread.evidence.traces.files import content_of, read_trace, record_trace, trace_path
from srcread.model import Diagnostic, Run, Severity, Step, Trace
from srcread.notes.format.codes import finding
from srcread.opening.tour import OpenTour, open_tour, tour_folders
from srcread.opening.traces import left_out, scenario_digests
from srcread.sources.archive import ArchiveLimits, members_of, unpack
from srcread.support.files import write_file
from srcread.support.resources import refuse_installed
from srcread.support.scratch import scratch_folder

_LIMITS = ArchiveLimits(files=10_000, file_bytes=8 << 20, total_bytes=256 << 20)
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # zip's first moment
_AGAIN = "Run `srcread confirm` where it came from, on the notes as they are here."
_TRACE_AGAIN = "Run `srcread trace` where it came from, on the scenarios as they are here."


@dataclass(frozen=True, slots=True)
class Taken:
    """A note's run or a scenario's trace that came in, and whether its file had to change."""

    tour: str
    stem: str
    what: Run | Trace
    recorded: bool


def pack(folder: Path, archive: Path) -> int:
    """Write evidence and traces below a folder of tours into one archive; return their number.

    Without any, there is no archive. One that is there is replaced in one step.

    Raises:
        SrcreadError: the archive cannot be written.
    """
    paths = sorted([*folder.glob("*/evidence/*.json"), *folder.glob("*/traces/*.json")])
    if not paths:
        return 0
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in paths:
            name = path.relative_to(folder).as_posix()
            packed.writestr(zipfile.ZipInfo(name, _BEGINNING), path.read_bytes())
    write_file(Path(os.path.realpath(archive)), whole.getvalue())
    return len(paths)


def take_in(
    archive: Path, *, annotations: Path | None = None
) -> tuple[tuple[Taken, ...], tuple[Diagnostic, ...]]:
    """Record what of an archive fits the tours here; return it, and what does not fit.

    Raises:
        SrcreadError: there is no such file, it is no archive, an empty or no safe one, or one of a
            tour that is installed with srcread.
    """
    taken: list[Taken] = []
    findings: list[Diagnostic] = []
    with scratch_folder() as unpacked:
        _unpack(archive, unpacked)
        tours = {folder.name: folder for folder in tour_folders([], annotations)}
        opened: dict[str, OpenTour] = {}
        paths = sorted(item for item in unpacked.rglob("*") if item.is_file())
        if not paths:
            raise SrcreadError(f"{str(archive)!r} is empty: no run was packed into it.")
        for path in paths:
            inside = path.relative_to(unpacked)
            shown = f"{archive.as_posix()}/{inside.as_posix()}"
            problem = _misplaced(inside, tours)
            if problem:
                findings.append(finding("EVID008", Path(shown), 0, problem))
                continue
            tour = inside.parts[0]
            if tour not in opened:
                refuse_installed(tours[tour])
                opened[tour] = open_tour(tours[tour], words=False)
            take = _runs if inside.parts[1] == "evidence" else _trace
            for item in take(opened[tour], path, shown):
                if isinstance(item, Diagnostic):
                    findings.append(item)
                else:
                    taken.append(item)
    return tuple(taken), tuple(sorted(findings))


def _runs(opened: OpenTour, path: Path, shown: str) -> Iterator[Taken | Diagnostic]:
    """Record the runs of one file that fit; yield them, and what does not."""
    evidence, found = read_evidence(path)
    yield from (replace(item, path=shown) for item in found)
    for item in _fitting(opened, evidence.runs if evidence else (), path.stem, shown):
        if isinstance(item, Diagnostic):
            yield item
            continue
        run = replace(item, imported=_today())
        recorded = record_run(evidence_path(opened.tour.folder, path.stem), run)
        yield Taken(opened.tour.name, path.stem, run, recorded)


def _trace(opened: OpenTour, path: Path, shown: str) -> Iterator[Taken | Diagnostic]:
    """Record one trace if it fits; yield it, or what does not."""
    trace, found = read_trace(path)
    yield from (replace(item, path=shown) for item in found)
    if trace is None:
        return
    folder, stem = opened.tour.folder, trace.scenario
    problem = left_out(trace, opened.code, scenario_digests(folder), shown)
    if problem is not None:
        yield replace(problem, hint=_TRACE_AGAIN, severity=Severity.ERROR)
        return
    home = trace_path(folder, stem, trace.environment.device.kind)
    recorded = record_trace(home, {**content_of(path), "imported": _today()})
    yield Taken(opened.tour.name, stem, replace(trace, imported=_today()), recorded)


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _unpack(archive: Path, target: Path) -> None:
    if archive.exists() and not archive.is_file():
        raise SrcreadError(f"{str(archive)!r} is no file. Give what `srcread confirm --out` wrote.")
    if not archive.exists():
        raise SrcreadError(f"There is no file {str(archive)!r}.{near_path(archive)}")
    try:
        with open(archive, "rb") as file, zipfile.ZipFile(file) as packed:

            def read(start: int, end: int) -> bytes:
                file.seek(start)
                return file.read(end - start)

            name = repr(str(archive))
            members = members_of(packed, name, lambda name: name, _LIMITS)
            unpack(members, name, read, target, _LIMITS)
    except SourceError:
        raise
    except (zipfile.BadZipFile, ValueError, IndexError, NotImplementedError, OSError) as error:
        raise SrcreadError(
            f"{str(archive)!r} is no archive of evidence: {error}. "
            "`srcread confirm --out FILE` and `srcread trace --out FILE` write one."
        ) from None


def _misplaced(inside: Path, tours: dict[str, Path]) -> str:
    """Say why a file is none of a tour here, or nothing."""
    folders = ("evidence", "traces")
    if len(inside.parts) != 3 or inside.parts[1] not in folders or inside.suffix != ".json":
        return (
            "lies where nothing recorded lies: TOUR/evidence/STEM.json or "
            "TOUR/traces/SCENARIO.DEVICE.json."
        )
    if inside.parts[0] not in tours:
        return f"is of a tour that is not here.{did_you_mean(inside.parts[0], tours)}"
    return ""


def _fitting(
    opened: OpenTour, runs: tuple[Run, ...], stem: str, shown: str
) -> Iterator[Run | Diagnostic]:
    steps = {step.note.stem: step for step in opened.tour.steps}
    if stem not in steps:
        message = f"is of a note that is not here.{did_you_mean(stem, steps)}"
        yield finding("EVID008", Path(shown), 0, message)
        return
    for number, run in enumerate(runs, 1):
        code, why = _misfit(opened, steps[stem], run)
        if code:
            yield finding(code, Path(shown), 0, f"run {number} {why}.", _AGAIN)
        else:
            yield run


def _misfit(opened: OpenTour, step: Step, run: Run) -> tuple[str, str]:
    """Return the rule that keeps a run out and why, empty for one that is taken in."""
    claims = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
    recorded, _ = read_evidence(evidence_path(opened.tour.folder, step.note.stem))
    if differ := changes(run.depends, opened.depends(step)):
        return "EVID009", f"is about another {differ[0].values.get('name', 'snippet')}"
    if not lists_claims(run, claims):
        return "EVID014", "lists claims that are not those of its snippet"
    if impossible := opened.impossible(step, run):
        return "EVID005", impossible
    if refused := why_not_written(run, opened.tour.distributions, recorded):
        return "EVID027", f"is no evidence: {say(refused)}"
    for own in recorded.runs if recorded else ():
        same = identity(own) == identity(run) and own.depends == run.depends
        if same and own.imported is None and own.confirmed is not run.confirmed:
            return "EVID026", f"belies the one of {own.date} that was recorded here"
    return "", ""
