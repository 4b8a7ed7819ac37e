"""Lays a function's lines into rows, so that a note and its code share one without any script.

A row begins where a note stands. Long docstrings fold, unless a note stands in one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup

from srcread.site.data.address import short_name
from srcread.site.data.card import Also, Card
from srcread.site.data.function import FunctionPage, Mark
from srcread.site.escaping import escape
from srcread.site.rendering.code import HighlightedCode, highlight_page
from srcread.site.runs.folds import Fold
from srcread.site.runs.marks import Margin

_SHORT = 6  # a docstring of fewer lines takes no more room than the line that would unfold it
_FAR = 25  # lines that a first screen surely shows
_BARE = Margin("", "")


class LineBlock(NamedTuple):
    """Lines in one piece of the row. `folded` is the number of lines of a docstring, or 0.

    `unrun` is set for lines that fold because the scenario shown did not run them.
    """

    html: Markup
    folded: int
    open: bool
    unrun: Fold | None = None


class LineGroup(NamedTuple):
    """One row: cards and references to cards beside the lines where they stand."""

    first: int
    last: int
    cards: tuple[Card, ...]
    also: tuple[Also, ...]
    blocks: tuple[LineBlock, ...]


def groups(
    page: FunctionPage,
    cards: Sequence[Card],
    also: Sequence[Also],
    margins: Mapping[int, Margin],
    unrun: Sequence[Fold] = (),
) -> tuple[LineGroup, ...]:
    """Cut the page at its notes. A card without lines of its own stands in the first row."""
    if page.absent:
        return _without_code(page, cards, also)
    code = highlight_page(page)
    last = page.first + len(code.lines) - 1
    places = [(card.first, card.last) for card in cards] + [(one.first, one.last) for one in also]
    noted = noted_lines(cards, also)

    def begin(line: int) -> int:
        return min(max(line, page.first), last)

    firsts = sorted({page.first, *(begin(place) for place, _ in places)})
    rows = []
    for first, after in zip(firsts, [*firsts[1:], last + 1], strict=True):
        rows.append(
            LineGroup(
                first,
                after - 1,
                tuple(card for card in cards if begin(card.first) == first),
                tuple(place for place in also if begin(place.first) == first),
                tuple(_blocks(_Lines(page.first, code, noted, margins, unrun), first, after)),
            )
        )
    return tuple(rows)


def _without_code(
    page: FunctionPage, cards: Sequence[Card], also: Sequence[Also]
) -> tuple[LineGroup, ...]:
    """Cut the page at its notes, and show of its lines those that a list names or have a note."""
    begins = [*(card.first for card in cards), *(place.first for place in also)]
    noted = {_begin(page, line) for line in begins}
    firsts = sorted({page.first, *noted})
    marks: dict[int, list[Mark]] = {line: [] for line in firsts}
    for mark in (*page.marks, *_implied(page)):
        marks.setdefault(mark.span[0], []).append(mark)
    base = page.upstream.partition("#")[0] if page.upstream else ""
    rows = []
    for first, after in zip(firsts, [*firsts[1:], page.last + 1], strict=True):
        lines = {line: marks[line] for line in sorted(marks) if first <= line < after}
        html = "".join(_bare_line(line, marks[line], base, line in noted) for line in lines)
        rows.append(
            LineGroup(
                first,
                after - 1,
                tuple(card for card in cards if first <= _begin(page, card.first) < after),
                tuple(place for place in also if first <= _begin(page, place.first) < after),
                (LineBlock(Markup(html), 0, False),),  # escaped piece by piece
            )
        )
    return tuple(rows)


def _implied(page: FunctionPage) -> Iterable[Mark]:
    """Mark the lines that the lists below the code name and nothing else marks.

    `len(x)` calls a `__len__`, and what calls something outside may also call what nobody knows.
    """
    marked = {mark.span[0] for mark in page.marks}
    listed: list[tuple[tuple[int, ...], str | None, str, str]] = [
        (call.lines, target.link.href or f"#{call.anchor}", "call", target.link.name)
        for call in page.calls
        for target in [one for one in call.targets if one.link.href] or call.targets
    ]
    listed += [(one.lines, f"#{one.anchor}", "native", one.name) for one in page.natives]
    listed += [(one.lines, None, "unresolved", one.reason) for one in page.unresolved]
    for lines, href, css, title in listed:
        for line in lines:
            if line not in marked:
                yield Mark((line, 0, line, 0), href, css, title)


def _begin(page: FunctionPage, line: int) -> int:
    return min(max(line, page.first), page.last)


def _bare_line(number: int, marks: Sequence[Mark], base: str, noted: bool) -> str:
    """Return a line as its number, which leads upstream, and the names of what it calls."""
    names = []
    for mark in marks:
        title = " | ".join(map(short_name, mark.title.split(" | "))) if mark.href else mark.title
        name = escape(title)
        href = f' href="{escape(mark.href)}"' if mark.href else ""
        tag = "a" if href else "span"
        names.append(f'<{tag} class="{mark.css}" title="{escape(mark.title)}"{href}>{name}</{tag}>')
    css = "l bare noted" if noted else "l bare"
    link = f'{escape(base)}#L{number}" rel="noopener noreferrer' if base else f"#L{number}"
    head = f'<span class="{css}" id="L{number}"><a href="{link}">{number}</a>'
    return f"{head}{', '.join(names)}\n</span>"


def wants_list(page: FunctionPage, cards: Sequence[Card]) -> bool:
    """Tell whether a list of the notes is wanted: of several, or of one far down."""
    return len(cards) > 1 or any(card.first - page.first > _FAR for card in cards)


def noted_lines(cards: Sequence[Card], also: Sequence[Also]) -> frozenset[int]:
    """Return the lines that a note or a further place of one is about."""
    places = [(card.first, card.last) for card in cards] + [(one.first, one.last) for one in also]
    return frozenset(line for first, last in places if first for line in range(first, last + 1))


class _Lines(NamedTuple):
    """What a line is written from: the first one's number, code, notes' lines, runs, folds."""

    start: int
    code: HighlightedCode
    noted: frozenset[int]
    margins: Mapping[int, Margin]
    unrun: Sequence[Fold]


def _blocks(lines: _Lines, first: int, after: int) -> Iterable[LineBlock]:
    """Cut one row at what folds. `first` and `after` are line numbers."""
    place = first
    for begin, end, fold in _foldings(lines, first, after):
        if begin < place:
            continue  # a docstring in lines that fold as a whole
        if begin > place:
            yield _block(lines, place, begin)
        block = _block(lines, begin, end + 1)
        if fold is None:
            has_note = not lines.noted.isdisjoint(range(begin, end + 1))
            yield block._replace(folded=end - begin + 1, open=has_note)
        else:
            yield block._replace(unrun=fold)
        place = end + 1
    if place < after:
        yield _block(lines, place, after)


def _foldings(lines: _Lines, first: int, after: int) -> list[tuple[int, int, Fold | None]]:
    """Return the long docstrings of a row, and what its scenario did not run, in order."""
    found: list[tuple[int, int, Fold | None]] = []
    for begin, end in lines.code.docstrings:
        begin, end = max(begin + lines.start, first), min(end + lines.start, after - 1)
        if end - begin + 1 >= _SHORT:
            found.append((begin, end, None))
    found += [(fold.first, fold.last, fold) for fold in lines.unrun if first <= fold.first < after]
    return sorted(found, key=lambda item: (item[0], -item[1]))


def _block(lines: _Lines, first: int, after: int) -> LineBlock:
    html = "".join(_line(lines, number) for number in range(first, after))
    return LineBlock(
        Markup(html), 0, False
    )  # escaped piece by piece in srcread.site.rendering.code


def _line(lines: _Lines, number: int) -> str:
    css = "l noted" if number in lines.noted else "l"
    mark, end = lines.margins.get(number, _BARE)
    return (
        f'<span class="{css}" id="L{number}"><a href="#L{number}" tabindex="-1">{number}</a>'
        f"{mark}{lines.code.lines[number - lines.start]}{end}\n</span>"
    )
