"""A tour's folder to a Tour: every file read, every finding gathered, no look at the sources.

Steps come sorted by stem and without places; `srcread.notes.resolve` places and orders them. A file
that cannot be read costs its findings, never those of the files beside it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Diagnostic, Note, Snippet, Step, Tour, Translation
from srcread.notes.format.appendices import PAGES, read_appendices
from srcread.notes.format.codes import finding
from srcread.notes.format.files import read_text
from srcread.notes.format.frontmatter import Document, line_of, read_document
from srcread.notes.format.glossary import NAME as GLOSSARY
from srcread.notes.format.note import read_note, read_translation
from srcread.notes.format.prose import FOLDER, INTRODUCTION, is_introduction, read_introducing
from srcread.notes.format.stems import is_stem
from srcread.notes.format.tourfile import NAME, TourFile, read_tour_file
from srcread.notes.format.translation import check_translation
from srcread.notes.snippet import read_snippet

_FOLDERS = {FOLDER, PAGES, "evidence", "lock", "scenarios", "traces"}
_FILES = {NAME, "graph.json", GLOSSARY}


@dataclass(slots=True)
class _Files:
    """The files of one stem; a note's with their languages."""

    notes: list[tuple[Path, str]] = field(default_factory=list)
    snippet: Path | None = None


def read_tour(
    folder: Path, packages: Collection[str] = (), file: TourFile | None = None
) -> tuple[Tour, tuple[Diagnostic, ...]]:
    """Read a tour and report everything that is wrong with its files.

    `packages` are the top-level packages of its distributions, where they are known; a distribution
    of the same name as its package needs none. `file` is its tour.toml, if it has been read.
    """
    file = file or read_tour_file(folder)
    files, findings = _list(folder, file.languages[0], file.idioms)
    findings += file.findings
    name = folder.resolve().name
    if not is_stem(name):
        findings.append(
            finding("TOUR016", folder, 0, f"{name!r} is no tour's name.", "Rename the folder.")
        )
    allowed = {*packages, *file.imports, *file.sources, *map(_package, file.distributions)}
    steps = []
    for stem in sorted(files):
        step, step_findings = _read_step(stem, files[stem], file.languages, allowed)
        steps += [step] if step else []
        findings += step_findings
    firsts = [chapter.first for chapter in file.chapters if chapter.first]
    introducing = read_introducing(folder, file.languages, firsts)
    appendices, page_findings = read_appendices(folder, file)
    findings += [*introducing.findings, *page_findings]
    findings += _check_chapters(folder, file, files)
    findings += _check_path(folder, file, files)
    tour = Tour(
        name=name,
        folder=folder,
        title=file.title or name,
        titles=file.titles,
        distributions=file.distributions,
        sources=tuple(file.sources),
        entries=file.entries,
        languages=file.languages,
        chapters=file.chapters,
        steps=tuple(steps),
        site_url=file.site_url,
        repository=file.repository,
        earlier=file.earlier,
        path=file.path,
        start=file.start,
        introduction=introducing.introduction,
        leads=introducing.leads,
        appendices=appendices,
        lines=file.lines,
    )
    return tour, tuple(sorted(set(findings)))


def _list(
    folder: Path, language: str, idioms: Collection[str]
) -> tuple[dict[str, _Files], list[Diagnostic]]:
    """Sort a folder's files by stem; `language` is that of a note whose name says none."""
    files: dict[str, _Files] = defaultdict(_Files)
    findings = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        stem, *languages = path.name.split(".")[:-1] or [path.name]
        if path.name.startswith((".", "__pycache__")) or path.name in _FILES:
            continue
        if is_introduction(path.name):
            continue
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            hint = "Put a copy of the file there."
            findings.append(finding("TOUR011", path, 0, "This is no plain file.", hint))
        elif path.is_dir() and path.name in _FOLDERS:
            continue
        elif path.name in idioms:
            continue  # the graph reads them
        elif path.is_dir() or path.suffix not in (".md", ".py"):
            hint = "Delete it, or move it out of the tour."
            findings.append(finding("TOUR009", path, 0, "This is no file of a tour.", hint))
        elif stem == INTRODUCTION or not is_stem(stem) or len(languages) > (path.suffix == ".md"):
            hint = "Name it like in-projection.md, in-projection.zh.md or in-projection.py."
            findings.append(finding("NOTE014", path, 0, f"{path.name!r} is no stem.", hint))
        elif path.suffix == ".md":
            files[stem].notes.append((path, languages[0] if languages else language))
        else:
            files[stem].snippet = path
    if not any(file.notes for file in files.values()) and folder.is_dir():
        hint = "`srcread new SYMBOL` makes the first."
        findings.append(finding("TOUR012", folder, 0, "The tour has no notes.", hint))
    return files, findings


def _package(distribution: str) -> str:
    return re.sub(r"[-.]", "_", distribution).lower()


