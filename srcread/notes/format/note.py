"""One Markdown file of a tour: a note, or a note's translation, with every key read and checked.

Which of a step's files is the note is decided by `srcread.notes.format.tour`. What stands in the
sources, and how a body is written, is not looked at here: a note can be read without either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from srcread.errors import SelectorError
from srcread.model import Anchor, Basis, Diagnostic, Exercise, Note, Translation
from srcread.notes.anchors.selector import parse_selector
from srcread.notes.format.codes import finding
from srcread.notes.format.footnotes import take_footnotes
from srcread.notes.format.frontmatter import Document, Toml, line_of
from srcread.notes.format.keys import (
    Elsewhere,
    Format,
    Kind,
    check_keys,
    flag,
    tables,
    text,
    text_by_name,
    texts,
)

LONGEST_TITLE = 120

_NOTE = Format(
    {
        "title": Kind.TEXT,
        "title_labels": Kind.TEXTS,
        "symbol": Kind.TEXT,
        "at": Kind.TEXT,
        "also": Kind.TABLES,
        "reach": Kind.FLAG,
        "reach_reason": Kind.TEXT,
        "native": Kind.TEXT,
        "after": Kind.TEXT,
        "versions": Kind.TEXT,
        "trap": Kind.FLAG,
        "scenario": Kind.TEXT,
        "questions": Kind.TEXTS,
        "messages": Kind.TEXTS,
        "authors": Kind.TEXTS,
        "see": Kind.TEXTS,
        "survivors": Kind.TEXT_BY_NAME,
        "exercise": Kind.TABLES,
    },
    unknown="NOTE007",
    wrong="NOTE008",
)
_ALSO = Format(
    {"symbol": Kind.TEXT, "at": Kind.TEXT},
    unknown="NOTE007",
    wrong="NOTE008",
    above=frozenset(_NOTE.keys) - {"symbol", "at", "also"},
)
_EXERCISE = Format(
    {"claim": Kind.TEXT, "ask": Kind.TEXT},
    unknown="NOTE007",
    wrong="NOTE008",
    above=frozenset(_NOTE.keys),
)
_TRANSLATION = Format(
    {
        "title": Kind.TEXT,
        "source_digest": Kind.TEXT,
        "questions": Kind.TEXTS,
        "messages": Kind.TEXTS,
        "claims": Kind.TEXT_BY_NAME,
        "exercises": Kind.TEXT_BY_NAME,
        "grids": Kind.TEXT_BY_NAME,
    },
    unknown="NOTE007",
    wrong="NOTE008",
    elsewhere=Elsewhere(
        frozenset(_NOTE.keys),
        "TRANS006",
        "a translation",
        "Only the note itself has it: delete it here.",
    ),
)
NOTE_KEYS = tuple(_NOTE.keys)
"""Every key of a note, in the order of the contributor's guide."""

_SEGMENT = r"(?:\w+|<locals>)(?:@\w+)?(?:~\d+)?"
_SYMBOL = re.compile(rf"(?:[^\s:]+\.py:)?{_SEGMENT}(?:\.{_SEGMENT})*")
_FOREIGN = re.compile(r"\b(?!https?:)\w+://|^\s*(?:javascript|data|vbscript|file):", re.IGNORECASE)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|(?<!\S)\S*[^\W\d_]\S*")
_FEWEST_WORDS = 3
_SENTENCE = "Say in a sentence of at least three words, ending with a full stop, why {}."
_NATIVE = re.compile(r"[^\s:]+(?:/[^\s:]+)*\.\w+:[\w:~<>]+")


