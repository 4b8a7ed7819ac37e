"""The two files of a new step, which say what to write where.

They are flagged by `check` (NOTE027) until the last placeholder is gone, so that a half-written
note never reaches a site. The lock is written by `srcread.notes.accept`, once the files are there.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from srcread.errors import SrcreadError
from srcread.model import Note, Snippet
from srcread.notes.format.prose import INTRODUCTION
from srcread.notes.format.stems import is_stem

PLACEHOLDER = "TODO"
"""What is yours to write. As long as a note says it, nothing else is asked of its sentences."""

_NOTE = """\
+++
title = {title}
symbol = {symbol}
{at}+++
TODO: say in one to four sentences what the line does, why, and what would surprise.[^claimed]
Write shapes as `(batch, heads, seq, head_dim)`. What a snippet can check, let it check.[^claimed]

[^claimed]: claim "TODO: the sentence that this claim proves."
"""

_SNIPPET = '''\
"""TODO: say in one line what this script shows."""

import {package}
{seed}
# Build the smallest thing that shows it, print what a reader should see, and claim it.
# A claim compares values that the code at the note's place computes: it must be able to fail.
result = {package}.__name__
print("result:", result)
assert result == "{package}", "TODO: the sentence that this claim proves."
'''

_SEED = """
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
"""


def new_note(
    tour_folder: Path, stem: str, symbol: str, at: str | None = None, title: str | None = None
) -> dict[Path, str]:
    """Return the files of a new step: its note and its snippet, by path.

    Raises:
        SrcreadError: the stem is none, or its files are there already.
    """
    if not is_stem(stem):
        raise SrcreadError(
            f"{stem!r} is no stem. Use small letters, digits and single hyphens: "
            f"{suggest_stem(stem)!r}."
        )
    if stem == INTRODUCTION:
        raise SrcreadError(f"{stem}.md introduces a tour, and is no note. Choose another stem.")
    note, snippet = tour_folder / f"{stem}.md", tour_folder / f"{stem}.py"
    for path in (note, snippet):
        if path.exists():
            raise SrcreadError(f"{path.as_posix()!r} is there already. Choose another stem.")
    text = _NOTE.format(
        title=_quoted(title or f"{PLACEHOLDER}: state the fact in one sentence"),
        symbol=_quoted(symbol),
        at=f"at = {_quoted(at)}\n" if at else "",
    )
    package = symbol.partition(".")[0]
    seed = _SEED if package == "torch" else ""
    return {note: text, snippet: _SNIPPET.format(package=package, seed=seed)}


def is_begun(note: Note, snippet: Snippet | None) -> bool:
    """Tell whether a note is only begun: its title, its text or a claim is still to be written."""
    claims = (claim.sentence for claim in snippet.claims) if snippet else ()
    return any(PLACEHOLDER in text for text in (note.title, note.body, *claims))


def suggest_stem(text: str) -> str:
    """Return a stem made of a title or a symbol's name."""
    words = re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text).lower())
    return "-".join(words[-6:]) or "note"


def _quoted(text: str) -> str:
    """Return a TOML basic string: JSON's escapes are TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