def _read_step(
    stem: str, files: _Files, languages: Sequence[str], packages: Collection[str]
) -> tuple[Step | None, list[Diagnostic]]:
    findings: list[Diagnostic] = []
    snippet: Snippet | None = None
    if files.snippet is not None:
        snippet, snippet_findings = read_snippet(files.snippet, packages)
        findings += snippet_findings
    if not files.notes:
        hint = f"Write {stem}.md, or delete the snippet."
        path = files.snippet or Path(stem)
        return None, [*findings, finding("TOUR010", path, 0, "The snippet has no note.", hint)]
    findings += _check_languages(stem, files, languages)
    documents, unread = _read_documents(files, findings)
    source = _pick_source(stem, documents, bool(unread), findings)
    if source is None:
        return None, findings
    note, note_findings = read_note(documents[source], stem, source)
    findings += [*note_findings, *_scenario(note)]
    if files.snippet is None:
        hint = f'Write {stem}.py with assert test, "What it shows.".'
        findings.append(finding("CLAIM016", note.path, 0, "The note has no snippet.", hint))
    translations = _read_translations(documents, note, snippet, findings)
    return Step(note, translations, snippet, ()), findings


def _scenario(note: Note) -> list[Diagnostic]:
    """Look for the scenario that a note names, beside the note."""
    known = sorted(path.stem for path in (note.path.parent / "scenarios").glob("*.py"))
    if note.scenario is None or note.scenario in known:
        return []
    message = f"The tour has no scenario {note.scenario!r}.{did_you_mean(note.scenario, known)}"
    hint = "Name one of scenarios/, without .py, or delete the key."
    return [finding("NOTE035", note.path, note.lines.of("scenario"), message, hint)]


def _check_languages(stem: str, files: _Files, languages: Sequence[str]) -> list[Diagnostic]:
    findings = []
    counts = Counter(language for _, language in files.notes)
    for path, language in files.notes:
        if language not in languages:
            hint = f"It has {', '.join(languages)}. Rename the file, or add it in {NAME}."
            findings.append(
                finding("TRANS003", path, 0, f"The tour has no language {language!r}.", hint)
            )
        if counts[language] > 1:
            hint = f"{stem}.md is in the tour's first language. Keep one."
            message = f"A second file in {language!r} of step {stem!r}."
            findings.append(finding("NOTE015", path, 0, message, hint))
    return findings


def _read_documents(
    files: _Files, findings: list[Diagnostic]
) -> tuple[dict[str, Document], list[Path]]:
    """Read a step's notes by language, and return those that cannot be read too."""
    documents: dict[str, Document] = {}
    unread = []
    for path, language in files.notes:
        text, text_findings = read_text(path)
        findings += text_findings
        document = read_document(path, text) if text is not None else None
        if isinstance(document, Document):
            documents.setdefault(language, document)
            continue
        unread.append(path)
        findings += [document] if document else []
    return documents, unread


def _pick_source(
    stem: str, documents: dict[str, Document], incomplete: bool, findings: list[Diagnostic]
) -> str | None:
    """Return the language of the step's note: the file without `source_digest`.

    A file without one, beside another that alone names a symbol, is a translation that forgot it.
    """
    sources = [name for name, it in documents.items() if "source_digest" not in it.head.values]
    named = [name for name in sources if "symbol" in documents[name].head.values]
    if len(sources) > 1 and len(named) == 1:
        sources = named
    for extra in sources[1:]:
        message = f"Step {stem!r} has two files without source_digest."
        hint = 'Write source_digest = "" into the translation, then run `srcread check --fix`.'
        findings.append(finding("TRANS002", documents[extra].head.path, 1, message, hint))
    if not sources and not incomplete:
        first = next(iter(documents.values())).head
        message = f"Every file of step {stem!r} has a source_digest."
        hint = "Delete it from the note itself."
        findings.append(
            finding("TRANS001", first.path, line_of(first, "source_digest"), message, hint)
        )
    return sources[0] if sources else None


def _read_translations(
    documents: dict[str, Document],
    note: Note,
    snippet: Snippet | None,
    findings: list[Diagnostic],
) -> dict[str, Translation]:
    translations = {}
    for language, document in documents.items():
        if language == note.language:
            continue
        translation, own = read_translation(document, language)
        translations[language], against = check_translation(document, translation, note, snippet)
        findings += [*own, *against]
    return translations


def _check_chapters(folder: Path, file: TourFile, files: dict[str, _Files]) -> list[Diagnostic]:
    path = folder / NAME
    stems = [stem for stem in files if files[stem].notes]
    counts = Counter(chapter.first for chapter in file.chapters)
    findings = []
    for number, chapter in enumerate(file.chapters):
        if not chapter.first or (chapter.first in stems and counts[chapter.first] == 1):
            continue
        line = file.lines.of("chapter", number, "first")
        if chapter.first in stems:
            message = f"Two chapters begin at {chapter.first!r}."
            findings.append(finding("TOUR006", path, line, message, "A step begins one."))
        else:
            message = f"No step is called {chapter.first!r}."
            hint = did_you_mean(chapter.first, stems).strip() or "Write the stem of a note."
            findings.append(finding("TOUR006", path, line, message, hint))
    return findings


def _check_path(folder: Path, file: TourFile, files: dict[str, _Files]) -> list[Diagnostic]:
    stems = [stem for stem in files if files[stem].notes]
    unknown = [stem for stem in dict.fromkeys(file.path) if stem not in stems]
    line = file.lines.of("path")
    findings = []
    for stem in unknown:
        message = f"No step of the path is called {stem!r}."
        hint = did_you_mean(stem, stems).strip() or "Write the stem of a note."
        findings.append(finding("TOUR023", folder / NAME, line, message, hint))
    return findings
