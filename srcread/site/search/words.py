"""What notes say, for the search: a script for each tour and language, loaded at the first search.

For example, a note is `["pkg.model.html#n-run", "The layer is called", ["Why twice?"], ["got 3"],
["It is called once."], "The layer is called, not its forward.", ["Model.forward"], [0]]`: its
address from the script's folder, title, questions, messages, claims, body, the places that it
stands at, and what each message needs to be meant for certain. A recorded error is
`["RuntimeError: …", "pkg.model.html?run=error-shape", "Model.forward", 0]`, a term of the glossary
`["t-layer", "层", "layer"]`: its place there, and what it is called. A page beside the steps is
found by its title and its headings, which stand where claims do: the rest the notes say to which it
leads.

Left out are blocks of code and what sentences stand on. These are texts and no inverted index: the
page makes that in some 50 ms, a stored one is larger, and excerpts need the texts anyway.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import quote

from srcread.model import Step
from srcread.notes.format.prose import source_of
from srcread.site.data.address import appendix_file, short_name
from srcread.site.data.introducing import TermNames, term_names
from srcread.site.data.layout import Layout
from srcread.site.data.overview import step_address
from srcread.site.data.title import (
    languages_of,
    messages_of,
    plain,
    questions_of,
    step_title,
    tour_title,
    translation,
)
from srcread.site.escaping import tag_free, visible

FILE = "words.js"
_HEADING = re.compile(r"^#{2,6}[ \t]+(.+)$", re.MULTILINE)
_NAMED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|[\w.]+\(\)")
_WORD = re.compile(r"\w*[^\W\d]\w*")
_COMMON = re.compile(
    "an?|access|arguments?|array|associated|attribute|base|be|broadcast|but|by|callable|cannot|convert|"
    "could|defined|float|for|from|function|given|got|has|import|in|index|indices|int|integer|into|"
    "invalid|is|iterable|keyword|len|list|literal|local|missing|module|must|name|no|nonetype|not|"
    "object|of|operands?|or|out|positional|range|required|reshape|shapes?|size|str|string|"
    "subscriptable|takes|to|together|tuple|types?|unexpected|unsupported|values?|variable|was|were|"
    "where|with|\\w*(?:error|exception|warning)",
    re.IGNORECASE,
)
"""Words of which Python and NumPy make their messages, whatever program they stop."""

_NEVER = 99
_RECORDED = "errors"  # the group of scenarios that end in an exception on purpose


class NoteWords(NamedTuple):
    """What a note says, in one language, in the order in which the page reads it."""

    address: str
    title: str
    questions: tuple[str, ...]
    messages: tuple[str, ...]
    claims: tuple[str, ...]
    body: str
    places: tuple[str, ...]
    needs: tuple[int, ...] = ()


class TourWords(NamedTuple):
    """What is searched of a tour besides its names; bodies are Markdown still."""

    language: str
    tour: str
    notes: tuple[NoteWords, ...]
    errors: tuple[tuple[str, str, str, int], ...]
    terms: tuple[TermNames, ...]


def has_words(layout: Layout) -> bool:
    """Tell whether a tour has anything to search besides its names."""
    return bool(layout.view.tour.steps or layout.view.tour.terms)


def prose_addresses(layouts: Sequence[Layout], language: str, layout: Layout) -> tuple[str, ...]:
    """Return where the words of all tours of a language stand, from one tour's folder."""
    return tuple(
        FILE if one is layout else f"../../{one.folder}/{FILE}"
        for one in layouts
        if has_words(one) and language in languages_of(one.view.tour)
    )


def tour_words(layout: Layout, language: str) -> TourWords:
    """Gather what a tour's notes say in a language, recorded errors, and the glossary's words."""
    steps = layout.view.tour.steps
    return TourWords(
        language=language,
        tour=tour_title(layout.view.tour, language).text,
        notes=(
            *(_note(layout, number, language) for number in range(len(steps))),
            *_pages(layout, language),
        ),
        errors=tuple(_errors(layout)),
        terms=term_names(layout, language),
    )


def words_script(words: TourWords) -> bytes:
    """Return the script by which a page learns of them."""
    from srcread.site.rendering.prose import paragraphs  # reads Markdown: a plan does not

    notes = [note._replace(body=" ".join(paragraphs(note.body))) for note in words.notes]
    terms = [(term.id, *term.names) for term in words.terms]
    values = {**words._asdict(), "notes": notes, "terms": terms}
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    script = f"(window.srcreadWords ||= []).push([document.currentScript.src, {tag_free(text)}]);\n"
    return visible(script).encode("utf-8", "replace")


def _note(layout: Layout, number: int, language: str) -> NoteWords:
    step = layout.view.tour.steps[number]
    text = translation(step, language)
    claims = [claim.sentence for claim in step.snippet.claims] if step.snippet else []
    if text is not None:
        claims = [text.claims.get(claim, claim) for claim in claims]
    messages = tuple(line.text for line in messages_of(step, language))
    needs = tuple(map(needed, messages))
    return NoteWords(
        address=step_address(layout, number),
        title=plain(step_title(step, language).text),
        questions=tuple(plain(line.text) for line in questions_of(step, language)),
        messages=messages,
        claims=tuple(map(plain, claims)),
        body=(text or step.note).body,
        places=tuple(dict.fromkeys(_places(step))),
        needs=needs if any(needs) else (),
    )


def needed(message: str) -> int:
    """Return how many of a message's words must follow one another in a line that surely is it.

    Python's own messages are the same for all programs but for the names in them, which stand in
    quotes or before brackets: all words must be there. Where there is no name, no line is sure. Of
    others, 0, which leaves it to the search.

    >>> needed("'Encoder' object has no attribute 'device'"), needed("index out of range")
    (6, 99)
    >>> needed("forward() missing 1 required positional argument: 'memory'")
    6
    >>> needed("the batch number of src and tgt must be equal")
    0
    """
    if not all(map(_COMMON.fullmatch, _WORD.findall(_NAMED.sub(" ", message)))):
        return 0
    words = _WORD.findall(message)
    return _NEVER if all(map(_COMMON.fullmatch, words)) else len(words)


def _pages(layout: Layout, language: str) -> Iterable[NoteWords]:
    for stem, texts in layout.view.tour.appendices.items():
        text = texts.get(language) or source_of(texts)
        if text is not None:
            headings = tuple(plain(one) for one in _HEADING.findall(text.body))
            yield NoteWords(appendix_file(stem), plain(text.title), (), (), headings, "", ())


def _places(step: Step) -> Iterable[str]:
    """Yield the names of what a note stands at: owner and function, and the operator's."""
    for anchor in step.note.anchors:
        yield ".".join(anchor.symbol.split(".")[-2:])
    if step.note.native:
        yield step.note.native.rpartition(":")[2]


def _errors(layout: Layout) -> Iterable[tuple[str, str, str, int]]:
    """Yield each exception that a scenario ended in, the page of its function in that run."""
    known = set[str]()
    for scenario in layout.view.runs.scenarios:
        name, text = scenario.raised
        if scenario.group == _RECORDED and name in layout.files and text not in known:
            known.add(text)
            address = f"{layout.files[name]}?run={quote(scenario.key)}"
            yield text, address, short_name(name), needed(text)