def read_note(document: Document, stem: str, language: str) -> tuple[Note, list[Diagnostic]]:
    """Read a step's note: the one of its files that says where it stands."""
    values, path = document.head.values, document.head.path
    footnotes = take_footnotes(path, document.body, document.body_line)
    note = Note(
        stem=stem,
        path=path,
        language=language,
        title=text(values, "title") or stem,
        anchors=_anchors(values),
        body=footnotes.body,
        body_line=document.body_line,
        reach=flag(values, "reach", True),
        reach_reason=text(values, "reach_reason"),
        native=text(values, "native"),
        after=text(values, "after"),
        versions=text(values, "versions"),
        trap=flag(values, "trap", False),
        questions=texts(values, "questions"),
        messages=texts(values, "messages"),
        authors=texts(values, "authors"),
        see=texts(values, "see"),
        survivors=text_by_name(values, "survivors"),
        bases=footnotes.bases,
        title_labels=texts(values, "title_labels"),
        exercises=tuple(
            Exercise(text(one, "claim") or "", text(one, "ask") or "")
            for one in tables(values, "exercise")
        ),
        scenario=text(values, "scenario"),
        lines=document.head.lines,
    )
    return note, [*_check_note(document, note), *footnotes.findings]


def read_translation(document: Document, language: str) -> tuple[Translation, list[Diagnostic]]:
    """Read a note's translation; whether it is stale is for who knows the note."""
    head = document.head
    footnotes = take_footnotes(head.path, document.body, document.body_line)
    translation = Translation(
        path=head.path,
        language=language,
        title=text(head.values, "title") or "",
        body=footnotes.body,
        body_line=document.body_line,
        claims=text_by_name(head.values, "claims"),
        source_digest=text(head.values, "source_digest") or "",
        questions=texts(head.values, "questions"),
        messages=texts(head.values, "messages"),
        exercises=text_by_name(head.values, "exercises"),
        grids=text_by_name(head.values, "grids"),
        lines=head.lines,
    )
    findings = _title(head) + _body(document) + check_keys(head, _TRANSLATION)
    return translation, findings + [_defined(head, basis) for basis in footnotes.bases]


def _defined(head: Toml, basis: Basis) -> Diagnostic:
    message = f"[^{basis.label}] is defined in a translation."
    hint = "Only the note itself has definitions: delete it here."
    return finding("SENT007", head.path, basis.line, message, hint)


def _anchors(values: Mapping[str, object]) -> tuple[Anchor, ...]:
    places = [dict(values), *tables(values, "also")]
    return tuple(Anchor(text(place, "symbol") or "", text(place, "at")) for place in places)


def _check_note(document: Document, note: Note) -> list[Diagnostic]:
    head = document.head
    findings = check_keys(head, _NOTE) + _title(head) + _body(document) + _anchor(head)
    for number, _ in enumerate(tables(head.values, "also")):
        findings += check_keys(head, _ALSO, "also", number) + _anchor(head, "also", number)
    for number, _ in enumerate(note.exercises):
        findings += check_keys(head, _EXERCISE, "exercise", number)
    findings += _reach(head, note) + _native(head, note) + _versions(head, note)
    return findings + _see(head) + _survivors(head, note)


def _title(head: Toml) -> list[Diagnostic]:
    title = text(head.values, "title")
    if "title" in head.values and not isinstance(head.values["title"], str):
        return []  # reported as of a wrong kind
    hint = 'A title is a sentence that states the fact: title = "…".'
    if title is None:
        return [
            finding(
                "NOTE009", head.path, line_of(head, "title"), "The title is missing or empty.", hint
            )
        ]
    if "\n" in title or len(title) > LONGEST_TITLE:
        message = f"The title has {len(title)} characters in {title.count(chr(10)) + 1} line(s)."
        line = line_of(head, "title")
        return [finding("NOTE009", head.path, line, message, "At most 120, in one line.")]
    return []


def _body(document: Document) -> list[Diagnostic]:
    if document.body:
        return []
    hint = "Say below the keys what the line does, why, and what would surprise."
    return [finding("NOTE013", document.head.path, document.body_line, "The body is empty.", hint)]


