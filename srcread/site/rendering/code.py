"""A function's source as HTML, line by line: highlighted, its calls linked, docstrings found.

The same lines, bare of runs and notes, go into a script with which other pages unfold them.

Written in Python and not in a template: a page has thousands of tokens, and a template loop costs
ten times as much for each. Every piece of text goes through `escape` on its way out. Neighbouring
tokens of one colour share a span, and plain names have none, so that the page stays small.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from srcread.site.data.function import FunctionPage, Mark
from srcread.site.escaping import escape, script_json, tag_free, visible

_NAME = re.compile(r"[\w.]+\Z")


class HighlightedCode(NamedTuple):
    """Lines of HTML, and the first and last line, from 0, of each docstring."""

    lines: tuple[str, ...]
    docstrings: tuple[tuple[int, int], ...]


class _Piece(NamedTuple):
    start: int
    css: str
    text: str


def highlight(text: str, first: int, marks: Sequence[Mark] = ()) -> HighlightedCode:
    """Highlight Python source whose first line is number `first` of its file."""
    pieces = lexed(text)
    brackets = _Brackets(pieces)
    starts = _line_starts(text)
    links = sorted(_links(text, first, starts, marks, brackets.pairs))
    html = "".join(_write(pieces, links))
    return HighlightedCode(
        tuple(html.split("\n")), tuple(_docstrings(pieces, brackets.depths, starts))
    )


@lru_cache(maxsize=256)
def highlight_page(page: FunctionPage) -> HighlightedCode:
    """Highlight a function's source once, for its pages in all languages and for its script."""
    return highlight(page.text, page.first, page.marks)


def code_script(file: str, page: FunctionPage) -> bytes:
    """Return the classic script that adds the function whose page is `file` to one global.

    Other pages load it to unfold the code at a call. It is the code as on the function's own page,
    without anchors, marks of runs and notes: a page has each line's number once. Links count from
    the folder of a tour's pages, where it is unfolded.
    """
    lines = highlight_page(page).lines  # HTML, in which nothing is hidden
    code = {
        "first": page.first,
        "lines": lines,
        "place": visible(page.place),
        "short": visible(page.short),
    }
    written = tag_free(json.dumps(code, separators=(",", ":")))
    return f"(window.srcreadCode ||= {{}})[{script_json(file)}] = {written};\n".encode()


class _Brackets:
    """Where each bracket's partner is, and how deep each piece stands within brackets."""

    def __init__(self, pieces: Iterable[_Piece]) -> None:
        self.pairs: dict[int, int] = {}
        self.depths: list[int] = []
        open_brackets: list[int] = []
        for piece in pieces:
            self.depths.append(len(open_brackets))
            if piece.css:
                continue
            for place, character in enumerate(piece.text, piece.start):
                if character in "([{":
                    open_brackets.append(place)
                elif character in ")]}" and open_brackets:
                    self.pairs[place] = open_brackets.pop()


@cache
def _lexer() -> Any:
    from pygments.lexers.python import PythonLexer  # 25 ms, only when a page is rendered

    return PythonLexer()


@cache
def _css(token: Any) -> str:
    """Return the Pygments class of a token's family; the empty string for what stays plain."""
    from pygments import token as kinds

    families = (
        (kinds.Keyword, "k"),
        (kinds.Operator.Word, "k"),
        (kinds.String.Doc, "sd"),
        (kinds.String, "s"),
        (kinds.Number, "m"),
        (kinds.Comment, "c"),
        (kinds.Name.Function.Magic, "nf"),
        (kinds.Name.Function, "nf"),
        (kinds.Name.Class, "nc"),
        (kinds.Name.Decorator, "nd"),
    )
    return next((css for family, css in families if token in family), "")


@lru_cache(maxsize=512)
def lexed(text: str) -> tuple[_Piece, ...]:
    """Cut Python source into pieces of one colour."""
    return tuple(_pieces(text))


