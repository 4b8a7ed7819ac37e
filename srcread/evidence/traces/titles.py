"""Titles of scenarios in other languages: `scenarios/titles.toml`, a table for each language.

    [zh]
    train = "训练时的默认设置"

They stand beside the scripts and not in them: a trace is of a script, and words in it would make
the trace stale.

SCEN007 cannot be read, or a value is no title · SCEN008 there is no such scenario.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from srcread.errors import did_you_mean
from srcread.model import Diagnostic, Severity
from srcread.notes.format.files import hidden
from srcread.support.files import read_plain

NAME = "titles.toml"

Titles = Mapping[str, Mapping[str, str]]
"""Titles by scenario, then by language."""


def read_titles(folder: Path, scenarios: Collection[str]) -> tuple[Titles, tuple[Diagnostic, ...]]:
    """Read the titles that a tour's scenarios have in other languages; without a file, none."""
    path = folder / "scenarios" / NAME
    try:
        content = tomllib.loads(read_plain(path).decode("utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError, RecursionError) as error:
        return {}, (_finding(path, "SCEN007", f"It cannot be read: {error}.", "Mend it."),)
    titles: dict[str, dict[str, str]] = {}
    problems = []
    for language, scenario, title in _rows(content):
        if not isinstance(title, str) or not title.strip() or "\n" in title or hidden(title):
            message = f"The title of {scenario!r} in {language!r} is no line of text."
            hint = 'Write [zh], and below it train = "…".'
            problems.append(_finding(path, "SCEN007", message, hint))
        elif scenario not in scenarios:
            near = did_you_mean(scenario, scenarios).strip() or "Delete the line."
            message = f"There is no scenario {scenario!r}."
            problems.append(_finding(path, "SCEN008", message, near))
        else:
            titles.setdefault(scenario, {})[language] = title.strip()
    return titles, tuple(problems)


def _rows(content: Mapping[str, object]) -> Iterator[tuple[str, str, object]]:
    for language, table in content.items():
        for scenario, title in table.items() if isinstance(table, dict) else [("", None)]:
            yield language, scenario, title


def _finding(path: Path, code: str, message: str, hint: str) -> Diagnostic:
    return Diagnostic(str(path), 0, code, message, hint, Severity.WARNING)
