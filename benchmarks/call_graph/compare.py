"""A record held against the static graph: recall by kind of edge, a bound on precision, and why.

What counts is what runs below the entry: an observed edge whose caller can be reached from it by
observed calls, also through functions that are not read and through the frames that are folded.
Sites count each place of a call by itself; pairs count caller and callee once, as other tools'
figures do. Callees outside the packages that are read are left out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .observed import ObservedEdge, Record, Site, Way
from .recorder import MODULE_CALL
from .static import StaticEdge, StaticGraph


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how many of how many, by site and by pair."""

    what: str
    sites: tuple[int, int]
    pairs: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Miss:
    """An observed edge that the static graph has not, and the cause as far as it says."""

    way: str
    caller: str
    callee: str
    site: Site
    cause: str
    core: bool
    seen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FalseEdge:
    """A static edge that no scenario took, though its site or its whole function ran."""

    caller: str
    callee: str
    site: Site
    certainty: str
    why: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All that comparing one subject gives.

    `implicit` counts implicit edges by what the site does and what that ran: all, and those found.
    """

    rows: tuple[Row, ...]
    misses: tuple[Miss, ...]
    false_edges: tuple[FalseEdge, ...]
    implicit: tuple[tuple[str, int, int], ...]


def compare(graph: StaticGraph, record: Record, core: Sequence[str]) -> Figures:
    """Hold a record against a graph; `core` are the files whose callers matter most."""
    edges = _below(graph, record)
    return Figures(
        rows=(*_recall_rows(graph, edges, core), *_precision_rows(graph, record)),
        misses=tuple(_misses(graph, record, edges, core)),
        false_edges=tuple(_false_edges(graph, record)),
        implicit=tuple(_implicit(graph, record, edges)),
    )


def _below(graph: StaticGraph, record: Record) -> list[ObservedEdge]:
    """Return what was observed below the entry, of callees that are read."""
    reached = below(graph.entries, record)
    return [
        edge
        for edge in record.edges
        if edge.caller in reached and edge.site is not None and not edge.callee.startswith("~")
    ]


def _recall_rows(
    graph: StaticGraph, edges: Sequence[ObservedEdge], core: Sequence[str]
) -> Iterable[Row]:
    def in_core(edge: ObservedEdge) -> bool:
        return edge.site is not None and edge.site.path in core

    def walked(edge: ObservedEdge) -> bool:
        return edge.caller in graph.walked

    def anywhere(edge: ObservedEdge) -> bool:
        return True

    wanted: tuple[tuple[str, Way, Callable[[ObservedEdge], bool]], ...] = (
        ("explicit calls of Python functions, core", Way.EXPLICIT, in_core),
        ("explicit calls, all callers that the graph walks", Way.EXPLICIT, walked),
        ("explicit calls, all callers", Way.EXPLICIT, anywhere),
        ("module(...) to its forward", Way.FORWARD, anywhere),
        ("builtins of the framework, core", Way.NATIVE, in_core),
        ("builtins of the framework, all callers", Way.NATIVE, anywhere),
        ("implicit calls, core", Way.IMPLICIT, in_core),
        ("implicit calls, all callers", Way.IMPLICIT, anywhere),
    )
    static_pairs = graph.pairs()
    for what, way, chosen in wanted:
        these = [edge for edge in edges if edge.way is way and chosen(edge)]
        pairs = {(edge.caller, edge.callee) for edge in these}
        found = {
            (edge.caller, edge.callee)
            for edge in these
            if any((edge.caller, callee) in static_pairs for callee in (edge.callee, *edge.via))
        }
        hits = sum(1 for edge in these if _found(graph, edge))
        yield Row(f"recall: {what}", (hits, len(these)), (len(found), len(pairs)))


def _found(graph: StaticGraph, edge: ObservedEdge) -> bool:
    """Tell whether the static graph has this callee at this very site."""
    at_site = graph.by_site.get(edge.site, []) if edge.site is not None else []
    return any(item.key in (edge.callee, *edge.via) for item in at_site if item.key is not None)


def _precision_rows(graph: StaticGraph, record: Record) -> Iterable[Row]:
    seen = _seen(record)
    at_sites = _at_seen_sites(graph, record)
    for what, edges in (
        ("precision bound: functions whose every line ran", _in_whole(graph, record)),
        ("precision: sites seen to call, Python", [edge for edge in at_sites if edge.is_python]),
        (
            "precision: sites seen to call, builtins",
            [edge for edge in at_sites if edge.kind == "native"],
        ),
    ):
        pairs = {(edge.caller, edge.key) for edge in edges}
        taken = [edge for edge in edges if (edge.site, edge.key) in seen]
        taken_pairs = {(edge.caller, edge.key) for edge in taken}
        yield Row(what, (len(taken), len(edges)), (len(taken_pairs), len(pairs)))


def judged(graph: StaticGraph, record: Record) -> list[tuple[StaticEdge, bool]]:
    """Return the edges at sites that ran, each with whether a run went there.

    A site that no run came to says nothing about its edges, and they are left out.
    """
    seen = _seen(record)
    return [(edge, (edge.site, edge.key) in seen) for edge in _at_seen_sites(graph, record)]


def below(entries: Iterable[str], record: Record) -> set[str]:
    """Return the functions that ran below the entries, by whatever way they were called."""
    callees: dict[str, set[str]] = {}
    for caller, callee in record.links:
        callees.setdefault(caller, set()).add(callee)
    reached = set(entries)
    queue = deque(sorted(reached))
    while queue:
        for callee in sorted(callees.get(queue.popleft(), set()) - reached):
            reached.add(callee)
            queue.append(callee)
    return reached


def _seen(record: Record) -> set[tuple[Site | None, str]]:
    return {(edge.site, callee) for edge in record.edges for callee in (edge.callee, *edge.via)}


def _in_whole(graph: StaticGraph, record: Record) -> list[StaticEdge]:
    return [edge for edge in graph.edges if edge.is_python and edge.caller in record.whole]


def _at_seen_sites(graph: StaticGraph, record: Record) -> list[StaticEdge]:
    sites = {edge.site for edge in record.edges if edge.way is not Way.IMPLICIT}
    return [
        edge
        for edge in graph.edges
        if edge.site in sites and (edge.is_python or edge.kind == "native")
    ]


def _false_edges(graph: StaticGraph, record: Record) -> Iterable[FalseEdge]:
    seen = _seen(record)
    at_sites = set(_at_seen_sites(graph, record))
    for edge in graph.edges:
        in_whole = edge.is_python and edge.caller in record.whole
        if (in_whole or edge in at_sites) and (edge.site, edge.key) not in seen:
            why = "something else was called here" if edge in at_sites else "every line ran"
            caller = record.names.get(edge.caller, edge.caller)
            yield FalseEdge(caller, edge.name or "", edge.site, edge.certainty, why)


def _implicit(
    graph: StaticGraph, record: Record, edges: Sequence[ObservedEdge]
) -> list[tuple[str, int, int]]:
    counts: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for edge in edges:
        if edge.way is Way.IMPLICIT:
            what = f"{edge.how}: {record.names.get(edge.callee, edge.callee)}"
            counts[what] += 1
            found[what] += _found(graph, edge)
    return [
        (what, found[what], counts[what]) for what in sorted(counts, key=lambda w: (-counts[w], w))
    ]


def _misses(
    graph: StaticGraph, record: Record, edges: Sequence[ObservedEdge], core: Sequence[str]
) -> list[Miss]:
    """Return the misses, those in functions that the graph walks first, the core before all."""
    gates = _gates(graph, record)
    misses = [
        Miss(
            way=edge.way.value,
            caller=record.names[edge.caller],
            callee=record.names.get(edge.callee, edge.callee),
            site=edge.site,
            cause=_cause(graph, record, edge, edge.site, gates),
            core=edge.site.path in core,
            seen=edge.seen,
        )
        for edge in edges
        if edge.way is not Way.IMPLICIT and edge.site is not None and not _found(graph, edge)
    ]
    return sorted(
        misses,
        key=lambda miss: (
            not miss.core,
            miss.cause.startswith("its caller"),
            miss.way,
            miss.site,
            miss.callee,
        ),
    )


def _cause(
    graph: StaticGraph,
    record: Record,
    edge: ObservedEdge,
    site: Site,
    gates: dict[str, tuple[str, str]],
) -> str:
    if edge.caller in graph.folded:
        return "its caller is folded"
    if edge.caller not in graph.walked:
        return f"its caller is not walked: {_gate(graph, record, gates.get(edge.caller))}"
    rivals = graph.by_site.get(site, [])
    if not rivals:
        return "no edge stands at the site"
    unresolved = [item.reason for item in rivals if item.kind == "unresolved"]
    if unresolved:
        return f"not resolved: {unresolved[0]}"
    names = ", ".join(sorted({item.name or "" for item in rivals}))
    missing = [item.name for item in rivals if item.kind == "native" and item.key is None]
    return f"the graph names {names}" + (", which does not exist" if missing else "")


def _gate(graph: StaticGraph, record: Record, gate: tuple[str, str] | None) -> str:
    """Say through which call the walk would have had to go on."""
    if gate is None:
        return "no walked function leads there"
    caller, callee = gate
    if record.names.get(callee) in MODULE_CALL:
        return "inside Module.__call__, which is folded"
    if callee in graph.folded:
        return f"below {record.names[callee]}, which is folded"
    ways = [edge for edge in record.edges if (edge.caller, edge.callee) == gate]
    how = "in functions that are not read"
    if ways:
        how = f"{ways[0].way.value} {ways[0].how}".strip()
    return f"behind {record.names.get(caller, caller)} -> {record.names.get(callee, callee)}, {how}"


def _gates(graph: StaticGraph, record: Record) -> dict[str, tuple[str, str]]:
    """Return, for each function that is not walked, the nearest call out of what is walked."""
    folded = {place for place, name in record.names.items() if name in MODULE_CALL}
    links: dict[str, set[str]] = {}
    for caller, callee in [*record.links, *((item.caller, item.callee) for item in record.edges)]:
        links.setdefault(caller, set()).add(callee)
    plain = {caller: callees - folded for caller, callees in links.items()}
    gates = _hops(graph, plain, {})
    return _hops(graph, links, gates)


def _hops(
    graph: StaticGraph, links: dict[str, set[str]], gates: dict[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Go breadth first from the walked functions; each keeps the hop that left them."""
    queue = deque(sorted(graph.walked | set(gates)))
    while queue:
        caller = queue.popleft()
        for callee in sorted(links.get(caller, ())):
            if callee not in graph.walked and callee not in gates:
                gates[callee] = gates.get(caller, (caller, callee))
                queue.append(callee)
    return gates
