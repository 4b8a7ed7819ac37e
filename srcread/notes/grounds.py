"""Rules about what the sentences of a step stand on, in each of its languages.

Claims are proven, sentences are read: so each sentence carries the label of a claim, of a place
that was read, or of a source. That a claim says the same as its sentence only a person can tell;
what words can tell is said: a claim that is not there, a version that nothing of this ran on, no
rare word in common.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Basis, BasisKind, Claim, Diagnostic, Note, Step, Tour
from srcread.notes.format.codes import finding
from srcread.notes.format.footnotes import PROPOSED
from srcread.notes.sentences import Form, Sentence, sentences_of
from srcread.notes.words import rare_words

_ALONE = (
    "No claim has a rare word in common with it: claim it in the snippet, or write [^label] behind "
    "it, and [^label]: read SYMBOL:SELECTOR at the end."
)
_FIX = "Run `srcread check --fix` for a proposal, or write [^label] behind it."
_VERSION = re.compile(r"(?<![\w.])\d+\.\d+\.\d+(?:\.?(?:post|rc|a|b|dev)\d+)?(?![\w.]*\d)")
_SINCE = re.compile(
    r"(?:[Ss]ince|[Ss]tarting with|[Nn]ew in|(?:came|arrived) with|[Aa]s of)\s+(?:\w+\s+)?"
    r"(\d+\.\d+\.\d+)|从\s*(\d+\.\d+\.\d+)\s*(?:版)?[起开]|(\d+\.\d+\.\d+)\s*(?:版)?新增"
)
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class _Page:
    """One language of a step: its file, and its sentences; claims in that language by sentence."""

    path: Path
    sentences: tuple[Sentence, ...]
    claims: dict[str, str]


def check_grounds(tour: Tour, step: Step) -> Iterator[Diagnostic]:
    """Report each sentence, label and footnote of a step that is not as it should be."""
    note = step.note
    claims = step.snippet.claims if step.snippet else ()
    own = _Page(note.path, sentences_of(note.body, note.body_line), {})
    bases = {basis.label: basis for basis in note.bases}
    yield from _check_footnotes(note, own, claims)
    yield from _check_unused_claims(step, claims)
    yield from _check_labels(note, own, bases, claims)
    yield from _check_title(note, bases)
    yield from _check_scope(tour, step, own, bases)
    for _, translation in sorted(step.translations.items()):
        page = _Page(
            translation.path,
            sentences_of(translation.body, translation.body_line),
            dict(translation.claims),
        )
        yield from _check_labels(note, page, bases, claims)
        yield from _check_same_labels(note, own, page)
        yield from _check_scope(tour, step, page, bases)


def _check_footnotes(note: Note, page: _Page, claims: Sequence[Claim]) -> Iterator[Diagnostic]:
    said = [claim.sentence for claim in claims]
    labels = [label for one in page.sentences for label in one.labels]
    used = {label.rstrip(PROPOSED) for label in (*note.title_labels, *labels)}
    for basis in note.bases:
        if basis.kind is BasisKind.CLAIM and basis.text not in said:
            hint = did_you_mean(basis.text, said).strip() or "Copy a claim's sentence."
            message = f"No claim of the snippet says {basis.text!r}."
            yield finding("SENT004", note.path, basis.line, message, hint)
        if basis.label not in used:
            message = f"No sentence has the label [^{basis.label}]."
            yield finding("SENT010", note.path, basis.line, message, "Use it, or delete it.")


def _check_unused_claims(step: Step, claims: Sequence[Claim]) -> Iterator[Diagnostic]:
    carrying = {basis.text for basis in step.note.bases if basis.kind is BasisKind.CLAIM}
    for claim in claims if step.snippet and step.note.bases else ():
        if claim.sentence not in carrying:
            message = f"No sentence of the note stands on {claim.sentence[:_SHOWN]!r}."
            hint = f'Add [^label]: claim "…" to {step.note.path.name}, or drop the claim.'
            assert step.snippet is not None
            yield finding("SENT005", step.snippet.path, claim.line, message, hint)


def _check_labels(
    note: Note, page: _Page, bases: dict[str, Basis], claims: Sequence[Claim]
) -> Iterator[Diagnostic]:
    said = [rare_words(page.claims.get(claim.sentence, claim.sentence)) for claim in claims]
    for one in page.sentences:
        if one.states and not one.labels:
            message = f"{_short(one)} stands on nothing."
            near = page.path != note.path or any(rare_words(one.text) & words for words in said)
            yield finding("SENT001", page.path, one.line, message, _FIX if near else _ALONE)
        for label in one.labels:
            yield from _check_label(note, page.path, one.line, label, bases)
        yield from _check_words(page, one, bases)


def _check_title(note: Note, bases: dict[str, Basis]) -> Iterator[Diagnostic]:
    for label in note.title_labels:
        yield from _check_label(note, note.path, note.lines.of("title_labels"), label, bases)


def _check_label(
    note: Note, path: Path, line: int, label: str, bases: dict[str, Basis]
) -> Iterator[Diagnostic]:
    if label.rstrip(PROPOSED) not in bases:
        hint = did_you_mean(label, bases).strip() or f'Add [^{label}]: claim "…" at the end.'
        message = f"{note.path.name} does not define [^{label}]."
        yield finding("SENT002", path, line, message, hint)
    elif label.endswith(PROPOSED):
        message = f"[^{label}] was proposed, by words alone."
        basis = bases[label.rstrip(PROPOSED)]
        hint = f"If the sentence says {basis.text!r}, write [^{basis.label}]; else another label."
        yield finding("SENT009", path, line, message, hint)


def _check_words(page: _Page, one: Sentence, bases: dict[str, Basis]) -> Iterator[Diagnostic]:
    if one.form is Form.ROW:
        return  # cells, of which one claim often holds all: its words are those above the table
    stands_on = [bases[label] for label in one.labels if label in bases]
    if not stands_on or any(basis.kind is not BasisKind.CLAIM for basis in stands_on):
        return
    said = " ".join(page.claims.get(basis.text, basis.text) for basis in stands_on)
    if not rare_words(one.text) & rare_words(said):
        message = f"{_short(one)} has no rare word in common with its claim."
        hint = f"Does it say what {stands_on[0].text[:_SHOWN]!r} says?"
        yield finding("SENT006", page.path, one.line, message, hint)


def _check_same_labels(note: Note, own: _Page, page: _Page) -> Iterator[Diagnostic]:
    here, there = (
        dict.fromkeys(label.rstrip(PROPOSED) for one in each.sentences for label in one.labels)
        for each in (page, own)
    )
    for label in there:
        if label not in here:
            message = f"No sentence has the label [^{label}] of {note.path.name}."
            hint = "Write it behind the sentence that says the same."
            yield finding("SENT008", page.path, 0, message, hint)
    for label in here:
        if label not in there and any(basis.label == label for basis in note.bases):
            message = f"No sentence of {note.path.name} has the label [^{label}]."
            hint = "Delete it, or add it there."
            yield finding("SENT008", page.path, 0, message, hint)


def _check_scope(
    tour: Tour, step: Step, page: _Page, bases: dict[str, Basis]
) -> Iterator[Diagnostic]:
    ran = {*tour.distributions.values(), *_versions_in(step.snippet.text if step.snippet else "")}
    for one in page.sentences:
        stands_on = [bases[label] for label in one.labels if label in bases]
        if not stands_on or any(basis.kind is BasisKind.SOURCE for basis in stands_on):
            continue
        read = {basis.release.partition("==")[2] for basis in stands_on if basis.release}
        for version in dict.fromkeys(_VERSION.findall(one.text)):
            if version not in ran | read:
                message = f"{_short(one)} names {version}, which nothing here ran on or read."
                hint = f"Run it on {version}, or say only what ran: {', '.join(sorted(ran))}."
                yield finding("SENT011", page.path, one.line, message, hint)
        since = _SINCE.search(one.text)
        if since and not read:
            message = f"{_short(one)} says since when, and only two releases were compared."
            hint = "Say in which it is and in which not, or read the release before."
            yield finding("SENT011", page.path, one.line, message, hint)


@lru_cache(maxsize=256)  # asked for a note and each translation
def _versions_in(snippet: str) -> frozenset[str]:
    """Return the versions that a snippet names in its code, not in comments."""
    try:
        nodes = ast.walk(ast.parse(snippet))
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    texts = (one.value for one in nodes if isinstance(one, ast.Constant))
    return frozenset(
        version for one in texts if isinstance(one, str) for version in _VERSION.findall(one)
    )


def _short(one: Sentence) -> str:
    return repr(one.text if len(one.text) <= _SHOWN else f"{one.text[: _SHOWN - 1]}…")
