"""The controls that a snippet declares: `if must_fail("A claim's sentence."):`, read from its text.

`srcread check` has a rule for those that are written otherwise; here they are passed over. An
exercise of a note asks about one, and shows the lines below it as the change.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import dedent

from srcread.errors import did_you_mean
from srcread.model import Claim, Diagnostic, Exercise, Step
from srcread.notes.format.codes import finding

FUNCTION = "must_fail"

LONGEST_QUESTION = 240


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared control: the place of its claim in the snippet, its line, its id, its change."""

    claim: int
    line: int
    id: str
    change: str = ""


def declared_controls(text: str, claims: Sequence[Claim]) -> tuple[Declared, ...]:
    """Return the declared controls of a snippet that can be parsed, in the order of the text."""
    if FUNCTION not in text:
        return ()
    places = {claim.sentence: number for number, claim in enumerate(claims)}
    found: list[tuple[int, int, str]] = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.If(
                test=ast.Call(
                    func=ast.Name(id=name) | ast.Attribute(attr=name),
                    args=[ast.Constant(value=str(sentence))],
                ) as call
            ) if name == FUNCTION and sentence in places:
                found.append((call.lineno, places[sentence], _lines_of(text, node.body)))
    counts: dict[int, int] = {}
    controls = []
    for line, claim, change in sorted(found):
        counts[claim] = counts.get(claim, 0) + 1
        controls.append(Declared(claim, line, f"declared@{claim}#{counts[claim]}", change))
    return tuple(controls)


def exercised(step: Step) -> tuple[tuple[Exercise, Declared | None], ...]:
    """Return a note's exercises, each with its control; None where the snippet declares none."""
    if step.snippet is None or not step.note.exercises:
        return tuple((one, None) for one in step.note.exercises)
    claims = step.snippet.claims
    places = {claim.sentence: number for number, claim in enumerate(claims)}
    controls = {one.id: one for one in declared_controls(step.snippet.text, claims)}
    seen: Counter[str] = Counter()
    found = []
    for one in step.note.exercises:
        seen[one.claim] += 1
        name = f"declared@{places.get(one.claim, -1)}#{seen[one.claim]}"
        found.append((one, controls.get(name)))
    return tuple(found)


def check_exercises(step: Step) -> Iterator[Diagnostic]:
    """Report exercises that ask nothing, or about no control, and translations that lack one."""
    note = step.note
    for number, (one, control) in enumerate(exercised(step)):
        line = note.lines.of("exercise", number, "claim")
        if control is None:
            sentences = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
            known = one.claim in sentences
            near = "" if known else did_you_mean(one.claim, sentences).strip()
            hint = near or f"Declare it in the snippet: if {FUNCTION}({one.claim!r}):."
            message = f"The snippet declares no further control for {one.claim!r}."
            yield finding("CLAIM019", note.path, line, message, hint)
        if not one.ask or "\n" in one.ask or len(one.ask) > LONGEST_QUESTION:
            hint = f'Ask in a line of at most {LONGEST_QUESTION} characters: ask = "What …?".'
            line = note.lines.of("exercise", number, "ask")
            yield finding("CLAIM019", note.path, line, f"The exercise asks {one.ask!r}.", hint)
    yield from _check_translated(step)


def _check_translated(step: Step) -> Iterator[Diagnostic]:
    asked = [one.ask for one in step.note.exercises if one.ask]
    for _, text in sorted(step.translations.items()):
        for ask in text.exercises:
            if ask not in asked:
                line = text.lines.of("exercises", ask)
                hint = did_you_mean(ask, asked).strip() or "Copy the question from the note."
                message = f"No exercise asks {ask!r}."
                yield finding("TRANS012", text.path, line, message, hint)
        for ask in dict.fromkeys(asked):
            if not text.exercises.get(ask, "").strip():
                line = text.lines.of("exercises")
                message = f"The exercise {ask!r} is not translated."
                hint = f'Add it to [exercises]: "{ask}" = "…".'
                yield finding("TRANS013", text.path, line, message, hint)


def _lines_of(text: str, body: Sequence[ast.stmt]) -> str:
    """Return the lines of these statements as they are written, with a comment behind the last."""
    lines = text.split("\n")[body[0].lineno - 1 : body[-1].end_lineno or body[-1].lineno]
    return dedent("\n".join(lines)).strip("\n")
