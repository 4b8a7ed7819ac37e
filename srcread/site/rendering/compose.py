"""Lays a function's lines into rows, so that a note and its code share one without any script.

A row begins where a note stands. Long docstrings fold, unless a note stands in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import ceil
from typing import NamedTuple

from markupsafe import Markup

from srcread.site.data.address import short_name
from srcread.site.data.card import Also, Card
from srcread.site.data.crowded import MOST_WHOLE
from srcread.site.data.function import FunctionPage, Mark
from srcread.site.data.title import Title, plain
from srcread.site.escaping import escape
from srcread.site.rendering.beside import (
    BARE_LINE,
    LINE,
    Form,
    Placed,
    list_height,
    list_pushes,
    place,
)
from srcread.site.rendering.code import HighlightedCode, highlight_page
from srcread.site.runs.folds import Fold
from srcread.site.runs.marks import Margin

_SHORT = 6  # a docstring of fewer lines takes no more room than the line that would unfold it
_FAR = 25  # lines that a first screen surely shows
_BARE = Margin("", "")


class LineBlock(NamedTuple):
    """So many lines in one piece of the row. `folded` is the number of lines of a docstring, or 0.

    `unrun` is set for lines that fold because the scenario shown did not run them.
    """

    html: Markup
    folded: int
    open: bool
    lines: int
    unrun: Fold | None = None


class Beside(NamedTuple):
    """HTML at lines: what a run did, and signs that lead to the notes there."""

    margins: Mapping[int, Margin]
    badges: Mapping[int, str]


class LineGroup(NamedTuple):
    """One row: cards across the page, then cards beside the lines where they stand.

    `folded` has the form of those that are to be unfolded, by their anchors.
    """

    first: int
    last: int
    across: tuple[Card, ...]
    beside: tuple[Card, ...]
    folded: Mapping[str, str]
    blocks: tuple[LineBlock, ...]


class Rows(NamedTuple):
    """The rows of a page; `listed` tells where the list of notes is: nowhere, beside or across."""

    groups: tuple[LineGroup, ...]
    listed: str


def rows_of(
    page: FunctionPage,
    cards: Sequence[Card],
    also: Sequence[Also],
    beside: Beside,
    unrun: Sequence[Fold] = (),
) -> Rows:
    """Cut the page at its notes. A card without lines of its own stands in the first row.

    Of a page without code, the lines are shown that a list names or that have a note.
    """
    last = _last(page)
    places = [card.first for card in cards] + [one.first for one in also]
    begins = [_within(line, page.first, last) for line in places]
    firsts = sorted({page.first, *begins})
    lines = _bare(page, beside, firsts) if page.absent else _coded(page, cards, also, beside, unrun)
    ends = zip(firsts, [*firsts[1:], last + 1], strict=True)
    rows = [(first, after - 1, tuple(lines(first, after))) for first, after in ends]
    own = list(zip(cards, begins, strict=False))  # behind the cards' are those of further places
    standing = [tuple(card for card, begin in own if begin == first) for first, _, _ in rows]
    heights = [sum(map(_height, blocks)) for _, _, blocks in rows]
    listed = list_height(cards) if wants_list(page, cards) else 0
    where = "across" if list_pushes(standing, heights, listed) else "beside" if listed else ""
    beside_height = listed if where == "beside" else 0
    found = place(standing, heights, beside_height, many=len(cards) > MOST_WHOLE)
    laid = zip(rows, standing, found, strict=True)
    return Rows(tuple(_group(row, own, chosen) for row, own, chosen in laid), where)


def _group(
    row: tuple[int, int, tuple[LineBlock, ...]], cards: Sequence[Card], placed: Placed
) -> LineGroup:
    first, last, blocks = row
    count, pairs = placed.across, zip(cards, placed.forms, strict=True)
    folded = {card.anchor: form.value for card, form in pairs if form is not Form.WHOLE}
    return LineGroup(first, last, tuple(cards[:count]), tuple(cards[count:]), folded, blocks)


def _coded(
    page: FunctionPage,
    cards: Sequence[Card],
    also: Sequence[Also],
    beside: Beside,
    unrun: Sequence[Fold],
) -> Callable[[int, int], Iterable[LineBlock]]:
    """Return what makes the blocks of a row out of code."""
    lines = _Lines(page.first, highlight_page(page), noted_lines(cards, also), beside, unrun)
    return partial(_blocks, lines)


def _bare(
    page: FunctionPage, beside: Beside, noted: Sequence[int]
) -> Callable[[int, int], Iterable[LineBlock]]:
    """Return what makes the one block of a row without code."""
    marks: dict[int, list[Mark]] = {line: [] for line in noted}
    for mark in (*page.marks, *_implied(page)):
        marks.setdefault(mark.span[0], []).append(mark)
    base = page.upstream.partition("#")[0] if page.upstream else ""

    def block(first: int, after: int) -> Iterable[LineBlock]:
        own = [line for line in sorted(marks) if first <= line < after]
        html = "".join(
            _bare_line(line, marks[line], base, line in noted, beside.badges.get(line, ""))
            for line in own
        )
        lines = len(own) * BARE_LINE / LINE
        yield LineBlock(Markup(html), 0, False, ceil(lines))  # escaped piece by piece

    return block


def badges(
    page: FunctionPage, cards: Sequence[Card], also: Sequence[Also], words: str
) -> dict[int, str]:
    """Return by line the sign that leads to its notes; `words` say what each is.

    On the line below another sign it leads nowhere: two targets would be too near to each other.
    """
    own = [
        _Badge(
            "badge", card.first, card.number, Title(card.title, card.language), f"#{card.anchor}"
        )
        for card in cards
        if card.first
    ]
    further = [_Badge("badge also", one.first, one.number, one.title, one.href) for one in also]
    at: dict[int, list[_Badge]] = {}
    end = _last(page)
    for one in (*own, *further):
        at.setdefault(_within(one.first, page.first, end), []).append(one)
    found: dict[int, str] = {}
    last = -1
    for line, there in sorted(at.items()):
        apart = page.absent is not None or line - last > 1
        found[line] = _badge(there, words, leads=apart)
        last = line if apart else last
    return found


class _Badge(NamedTuple):
    """A sign at a line that leads to a note."""

    css: str
    first: int
    number: int
    title: Title
    href: str


def _badge(there: Sequence[_Badge], words: str, leads: bool) -> str:
    one = there[0]
    texts = ((str(each.number), plain(each.title.text)) for each in there)
    said = "; ".join(words.replace("{number}", n).replace("{title}", text) for n, text in texts)
    said, css, href, lang = map(escape, (said, one.css, one.href, one.title.language))
    if not leads:
        return f'<span class="{css}" lang="{lang}" title="{said}"> {one.number} </span>'
    return (
        f'<a class="{css}" href="{href}" lang="{lang}" title="{said}" aria-label="{said}">'
        f" {one.number} </a>"
    )


def _last(page: FunctionPage) -> int:
    return page.last if page.absent else page.first + page.text.count("\n")


def _height(block: LineBlock) -> float:
    """Return the height of a block as it opens: what is folded is one line."""
    if block.unrun or (block.folded and not block.open):
        return BARE_LINE
    return block.lines * LINE


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


def _within(line: int, first: int, last: int) -> int:
    return min(max(line, first), last)


def _bare_line(number: int, marks: Sequence[Mark], base: str, noted: bool, badge: str) -> str:
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
    return f"{head}{badge}{', '.join(names)}\n</span>"


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
    beside: Beside
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
    html = Markup(html)  # escaped piece by piece in srcread.site.rendering.code
    return LineBlock(html, 0, False, after - first)


def _line(lines: _Lines, number: int) -> str:
    css = "l noted" if number in lines.noted else "l"
    mark, end = lines.beside.margins.get(number, _BARE)
    badge = lines.beside.badges.get(number, "")
    return (
        f'<span class="{css}" id="L{number}"><a href="#L{number}" tabindex="-1">{number}</a>'
        f"{badge}{mark}{lines.code.lines[number - lines.start]}{end}\n</span>"
    )
