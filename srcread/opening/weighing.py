"""What is found about the evidence of one step, with the source that tells what was changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from srcread.errors import SourceError
from srcread.evidence import check_evidence, check_superseded, check_versions
from srcread.evidence.grading import mutation_of
from srcread.model import Diagnostic, Step
from srcread.notes.scaffold import is_begun

if TYPE_CHECKING:
    from srcread.opening.code import Code
    from srcread.opening.locked import LockedCode
    from srcread.opening.tour import LockedTour, OpenTour

_LONGEST = 60


def evidence_findings(opened: OpenTour | LockedTour, step: Step) -> Iterator[Diagnostic]:
    """Yield what is wrong with a step's evidence; of a note that is only begun, with its files."""
    evidence, unusable = opened.recorded(step)
    yield from unusable
    if is_begun(step.note, step.snippet):
        return
    standing = opened.standing(step)

    def changed(name: str) -> str:
        return _changed(opened.code, step, name)

    yield from check_evidence(step, standing, changed)
    yield from check_versions(step, standing, opened.tour.distributions)
    if evidence is not None:
        yield from check_superseded(step, evidence, opened.depends(step))


def _changed(code: Code | LockedCode, step: Step, name: str) -> str:
    """Return the source that a mutant of this id changed, at most a line; nothing if it is away."""
    mutation = mutation_of(name, step.locations)
    symbol = code.symbol(mutation.symbol) if mutation.symbol else None
    if symbol is None or mutation.first is None or mutation.columns is None:
        return ""
    try:
        lines = code.text(symbol).splitlines()
    except SourceError:
        return ""
    if not 0 < mutation.first <= len(lines):
        return ""
    start, end = mutation.columns
    line = lines[mutation.first - 1]
    text = line[start : end if mutation.first == mutation.last else None].strip()
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
