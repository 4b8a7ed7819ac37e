"""What a person has looked at and agrees with: a note's lock and its translations, written anew.

So are the translations of what introduces a tour, which has no place to agree with.

`accept` is the only way from CHANGED or stale back to good. It refuses while an anchor has no
place, because then there is nothing to agree with.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from srcread.errors import FindingsError, NotFoundError, did_you_mean
from srcread.model import Diagnostic, Step, Tour
from srcread.notes.anchors.lock import lock_note, write_lock
from srcread.notes.format.files import read_text, write_text
from srcread.notes.format.tour import read_tour
from srcread.notes.format.translation import source_digest, with_source_digest
from srcread.notes.lookup import Lookup
from srcread.notes.prose_rules import accept_prose
from srcread.notes.resolve import first_read, locate_note, lock_path


def accept_note(tour_folder: Path, stem: str, lookup: Lookup) -> tuple[Path, ...]:
    """Lock a note's anchors where they are, mark its translations current; return what it wrote.

    Raises:
        NotFoundError: the tour has no such step.
        FindingsError: an anchor has no place, or the note cannot be read.
    """
    tour, findings = read_tour(tour_folder)
    step = next((step for step in tour.steps if step.note.stem == stem), None)
    if step is None:
        own = [one for one in findings if Path(one.path).name.split(".")[0] == stem]
        if own:
            raise FindingsError(own)
        near = did_you_mean(stem, [step.note.stem for step in tour.steps])
        raise NotFoundError(f"{tour.name!r} has no step {stem!r}.{near}")
    written = _accept_places(tour, findings, step, lookup)
    return (*written, *_accept_translations(step))


def accept_introducing(tour_folder: Path, name: str) -> tuple[Path, ...]:
    """Mark the translations of a text, as `chapters/STEM`, current; return what it wrote.

    Raises:
        FindingsError: that text cannot be read.
    """
    tour, findings = read_tour(tour_folder)
    written = accept_prose(tour, name)
    if written is None:
        path = (tour_folder / name).as_posix()
        raise FindingsError([one for one in findings if one.path.startswith(f"{path}.")])
    return written


def _accept_places(
    tour: Tour, findings: Iterable[Diagnostic], step: Step, lookup: Lookup
) -> list[Path]:
    found = locate_note(step.note, lookup)
    if found.lost:
        own = [one for one in findings if one.path == step.note.path.as_posix()]
        raise FindingsError([*own, *found.findings])
    distribution, version = first_read(tour)
    path = lock_path(tour.folder, step.note.stem)
    lock = lock_note(step.note.stem, distribution, version, found.locations)
    return [path] if write_lock(path, lock) else []


def _accept_translations(step: Step) -> list[Path]:
    digest = source_digest(step.note, step.snippet.claims if step.snippet else ())
    written = []
    for language in sorted(step.translations):
        path = step.translations[language].path
        text = with_source_digest(path, read_text(path)[0] or "", digest)
        written += [path] if write_text(path, text) else []
    return written
