"""A map as a nested list: all of it, also what the picture leaves out, with the same links."""

from __future__ import annotations

from collections.abc import Mapping

from srcread.site.blocks import Block
from srcread.site.escaping import escape
from srcread.site.maps.drawing.svg import Link, said


def text_list(root: Block, link: Link, words: Mapping[str, str]) -> str:
    """Return a map as an ordered list, as HTML."""
    return f"<ol>{_item(root, link, words)}</ol>"


def _item(block: Block, link: Link, words: Mapping[str, str]) -> str:
    name = " ".join(dict.fromkeys(text for text in (block.name, block.kind) if text))
    whole = said(block._replace(name=name, kind="") if name and block.symbol else block, words)
    address = link(block.symbol) if block.symbol else ""
    said_so = escape(whole) if whole else escape(words["map_again"])
    item = f'<a href="{escape(address)}">{said_so}</a>' if address else said_so
    below = "".join(_item(step, link, words) for step in block.steps)
    return f"<li>{item}{f'<ol>{below}</ol>' if below else ''}</li>"
