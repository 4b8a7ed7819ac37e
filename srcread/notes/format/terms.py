"""The terms of a glossary.toml: what a word means, in each language.

    [[term]]
    note = "decoder-cross-attention"     # the step that shows it, if one does

    [term.en]
    name = "cross-attention"
    also = ["encoder-decoder attention"] # what it is called, too
    but = ["no cross-attention here"]    # phrases in which it means something else
    means = "Attention whose keys and values come from another sequence than its queries."

    [term.zh]
    name = "交叉注意力"
    means = "query 与 key、value 来自不同序列的注意力。"

A tour's own glossary.toml is read, and that of the folder around it. Where both explain a word, the
tour's counts; one around counts for a tour whose texts use it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from srcread.model import Diagnostic, Meaning, Term, Tour
from srcread.notes.format.codes import finding
from srcread.notes.format.frontmatter import Toml
from srcread.notes.format.keys import Format, Kind, check_keys, table, tables, text, texts
from srcread.notes.terms import uses_of

KEY = "term"
LONGEST_MEANING = 400

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_MEANING = Format(
    {"name": Kind.TEXT, "also": Kind.TEXTS, "but": Kind.TEXTS, "means": Kind.TEXT},
    "TERM001",
    "TERM001",
)


def terms_in(toml: Toml, shared: bool, findings: list[Diagnostic]) -> Iterator[Term]:
    """Yield the terms of a file that say something, and add what is wrong with it."""
    if KEY in toml.values and not tables(toml.values, KEY):
        message, hint = f"{KEY!r} is no list of terms.", "Write [[term]], and [term.en] below it."
        findings.append(finding("TERM001", toml.path, toml.lines.of(KEY), message, hint))
    known: set[tuple[str, str]] = set()
    for number, values in enumerate(tables(toml.values, KEY)):
        line = toml.lines.of(KEY, number)
        languages = {name: Kind.TABLE for name in values if _LANGUAGE.fullmatch(name)}
        form = Format({"note": Kind.TEXT, **languages}, "TERM001", "TERM001")
        findings += check_keys(toml, form, KEY, number)
        meanings = {}
        for language in languages:
            findings += check_keys(toml, _MEANING, KEY, number, language)
            meaning = _meaning(table(values, language))
            if meaning is None:
                message = f"The term has no name or no meaning in {language!r}, or a long one."
                hint = f"Write name and means, of at most {LONGEST_MEANING} characters in one line."
                findings.append(finding("TERM001", toml.path, line, message, hint))
                continue
            for name in meaning.names[0]:
                if (key := (language, name.lower())) in known:
                    message = f"{name!r} is explained twice."
                    findings.append(finding("TERM003", toml.path, line, message, "Keep one."))
                known.add(key)
            meanings[language] = meaning
        if meanings:
            yield Term(meanings, text(values, "note"), shared, toml.path, line)
        elif not languages:
            message, hint = (
                "The term says nothing.",
                "Write [term.en] below it, with name and means.",
            )
            findings.append(finding("TERM001", toml.path, line, message, hint))


def with_terms(tour: Tour, terms: Sequence[Term]) -> Tour:
    """Return a tour with its terms: its own, and those around that its texts use."""
    own = [one for one in terms if not one.shared]
    taken = {(language, name) for one in own for language, name in _named(one)}
    around = [one for one in terms if one.shared and taken.isdisjoint(_named(one))]
    bodies = [*bodies_of(tour)]
    stems = {step.note.stem for step in tour.steps}
    used = [
        one if one.note in stems else replace(one, note=None)
        for one in around
        if _is_used(one, bodies)
    ]
    return replace(tour, terms=(*own, *used))


def check_terms_of(tour: Tour) -> Iterator[Diagnostic]:
    """Report a tour's own terms that lack a language, that nothing uses, that no step shows."""
    bodies = [*bodies_of(tour)]
    stems = {step.note.stem for step in tour.steps}
    for one in tour.terms:
        name = next(iter(one.meanings.values())).name
        missing = [language for language in tour.languages if language not in one.meanings]
        for language in missing:
            message = f"{name!r} is not explained in {language!r}."
            hint = f"Write [term.{language}] below it."
            yield finding("TERM004", one.path, one.line, message, hint)
        if one.note is not None and one.note not in stems:
            message = f"No step is called {one.note!r}."
            yield finding("TERM006", one.path, one.line, message, "Write the stem of a note.")
        if not one.shared and not _is_used(one, bodies):
            message = f"No text of the tour says {name!r}."
            hint = "Say it, or delete the term."
            yield finding("TERM005", one.path, one.line, message, hint)


def bodies_of(tour: Tour) -> Iterator[tuple[str, str]]:
    """Yield the Markdown of all texts of a tour, each with its language."""
    for prose in (tour.introduction, *tour.leads.values(), *tour.appendices.values()):
        for text_ in prose.values():
            yield text_.language, text_.body
    for step in tour.steps:
        yield step.note.language, step.note.body
        for translation in step.translations.values():
            yield translation.language, translation.body


def _meaning(values: dict[str, object]) -> Meaning | None:
    name, means = text(values, "name"), text(values, "means")
    also, but = (
        tuple(one.strip() for one in texts(values, key) if one.strip()) for key in ("also", "but")
    )
    if name is None or means is None or "\n" in name + means or len(means) > LONGEST_MEANING:
        return None
    return Meaning(name, means, also, but)


def _named(term: Term) -> set[tuple[str, str]]:
    return {(language, one.name.lower()) for language, one in term.meanings.items()}


def _is_used(term: Term, bodies: Sequence[tuple[str, str]]) -> bool:
    for language, meaning in term.meanings.items():
        mine = [body for own, body in bodies if own == language]
        if any(uses_of(body, (meaning.names,)) for body in mine):
            return True
    return False
