"""What a card says of reach and controls: in numbers and lines, for the template to put in words.

Lines are those of the source as it is shown now: evidence holds only offsets.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from srcread.evidence.grading import counts, held, mutation_of, open_claims, unseen, weighed
from srcread.model import Outcome, Reason, Run, Standing, Step


class Survivor(NamedTuple):
    """A change that no claim noticed; `reason` is the author's, empty where there is none."""

    operator: str
    first: int
    last: int
    reason: str


class ControlView(NamedTuple):
    """What the changes of a note's lines did, in numbers, and how many `declared` controls `held`.

    `open` are the places of claims that no change of these lines turned false.
    """

    grade: str
    caught: int
    visible: int
    crashed: int
    silent: int
    declared: int
    held: int
    survivors: tuple[Survivor, ...]
    open: tuple[int, ...]


class ReachView(NamedTuple):
    """How many anchored lines ran, which did not, and why some could not be observed."""

    reached: int
    missed: tuple[int, ...]
    reasons: tuple[Reason, ...]


def controls_of(step: Step, standing: Standing) -> ControlView | None:
    """Return what the controls of a confirmed step did, None where there are none."""
    run = standing.controlled
    if run is None or run.controls is None or standing.grade is None:
        return None
    caught, visible = counts(run.controls)
    found = Counter(one.outcome for one in weighed(run.controls))
    return ControlView(
        grade=standing.grade.name.lower(),
        caught=caught,
        visible=visible,
        crashed=found[Outcome.CRASH],
        silent=found[Outcome.SILENT],
        declared=len(run.controls.declared),
        held=held(run.controls),
        survivors=tuple(_survivor(name, step) for name in unseen(run)),
        open=open_claims(run),
    )


def reach_of(step: Step, run: Run | None) -> ReachView | None:
    """Return how far a run went through a step's lines, None where that is not recorded."""
    if run is None or run.reach is None:
        return None
    firsts = {location.symbol.name: location.symbol.range.first_line for location in step.locations}
    return ReachView(
        reached=sum(len(reach.reached) for reach in run.reach),
        missed=tuple(
            firsts[reach.symbol] + offset
            for reach in run.reach
            if reach.symbol in firsts
            for offset in reach.unreached
        ),
        reasons=tuple(reach.reason for reach in run.reach if reach.reason is not None),
    )


def _survivor(name: str, step: Step) -> Survivor:
    mutation = mutation_of(name, step.locations)
    reason = step.note.survivors.get(name, "")
    return Survivor(mutation.operator, mutation.first or 0, mutation.last or 0, reason)
