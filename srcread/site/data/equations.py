"""What a run says of a note's equations: of each that its snippet evaluates, the standing.

An equation is as good as the claim that evaluates it, and says so in the words of the note's own
standing. One that no claim evaluates has nothing said of it.
"""

from __future__ import annotations

from typing import NamedTuple

from srcread.equations import INFO, fences_in
from srcread.evidence.grounds import Ground
from srcread.model import EvidenceStatus, Reason, ReasonCode, Standing, Step
from srcread.notes.equations import evaluated
from srcread.site.data.grounds import claim_id

_GROUNDS = {
    EvidenceStatus.CONFIRMED: Ground.RUN,
    EvidenceStatus.EQUIVALENT: Ground.EQUIVALENT,
}


class EquationView(NamedTuple):
    """An equation by its name; `kind` is the value of a `Ground`, `target` its claim's id."""

    name: str
    kind: str
    target: str
    status: str
    reason: Reason


def equations_of(step: Step, standing: Standing) -> tuple[EquationView, ...]:
    """Return the equations of a step that a claim evaluates, in the order of their names."""
    found = evaluated(step)
    return tuple(_view(step, standing, name, found[name][1]) for name in sorted(found))


def fences_of(step: Step) -> str:
    """Return the equations of a note whose snippet evaluates some, as a note of their own."""
    fences = fences_in(step.note.body) if evaluated(step) else ()
    return "\n".join(f"```{INFO}\n{fence.text}\n```\n" for fence in fences)


def _view(step: Step, standing: Standing, name: str, number: int) -> EquationView:
    assert step.snippet is not None
    claim, run = step.snippet.claims[number - 1], standing.run
    results = run.claims if run is not None else ()
    held = any(one.held for one in results if one.sentence == claim.sentence)
    status, reason = standing.status, standing.reason
    if (
        held and status is EvidenceStatus.FAILED
    ):  # by another claim, whose failure is not this one's
        status, reason = EvidenceStatus.ABSENT, Reason(ReasonCode.NOT_CONFIRMED)
    ground = _GROUNDS.get(status, Ground.OPEN) if held else Ground.OPEN
    target = claim_id(step.note.stem, number)
    return EquationView(name, ground.value, target, status.value, reason)
