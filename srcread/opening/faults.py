"""Which findings are about one note: they stop no build, and the pages say them.

A tour is the work of many hands, and the code that it reads goes on. One note whose place is lost
or whose file is broken must not take all others off the site: what is wrong with it stands where
it stands. What is wrong with the tour as a whole (tour.toml, a link, a trace, its sources) is not
said on any page, and so forbids a build.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath

from srcread.model import Diagnostic, Severity
from srcread.notes.format.appendices import PAGES
from srcread.notes.format.prose import FOLDER as LEADS
from srcread.site.view import Fault

_FOLDERS = ("evidence", "lock")
_OF_FILES = ("TOUR010", "TOUR026", "TOUR027", "TOUR028")
"""Of one file: a snippet without a note, a lead without a chapter, a page's name and title."""


def note_of(item: Diagnostic, folder: Path) -> str:
    """Return the stem of the note of this tour that a finding is about, or nothing.

    For example, `annotations/t/lock/in-projection.json: LOCK008` is about `in-projection`. What
    introduces a tour counts as one: a page says what is wrong with it, and shows the rest.
    """
    if item.code.startswith("TOUR") and item.code not in _OF_FILES:
        return ""
    try:
        parts = PurePath(item.path).relative_to(folder).parts
    except ValueError:  # of another tour, or of read source
        return ""
    match parts:
        case [name] if name.endswith((".md", ".py")):
            return name.partition(".")[0]
        case [within, name] if within in _FOLDERS:
            return name.partition(".")[0]
        case [within, name] if within in (LEADS, PAGES):
            return f"{within}/{name.partition('.')[0]}"
    return ""


def faults(findings: Iterable[Diagnostic], folder: Path) -> Mapping[str, tuple[Fault, ...]]:
    """Return the errors about notes of one tour by the stem of each, as pages say them."""
    found: dict[str, list[Fault]] = {}
    for item in findings:
        if item.severity is Severity.ERROR and (stem := note_of(item, folder)):
            place = PurePath(item.path).relative_to(folder).as_posix()
            place += f":{item.line}" if item.line else ""
            found.setdefault(stem, []).append(Fault(place, item.code, item.message))
    return {stem: tuple(found[stem]) for stem in sorted(found)}


def forbids_build(item: Diagnostic, folders: Iterable[Path]) -> bool:
    """Tell whether a finding keeps the site of these tours from being built."""
    return item.severity is Severity.ERROR and not any(note_of(item, one) for one in folders)


def strictly(findings: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return findings as a gate takes them: every one but a hint is an error."""
    return tuple(
        item if item.severity is Severity.HINT else replace(item, severity=Severity.ERROR)
        for item in findings
    )
