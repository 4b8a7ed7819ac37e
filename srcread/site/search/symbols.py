"""Our own search index: a script that adds to one global, small, and usable from file://.

Names are most of it. They stand under what owns them, and their addresses follow from them but for
a few: that halves the script of a site with 2,000 functions. What the page's script says stands in
it, too: every page of a tour loads it anyway, so the words stand once for a language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from srcread.model import Step, SymbolKind, Tour
from srcread.site.data.address import short_name
from srcread.site.data.layout import Layout
from srcread.site.data.overview import outline_rows, step_address, unfolds
from srcread.site.data.title import (
    Title,
    messages_of,
    plain,
    questions_of,
    tour_title,
    translation,
)
from srcread.site.escaping import script_json

_KEYS = {
    "j": "key_down",
    "k": "key_above",
    "n": "key_next",
    "p": "key_previous",
    "u": "key_up",
    "Enter": "key_unfold",
    "e": "key_evidence",
    "s": "key_scenario",
    "/": "key_search",
    "?": "key_list",
}
_SAID = (
    "close",
    "keys_on",
    "keys_title",
    "progress",
    "progress_forget",
    "progress_read",
    "suggest",
    "suggest_body",
    "suggest_copied",
    "suggest_copy",
    "suggest_issue",
    "suggest_lead",
)
_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def symbols_script(layout: Layout, language: str, words: Mapping[str, object]) -> bytes:
    """Return the search index of a tour, with the script's `words` and what a suggestion names.

    `symbols` holds a list for each owner, its name first. A function follows as its name within
    the owner, or as that and its page's file where that is not its full name and `.html`. `long`
    holds the pages of functions that do not unfold at a call. Every other list holds pairs: what is
    searched, and the address from the script's own folder. The front page loads the indexes of
    several tours, so each says where it comes from.
    """
    rows, tour = outline_rows(layout, language), layout.view.tour
    index = {
        "name": tour.name,
        "version": layout.version,
        "repository": issues(tour),
        "words": words,
        "tour": tour_title(tour, language).text,
        "claims": list(_claims(layout, language)),
        "long": [layout.files[name] for name in layout.pages if not unfolds(layout, name)],
        "messages": list(_said(layout, lambda step: messages_of(step, language))),
        "notes": [[plain(row.title.text), row.href] for row in rows],
        "operators": list(_operators(layout)),
        "questions": list(_said(layout, lambda step: questions_of(step, language))),
        "symbols": _symbols(layout),
    }
    text = script_json(index)
    return f"(window.srcread ||= []).push([document.currentScript.src, {text}]);\n".encode()


def _symbols(layout: Layout) -> list[list[str | list[str]]]:
    owners: dict[str, list[str | list[str]]] = {}
    for name in layout.pages:
        owner, _, last = name.rpartition(".")
        file = layout.files[name]
        known = file == f"{name}.html"
        owners.setdefault(owner, [owner]).append(last if known else [last, file])
    return list(owners.values())


def _claims(layout: Layout, language: str) -> Iterable[Sequence[str]]:
    for number, step in enumerate(layout.view.tour.steps):
        text = translation(step, language)
        for claim in step.snippet.claims if step.snippet else ():
            sentence = text.claims.get(claim.sentence, claim.sentence) if text else claim.sentence
            yield [plain(sentence), step_address(layout, number)]


def _said(layout: Layout, lines: Callable[[Step], Iterable[Title]]) -> Iterable[Sequence[str]]:
    for number, step in enumerate(layout.view.tour.steps):
        for line in lines(step):
            yield [line.text, step_address(layout, number)]


def _operators(layout: Layout) -> Iterable[Sequence[str]]:
    for name, symbol in sorted(layout.symbols.items()):
        callers = layout.callers.get(name, ())
        if symbol.kind is SymbolKind.NATIVE and callers and callers[0].site.caller in layout.files:
            site = callers[0].site
            yield [short_name(name), f"{layout.files[site.caller]}#L{site.range.first_line}"]


def script_words(words: Mapping[str, str]) -> dict[str, object]:
    """Return the words that the page's script says; `keys` in the order in which it lists them."""
    said = {name: words[name] for name in _SAID}
    return {**said, "keys": {key: words[name] for key, name in _KEYS.items()}}


def issues(tour: Tour) -> str | None:
    """Return the address below which a new issue begins: known of github.com alone."""
    found = _GITHUB.fullmatch(tour.repository or "")
    return f"https://github.com/{found[1]}" if found else None
