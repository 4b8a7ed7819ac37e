"""Titles in the reader's language where there is one, else in their own, which the page then marks.

A tour's first language is that of its title and of its chapters.
"""

from __future__ import annotations

from typing import NamedTuple

from srcread.model import Chapter, Step, Tour, Translation


class Title(NamedTuple):
    """A title, and the language that it is in."""

    text: str
    language: str


def tour_title(tour: Tour, language: str) -> Title:
    """Return a tour's title."""
    return _of(tour, tour.title, tour.titles.get(language), language)


def chapter_title(tour: Tour, chapter: Chapter, language: str) -> Title:
    """Return a chapter's title."""
    return _of(tour, chapter.title, chapter.titles.get(language), language)


def step_title(step: Step, language: str) -> Title:
    """Return a step's title: its note's."""
    text = translation(step, language)
    if text is not None:
        return Title(text.title, text.language)
    return Title(step.note.title, step.note.language)


def translation(step: Step, language: str) -> Translation | None:
    """Return a step's translation; none where the note itself is in this language."""
    return None if step.note.language == language else step.translations.get(language)


def questions_of(step: Step, language: str) -> tuple[Title, ...]:
    """Return a step's questions: its translation's where that has some, else its note's."""
    text = translation(step, language)
    if text is not None and text.questions:
        return tuple(Title(line, text.language) for line in text.questions)
    return tuple(Title(line, step.note.language) for line in step.note.questions)


def messages_of(step: Step, language: str) -> tuple[Title, ...]:
    """Return a step's messages: its note's, and those that its translation adds."""
    text = translation(step, language)
    added = text.messages if text is not None else ()
    own = [Title(line, step.note.language) for line in step.note.messages]
    return (*own, *(Title(line, language) for line in added if line not in step.note.messages))


def languages_of(*tours: Tour) -> tuple[str, ...]:
    """Return every language of these tours, in the order in which they name them."""
    return tuple(dict.fromkeys(name for tour in tours for name in tour.languages)) or ("en",)


def plain(text: str) -> str:
    """Return a title or a claim without backticks, for where code cannot be told from words."""
    return text.replace("`", "")


def _of(tour: Tour, own: str, other: str | None, language: str) -> Title:
    first = languages_of(tour)[0]
    return Title(other, language) if other and language != first else Title(own, first)
