"""Rules about what introduces a tour and its chapters, about pages beside the steps, and fixes.

They are those of a note's body. What an introduction says is no claim, so that it has no footnotes:
it leads to notes by links to `#n-STEM`, and to words of the glossary. An
equation in a lead has the names of the code that the chapter's notes stand at; one in the
introduction or a page, those of any note's. A page alone may lead to steps of other tours, by
`#TOUR/n-STEM`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from srcread.errors import SourceError, did_you_mean
from srcread.model import Diagnostic, Prose, Step, Tour
from srcread.notes.equations import check_fences, check_names_of, check_same
from srcread.notes.format.body import LONGEST, LONGEST_PAGE, check_body, headings_of
from srcread.notes.format.codes import finding
from srcread.notes.format.files import read_text, write_text
from srcread.notes.format.frontmatter import FENCE
from srcread.notes.format.glossary import Glossary, check_prose_terms
from srcread.notes.format.prose import INTRODUCTION, Texts, digest_of, name_of, source_of
from srcread.notes.format.stems import is_stem
from srcread.notes.format.tourfile import NAME
from srcread.notes.format.translation import with_source_digest
from srcread.notes.lookup import Lookup
from srcread.notes.scaffold import PLACEHOLDER
from srcread.notes.sentences import labels_in

_LINK = re.compile(r"\]\(#([^()\s]*)")
_AWAY = re.compile(r"([^/]+)/n-([^/]+)")


def check_prose(tour: Tour, glossary: Glossary) -> Iterator[Diagnostic]:
    """Report what is wrong with the texts that introduce a tour, whatever its sources are."""
    known = {f"n-{step.note.stem}" for step in tour.steps} | {f"p-{one}" for one in tour.appendices}
    for texts in _all(tour):
        source = source_of(texts)
        for _, text in sorted(texts.items()):
            longest = LONGEST_PAGE if text.title else LONGEST
            yield from check_body(text.path, text.body, text.body_line, longest)
            yield from _check_lines(text)
            yield from _check_links(tour, text, known)
            yield from check_fences(text)
            yield from check_prose_terms(text, glossary)
            if text.title:
                yield from _check_headings(text, source or text)
            if source is not None and text is not source:
                yield from check_same(source, text)
                yield from _check_same_links(source, text)


def check_prose_names(tour: Tour, lookup: Lookup) -> Iterator[Diagnostic]:
    """Report each name of an equation that no code of its chapter has."""
    chapters = {"": tour.steps, **chapter_steps(tour)}
    introducing = [("", tour.introduction), *tour.leads.items()]
    pages = [("", texts) for texts in tour.appendices.values()]
    for stem, texts in (*introducing, *pages):
        source, places = (
            source_of(texts),
            [at for it in chapters.get(stem, ()) for at in it.locations],
        )
        if source is not None:
            try:
                yield from check_names_of(source, places, lookup)
            except SourceError:
                return  # without its source, no name can be held to it


def chapter_steps(tour: Tour) -> dict[str, tuple[Step, ...]]:
    """Return the steps of each chapter, in their order, by the stem of the first."""
    firsts = {chapter.first for chapter in tour.chapters}
    found: dict[str, list[Step]] = {}
    for step in tour.steps:
        if step.note.stem in firsts:
            found[step.note.stem] = []
        if found:
            found[next(reversed(found))].append(step)
    return {stem: tuple(steps) for stem, steps in found.items()}


def accept_prose(tour: Tour, name: str) -> tuple[Path, ...] | None:
    """Mark the translations of a text, as `chapters/STEM`, current; return what it wrote.

    None says that the tour has no such text.
    """
    for texts in _all(tour):
        source = source_of(texts)
        if source is None or name_of(source) != name:
            continue
        digest = digest_of(source)
        others = [one for one in texts.values() if one is not source]
        written = [one.path for one in others if write_text(one.path, with_digest(one, digest))]
        return tuple(sorted(written))
    return None


def undigested(tour: Tour) -> Iterator[tuple[Prose, str]]:
    """Yield each translation that does not say what it translates, with the digest of that."""
    for texts in _all(tour):
        source = source_of(texts)
        for one in texts.values():
            if source is not None and one.source_digest == "":
                yield one, digest_of(source)


def with_digest(text: Prose, digest: str) -> str:
    """Return a translation's file with this digest in its head."""
    return with_source_digest(text.path, read_text(text.path)[0] or "", digest)


def missing_prose(tour: Tour) -> Iterator[Diagnostic]:
    """Report each language that an introduction, a lead or a page lacks: shown on request."""
    for texts in _all(tour):
        source = source_of(texts)
        for language in tour.languages if source else ():
            if source and language not in texts:
                message = f"There is no {language} translation."
                stem = source.path.name.partition(".")[0]
                hint = (
                    f'Write {stem}.{language}.md: {FENCE}, source_digest = "", {FENCE}, the text.'
                )
                yield finding("TRANS010", source.path, 0, message, hint)


def _all(tour: Tour) -> Sequence[Texts]:
    leads = (tour.leads[stem] for stem in sorted(tour.leads))
    return [tour.introduction, *leads, *tour.appendices.values()]


def _check_lines(text: Prose) -> Iterator[Diagnostic]:
    for number, line in enumerate(text.body.split("\n"), text.body_line):
        if PLACEHOLDER in line:
            message = f"The text still says {PLACEHOLDER}."
            yield finding("NOTE027", text.path, number, message, "Write it, then delete the word.")
        for label in labels_in(line):
            message = f"[^{label}] is a footnote."
            hint = "Link to the note that says it: [words](#n-STEM)."
            yield finding("SENT012", text.path, number, message, hint)


def _check_links(tour: Tour, text: Prose, known: Collection[str]) -> Iterator[Diagnostic]:
    for number, line in enumerate(text.body.split("\n"), text.body_line):
        for found in _LINK.finditer(line):
            away = _AWAY.fullmatch(found[1]) if text.title else None
            if found[1] in known or (away and _has_step(tour.folder.parent, away[1], away[2])):
                continue
            message = f"A link to {'#' + found[1]!r}, which is no step."
            near = did_you_mean(found[1], [*known]).strip()
            hint = near or "Write #n- and the stem of a step, or #p- and that of a page."
            yield finding("NOTE034", text.path, number, message, hint)


def _has_step(tours: Path, tour: str, stem: str) -> bool:
    """Whether a tour beside this one has such a note."""
    named = is_stem(tour) and is_stem(stem) and stem != INTRODUCTION
    return named and (tours / tour / NAME).is_file() and (tours / tour / f"{stem}.md").is_file()


def _check_same_links(source: Prose, text: Prose) -> Iterator[Diagnostic]:
    ours, theirs = (Counter(_LINK.findall(one.body)) for one in (text, source))
    for words, links in (("lacks", theirs - ours), ("alone has", ours - theirs)):
        if links:
            listed = ", ".join(f"#{one}" for one in sorted(links))
            message = f"Beside {source.path.name} it {words} links to {listed}."
            yield finding("TRANS016", text.path, 0, message, "Give both the same links.")


def _check_headings(text: Prose, source: Prose) -> Iterator[Diagnostic]:
    headings = headings_of(text.body)
    for signs, line in headings:
        if signs == 1:
            message, hint = "A second title.", "Begin a heading with ##."
            yield finding("TOUR028", text.path, text.body_line + line, message, hint)
    count = len(headings_of(source.body))
    if len(headings) != count:
        message = f"It has {len(headings)} headings, {source.path.name} has {count}."
        hint = "Give both the same: links lead to them."
        yield finding("TRANS017", text.path, 0, message, hint)
