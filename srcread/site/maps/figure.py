"""A map as a figure of a page: a wide picture, a narrow one, and the same as text.

On a narrow screen two stacks are two pictures that fold, of which the first is open; what one gives
the other is named there at the blocks that it goes into, as masks are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from srcread.site.blocks import Block, Input, ModelMap, every_block, map_of
from srcread.site.data.maps import MapFigure
from srcread.site.escaping import escape
from srcread.site.maps.drawing.arrange import split
from srcread.site.maps.drawing.labels import TIMES, colour_of, title_of
from srcread.site.maps.drawing.layout import lay_out
from srcread.site.maps.drawing.plain import Plain, plain
from srcread.site.maps.drawing.svg import Link, draw
from srcread.site.maps.drawing.text import text_list

_TWO, _ONE, _NARROW = 768, 400, 340
_COLOURS = ("attention", "weights", "norm", "native")


def figure(shown: MapFigure, words: Mapping[str, str], above: str = "") -> Markup:
    """Return a map as HTML; `above` stands before every address."""

    def link(symbol: str) -> str:
        address = shown.links.get(symbol, "")
        return above + address if address else ""

    known = map_of(shown.content)
    drawn = plain(known.root, static=not known.scenario)
    label = words["map_label"].replace("{name}", title_of(known.root))
    width = _TWO if split(drawn.root.steps) else _ONE
    told = words["map_instead"], words["map_more"]
    wide = draw(lay_out(drawn.root, width, told, words["map_returns"]), link, words, "wide", label)
    narrow = _narrow(drawn.root, link, words, label)
    caption = _caption(known, shown.title, drawn, words)
    text = text_list(known.root, link, words)
    return Markup(  # escaped piece by piece
        f'<figure class="map">{wide}{narrow}<figcaption>{caption}'
        f"<details><summary>{escape(words['map_text'])}</summary>{text}</details>"
        "</figcaption></figure>"
    )


def _narrow(root: Block, link: Link, words: Mapping[str, str], label: str) -> str:
    told = words["map_instead"], words["map_more"]
    place = split(root.steps)
    if not place:
        layout = lay_out(root, _NARROW, told, words["map_returns"])
        return draw(layout, link, words, "narrow", label)
    parts = []
    for number, stack in enumerate(_stacks(root, place)):
        layout = lay_out(stack, _NARROW, told, words["map_returns"])
        name = ", ".join(title_of(step) for step in stack.steps if step.steps)
        svg = draw(layout, link, words, "narrow", f"{label}: {name}")
        is_open = "" if number else " open"
        parts.append(
            f'<details class="narrow"{is_open}><summary><span>{escape(name)}</span></summary>'
            f"{svg}</details>"  # open, the picture's own frame says the name
        )
    return "".join(parts)


def _stacks(root: Block, place: int) -> tuple[Block, Block]:
    """Return the two stacks of a map as maps; what the second is given of the first has a name."""
    first, second = root.steps[:place], root.steps[place:]
    made = first[-1]
    names = {one.origin: one.name for one in second[0].inputs}
    named = {made.number: names.get(made.number) or made.name or made.kind}
    above = root._replace(
        steps=first, inputs=first[0].inputs, takes=first[0].takes, gives=made.gives
    )
    steps = tuple(_renamed(step, named) for step in second)
    below = root._replace(steps=steps, inputs=steps[0].inputs, takes=steps[0].takes)
    return _of_its_own(above), _of_its_own(below)


def _of_its_own(stack: Block) -> Block:
    """Let the label of what comes in say what the whole model calls it."""
    return stack._replace(
        inputs=tuple(
            one._replace(name=one.origin) if isinstance(one.origin, str) else one
            for one in stack.inputs
        )
    )


def _renamed(block: Block, named: Mapping[int, str]) -> Block:
    def renamed(one: Input) -> Input:
        known = named.get(one.origin) if isinstance(one.origin, int) else None
        return one._replace(origin=known) if known else one

    steps = tuple(_renamed(step, named) for step in block.steps)
    return block._replace(inputs=tuple(map(renamed, block.inputs)), steps=steps)


def _caption(known: ModelMap, title: str, drawn: Plain, words: Mapping[str, str]) -> str:
    """Say where a map comes from, what its colours mean, and what it does not show."""
    if known.scenario:
        parts = [escape(words["map_ran"].replace("{scenario}", title))]
    else:
        parts = [escape(words["map_static"])]
    if drawn.hidden:
        listed = _listed(drawn.hidden)
        parts.append(escape(words["map_hidden"].replace("{listed}", listed)))
    if known.unseen:
        listed = _listed(known.unseen)
        parts.append(escape(words["map_unseen"].replace("{listed}", listed)))
    met = {colour_of(block) for block in every_block(drawn.root) if not block.steps}
    keys = "".join(
        f'<span class="key {name}">{escape(words["map_" + name])}</span>'
        for name in _COLOURS
        if name in met
    )
    return " ".join(parts) + (f' <span class="keys">{keys}</span>' if keys else "")


def _listed(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{kind} {TIMES}{count}" for kind, count in counts)
