"""The claims of a snippet's text, as they are planned: what `read_snippet` finds in a file."""

from __future__ import annotations

import ast

from srcread.index.trees import parse_text
from srcread.model import Claim
from srcread.notes.claims import claims_in


def claims_of(text: str, *sentences: str) -> tuple[Claim, ...]:
    """Return the claims that say these sentences, in their order; without any, all."""
    found = [one.claim for one in claims_in(tuple(ast.walk(parse_text(text))), text)]
    if not sentences:
        return tuple(found)
    return tuple(one for sentence in sentences for one in found if one.sentence == sentence)
