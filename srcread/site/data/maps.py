"""The maps that a page shows, as data: a picture is drawn of them when the page is."""

from __future__ import annotations

from typing import Any, NamedTuple

from srcread.site.blocks import ModelMap, every_block, map_json
from srcread.site.data.layout import Layout


class MapFigure(NamedTuple):
    """A map to draw: its content as `map_json` gives it, its scenario's title, pages by symbol."""

    content: list[Any]
    title: str
    links: dict[str, str]


def figures(layout: Layout, language: str) -> tuple[MapFigure, ...]:
    """Return the maps of a tour, the one to show first in front; none of a tour without modules."""
    return tuple(_figure(layout, one, language) for one in layout.view.runs.maps)


def _figure(layout: Layout, shown: ModelMap, language: str) -> MapFigure:
    symbols = sorted({block.symbol for block in every_block(shown.root)})
    titles = {one.key: one.said(language)[0] for one in layout.view.runs.scenarios}
    return MapFigure(
        content=map_json(shown),
        title=titles.get(shown.scenario, shown.scenario),
        links={name: layout.files[name] for name in symbols if name in layout.files},
    )
