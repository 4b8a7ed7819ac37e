"""Traces merged into a static graph: which edges a run went, and those that only a run showed.

An edge that was gone becomes OBSERVED; its rivals stay POSSIBLE. A callee that the graph did not
know at that place is a new edge: a call that code in between made, which the graph does not walk
(`Module.__call__`, a wrapper), or one that static reading missed. Nothing static is taken away.
Left out is what a native operator calls back into Python, as kernels of the meta device do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from srcread.graph.reading import in_reading_order
from srcread.model import (
    CallGraph,
    CallSite,
    Certainty,
    Edge,
    EdgeKind,
    Position,
    Range,
    Span,
    Symbol,
    SymbolKind,
    Trace,
)

SeenCall = tuple[CallSite, str]

SEEN = "seen in a run, not in the source"


def observe(graph: CallGraph, traces: Iterable[Trace]) -> CallGraph:
    """Return the graph with the calls that traces of the same source have recorded."""
    return with_seen(graph, seen_calls(graph, traces))


def seen_calls(graph: CallGraph, traces: Iterable[Trace]) -> tuple[SeenCall, ...]:
    """Return the calls between walked functions that traces have recorded, each once."""
    return tuple(dict.fromkeys(pair for trace in traces for pair in _calls(trace, graph)))


def with_seen(graph: CallGraph, seen: Collection[SeenCall]) -> CallGraph:
    """Return the graph with these calls, sites with their callees, marked or added."""
    known_calls = frozenset(seen)
    edges: list[Edge] = []
    static: set[SeenCall] = set()
    for edge in graph.edges:
        if edge.callee is not None and (edge.site, edge.callee) in known_calls:
            static.add((edge.site, edge.callee))
            edge = replace(edge, certainty=Certainty.OBSERVED)
        edges.append(edge)
    known = static | {(edge.site, str(edge.callee)) for edge in graph.quiet}
    native = _native_sites(graph)
    edges += [
        Edge(site, callee, EdgeKind.DIRECT, Certainty.OBSERVED, None, SEEN)
        for site, callee in seen
        if (site, callee) not in known and site not in native
    ]
    position = {name: number for number, name in enumerate(graph.order)}
    edges.sort(key=lambda edge: (position[edge.site.caller], edge.site.range))
    return replace(graph, edges=tuple(edges))


def cut_to(
    graph: CallGraph,
    seen: Collection[SeenCall],
    ran: Collection[str],
    roots: Iterable[str],
    executed: Collection[str] = (),
) -> CallGraph:
    """Return the graph of one run: the functions that ran, and at each place what it called.

    Where a run was seen to go, what reading says beside it is `overruled`, unless it is among all
    that was `executed`: that may have been called there unseen. Of places to which the run did not
    come, and of calls that it could not be seen to make, reading has the word.
    """
    kept = frozenset(ran) & frozenset(graph.order)
    calls = frozenset(pair for pair in seen if pair[0].caller in kept)
    went = {site for site, _ in calls}
    found: dict[tuple[object, ...], Edge] = {}
    merged = [edge for edge in with_seen(graph, calls).edges if edge.site.caller in kept]
    at_odds = [edge for edge in merged if edge.site in went and not _is_observed(edge)]
    for edge in merged:
        if edge.site in went and not _is_observed(edge):
            continue
        key = edge.site, edge.callee, edge.reason if edge.callee is None else ""
        known = found.get(key)
        if known is None or known.reason == SEEN:  # which kind of call it is, reading knows
            found[key] = edge
    edges = [replace(e, reason=None) if e.reason == SEEN else e for e in found.values()]
    below: dict[str, list[Edge]] = {name: [] for name in kept}
    for edge in edges:
        below[edge.site.caller].append(edge)
    first = [name for name in roots if name in kept]
    rest = [name for name in graph.order if name in kept]
    order = tuple(dict.fromkeys(at.name for at in in_reading_order((*first, *rest), below)))
    position = {name: number for number, name in enumerate(order)}
    edges.sort(key=lambda edge: (position[edge.site.caller], edge.site.range))
    quiet = tuple(edge for edge in graph.quiet if edge.site.caller in kept)
    entries = tuple(first) or order[:1]
    return replace(
        graph,
        entries=entries,
        order=order,
        edges=tuple(edges),
        quiet=quiet,
        overruled=tuple(_overruled(graph, merged, at_odds, executed)),
    )


def _is_observed(edge: Edge) -> bool:
    return edge.certainty is Certainty.OBSERVED


def _overruled(
    graph: CallGraph, merged: Iterable[Edge], at_odds: Iterable[Edge], executed: Collection[str]
) -> Iterator[Edge]:
    """Yield what reading says where a run went elsewhere; RESOLVED if it says nothing else there.

    Beside what a run has added, reading's only callee counts as one of several in the graph.
    """
    read = Counter(edge.site for edge in merged if edge.reason != SEEN)
    by_callee = {(edge.site, edge.callee): edge for edge in at_odds}
    for edge in by_callee.values():
        if edge.callee not in executed and _is_rival(edge, graph):
            is_only = read[edge.site] == 1
            yield replace(edge, certainty=Certainty.RESOLVED) if is_only else edge


def _is_rival(edge: Edge, graph: CallGraph) -> bool:
    """Tell whether a function would have been seen to run, had it been called."""
    symbol = graph.symbols.get(edge.callee or "")
    return symbol is not None and symbol.kind in (SymbolKind.FUNCTION, SymbolKind.METHOD)


def _native_sites(graph: CallGraph) -> set[CallSite]:
    """Return the sites that call nothing but native code; what that calls back is not theirs."""
    native = {edge.site for edge in graph.edges if edge.kind is EdgeKind.NATIVE}
    other = (EdgeKind.NATIVE, EdgeKind.UNRESOLVED, EdgeKind.EXTERNAL)
    return native - {edge.site for edge in graph.edges if edge.kind not in other}


def _calls(trace: Trace, graph: CallGraph) -> Iterator[SeenCall]:
    """Yield the calls between walked functions, a lambda's among its own function's."""
    walked = set(graph.order)
    for case in trace.cases:
        caller = graph.symbols.get(case.symbol)
        if caller is None or case.symbol not in walked:
            continue
        for place, calls in case.calls.items():
            for number, _ in calls:
                callee = trace.cases[number].symbol
                if callee in graph.symbols and place.end_column:
                    yield _site(caller, place), callee


def _site(caller: Symbol, place: Span) -> CallSite:
    first = caller.range.first_line
    start = Position(place.line + first, place.column)
    return CallSite(caller.name, Range(start, Position(place.end_line + first, place.end_column)))
