"""The stories of `evidence export` and `evidence verify`: runs as in-toto statements, and back.

A statement binds a run to the bytes that it depended on, by the digests that the run has kept: so
it says what ran, and not what lies there when it is exported. To verify is to look whether all of
these bytes are here: the snippet and the lock in the tours, and in an environment the RECORD of a
distribution and the files that it lists. A file of statements is in-toto's bundle, JSON lines: a
bare statement a line, or a Sigstore bundle where it is signed.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from srcread.errors import FindingsError, SrcreadError, near_path
from srcread.evidence import evidence_path, read_evidence
from srcread.evidence.intoto import (
    Statement,
    Subject,
    content_of,
    payload_of,
    read_statement,
    statement,
    unbound,
)
from srcread.evidence.loading import Unusable, loads_once
from srcread.evidence.sentences import say
from srcread.evidence.standing import cannot_run, changes, lists_claims
from srcread.model import Run, Step
from srcread.opening.tour import LockedTour, OpenTour, tour_folders, try_open_tour
from srcread.sources.record import wrong_files
from srcread.stories.chosen import chosen_notes
from srcread.stories.signing import Signer, Verifier
from srcread.support.files import read_plain, write_file

_FILE = re.compile(r"(?P<tour>[\w.-]+)/(?:(?P<lock>lock)/)?(?P<name>[\w.-]+\.(?:py|json))")


@dataclass(frozen=True, slots=True)
class Attested:
    """A run and its line of a file; `unbound` names what it cannot be bound to."""

    tour: str
    stem: str
    run: Run
    line: str
    unbound: tuple[str, ...]
    stale: bool


@dataclass(frozen=True, slots=True)
class Exported:
    """The statements of some notes' runs, and why other runs have none, by `TOUR/STEM`."""

    statements: tuple[Attested, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """A line of a file of statements: what it says, and what of it is not so here.

    `statement` is None for a line that cannot be read, or is of another kind of statement.
    `signed` tells that a signature was verified, or None where there is one that was not looked at.
    `recorded` tells that a run recorded here says the very same.
    """

    number: int
    statement: Statement | None
    problems: tuple[str, ...]
    signed: bool | None = False
    recorded: bool = False


def export(
    names: Sequence[str], *, annotations: Path | None = None, signer: Signer | None = None
) -> Exported:
    """Make the statements of all recorded runs of these notes, of all here if none is named.

    Raises:
        FindingsError: a tour can be opened neither by its sources nor by its graph.json.
        SrcreadError: there is no such note, or a statement cannot be signed.
    """
    statements: list[Attested] = []
    left_out: list[tuple[str, str]] = []
    for folder, stems in chosen_notes(names, annotations).items():
        opened, findings = try_open_tour(folder)
        if opened is None:
            raise FindingsError(findings)
        for step in opened.tour.steps:
            evidence = opened.recorded(step)[0]
            wanted = evidence is not None and (not stems or step.note.stem in stems)
            for run in evidence.runs if evidence and wanted else ():
                if why := _no_statement(opened, step, run):
                    left_out.append((f"{opened.tour.name}/{step.note.stem}", why))
                else:
                    statements.append(_attested(opened, step, run, signer))
    return Exported(tuple(statements), tuple(left_out))


def refuse_existing(out: Path, force: bool) -> None:
    """Refuse to write over a file, unless that is what is wanted.

    Raises:
        SrcreadError: it exists.
    """
    if out.exists() and not force:
        raise SrcreadError(f"{str(out)!r} exists. Name another file, or say --force.")


def write_statements(statements: Sequence[Attested], out: Path) -> None:
    """Write statements as JSON lines.

    Raises:
        SrcreadError: there is none, or the file cannot be written.
    """
    if not statements:
        raise SrcreadError("There is no recorded run to export. Run `srcread confirm` first.")
    write_file(out, "".join(f"{one.line}\n" for one in statements).encode("ascii"))


def search_path(python: Path) -> list[str]:
    """Return where an interpreter looks for what is installed.

    Raises:
        SrcreadError: it cannot be run.
    """
    command = [str(python), "-I", "-c", "import json, sys; print(json.dumps(sys.path))"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        return [str(one) for one in json.loads(done.stdout)]
    except (OSError, subprocess.SubprocessError, ValueError, TypeError):
        raise SrcreadError(
            f"{str(python)!r} does not say where it looks. Give --python an interpreter."
        ) from None


def verify(
    file: Path,
    *,
    annotations: Path | None = None,
    path: Sequence[str] | None = None,
    verifier: Verifier | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Verified, ...]:
    """Hold the statements of a file against the tours here and what is installed.

    `path` is where an environment looks for what is installed, this one's own if None. With a
    `verifier`, every line must be signed.

    Raises:
        SrcreadError: there is no such file, or it cannot be read.
    """
    try:
        data = read_plain(file)
    except FileNotFoundError:
        raise SrcreadError(f"There is no file {str(file)!r}.{near_path(file)}") from None
    except OSError as error:
        raise SrcreadError(f"{str(file)!r} cannot be read: {error.strerror}.") from None
    tours = {folder.name: folder for folder in tour_folders([], annotations)}
    here = _Here(tours, path, progress or (lambda _: None))
    lines = [(n, line) for n, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    return tuple(_verified(number, line, here, verifier) for number, line in lines)


class _Here:
    """Where files lie that statements are about; each distribution is looked through once."""

    def __init__(
        self,
        tours: Mapping[str, Path],
        path: Sequence[str] | None,
        tell: Callable[[str], None],
    ) -> None:
        self._tours, self._path, self._tell = tours, path, tell
        self._known: dict[Subject, tuple[str, ...]] = {}

    def problems(self, subject: Subject) -> tuple[str, ...]:
        """Say what of a subject is not here as its digest says."""
        if subject not in self._known:
            found = self._of_file if subject.distribution is None else self._of_record
            self._known[subject] = tuple(found(subject))
        return self._known[subject]

    def run_of(self, data: bytes, about: Statement) -> Run | None:
        """Return the run recorded here whose statement has this one's day and environment."""
        found = _FILE.fullmatch(about.subjects[0].name)
        if found is None or found["tour"] not in self._tours:
            return None
        stem = found["name"].rpartition(".")[0]
        evidence, _ = read_evidence(evidence_path(self._tours[found["tour"]], stem))
        runs = evidence.runs if evidence else ()
        return next((run for run in runs if content_of(run).encode() in data), None)

    def _of_file(self, subject: Subject) -> Iterator[str]:
        found = _FILE.fullmatch(subject.name)
        if found is None or found["tour"] not in self._tours:
            yield f"{subject.name!r} is no file of a tour that is here"
            return
        path = self._tours[found["tour"]] / (found["lock"] or "") / found["name"]
        try:
            differs = hashlib.sha256(read_plain(path)).hexdigest() != subject.sha256
        except OSError as error:
            yield f"{subject.name} cannot be read: {error.strerror}"
            return
        if differs:
            yield f"{subject.name} has other bytes"

    def _of_record(self, subject: Subject) -> Iterator[str]:
        assert subject.distribution is not None and subject.version is not None
        self._tell(f"Looking through the files of {subject.distribution} {subject.version}")
        yield from wrong_files(subject.distribution, subject.version, subject.sha256, self._path)


def _no_statement(opened: OpenTour | LockedTour, step: Step, run: Run) -> str:
    """Say why a run is no result of a test, or nothing."""
    if cannot_run(run):
        return say(run.reasons[0])
    claims = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
    is_of_this = run.depends.script == opened.depends(step).script
    if is_of_this and not lists_claims(run, claims):
        return "it lists claims that its snippet does not make"
    return ""


def _attested(
    opened: OpenTour | LockedTour, step: Step, run: Run, signer: Signer | None
) -> Attested:
    tour, stem = opened.tour.name, step.note.stem
    data = statement(tour, stem, run)
    line = data.decode("ascii")
    if signer is not None:
        line = json.dumps(json.loads(signer.sign(data)), separators=(",", ":"))
    stale = bool(changes(run.depends, opened.depends(step)))
    return Attested(tour, stem, run, line, unbound(run), stale)


def _verified(number: int, line: bytes, here: _Here, verifier: Verifier | None) -> Verified:
    try:
        data, signed = _statement_of(line, verifier)
        found = read_statement(data)
    except Unusable as problem:
        return Verified(number, None, (problem.message,))
    except SrcreadError as error:
        return Verified(number, None, (str(error),))
    if found is None:
        return Verified(number, None, ())
    problems = [one for subject in found.subjects for one in here.problems(subject)]
    run = here.run_of(data, found)
    tour, _, file = found.subjects[0].name.rpartition("/")
    own = statement(tour, file.rpartition(".")[0], run) if run is not None else b"null"
    same = loads_once(own) == loads_once(data)
    if run is not None and not same:
        problems.append(f"it says otherwise than the run of {run.date} that is recorded here")
    return Verified(number, found, tuple(problems), signed, same)


def _statement_of(line: bytes, verifier: Verifier | None) -> tuple[bytes, bool | None]:
    """Return the bytes of a line's statement, and whether its signature was verified."""
    content = loads_once(line)
    bundle = content.get("dsseEnvelope") if isinstance(content, dict) else None
    if verifier is not None:
        if bundle is None:
            raise SrcreadError("it is not signed")
        return verifier.verify(line.decode("utf-8")), True
    if bundle is not None:
        return payload_of(bundle), None
    if isinstance(content, dict) and "payloadType" in content:
        return payload_of(content), None
    return line, False
