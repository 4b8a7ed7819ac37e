"""The calls of a function from outside a tour's walk, as plain data: the nearest files first."""

from __future__ import annotations

from typing import NamedTuple

from srcread.site.data.address import permalink
from srcread.site.data.layout import Layout

_SHOWN = 8


class CallElsewhere(NamedTuple):
    """A line that calls the function; `href` leads to it upstream, where that is known."""

    inside: str
    place: str
    href: str | None


class Elsewhere(NamedTuple):
    """The nearest of all calls, and how many `more` there are; `symbol` is what to search for."""

    calls: tuple[CallElsewhere, ...]
    more: int
    symbol: str


def elsewhere(layout: Layout, name: str) -> Elsewhere | None:
    """Return the calls of a function from outside the walk; None where none are known."""
    uses = layout.view.elsewhere.get(name, ())
    if not uses:
        return None
    symbol = layout.symbols[name]
    holder = {item.name: item for item in layout.view.distributions}.get(symbol.distribution)
    folder = holder.folder if holder else ""
    lines = {(use.path, use.line): use for use in uses}
    nearest = sorted(lines.values(), key=lambda use: (-_shared(use.path, symbol.path), use.order()))
    calls = tuple(
        CallElsewhere(
            use.inside,
            f"{use.path}:{use.line}",
            permalink(holder, f"{folder}{use.path}", use.line, use.line),
        )
        for use in nearest[:_SHOWN]
    )
    called = name.removesuffix(".__init__").removesuffix(".__new__")
    return Elsewhere(calls, len(lines) - len(calls), called)


def _shared(one: str, other: str) -> int:
    """Return how many folders two files lie in together; the same file counts most."""
    count = 0
    for ours, theirs in zip(one.split("/"), other.split("/"), strict=False):
        if ours != theirs:
            break
        count += 1
    return count
