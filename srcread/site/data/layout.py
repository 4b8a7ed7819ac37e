"""Which page of a tour holds what: pages in reading order, calls by place, notes by page.

Every walked function has a page. A note on a whole class leads the page of its `__init__`; any
other note on a symbol that is not walked gives that symbol a page of its own.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from srcread.graph.observe import SEEN
from srcread.graph.reading import in_reading_order
from srcread.model import CallGraph, Certainty, Edge, Location, Step, Symbol, SymbolKind
from srcread.site.data.address import file_names, segment
from srcread.site.data.ways import page_showing
from srcread.site.view import TourView

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST_LINES = 200
"""Of a function that unfolds at a call: a longer one is better read on a page of its own."""

_WHOLE = 12
_FIRST, _LAST = 4, 6
"""A path of more than `_WHOLE` functions is shown by so many of its first and its last ones."""


class Reach(NamedTuple):
    """A function's first reach: its caller there, how many functions lead to it and the first."""

    parent: str | None
    depth: int
    first: tuple[str, ...]


class CallPath(NamedTuple):
    """The functions from a root to one, itself the last; `more` stand between both parts."""

    first: tuple[str, ...]
    more: int
    last: tuple[str, ...]


class Moves(NamedTuple):
    """The pages before and after one."""

    previous: str | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """A tour laid out. Steps are numbered from 0; `also` pairs a step with its further place.

    `children` is the call tree at first reach; roots are the children of None, and `makers`: the
    constructors, which are read after all else. `opening` are the files at which links to steps
    lead in: those of the scenarios that notes name. `moves` lead from step to step, or along the
    walk where there is no note.
    """

    view: TourView
    version: str
    folder: str
    pages: tuple[str, ...]
    files: Mapping[str, str]
    symbols: Mapping[str, Symbol]
    calls: Mapping[str, tuple[Edge, ...]]
    overruled: Mapping[str, tuple[Edge, ...]]
    callers: Mapping[str, tuple[Edge, ...]]
    children: Mapping[str | None, tuple[str, ...]]
    makers: tuple[str, ...]
    reached: Mapping[str, Reach]
    moves: Mapping[str, Moves]
    page_of_step: Mapping[int, str]
    opening: Mapping[int, str]
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
    # What only a run has shown is marked in its caller's list; the tree is the source's. Of a
    # reader's own run it is the run's.
    opens = [edge for edge in graph.edges if _opens(edge, view)]
    children, makers, reached = _first_reach(graph, _group((e.site.caller, e) for e in opens))
    version = view.distributions[0].version if view.distributions else None
    files = file_names(pages)
    return Layout(
        view=view,
        version=version or "local",
        folder=tour_folder(view),
        pages=pages,
        files=files,
        symbols={**found, **graph.symbols},
        calls=calls,
        overruled=_group((edge.site.caller, edge) for edge in graph.overruled),
        callers=_group((edge.callee, edge) for edge in graph.edges if edge.callee),
        children=children,
        makers=makers,
        reached=reached,
        moves=_moves(pages, page_of_step.values()),
        page_of_step=page_of_step,
        opening=dict(_opening(view, files, page_of_step)),
        steps=_group((page, number) for number, page in page_of_step.items()),
        also=_group(_further_places(view, frozenset(pages))),
    )


def tour_folder(view: TourView) -> str:
    """Return the folder of a tour's pages, below that of a language."""
    version = view.distributions[0].version if view.distributions else None
    return f"{segment(view.tour.name)}/{segment(version or 'local')}"


def unfolds(layout: Layout, name: str) -> bool:
    """Tell whether a function's code is here, and short enough to be read at a call of it."""
    symbol = layout.symbols[name]
    lines = symbol.range.last_line - symbol.range.first_line + 1
    return lines <= MOST_LINES and symbol.distribution not in layout.view.absent


def line_address(layout: Layout, name: str, line: int) -> str | None:
    """Return where a line of a function is shown: its page, at the line if the page has all lines.

    A page without code has few lines. None where the function has no page.
    """
    file, symbol = layout.files.get(name), layout.symbols.get(name)
    if file is None or symbol is None or symbol.distribution in layout.view.absent:
        return file
    inside = symbol.range.first_line <= line <= symbol.range.last_line
    return f"{file}#L{line}" if inside else file


def call_path(layout: Layout, page: str) -> CallPath:
    """Return the way by which a function is first reached, shortened where it is long.

    A chain of calls can be as long as the code: whole paths would grow with its square.
    """
    last = [page]
    while (above := _parent(layout, last[-1])) is not None:
        last.append(above)
        if len(last) > _WHOLE:
            first = layout.reached[page].first
            more = layout.reached[page].depth + 1 - len(first) - _LAST
            return CallPath(first, more, tuple(reversed(last[:_LAST])))
    return CallPath((), 0, tuple(reversed(last)))


def entrance(layout: Layout, name: str) -> str | None:
    """Return the file at which to come to a function: that of its first note, where it has one."""
    return next((layout.opening[one] for one in layout.steps.get(name, ())), layout.files.get(name))


def _opens(edge: Edge, view: TourView) -> bool:
    """Tell whether a call may be the one at which a function stands in the tree."""
    if view.runs.own is not None:
        return edge.certainty is Certainty.OBSERVED
    return edge.reason != SEEN


def _opening(
    view: TourView, files: Mapping[str, str], page_of_step: Mapping[int, str]
) -> Iterable[tuple[int, str]]:
    taken = frozenset(files.values())
    for number, page in page_of_step.items():
        key, runs = view.tour.steps[number].note.scenario, view.runs
        own = runs.functions.get(page)
        yield number, page_showing(key, files[page], own, runs, taken) if key else files[page]


def _parent(layout: Layout, page: str) -> str | None:
    reach = layout.reached.get(page)
    return reach.parent if reach is not None else None


def _moves(pages: tuple[str, ...], steps: Iterable[str]) -> dict[str, Moves]:
    """Lead from a step's page to the next step's, and from any other to the nearest on the walk."""
    stops = tuple(dict.fromkeys(steps)) or pages
    ends = zip((None, *stops), (*stops[1:], None), strict=False)
    moves = {page: Moves(*around) for page, around in zip(stops, ends, strict=True)}
    before, after = _stop_before(pages, moves), _stop_before(reversed(pages), moves)
    return {page: Moves(before[page], after[page]) for page in pages} | moves


def _stop_before(pages: Iterable[str], stops: Container[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    last = None
    for page in pages:
        found[page] = last
        last = page if page in stops else last
    return found


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
    graph: CallGraph, calls: Mapping[str, tuple[Edge, ...]]
) -> tuple[dict[str | None, tuple[str, ...]], tuple[str, ...], dict[str, Reach]]:
    """Find each function's first caller, in the order of reading; one that none reaches is a root.

    The roots among constructors come apart from the others.
    """
    static = {name: calls.get(name, ()) for name in graph.order}
    children: dict[str | None, list[str]] = {}
    makers: list[str] = []
    reached: dict[str, Reach] = {}
    for roots in (graph.entries, graph.order):
        for parent, name, makes in in_reading_order(roots, static):
            if name not in reached:
                reached[name] = _reach(parent, reached)
                beside = makers if makes and parent is None else children.setdefault(parent, [])
                beside.append(name)
    return {name: tuple(below) for name, below in children.items()}, tuple(makers), reached


def _reach(parent: str | None, reached: Mapping[str, Reach]) -> Reach:
    if parent is None:
        return Reach(None, 0, ())
    above = reached[parent]
    first = above.first if len(above.first) == _FIRST else (*above.first, parent)
    return Reach(parent, above.depth + 1, first)


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