def _pieces(text: str) -> Iterator[_Piece]:
    """Lex, and join neighbours of one colour."""
    start, css, parts = 0, "", list[str]()
    for place, token, value in _lexer().get_tokens_unprocessed(text):
        own = _css(token)
        if own != css or own == "sd":
            if parts:
                yield _Piece(start, css, "".join(parts))
            start, css, parts = place, own, []
        parts.append(value)
    if parts:
        yield _Piece(start, css, "".join(parts))


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _links(
    text: str, first: int, starts: list[int], marks: Sequence[Mark], pairs: dict[int, int]
) -> Iterator[tuple[int, int, str, str]]:
    taken = set[int]()
    for mark in sorted(marks, key=lambda mark: (mark.span[2:], mark.span)):  # inner calls first
        line, column, last_line, last_column = mark.span
        if not first <= line <= last_line < first + len(starts) - 1:
            continue  # a place outside the text: the page shows the call in its list only
        start = starts[line - first] + column
        end = starts[last_line - first] + last_column
        bracket = pairs.get(end - 1, end - 1)
        start, end = _callee(text, start, end, pairs)
        if not taken.isdisjoint(range(start, end)):
            start, end = bracket, bracket + 1  # f(a)(b): the name is the inner call's
        if start >= end or not taken.isdisjoint(range(start, end)):
            continue
        taken.update(range(start, end))
        yield start, end, *_tags(mark)


def _callee(text: str, start: int, end: int, pairs: dict[int, int]) -> tuple[int, int]:
    """Narrow a call to the name that is called: the last names before its bracket, on one line."""
    if text[end - 1 : end] == ")" and pairs.get(end - 1, -1) > start:
        end = pairs[end - 1]
    while end > start and text[end - 1] in " \t\\\n":
        end -= 1
    start = max(start, text.rfind("\n", start, end) + 1)
    name = _NAME.search(text, start, end)
    if name is not None:
        start = name.start() + (len(name[0]) - len(name[0].lstrip(".")))
    return start, end


def _tags(mark: Mark) -> tuple[str, str]:
    title = f' title="{escape(mark.title)}"' if mark.title else ""
    if mark.href is None:
        return f'<span class="{mark.css}"{title}>', "</span>"
    return f'<a class="{mark.css}" href="{escape(mark.href)}"{title}>', "</a>"


def _write(pieces: Iterable[_Piece], links: list[tuple[int, int, str, str]]) -> Iterator[str]:
    """Write the pieces; one is cut where a line ends and where a link begins or ends."""
    edges = (
        edge for start, end, opens, closes in links for edge in ((start, opens), (end, closes))
    )
    cuts = iter(sorted(edges, key=lambda edge: edge[0]))
    cut = next(cuts, None)
    for piece in pieces:
        place, end = piece.start, piece.start + len(piece.text)
        while cut is not None and cut[0] < end:
            yield _span(piece.css, piece.text[place - piece.start : cut[0] - piece.start])
            yield cut[1]
            place = cut[0]
            cut = next(cuts, None)
        yield _span(piece.css, piece.text[place - piece.start :])
    while cut is not None:
        yield cut[1]
        cut = next(cuts, None)


def _span(css: str, text: str) -> str:
    if not text:
        return ""
    if not css:
        return escape(text)
    lines = escape(text).split("\n")
    return "\n".join(f'<span class="{css}">{line}</span>' if line else "" for line in lines)


def _docstrings(
    pieces: Sequence[_Piece], depths: list[int], starts: list[int]
) -> Iterator[tuple[int, int]]:
    """Find strings that are statements: on lines of their own, outside any bracket."""
    from bisect import bisect_right

    for piece, depth in zip(pieces, depths, strict=True):
        if piece.css == "sd" and depth == 0:
            first = bisect_right(starts, piece.start) - 1
            last = bisect_right(starts, piece.start + len(piece.text) - 1) - 1
            yield first, last
