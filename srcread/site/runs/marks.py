"""The mark at the begin of each line and the words at its end, for one scenario and case.

Three marks: it ran; it did not run here but in another scenario or case; no scenario runs it. Each
is a glyph and a word, so that neither colour nor shape alone carries it; the word stands again, to
be seen, where a stretch of equal marks begins. Of the scenarios that ran a line elsewhere the first
is named by its title, the others are counted; of a line that none runs the reason is said. None of
this is copied with the code. The page's script writes the same from the same data when a reader
switches; keep both alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from srcread.site.escaping import escape
from srcread.site.scenarios import FunctionRuns, ShownScenario

GLYPHS = {"ran": "●", "other": "◐", "never": "○"}


class Margin(NamedTuple):
    """HTML before and behind a line's code."""

    mark: str
    end: str


def margins(
    runs: FunctionRuns,
    scenarios: Sequence[ShownScenario],
    scenario: int,
    case: int,
    words: Mapping[str, str],
    language: str,
) -> dict[int, Margin]:
    """Return what stands beside the lines of a function in one scenario and case."""
    lines, ends, _ = runs.values["cases"][case]
    ran, here = frozenset(lines), ("ran", words["run_ran"], "")
    never = runs.values["never"]
    reasons = {line: _reason(word, whys, words, language) for line, word, whys in never}

    def elsewhere(line: int) -> tuple[str, str, str]:
        others = runs.elsewhere.get(line)
        if others is None:
            return "never", words["run_never"], reasons.get(line, "")
        if scenario in others:
            return "other", words["run_case"], ""
        title = _told(*scenarios[others[0]].said(language), language)
        more = f" +{len(others) - 1}" if len(others) > 1 else ""
        return "other", words["run_other"], words["run_title"].replace("{title}", title) + more

    parts: dict[int, list[str]] = {}
    marks: dict[int, str] = {}
    before = ("", "")
    for line in runs.values["lines"]:
        mark, word, said = here if line in ran else elsewhere(line)
        marks[line] = _mark(mark, word)
        if (word, said) != before:
            parts[line] = [_end(mark, word + words["run_colon"] if said else word, said)]
        before = (word, said)
    for line, kind, text, *dims in ends:
        said = _measured(text, dims[0], runs.dims) if dims else escape(text)
        parts.setdefault(line, []).append(_end(kind, words.get("run_" + kind, ""), said))
    return {
        line: Margin(
            marks.get(line, ""),
            f'<span class="e"> {" ".join(parts[line])}</span>' if line in parts else "",
        )
        for line in {*marks, *parts}
    }


def call_margins(calls: Mapping[int, str], words: Mapping[str, str]) -> dict[int, Margin]:
    """Return what stands beside lines of which only the calls that they made are recorded."""
    word = words["run_calls"]
    return {
        line: Margin("", f'<span class="e"> {_end("calls", word, escape(said))}</span>')
        for line, said in calls.items()
    }


def operators(runs: FunctionRuns, case: int) -> Sequence[tuple[int, Sequence[str]]]:
    """Return the operators of a case by line, each with those that it called."""
    rows: Sequence[tuple[int, Sequence[str]]] = runs.values["cases"][case][2]
    return rows


def script_words(words: Mapping[str, str]) -> dict[str, str]:
    """Return the words that the page's script needs to write the same."""
    keys = [key for key in sorted(words) if key.startswith("run_")]
    own = {key.removeprefix("run_"): words[key] for key in keys}
    glyphs = {f"{mark}_glyph": glyph for mark, glyph in GLYPHS.items()}
    return {
        **own,
        **glyphs,
        "cases": words["cases_lead"],
        "begin": words["cases_begin"],
        "line": words["line"],
    }


@lru_cache(maxsize=64)
def _mark(mark: str, word: str) -> str:
    word = escape(word)
    return f'<i class="run {mark}" role="img" aria-label="{word}" title="{word}">{GLYPHS[mark]}</i>'


@lru_cache(maxsize=8192)  # the same stands on the pages of many ways, and in every language
def _end(kind: str, word: str, said: str) -> str:
    """Write our own word, which ends as its language wants it, and then the trace's as HTML."""
    return f'<span class="t {kind}">{escape(word)}{said}</span>'


@lru_cache(maxsize=8192)
def _told(text: str, own: str, language: str) -> str:
    """Write as HTML what is not srcread's, marked where it is in another language than the page."""
    text = escape(text)
    return text if own == language or not text else f'<span lang="{escape(own)}">{text}</span>'


def _reason(reason: str, whys: Mapping[str, str], words: Mapping[str, str], language: str) -> str:
    """Write as HTML why no scenario runs a line, in English where its author wrote no other."""
    own = language if language in whys else "en"
    word = words.get("run_reason_" + reason.partition(" ")[0], reason)
    return f"{escape(word)} · {_told(whys[own], own, language)}"


def _measured(text: str, dims: Sequence[int], names: Sequence[str]) -> str:
    """Write the numbers that have a name with it; `dims` has begin, end and name of each."""
    parts, last = list[str](), 0
    for begin, end, name in zip(dims[::3], dims[1::3], dims[2::3], strict=True):
        parts.append(escape(text[last:begin]))
        title = escape(names[name])
        parts.append(f'<abbr class="d{name}" title="{title}">{escape(text[begin:end])}</abbr>')
        last = end
    return "".join([*parts, escape(text[last:])])
