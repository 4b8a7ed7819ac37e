"""Our own search index: a script that adds to one global, small, and usable from file://.

Names are most of it. They stand under what owns them, and their addresses follow from them but for
a few: that halves the script of a site with 2,000 functions. What the page's script says stands in
it, too: every page of a tour loads it anyway, so the words stand once for a language. What notes
say is left out: it waits in scripts of its own until somebody comes to the search box.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from srcread.model import SymbolKind, Tour
from srcread.site.data.address import short_name
from srcread.site.data.layout import Layout, line_address
from srcread.site.data.overview import outline_rows
from srcread.site.data.title import plain, tour_title
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
    "kind_errors",
    "kind_notes",
    "kind_operators",
    "kind_pages",
    "kind_scenarios",
    "kind_symbols",
    "kind_terms",
    "keys_on",
    "keys_title",
    "progress",
    "progress_forget",
    "progress_read",
    "search_failed",
    "search_issue",
    "search_issue_body",
    "search_none",
    "search_uncertain",
    "search_unknown",
    "suggest",
    "suggest_body",
    "suggest_copied",
    "suggest_copy",
    "suggest_issue",
    "suggest_lead",
)
_GITHUB = re.compile(r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?")


def symbols_script(
    layout: Layout, language: str, words: Mapping[str, object], prose: Sequence[str] = ()
) -> bytes:
    """Return the search index of a tour, with the script's `words` and what a suggestion names.

    `symbols` holds a list for each owner, its name first. A function follows as its name within
    the owner, or as that and its page's file where that is not its full name and `.html`. Every
    other list holds pairs: what is searched, and the address from the script's own folder. `prose`
    are the addresses of the words of notes, those of other tours, too. `scenarios` holds lists like
    those of `symbols`: a page, and the key and title of each scenario that calls its function last.
    The front page loads the indexes of several tours, so each says where it comes from.
    """
    rows, tour = outline_rows(layout, language), layout.view.tour
    index = {
        "name": tour.name,
        "version": layout.version,
        "repository": issues(tour),
        "words": words,
        "tour": tour_title(tour, language).text,
        "notes": [[plain(row.title.text), row.href] for row in rows],
        "operators": list(_operators(layout)),
        "prose": list(prose),
        "scenarios": _scenarios(layout, language),
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


def _scenarios(layout: Layout, language: str) -> list[list[str | list[str]]]:
    """Return for each function that a scenario calls last its page, each scenario's key, title."""
    files: dict[str, list[str | list[str]]] = {}
    for scenario in layout.view.runs.scenarios:
        if scenario.calls in layout.files:
            file = layout.files[scenario.calls]
            title, _ = scenario.said(language)
            files.setdefault(file, [file]).append([scenario.key, title])
    return list(files.values())


def _operators(layout: Layout) -> Iterable[Sequence[str]]:
    for name, symbol in sorted(layout.symbols.items()):
        callers = layout.callers.get(name, ())
        if symbol.kind is SymbolKind.NATIVE and callers and callers[0].site.caller in layout.files:
            site = callers[0].site
            address = line_address(layout, site.caller, site.range.first_line)
            yield [short_name(name), address or layout.files[site.caller]]


def script_words(words: Mapping[str, str]) -> dict[str, object]:
    """Return the words that the page's script says; `keys` in the order in which it lists them."""
    said = {name: words[name] for name in _SAID}
    return {**said, "keys": {key: words[name] for key, name in _KEYS.items()}}


def issues(tour: Tour) -> str | None:
    """Return the address below which a new issue begins: known of github.com alone."""
    found = _GITHUB.fullmatch(tour.repository or "")
    return f"https://github.com/{found[1]}" if found else None
