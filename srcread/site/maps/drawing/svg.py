"""A laid out map as SVG: links with titles, classes of the style, and nothing that is inline.

Without the style it is black on white, and readable. Every text comes from source and traces, and
is escaped, with what it hides shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from srcread.site.blocks import Block, Role
from srcread.site.escaping import escape
from srcread.site.maps.drawing.labels import LETTER, named, named_inputs, shown_times, title_of
from srcread.site.maps.drawing.layout import LINE, Box, Item, Label, Layout, Wire, n

Link = Callable[[str], str]
"""Gives the address of a function's page by its symbol, empty where there is none."""

_HEADS = {
    "down": "l-4 -6h8z",
    "right": "l-6 -4v8z",
    "left": "l6 -4v8z",
}


def draw(layout: Layout, link: Link, words: Mapping[str, str], css: str, label: str) -> str:
    """Return a picture as SVG, with a class of its own and its label for who does not see it."""
    width, height = n(layout.width), n(layout.height)
    parts = [_item(item, link, words) for item in layout.items]
    return (
        f'<svg class="{css}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="group" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


def said(block: Block, words: Mapping[str, str]) -> str:
    """Say a block in a line of text: what it is, how often it runs, its shapes, its test."""
    found = [words["map_sum"] if block.role is Role.SUM else title_of(block)]
    if block.role is Role.FOLD:
        return words["map_more"].replace("{count}", block.kind)
    if block.paths and block.paths != (block.name,):
        found.append(", ".join(block.paths))
    if block.condition:
        found.append(words["map_if"].replace("{test}", block.condition))
    if block.times != 1:
        found.append(shown_times(block))
    if block.takes or block.gives:
        found.append(" → ".join(text for text in (block.takes, block.gives) if text))
    found += [f"{named(one)} {one.shape}".strip() for one in named_inputs(block)]
    if block.instead:
        found.append(f"{words['map_instead']} {', '.join(block.instead)}")
    return ", ".join(text for text in found if text)


def _item(item: Item, link: Link, words: Mapping[str, str]) -> str:
    match item:
        case Wire():
            return _wire(item)
        case Label():
            anchor = "" if item.anchor == "start" else f" {item.anchor}"
            return f'<text class="shape{anchor}" {_at(item.x, item.y)}>{escape(item.text)}</text>'
    return _box(item, link, words)


def _wire(wire: Wire) -> str:
    css = f' class="{wire.css}"' if wire.css else ""
    path = f'<path{css} d="{wire.path}"/>'
    if wire.head is None:
        return path
    x, y, way = wire.head
    css = f"head {wire.css}".strip()
    return f'{path}<path class="{css}" d="M{n(x)} {n(y)}{_HEADS[way]}"/>'


def _box(box: Box, link: Link, words: Mapping[str, str]) -> str:
    block = box.block
    if block.role is Role.SUM:
        x, y = box.x + box.width / 2, box.y + box.height / 2
        sign = f'<path d="M{n(x - 4.5)} {n(y)}h9M{n(x)} {n(y - 4.5)}v9"/>'
        return f'<circle cx="{n(x)}" cy="{n(y)}" r="8.5"/>{sign}'
    css = f' class="{box.css}"' if box.css else ""
    inside = f"<title>{escape(_title(block, words))}</title>"
    inside += f'<rect{css} {_at(box.x, box.y)} {_size(box.width, box.height)} rx="5"/>'
    inside += _head(box) if block.steps else _lines(box)
    inside += _badge(box)
    address = link(block.symbol) if block.symbol else ""
    return f'<a href="{escape(address)}">{inside}</a>' if address else f"<g>{inside}</g>"


def _lines(box: Box) -> str:
    middle, y = box.x + box.width / 2, box.y + 17
    return "".join(
        f'<text class="{line.css} middle" {_at(middle, y + LINE * number)}>'
        f"{escape(line.text)}</text>"
        for number, line in enumerate(box.lines)
    )


def _head(box: Box) -> str:
    return "".join(
        f'<text class="{line.css}" {_at(box.x + 9, box.y + 17 + LINE * number)}>'
        f"{escape(line.text)}</text>"
        for number, line in enumerate(box.lines)
    )


def _badge(box: Box) -> str:
    """Write how often a block runs: behind a frame's name, else in the upper right corner."""
    text = shown_times(box.block)
    if not text:
        return ""
    width = len(text) * LETTER + 10
    x, y = box.x + box.width - width - 5, box.y + 5
    if box.block.steps:
        x = box.x + 9 + (len(box.lines[0].text) * LETTER + 8 if box.lines else 0)
    rect = f'<rect class="times" {_at(x, y)} {_size(width, 16)} rx="8"/>'
    return f'{rect}<text class="times middle" {_at(x + width / 2, y + 12)}>{text}</text>'


def _title(block: Block, words: Mapping[str, str]) -> str:
    name = " ".join(dict.fromkeys(text for text in (block.name, block.kind) if text))
    whole = said(block._replace(name=name, kind="") if name else block, words)
    known = ", ".join(dict.fromkeys(block.operators)) if not block.steps else ""
    return f"{whole}; {known}" if known and known != name else whole


def _at(x: float, y: float) -> str:
    return f'x="{n(x)}" y="{n(y)}"'


def _size(width: float, height: float) -> str:
    return f'width="{n(width)}" height="{n(height)}"'
