"""What introduces a tour and its chapters: introduction.md, and chapters/STEM.md of a first step.

Such a file is Markdown from its first line on. A translation, `introduction.zh.md`, has a head:

    +++
    source_digest = "n1:…"
    +++

and so it knows what it translates, as a note's does. Which steps there are is not looked at here.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Diagnostic, Prose
from srcread.notes.format.codes import finding
from srcread.notes.format.files import read_text
from srcread.notes.format.frontmatter import FENCE, Document, Toml, line_of, read_document
from srcread.notes.format.keys import Elsewhere, Format, Kind, check_keys, text
from srcread.notes.format.note import LONGEST_TITLE, NOTE_KEYS
from srcread.notes.format.translation import PREFIX
from srcread.notes.sentences import without_labels

INTRODUCTION = "introduction"
FOLDER = "chapters"

_HEAD = Format(
    {"source_digest": Kind.TEXT},
    unknown="NOTE007",
    wrong="NOTE008",
    elsewhere=Elsewhere(
        frozenset(NOTE_KEYS),
        "NOTE007",
        "what introduces",
        "Only a note has it: delete it, or call the note otherwise.",
    ),
)
NAME = re.compile(r"([^.]+)(?:\.([^.]+))?\.md")
"""The name of such a file: its stem, and of a translation the language."""
_TITLE = re.compile(r"#[ \t]+(.*?)[ \t]*#*")
_DIGEST = re.compile(rf"{PREFIX}[0-9a-f]{{64}}")

Texts = Mapping[str, Prose]
"""One text by its languages."""


@dataclass(frozen=True, slots=True)
class Introducing:
    """A tour's introduction, its leads by the first step of a chapter, and what is wrong."""

    introduction: Texts = field(default_factory=dict)
    leads: Mapping[str, Texts] = field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()


def is_introduction(name: str) -> bool:
    """Tell whether a file's name is that of an introduction, in whatever language."""
    found = NAME.fullmatch(name)
    return found is not None and found[1] == INTRODUCTION


def read_introducing(folder: Path, languages: Sequence[str], firsts: Sequence[str]) -> Introducing:
    """Read a tour's introduction and leads; `firsts` are the steps that begin its chapters."""
    files: dict[str, list[tuple[Path, str]]] = defaultdict(list)
    findings: list[Diagnostic] = []
    own = [path for path in files_in(folder) if is_introduction(path.name)]
    for path in (*own, *files_in(folder / FOLDER)):
        found = NAME.fullmatch(path.name)
        if found is None or path.is_symlink() or not path.is_file():
            code, hint = ("TOUR011", "Put a copy of the file there.")
            if path.is_file() and not path.is_symlink():
                code, hint = ("TOUR026", f"Name it {FOLDER}/STEM.md, or {FOLDER}/STEM.zh.md.")
            findings.append(finding(code, path, 0, f"{path.name!r} is no lead.", hint))
        elif path.parent != folder and found[1] not in firsts:
            hint = did_you_mean(found[1], firsts).strip() or "Name it as the chapter's `first`."
            message = f"No chapter begins at {found[1]!r}."
            findings.append(finding("TOUR026", path, 0, message, hint))
        else:
            name = f"{FOLDER}/{found[1]}" if path.parent != folder else INTRODUCTION
            files[name].append((path, found[2] or languages[0]))
    texts = {name: read_texts(files[name], languages, findings) for name in sorted(files)}
    leads = {
        name.removeprefix(f"{FOLDER}/"): read
        for name, read in texts.items()
        if name != INTRODUCTION and read
    }
    return Introducing(texts.get(INTRODUCTION, {}), leads, tuple(findings))


def digest_of(text: Prose) -> str:
    """Return the digest of what a translation translates: of a page, its title too."""
    return prose_digest(f"# {text.title}\n\n{text.body}" if text.title else text.body)


def prose_digest(body: str) -> str:
    """Return the digest of a Markdown text, whatever footnotes it has."""
    words = without_labels(body).encode("utf-8", "surrogatepass")
    return PREFIX + hashlib.sha256(words).hexdigest()


def source_of(texts: Texts) -> Prose | None:
    """Return the text that the others translate; None where there is none."""
    return next((one for one in texts.values() if one.source_digest is None), None)


