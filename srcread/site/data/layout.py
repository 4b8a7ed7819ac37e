"""Which page of a tour holds what: pages in reading order, calls by place, notes by page.

Every walked function has a page. A note on a whole class leads the page of its `__init__`; any
other note on a symbol that is not walked gives that symbol a page of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from srcread.graph.observe import SEEN
from srcread.model import Edge, Location, Step, Symbol, SymbolKind
from srcread.site.data.address import file_names, segment
from srcread.site.view import TourView

Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Layout:
    """A tour laid out. Steps are numbered from 0; `also` pairs a step with its further place.

    `children` is the call tree at first reach; roots are the children of None.
    """

    view: TourView
    version: str
    folder: str
    pages: tuple[str, ...]
    files: Mapping[str, str]
    symbols: Mapping[str, Symbol]
    calls: Mapping[str, tuple[Edge, ...]]
    callers: Mapping[str, tuple[Edge, ...]]
    children: Mapping[str | None, tuple[str, ...]]
    parents: Mapping[str, str]
    page_of_step: Mapping[int, str]
    steps: Mapping[str, tuple[int, ...]]
    also: Mapping[str, tuple[tuple[int, Location], ...]]


def lay_out(view: TourView) -> Layout:
    """Lay out one tour."""
    graph = view.graph
    walked = frozenset(graph.order)
    page_of_step = {
        number: page
        for number, step in enumerate(view.tour.steps)
        if (page := _page_of(step, walked)) is not None
    }
    pages = _reading_order(graph.order, page_of_step)
    found = {
        place.symbol.name: place.symbol for step in view.tour.steps for place in step.locations
    }
    calls = _group((edge.site.caller, edge) for edge in graph.edges)
    # What only a run has shown is marked in its caller's list; the tree is the source's.
    static = _group((edge.site.caller, edge) for edge in graph.edges if edge.reason != SEEN)
    children, parents = _first_reach(graph.order, static)
    version = view.distributions[0].version if view.distributions else None
    return Layout(
        view=view,
        version=version or "local",
        folder=f"{segment(view.tour.name)}/{segment(version or 'local')}",
        pages=pages,
        files=file_names(pages),
        symbols={**found, **graph.symbols},
        calls=calls,
        callers=_group((edge.callee, edge) for edge in graph.edges if edge.callee),
        children=children,
        parents=parents,
        page_of_step=page_of_step,
        steps=_group((page, number) for number, page in page_of_step.items()),
        also=_group(_further_places(view, frozenset(pages))),
    )


def call_path(layout: Layout, page: str) -> tuple[str, ...]:
    """Return the functions from a root to this one, by which it is first reached."""
    path = [page]
    while path[-1] in layout.parents:
        path.append(layout.parents[path[-1]])
    return tuple(reversed(path))


def neighbours(layout: Layout, page: str) -> tuple[str | None, str | None]:
    """Return the pages before and after: of the steps, or of the walk where there is no note."""
    stops = tuple(dict.fromkeys(layout.page_of_step.values())) or layout.pages
    if page in stops:
        place = stops.index(page)
        return (stops[place - 1] if place else None), (*stops, None)[place + 1]
    place = layout.pages.index(page)
    before = [name for name in layout.pages[:place] if name in layout.steps]
    after = [name for name in layout.pages[place:] if name in layout.steps]
    return (before[-1] if before else None), (after[0] if after else None)


def _page_of(step: Step, walked: frozenset[str]) -> str | None:
    """Return where a note stands; of one whose place is gone, where the function still is."""
    lead = step.lead
    if lead is None:
        names = [anchor.symbol for anchor in step.note.anchors[:1]]
        return next((name for name in names if name in walked), None)
    if lead.symbol.kind is not SymbolKind.CLASS or lead.anchor.at is not None:
        return lead.symbol.name
    methods = (f"{lead.symbol.name}.{name}" for name in ("__init__", "forward"))
    return next((name for name in methods if name in walked), lead.symbol.name)


def _reading_order(order: tuple[str, ...], page_of_step: Mapping[int, str]) -> tuple[str, ...]:
    """Put a page that is not walked behind the page of the step before it."""
    pages, known = list(order), set(order)
    before: str | None = None
    for page in page_of_step.values():
        if page not in known:
            pages.insert(pages.index(before) + 1 if before is not None else 0, page)
            known.add(page)
        before = page
    return tuple(pages)


def _first_reach(
    order: tuple[str, ...], calls: Mapping[str, tuple[Edge, ...]]
) -> tuple[dict[str | None, tuple[str, ...]], dict[str, str]]:
    """Find each function's first caller, depth-first; one that none reaches before is a root."""
    walked, seen = frozenset(order), set[str]()
    children: dict[str | None, list[str]] = {}
    parents: dict[str, str] = {}
    for root in order:
        if root in seen:
            continue
        stack: list[tuple[str | None, str]] = [(None, root)]
        while stack:
            parent, name = stack.pop()
            if name in seen:
                continue
            seen.add(name)
            children.setdefault(parent, []).append(name)
            if parent is not None:
                parents[name] = parent
            callees = [edge.callee for edge in calls.get(name, ())]
            stack.extend((name, callee) for callee in reversed(callees) if callee in walked)
    return {name: tuple(below) for name, below in children.items()}, parents


def _further_places(
    view: TourView, pages: frozenset[str]
) -> Iterable[tuple[str, tuple[int, Location]]]:
    for number, step in enumerate(view.tour.steps):
        for place in step.locations[1 if step.lead else 0 :]:
            if place.symbol.name in pages:
                yield place.symbol.name, (number, place)


def _group(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    groups: dict[Key, list[Value]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
