"""What stands in a box, in lines cut to its width, and its colour.

Colours follow from the operators that ran and not from the names of classes: attention, weights,
norms, native ways in which one operator takes the place of many. Widths are those of a monospaced
letter, generous, because fonts differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from srcread.site.blocks import Block, Input, Role
from srcread.site.maps.run import is_native

TIMES = "\N{MULTIPLICATION SIGN}"

LETTER, SMALL = 7.3, 6.5  # wide, at the sizes of names and of what stands below them

_WEIGHTS = re.compile(r"linear|conv|matmul|mm$|lstm|gru|rnn|embedding|gemm", re.IGNORECASE)
_NORM = re.compile(r"norm(?!al)", re.IGNORECASE)
_ATTENTION = re.compile(r"attention", re.IGNORECASE)


class Line(NamedTuple):
    """A line of a box and its class in the style: a name, what is quiet, an input."""

    text: str
    css: str


def colour_of(block: Block) -> str:
    """Return the class of a block's colour, or nothing."""
    names = block.operators
    if block.role is Role.FOLD:
        return "fold"
    if _natives(block):
        return "native"
    if any(map(_ATTENTION.search, names)) or ({"bmm", "matmul"} & {*names} and "softmax" in names):
        return "attention"
    if any(map(_NORM.search, names)) and not any(map(_WEIGHTS.search, names)):
        return "norm"
    return "weights" if any(map(_WEIGHTS.search, names)) else ""


def lines_of(block: Block, width: float, words: tuple[str, str]) -> tuple[Line, ...]:
    """Return the lines of a box; `words` say what stands before what it replaces, and for a fold.

    For example, `self_attn`, `MultiheadAttention`, and `tgt_mask (7, 7)` below.
    """
    instead, more = words
    if block.role is Role.FOLD:
        return (Line(more.replace("{count}", block.kind), "quiet"),)
    found = [Line(fit(text, width, LETTER), "name") for text in _titles(block)[:1]]
    found += [Line(fit(text, width, SMALL), "quiet") for text in _titles(block)[1:]]
    for name in _telling(block):
        found.append(Line(fit(name, width, SMALL), "quiet"))
    for one in named_inputs(block):
        found += [Line(text, "shape") for text in _input(one, width)]
    if block.instead:
        text = f"{instead} {', '.join(block.instead)}"
        found += [Line(part, "quiet") for part in wrapped(text, width)]
    return tuple(found)


def named_inputs(block: Block) -> list[Input]:
    """Return what goes in at the side: inputs of the whole model, as masks are.

    So do states and weights into an operator in which further ones run.
    """
    if block.steps and block.role is Role.OPERATOR:
        return [one for one in block.inputs[1:] if one.name]
    if block.role is Role.SUM or block.steps:
        return []
    main = block.inputs[0].origin if block.inputs else None
    return [
        one
        for one in block.inputs[1:]
        if isinstance(one.origin, str) and one.origin != main and one.shape
    ]


def named(one: Input) -> str:
    """Return what an input is called where it goes in, and in the whole: `attn_mask = tgt_mask`."""
    is_other = one.name and one.name != one.origin
    return f"{one.name} = {one.origin}" if is_other else str(one.origin)


def title_of(block: Block) -> str:
    """Return a block's name and class; of one that says the other, the name alone."""
    return " ".join(_titles(block))


def head_of(block: Block, width: float) -> tuple[Line, ...]:
    """Return the lines at a frame's head: its name and class, or the test that it stands under."""
    if not _titles(block) and block.condition:
        return (Line(fit(f"if {block.condition}", width, SMALL), "quiet"),)
    css = "quiet" if block.role is Role.GROUP else "name"
    badge = 32 if block.times != 1 else 0
    lines = [Line(fit(text, width - badge, LETTER), css) for text in _titles(block)[:1]]
    lines += [Line(fit(text, width, SMALL), "quiet") for text in _titles(block)[1:]]
    lines += [Line(text, "shape") for one in named_inputs(block) for text in _input(one, width)]
    return tuple(lines)


def shown_times(block: Block) -> str:
    """Return how often a block runs, if not once: N where it is not known."""
    return "" if block.times == 1 else f"{TIMES}{block.times or 'N'}"


def fit(text: str, width: float, letter: float) -> str:
    """Return a text, cut in its middle where it is too wide: its ends tell it from others."""
    most = max(int(width / letter), 3)
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[len(text) - tail :]}"


def wrapped(text: str, width: float) -> list[str]:
    """Return a text in lines; a word that is too wide for one is cut."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) * SMALL <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return [fit(line, width, SMALL) for line in lines]


def _titles(block: Block) -> Sequence[str]:
    """Return a name and the class; of one that says the other, the name alone."""
    if block.name and block.kind and not _says(block.name, block.kind):
        return [block.name, block.kind]
    return [text for text in (block.name or block.kind,) if text]


def _says(name: str, kind: str) -> bool:
    """Tell whether a name says its class: `norm1` says LayerNorm, and `linear1` Linear."""
    plain = re.sub(r"[^a-z]", "", name.rpartition(".")[2].lower())
    return len(plain) > 2 and (plain in kind.lower() or kind.lower() in plain)


def _telling(block: Block) -> list[str]:
    """Return the operator that a reader looks for in a block: attention, or a native way."""
    if block.steps:
        return []
    names = dict.fromkeys(block.operators)
    natives = _natives(block)
    found = natives or [name for name in names if _ATTENTION.search(name)]
    found = [name for name in found if name in natives or not is_native(name)]
    return [name for name in found[:1] if name not in (block.name, block.kind)]


def _natives(block: Block) -> list[str]:
    """Return the operators that take the place of many; none where others do the work, too."""
    names = dict.fromkeys(block.operators)
    others = [name for name in names if not is_native(name)]
    if any(_ATTENTION.search(name) or _WEIGHTS.search(name) for name in others):
        return []
    return [name for name in names if is_native(name)]


def _input(one: Input, width: float) -> list[str]:
    return wrapped(f"{named(one)} {one.shape.replace(' ', chr(160))}", width)
