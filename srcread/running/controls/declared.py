"""The controls that a snippet declares: `if must_fail("A claim's sentence."):`, read from its text.

`srcread check` has a rule for those that are written otherwise; here they are passed over.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from srcread.model import Claim

FUNCTION = "must_fail"


@dataclass(frozen=True, slots=True)
class Declared:
    """One declared control: the place of its claim in the snippet, its line, and its id."""

    claim: int
    line: int
    id: str


def declared_controls(text: str, claims: Sequence[Claim]) -> tuple[Declared, ...]:
    """Return the declared controls of a snippet that can be parsed, in the order of the text."""
    if FUNCTION not in text:
        return ()
    places = {claim.sentence: number for number, claim in enumerate(claims)}
    found: list[tuple[int, int]] = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.If(
                test=ast.Call(
                    func=ast.Name(id=name) | ast.Attribute(attr=name),
                    args=[ast.Constant(value=str(sentence))],
                ) as call
            ) if name == FUNCTION and sentence in places:
                found.append((call.lineno, places[sentence]))
    counts: dict[int, int] = {}
    controls = []
    for line, claim in sorted(found):
        counts[claim] = counts.get(claim, 0) + 1
        controls.append(Declared(claim, line, f"declared@{claim}#{counts[claim]}"))
    return tuple(controls)
