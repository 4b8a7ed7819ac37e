"""The footnotes of a note: what its sentences stand on, apart from its text.

A definition is a line `[^label]: …` at the left edge of the body, and the indented lines below it:

    [^default]: claim "By default the fused kernel is not called."
    [^choice]: read aten/src/ATen/native/transformers/sdp_utils_cpp.cpp:select_sdp_backend_cpp
    [^hint]: read torch.nn.functional.multi_head_attention_forward:if is_causal, need_weights
    [^before]: read tensorrt-llm==0.5.0 tensorrt_llm/quantization/layer.py:SmoothQuantLinear
    [^retire]: source https://github.com/pytorch/pytorch/issues/122660

A place in Python of the tour's own version is an anchor, and locked like one. A place in another
release, or in what is no Python, is only written down: nothing here can tell when it changes.

The body keeps its lines, so that a line of it is one of its file; blank ones stand for definitions.
Light, for a build reads every note: no Markdown is parsed. See `srcread.notes.sentences`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from srcread.errors import SelectorError
from srcread.model import Anchor, Basis, BasisKind, Diagnostic
from srcread.notes.anchors.selector import parse_selector
from srcread.notes.format.codes import finding

PROPOSED = "?"
"""Ends a label behind a sentence that `check --fix` has proposed, until a person deletes it."""

_DEFINITION = re.compile(r"\[\^([^\]\s]+)\]:(?:[ \t]+|$)(.*)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_LABEL = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CLAIM = re.compile(r'claim[ \t]+"(.+)"')
_READ = re.compile(r"read[ \t]+(?:([\w.-]+)==([\w.!+-]+)[ \t]+)?(\S.*)")
_SOURCE = re.compile(r"source[ \t]+(https?://[^\s/]\S*|arXiv:\d{4}\.\d{4,5}|doi:10\.\S+/\S+)")
_SEGMENT = r"(?:\w+|<locals>)(?:@\w+)?(?:~\d+)?"
_SYMBOL = re.compile(rf"((?:[^\s:]+\.pyi?:)?{_SEGMENT}(?:\.{_SEGMENT})*)(?:[ \t]*:[ \t]*(\S.*))?")
_NATIVE = re.compile(r"(?:[^\s:/]+/)*[^\s:/]+\.\w+(?::[\w:~<>.]+)?")

_HINT = 'Write [^label]: claim "…", or [^label]: read SYMBOL:SELECTOR, or [^label]: source ADDRESS.'


class Footnotes(NamedTuple):
    """A body without its definitions, and what they say, in order."""

    body: str
    bases: tuple[Basis, ...]
    findings: tuple[Diagnostic, ...]


def take_footnotes(path: Path, body: str, first_line: int) -> Footnotes:
    """Take the definitions out of a note's body, whose first line is `first_line` of its file."""
    lines = body.split("\n")
    bases: dict[str, Basis] = {}
    findings = []
    for start, end, label, content in _definitions(lines):
        line = first_line + start
        lines[start:end] = [""] * (end - start)
        if label in bases:
            message = f"[^{label}] is defined a second time."
            findings.append(finding("SENT007", path, line, message, "Keep one."))
            continue
        found = _read(label, content, line)
        if found is None or not _LABEL.fullmatch(label):
            findings.append(_bad(path, line, label, content, found is None))
        if found is not None:
            bases[label] = found
    return Footnotes("\n".join(lines).rstrip(), tuple(bases.values()), tuple(findings))


def define(basis: Basis) -> str:
    """Return the definition of a basis as a line of a note, for example `[^a]: claim "It is."`."""
    match basis.kind:
        case BasisKind.CLAIM:
            words = f'claim "{basis.text}"'
        case BasisKind.READ:
            words = f"read {basis.text}"
        case BasisKind.SOURCE:
            words = f"source {basis.text}"
    return f"[^{basis.label}]: {words}"


def _definitions(lines: list[str]) -> Iterator[tuple[int, int, str, str]]:
    """Yield each definition: its first line, the line behind it, its label and what it says."""
    fence, number = "", 0
    while number < len(lines):
        line = lines[number]
        opens = _FENCE.match(line)
        if opens and (not fence or (opens[1][0] == fence[0] and len(opens[1]) >= len(fence))):
            fence = "" if fence else opens[1]
        found = None if fence else _DEFINITION.match(line)
        end = number + 1
        if found:
            while end < len(lines) and re.match(r"[ \t]+\S", lines[end]):
                end += 1
            content = " ".join([found[2], *(line.strip() for line in lines[number + 1 : end])])
            yield number, end, found[1], content.strip()
        number = end


def _read(label: str, content: str, line: int) -> Basis | None:
    """Return what a definition says, or None if it follows no form."""
    if claim := _CLAIM.fullmatch(content):
        return Basis(label, BasisKind.CLAIM, claim[1], line)
    if source := _SOURCE.fullmatch(content):
        return Basis(label, BasisKind.SOURCE, source[1], line)
    read = _READ.fullmatch(content)
    if read is None:
        return None
    text = content.partition(" ")[2].strip()
    release = f"{read[1]}=={read[2]}" if read[1] else None
    symbol = _SYMBOL.fullmatch(read[3])
    if symbol and "." in symbol[1] and _selects(symbol[2]):
        anchor = None if release else Anchor(symbol[1], symbol[2])
        return Basis(label, BasisKind.READ, text, line, anchor, release)
    if _NATIVE.fullmatch(read[3]):
        return Basis(label, BasisKind.READ, text, line, None, release)
    return None


def _selects(selector: str | None) -> bool:
    try:
        return selector is None or bool(parse_selector(selector))
    except SelectorError:
        return False


def _bad(path: Path, line: int, label: str, content: str, words: bool) -> Diagnostic:
    if words:
        message = f"[^{label}] says {content[:60]!r}."
        return finding("SENT003", path, line, message, _HINT)
    message = f"The label {label!r} is not of small letters, digits and single hyphens."
    return finding("SENT003", path, line, message, "Write it like [^by-default].")