def _anchor(head: Toml, *place: str | int) -> list[Diagnostic]:
    values = tables(head.values, "also")[int(place[1])] if place else head.values
    return _symbol(head, values, *place) + _at(head, values, *place)


def _at(head: Toml, values: Mapping[str, object], *place: str | int) -> list[Diagnostic]:
    selector = text(values, "at")
    try:
        if selector is not None:
            parse_selector(selector)
    except SelectorError as error:
        hint = "`srcread at FILE:LINE` prints one."
        return [finding("LOCK010", head.path, line_of(head, *place, "at"), str(error), hint)]
    return []


def _symbol(head: Toml, values: Mapping[str, object], *place: str | int) -> list[Diagnostic]:
    symbol = text(values, "symbol")
    if symbol is None:
        if isinstance(values.get("symbol", ""), str):
            line = line_of(head, *place, "symbol")
            what = "An [[also]]" if place else "The note"
            hint = "`srcread at FILE:LINE` prints the one for a line."
            return [finding("NOTE010", head.path, line, f"{what} names no symbol.", hint)]
    elif not _SYMBOL.fullmatch(symbol):
        line = line_of(head, *place, "symbol")
        hint = 'Write it as "package.module.Class.method"; the place in it goes into at.'
        return [finding("NOTE011", head.path, line, f"{symbol!r} is no dotted name.", hint)]
    return []


def _reach(head: Toml, note: Note) -> list[Diagnostic]:
    if note.reach and note.reach_reason:
        line = line_of(head, "reach_reason")
        hint = "Add reach = false, or delete the reason."
        return [finding("NOTE012", head.path, line, "reach_reason without reach = false.", hint)]
    if not note.reach and not note.reach_reason:
        line = line_of(head, "reach")
        hint = 'Say why a run cannot get there: reach_reason = "…".'
        return [finding("NOTE012", head.path, line, "reach = false without reach_reason.", hint)]
    if note.reach_reason and not _is_sentence(note.reach_reason):
        line = line_of(head, "reach_reason")
        message = f"reach_reason is {note.reach_reason!r}."
        return [finding("NOTE012", head.path, line, message, _SENTENCE.format("no run gets there"))]
    return []


def _is_sentence(reason: str) -> bool:
    """Tell whether a reason is one line of three words or more, and ends with a full stop."""
    whole = "\n" not in reason and reason.rstrip().endswith((".", "。"))
    return whole and len(_WORD.findall(reason)) >= _FEWEST_WORDS


def _native(head: Toml, note: Note) -> list[Diagnostic]:
    if note.native is None or _NATIVE.fullmatch(note.native):
        return []
    line = line_of(head, "native")
    hint = 'Write a path and a function: native = "aten/src/ATen/native/Linear.cpp:linear".'
    return [finding("NOTE016", head.path, line, f"native is {note.native!r}.", hint)]


def _versions(head: Toml, note: Note) -> list[Diagnostic]:
    if note.versions is None:
        return []
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # 35 ms, for few notes

    try:
        SpecifierSet(note.versions)
    except InvalidSpecifier:
        line = line_of(head, "versions")
        message = f"versions is {note.versions!r}."
        return [finding("NOTE017", head.path, line, message, 'Write it like versions = ">=2.5".')]
    return []


def _see(head: Toml) -> list[Diagnostic]:
    return [
        finding(
            "NOTE023",
            head.path,
            line_of(head, "see"),
            f"see links to {link!r}.",
            "Begin it with https://.",
        )
        for link in texts(head.values, "see")
        if _FOREIGN.search(link)
    ]


def _survivors(head: Toml, note: Note) -> list[Diagnostic]:
    return [
        finding(
            "NOTE029",
            head.path,
            line_of(head, "survivors", name),
            f"The reason for {name!r} is {reason!r}.",
            _SENTENCE.format("no claim can notice this change"),
        )
        for name, reason in note.survivors.items()
        if not _is_sentence(reason)
    ]
