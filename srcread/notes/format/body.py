"""What a note's Markdown may hold: no raw HTML, no images, links to the web only, within bounds.

The site renders with HTML off and cleans the result; these rules tell an author beforehand, with a
line. markdown-it-py costs 60 ms to import, so only `check` comes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from srcread.equations.fences import INFO, fences_in
from srcread.model import Diagnostic
from srcread.notes.format.codes import finding
from srcread.notes.format.files import check_hidden

if TYPE_CHECKING:
    from markdown_it.token import Token

LONGEST = 8_000
LONGEST_PAGE = 24_000
"""Characters of a page beside the steps, which nothing stands next to."""
MOST_ROWS = 50
DEEPEST = 12
"""Levels of quotes, and of lists and their items, which are two each."""

_HTML_HINT = "Write Markdown, and code between backticks."
_LINK = re.compile(r"https?://[^\s/]|#")


def check_body(
    path: Path, body: str, first_line: int, longest: int = LONGEST
) -> tuple[Diagnostic, ...]:
    """Report what a body may not hold; `first_line` is its first line in the file."""
    findings = []
    if len(body) > longest:
        message = f"The body has {len(body):,} characters; at most {longest:,} are read."
        findings.append(finding("NOTE025", path, first_line, message, "Split the step."))
    tokens = _tokens(body[: 2 * longest])
    for token in tokens:
        findings += [
            finding(code, path, first_line + line, message, hint)
            for code, line, message, hint in _check(token)
        ]
        line = first_line + (token.map[0] if token.map else 0)
        findings += check_hidden(path, line, "".join(_texts(token)), body)
    findings += _check_depth(path, tokens, first_line)
    findings += _check_fences(path, tokens, body, first_line)
    return (*findings, *_check_rows(path, tokens, first_line))


def headings_of(body: str) -> tuple[tuple[int, int], ...]:
    """Return the headings that stand in no list or quote: each one's signs, and its line from 0."""
    return tuple(
        (int(token.tag[1:]), token.map[0] if token.map else 0)
        for token in _tokens(body[: 2 * LONGEST_PAGE])
        if token.type == "heading_open" and not token.level
    )


def _tokens(body: str) -> list[Token]:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark").enable("table")
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # else no link at all
    return markdown.parse(body)


def _check(token: Token) -> Iterator[tuple[str, int, str, str]]:
    line = token.map[0] if token.map else 0
    if token.type == "html_block":
        yield "NOTE022", line, f"Raw HTML: {token.content.strip()[:40]!r}.", _HTML_HINT
    for child in token.children or ():
        match child.type:
            case "softbreak" | "hardbreak":
                line += 1
            case "html_inline":
                yield "NOTE022", line, f"Raw HTML: {child.content[:40]!r}.", _HTML_HINT
            case "image":
                hint = "Say it in words, or link to it."
                yield "NOTE024", line, f"An image: {str(child.attrs.get('src'))[:60]!r}.", hint
            case "link_open" if not _LINK.match(str(child.attrs.get("href"))):
                hint = "Begin it with https://."
                yield "NOTE023", line, f"A link to {str(child.attrs.get('href'))[:60]!r}.", hint


def _texts(token: Token) -> Iterator[str]:
    """Yield what a reader will see of a token, or hover over."""
    for one in (token, *(token.children or ())):
        yield one.content
        yield str(one.attrs.get("title", ""))


def _check_depth(path: Path, tokens: list[Token], first_line: int) -> Iterator[Diagnostic]:
    deep = next((token for token in tokens if token.nesting > 0 and token.level > DEEPEST), None)
    if deep is not None:
        line = first_line + (deep.map[0] if deep.map else 0)
        message = f"Lists nest more than {DEEPEST // 2} deep, or quotes {DEEPEST}."
        yield finding("NOTE030", path, line, message, "Write it flatter.")


def _check_fences(
    path: Path, tokens: list[Token], body: str, first_line: int
) -> Iterator[Diagnostic]:
    known = {fence.line for fence in fences_in(body)}
    for token in tokens:
        line = token.map[0] if token.map else 0
        if token.type == "fence" and token.info.strip() == INFO and line + 2 not in known:
            message = "An equation stands in a list or a quote, or is indented."
            hint = "Put its fence at the left margin."
            yield finding("NOTE031", path, first_line + line, message, hint)


def _check_rows(path: Path, tokens: list[Token], first_line: int) -> list[Diagnostic]:
    findings, rows, start = [], 0, 0
    for token in tokens:
        match token.type:
            case "table_open":
                rows, start = 0, token.map[0] if token.map else 0
            case "tr_open":
                rows += 1
            case "table_close" if rows - 1 > MOST_ROWS:
                message = f"The table has {rows - 1} rows; at most {MOST_ROWS} are shown."
                hint = "Keep the rows that the note is about."
                findings.append(finding("NOTE026", path, first_line + start, message, hint))
    return findings
