"""A step's languages: which source a translation is of, and what it lacks.

A translation knows its source by a digest of all the words that a reader sees: title, body and the
sentences of the claims. A digest with another prefix is of another rule: not known to be stale,
and for `srcread accept` to write anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Claim, Diagnostic, Note, Snippet, Step, Translation
from srcread.notes.format.codes import finding
from srcread.notes.format.frontmatter import Document, line_of, read_document
from srcread.notes.sentences import without_labels

PREFIX = "n1:"

_DIGEST = re.compile(r"n1:[0-9a-f]{64}")


def source_digest(note: Note, claims: Sequence[Claim] = ()) -> str:
    """Return the digest of what a translation of a note translates: words, and no labels."""
    words = "\n".join(
        [note.title, without_labels(note.body), *(claim.sentence for claim in claims)]
    )
    return PREFIX + hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()


def check_translation(
    document: Document, translation: Translation, note: Note, snippet: Snippet | None
) -> tuple[Translation, tuple[Diagnostic, ...]]:
    """Hold a translation against its source: mark it stale, report what is off."""
    claims = snippet.claims if snippet else ()
    expected = source_digest(note, claims)
    known = bool(_DIGEST.fullmatch(translation.source_digest))
    stale = known and translation.source_digest != expected
    findings = [
        *_check_digest(document, translation, note, stale),
        *_check_claims(document, translation, claims),
        *_check_grids(document, translation, snippet.grids if snippet else ()),
    ]
    return replace(translation, stale=stale), tuple(findings)


def missing_translations(steps: Iterable[Step], languages: Sequence[str]) -> tuple[Diagnostic, ...]:
    """Report each step that a language of its tour lacks: information, shown on request."""
    return tuple(
        finding(
            "TRANS010",
            step.note.path,
            0,
            f"There is no {language} translation.",
            f'Write {step.note.stem}.{language}.md with source_digest = "".',
        )
        for step in steps
        for language in languages
        if language != step.note.language and language not in step.translations
    )


def with_source_digest(path: Path, text: str, digest: str) -> str:
    """Return a translation's text with another `source_digest`; the rest stays as it is.

    It replaces the key's lines, or adds one above all others, where no table can swallow it.
    """
    document = read_document(path, text)
    if isinstance(document, Diagnostic):
        return text
    head, line = document.head, f'source_digest = "{digest}"'
    lines = text.split("\n")
    if "source_digest" not in head.values:
        lines.insert(head.lines.first, line)
        return "\n".join(lines)
    start = line_of(head, "source_digest") - 1
    wanted = {**head.values, "source_digest": digest}
    for end in range(start + 1, document.body_line):  # a text in triple quotes has several lines
        new = "\n".join([*lines[:start], line, *lines[end:]])
        found = read_document(path, new)
        if isinstance(found, Document) and found.head.values == wanted:
            return new
    return text


def _check_digest(
    document: Document, translation: Translation, note: Note, stale: bool
) -> Iterable[Diagnostic]:
    path, digest = translation.path, translation.source_digest
    if _DIGEST.fullmatch(digest) and not stale:
        return
    line = line_of(document.head, "source_digest")
    if not digest:
        hint = "Run `srcread check --fix`."
        yield finding("TRANS004", path, line, "source_digest is not filled in.", hint)
    elif not _DIGEST.fullmatch(digest):
        hint = f"Compare it with {note.path.name}, then run `srcread accept {note.stem}`."
        yield finding("TRANS009", path, line, f"source_digest {digest[:20]!r} is unknown.", hint)
    else:
        message = f"{note.path.name} has changed since it was translated."
        hint = f"Bring it up to date, then run `srcread accept {note.stem}`."
        yield finding("TRANS005", path, line, message, hint)


def _check_claims(
    document: Document, translation: Translation, claims: Sequence[Claim]
) -> Iterable[Diagnostic]:
    path, sentences = translation.path, [claim.sentence for claim in claims]
    for sentence in translation.claims:
        if sentence not in sentences:
            line = line_of(document.head, "claims", sentence)
            hint = did_you_mean(sentence, sentences).strip() or "Copy it from the snippet."
            yield finding("TRANS007", path, line, f"No claim says {sentence!r}.", hint)
    for sentence in dict.fromkeys(sentences):
        if sentence and not translation.claims.get(sentence, "").strip():
            line = line_of(document.head, "claims")
            hint = f'Add it to [claims]: "{sentence}" = "…".'
            message = f"The claim {sentence!r} is not translated."
            yield finding("TRANS008", path, line, message, hint)


def _check_grids(
    document: Document, translation: Translation, titles: Sequence[str]
) -> Iterable[Diagnostic]:
    path = translation.path
    for title in translation.grids:
        if title not in titles:
            line = line_of(document.head, "grids", title)
            hint = did_you_mean(title, titles).strip() or "Copy it from the snippet."
            yield finding("TRANS014", path, line, f"No grid has the title {title!r}.", hint)
    for title in dict.fromkeys(titles):
        if not translation.grids.get(title, "").strip():
            line = line_of(document.head, "grids")
            hint = f'Add it to [grids]: "{title}" = "…".'
            message = f"The title {title!r} of a grid is not translated."
            yield finding("TRANS015", path, line, message, hint)
