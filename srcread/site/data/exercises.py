"""The exercises of a note: what is asked, what is changed, and what the recorded run answers.

The answer is never an author's. It stands here where the note is confirmed as it is now and its
control turned its own claim false; else the exercise is one that nobody has run yet.
"""

from __future__ import annotations

from typing import NamedTuple

from srcread.model import Control, Run, Standing, Step
from srcread.notes.controls import exercised
from srcread.site.data.address import fragment
from srcread.site.data.title import Title, translation


class Answer(NamedTuple):
    """What a control came to: the claims that it turned false, the first its own.

    `saw` is what that one compared, and `before` what it compares in the snippet as it is; both
    are empty where they were not recorded.
    """

    claims: tuple[str, ...]
    saw: str
    before: str
    device: str
    versions: tuple[tuple[str, str], ...]
    date: str


class ExerciseView(NamedTuple):
    """A question, the lines that make the change, and the answer; None where it was not run."""

    id: str
    ask: Title
    change: str
    answer: Answer | None


def exercises_of(step: Step, standing: Standing, language: str) -> tuple[ExerciseView, ...]:
    """Return the exercises of a note."""
    found = []
    run = standing.controlled
    controls = {one.id: one for one in run.controls.declared} if run and run.controls else {}
    for number, (one, declared) in enumerate(exercised(step), 1):
        control = controls.get(declared.id) if declared else None
        answer = None
        if run and declared and control and declared.claim in control.claims:
            answer = _answer(step, run, control, declared.claim, language)
        name = f"x-{fragment(step.note.stem)}-{number}"
        change = declared.change if declared else ""
        found.append(ExerciseView(name, _ask(step, one.ask, language), change, answer))
    return tuple(found)


def _ask(step: Step, ask: str, language: str) -> Title:
    text = translation(step, language)
    said = text.exercises.get(ask, "").strip() if text else ""
    return Title(said, language) if said else Title(ask, step.note.language)


def _answer(step: Step, run: Run, control: Control, own: int, language: str) -> Answer:
    text = translation(step, language)
    places = [own, *(claim for claim in control.claims if claim != own)]
    sentences = [run.claims[place].sentence for place in places]
    said = [text.claims.get(one, one) if text else one for one in sentences]
    return Answer(
        claims=tuple(said),
        saw=control.observed or "",
        before=run.claims[own].observed or "" if control.observed else "",
        device=run.environment.device.name,
        versions=tuple(sorted(run.environment.distributions.items())),
        date=run.date,
    )
