"""glossary.toml: what a language calls a thing, for translations to be held to.

    [[zh]]
    en = "plugin"
    say = "插件"
    not = ["plugin"]
    but = ["TensorRT plugin registry"]

The tables of a language list its terms. A translation says `say`, and none of `not` outside code,
links and the phrases in `but`. A word of Latin letters is found whole, in either case and with a
plural's s; of others any occurrence counts. A tour's own glossary.toml is read, and that of the
folder around it, for all tours there; where both have a term, the tour's counts. What words mean,
the tables `[[term]]` of the same file say: see `srcread.notes.format.terms`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from srcread.model import Diagnostic, KeyLines, Prose, Step, Term, Translation
from srcread.notes.format.codes import finding
from srcread.notes.format.files import read_text
from srcread.notes.format.frontmatter import Toml, read_toml
from srcread.notes.format.keys import Format, Kind, check_keys, tables, text, texts
from srcread.notes.format.terms import KEY, terms_in

NAME = "glossary.toml"

_TERM = Format(
    {"en": Kind.TEXT, "say": Kind.TEXT, "not": Kind.TEXTS, "but": Kind.TEXTS}, "TERM001", "TERM001"
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_CODE = re.compile(
    r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)|\]\([^()]*\)|https?://\S+|\[\^[^\]]+\]", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Word:
    """What one language calls a thing: `say`, and none of `avoided` but in these phrases."""

    english: str
    say: str
    avoided: tuple[str, ...]
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Glossary:
    """How each language says things, what words mean, and what is wrong with the files.

    `terms` are the words that are explained, a tour's own behind those of the folder around it.
    """

    words: Mapping[str, tuple[Word, ...]]
    terms: tuple[Term, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def read_glossary(folder: Path) -> Glossary:
    """Read the glossaries of a tour's folder; without a file there are no words."""
    words: dict[str, dict[str, Word]] = {}
    terms: list[Term] = []
    findings: list[Diagnostic] = []
    for path in (folder.parent / NAME, folder / NAME):
        if not path.is_file():
            continue
        content, problems = read_text(path)
        findings += problems
        toml = read_toml(path, content or "", "TERM001")
        if isinstance(toml, Diagnostic):
            findings.append(toml)
            continue
        for language, word in _words(toml, findings):
            words.setdefault(language, {})[word.english.lower()] = word
        terms += terms_in(toml, path.parent != folder, findings)
    found = {language: tuple(known.values()) for language, known in words.items()}
    return Glossary(found, tuple(terms), tuple(findings))


def check_terms(step: Step, glossary: Glossary) -> Iterator[Diagnostic]:
    """Report each word of a step's translations for which the glossary has another."""
    for language, translation in sorted(step.translations.items()):
        yield from _check(translation.path, language, _texts(translation), glossary)


def check_prose_terms(text: Prose, glossary: Glossary) -> Iterator[Diagnostic]:
    """Report each word of a translated introduction or lead for which there is another."""
    if text.source_digest is not None:
        yield from _check(text.path, text.language, [(text.body_line, text.body)], glossary)


def _check(
    path: Path, language: str, said: Iterable[tuple[int, str]], glossary: Glossary
) -> Iterator[Diagnostic]:
    texts_ = list(said)
    for word in glossary.words.get(language, ()):
        for line, one in texts_:
            for found in uses(word, one):
                at = line + one.count("\n", 0, found.start())
                message = f"{found[0]!r} is {word.say!r} here: the glossary has {word.english!r}."
                hint = f"Write {word.say!r}, or put code between backticks."
                yield finding("TERM002", path, at, message, hint)


def uses(word: Word, said: str) -> Iterator[re.Match[str]]:
    """Yield where a text calls a thing by a word that the glossary avoids."""
    for phrase in word.phrases:
        said = said.replace(phrase, " " * len(phrase))
    said = _CODE.sub(lambda found: re.sub(r"\S", " ", found[0]), said)
    for avoided in word.avoided:
        yield from _pattern(avoided).finditer(said)


@cache
def _pattern(word: str) -> re.Pattern[str]:
    if not word.isascii():
        return re.compile(re.escape(word))
    return re.compile(rf"(?<![\w.-]){re.escape(word)}s?(?![\w-]|\.\w)", re.IGNORECASE | re.ASCII)


def _words(toml: Toml, findings: list[Diagnostic]) -> Iterator[tuple[str, Word]]:
    for language in toml.values:
        if language == KEY:
            continue
        if not _LANGUAGE.fullmatch(language) or not tables(toml.values, language):
            message = f"{language!r} is no list of a language's terms."
            hint = 'Write [[zh]], and below it en = "…", say = "…", not = ["…"].'
            findings.append(finding("TERM001", toml.path, toml.lines.of(language), message, hint))
            continue
        for number, values in enumerate(tables(toml.values, language)):
            findings += check_keys(toml, _TERM, language, number)
            english, say = text(values, "en"), text(values, "say")
            if english is None or say is None:
                line = toml.lines.of(language, number)
                message = "A term has no en, or no say."
                hint = 'Write en = "plugin" and say = "插件".'
                findings.append(finding("TERM001", toml.path, line, message, hint))
                continue
            yield language, Word(english, say, texts(values, "not"), texts(values, "but"))


def _texts(translation: Translation) -> Iterator[tuple[int, str]]:
    """Yield what a reader sees of a translation, each text with its line."""
    lines: KeyLines = translation.lines
    yield lines.of("title"), translation.title
    yield translation.body_line, translation.body
    yield from _listed(lines, "questions", translation.questions)
    for sentence, said in translation.claims.items():
        yield lines.of("claims", sentence), said
    for title, said in translation.grids.items():
        yield lines.of("grids", title), said


def _listed(lines: KeyLines, key: str, said: Sequence[str]) -> Iterator[tuple[int, str]]:
    for number, one in enumerate(said):
        yield lines.of(key, number), one