def name_of(text: Prose) -> str:
    """Return what `srcread accept` calls a text: `introduction`, `chapters/STEM`, `pages/STEM`."""
    stem = text.path.name.partition(".")[0]
    return stem if stem == INTRODUCTION and not text.title else f"{text.path.parent.name}/{stem}"


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder by name; none of one that is a link or is not there."""
    if not folder.is_dir() or folder.is_symlink():
        return []
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def read_texts(
    files: Sequence[tuple[Path, str]],
    languages: Sequence[str],
    findings: list[Diagnostic],
    *,
    titled: bool = False,
) -> dict[str, Prose]:
    """Read one text in its languages, and hold its translations to it.

    A `titled` one begins with a line `# Title`; without that, its stem stands in for it.
    """
    texts: dict[str, Prose] = {}
    heads: dict[str, Toml] = {}
    for path, language in files:
        if language not in languages:
            hint = f"It has {', '.join(languages)}. Rename the file."
            message = f"The tour has no language {language!r}."
            findings.append(finding("TRANS003", path, 0, message, hint))
            continue
        if language in texts:
            message = f"A second file in {language!r}."
            findings.append(finding("NOTE015", path, 0, message, "Keep one."))
            continue
        document = _document(path, findings)
        if document is not None:
            heads[language], texts[language] = document.head, _text(document, language)
            if titled:
                texts[language] = _with_title(texts[language], findings)
            findings += check_keys(document.head, _HEAD)
    return _held(texts, heads, languages, findings)


def _document(path: Path, findings: list[Diagnostic]) -> Document | None:
    content, problems = read_text(path)
    findings += problems
    if content is None:
        return None
    if content.split("\n", 1)[0].rstrip() == FENCE:
        document = read_document(path, content)
    else:
        lines = content.split("\n")
        first = next((number for number, line in enumerate(lines) if line.strip()), 0)
        document = Document(Toml(path, {}, ""), "\n".join(lines[first:]).rstrip(), first + 1)
    if isinstance(document, Diagnostic):
        findings.append(document)
        return None
    if not document.body:
        hint = "Say what a reader will find below, or delete the file."
        message = "There is no text."
        findings.append(finding("NOTE013", path, document.body_line, message, hint))
    return document


def _text(document: Document, language: str) -> Prose:
    head = document.head
    digest = (text(head.values, "source_digest") or "") if "source_digest" in head.values else None
    return Prose(head.path, language, document.body, document.body_line, digest, lines=head.lines)


def _with_title(own: Prose, findings: list[Diagnostic]) -> Prose:
    """Return a text without its first line, which is its title."""
    first, _, rest = own.body.partition("\n")
    found = _TITLE.fullmatch(first)
    if found is None or not 0 < len(found[1]) <= LONGEST_TITLE:
        message = f"Its title has {len(found[1])} characters." if found else "It has no title."
        hint = f"Begin it with a line # and at most {LONGEST_TITLE} characters."
        findings.append(finding("TOUR028", own.path, own.body_line, message, hint))
    if found is None or not found[1]:
        return replace(own, title=own.path.name.partition(".")[0])
    body = rest.lstrip("\n")
    if not body:
        hint, message = "Say what the page is for, or delete the file.", "There is only a title."
        findings.append(finding("NOTE013", own.path, own.body_line, message, hint))
    line = own.body_line + own.body.count("\n") - body.count("\n")
    return replace(own, title=found[1], body=body, body_line=line)


def _held(
    texts: dict[str, Prose],
    heads: Mapping[str, Toml],
    languages: Sequence[str],
    findings: list[Diagnostic],
) -> dict[str, Prose]:
    """Hold the translations of one text against it, and return them with what is stale."""
    ordered = sorted(texts, key=languages.index)
    sources = [one for one in ordered if texts[one].source_digest is None]
    if texts and not sources:
        head = heads[ordered[0]]
        message, hint = (
            "Every language of it has a source_digest.",
            "Delete it from the text itself.",
        )
        line = line_of(head, "source_digest")
        findings.append(finding("TRANS001", head.path, line, message, hint))
        return {}
    for extra in sources[1:]:
        message = (
            f"{texts[extra].path.name} and {texts[sources[0]].path.name} have no source_digest."
        )
        hint = f'Begin the translation with lines {FENCE}, source_digest = "" and {FENCE}.'
        findings.append(finding("TRANS002", texts[extra].path, 1, message, hint))
        del texts[extra]
    return {one: _weighed(texts, one, sources[0], findings) for one in ordered if one in texts}


def _weighed(
    texts: Mapping[str, Prose], language: str, source: str, findings: list[Diagnostic]
) -> Prose:
    own = texts[language]
    if own.source_digest is None:
        return own
    expected = digest_of(texts[source])
    known = bool(_DIGEST.fullmatch(own.source_digest))
    stale = known and own.source_digest != expected
    findings += _check_digest(own, texts[source], known, stale)
    return replace(own, stale=stale)


def _check_digest(own: Prose, source: Prose, known: bool, stale: bool) -> Iterator[Diagnostic]:
    line, accept = own.lines.of("source_digest"), f"run `srcread accept {name_of(own)}`"
    if not own.source_digest:
        message = "source_digest is not filled in."
        yield finding("TRANS004", own.path, line, message, "Run `srcread check --fix`.")
    elif not known:
        message = f"source_digest {own.source_digest[:20]!r} is unknown."
        hint = f"Compare it with {source.path.name}, then {accept}."
        yield finding("TRANS009", own.path, line, message, hint)
    elif stale:
        message = f"{source.path.name} has changed since it was translated."
        yield finding("TRANS005", own.path, line, message, f"Bring it up to date, then {accept}.")
