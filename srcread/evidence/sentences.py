"""Reasons in words: one sentence for each code and language, out of the templates' words files.

A sentence comes in fragments, because a page must mark what is not in its language: names, an
author's claim and Python's own messages stay as they are, whatever is in them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from srcread.model import Confinement, Detail, Reason
from srcread.support.resources import resources

_GAP = re.compile(r"{(\w+)(?::(\w+))?}")

TABLES = ("joins", "reasons", "confinement", "operators")
"""The tables of a words file that are sentences; all else in it is the site's own words."""


class Fragment(NamedTuple):
    """A stretch of a sentence; `own` tells that it is in the language of the sentences asked."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one language; what it lacks is said in English, by `fallback`."""

    joins: Mapping[str, str]
    reasons: Mapping[str, str]
    confinement: Mapping[str, str]
    operators: Mapping[str, str]
    fallback: Sentences | None = None


def sentences_of(*files: Mapping[str, object], fallback: Sentences | None = None) -> Sentences:
    """Return the sentences of words files of one language; a later file goes before an earlier.

    Sentences may be missing; what is of a wrong kind counts as missing.
    """
    joins, reasons, confinement, operators = (
        {key: text for file in files for key, text in _texts(file.get(name)).items()}
        for name in TABLES
    )
    return Sentences(joins, reasons, confinement, operators, fallback)


@cache
def english() -> Sentences:
    """Return srcread's own English sentences, for the command line and for findings."""
    data = (resources("templates") / "words.en.toml").read_bytes()
    return sentences_of(tomllib.loads(data.decode("utf-8")))


def say(reason: Reason) -> str:
    """Say a reason in English.

    For example, `say(Reason(ReasonCode.NEEDS, {"name": "scipy"}))` is `needs scipy`.
    """
    return said(fragments(reason, english()))


def said(pieces: Iterable[Fragment]) -> str:
    """Return fragments as one plain text."""
    return "".join(fragment.text for fragment in pieces)


def fragments(reason: Reason, sentences: Sentences) -> Iterator[Fragment]:
    """Yield a reason's sentence in a language, piece by piece."""
    found = sentences.reasons.get(reason.code.value)
    if found is None and sentences.fallback is not None:
        for text, _ in fragments(reason, sentences.fallback):
            yield Fragment(text, False)
        return
    own, *gaps = _GAP.split(found if found is not None else reason.code.value)
    yield Fragment(own, True)
    for name, join, own in zip(gaps[::3], gaps[1::3], gaps[2::3], strict=True):
        yield from _filled(reason.values.get(name, "…"), join, sentences)
        yield Fragment(own, True)


def confinement(held: tuple[Confinement, ...], sentences: Sentences) -> Iterator[Fragment]:
    """Yield what confined a run, as a list in a language."""
    for number, one in enumerate(held):
        if number:
            yield Fragment(_join("items", sentences), True)
        yield from _word(one.value, "confinement", sentences)
    if not held:
        yield from _word("none", "confinement", sentences)


def operator(name: str, sentences: Sentences) -> Iterator[Fragment]:
    """Yield what an operator of controls changes, in a language; an unknown one is its name."""
    yield from _word(name, "operators", sentences)


def _filled(value: Detail, join: str | None, sentences: Sentences) -> Iterator[Fragment]:
    match value:
        case Reason():
            yield from fragments(value, sentences)
        case tuple():
            for number, one in enumerate(value):
                if number:
                    yield Fragment(_join(join or "items", sentences), True)
                yield from _filled(one, join, sentences)
        case str():
            yield Fragment(value, False)
        case int():
            yield Fragment(str(value), True)
        case float():
            yield Fragment(f"{value:g}", True)


def _word(name: str, table: str, sentences: Sentences) -> Iterator[Fragment]:
    found = getattr(sentences, table).get(name)
    if found is None and sentences.fallback is not None:
        yield Fragment(getattr(sentences.fallback, table).get(name, name), False)
        return
    yield Fragment(found if found is not None else name, found is not None)


def _join(name: str, sentences: Sentences) -> str:
    given = sentences.fallback.joins if sentences.fallback else {}
    return sentences.joins.get(name) or given.get(name) or ", "


def _texts(table: object) -> Mapping[str, str]:
    if not isinstance(table, dict):
        return {}
    return {str(key): text for key, text in table.items() if isinstance(text, str)}
