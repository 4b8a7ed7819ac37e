"""A call graph for people, as a tree, and for programs, as JSON."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from srcread.graph.described import native_lines
from srcread.graph.limits import stop_words
from srcread.graph.names import plain_name, shown_names
from srcread.graph.reading import makes_objects
from srcread.graph.tree import openers, wrapped_by
from srcread.model import (
    CallGraph,
    Certainty,
    Distribution,
    Edge,
    EdgeKind,
    Operator,
    Range,
    SymbolKind,
)

FORMAT = 1
_DEEPEST = 40
"""How many calls deep the tree is indented, as the site's is."""
_CROWD = "too many to be walked into"
"""How the reason ends that `walk` gives for each of many functions that one call may reach."""

_COMPOSITE = "CompositeImplicitAutograd"
_MAIN_KEYS = ("CPU", "CUDA", _COMPOSITE, "CompositeExplicitAutograd")


def graph_as_json(graph: CallGraph, distributions: Sequence[Distribution]) -> dict[str, Any]:
    """Return the graph in srcread's JSON form; lines 1-based, columns 0-based, `dist:path`."""
    shown = shown_names(graph.symbols)
    return {
        "format": FORMAT,
        "distributions": {item.name: item.version for item in distributions},
        "entry": [shown.get(name, name) for name in graph.entries],
        "unentered": [shown.get(name, name) for name in graph.unentered],
        "stopped": stop_words(graph.stopped) if graph.stopped is not None else None,
        "frontier": [shown.get(name, name) for name in graph.frontier],
        "symbols": [
            {
                "name": shown.get(symbol.name, symbol.name),
                "kind": symbol.kind.value,
                "path": f"{symbol.distribution}:{symbol.path}" if symbol.path else None,
                "line": symbol.line or None,
                "end_line": symbol.range.last_line or None,
            }
            for symbol in graph.symbols.values()
        ],
        "edges": [_edge_as_json(graph, edge, shown) for edge in (*graph.edges, *graph.quiet)],
        "operators": {name: _operator_as_json(item) for name, item in graph.operators.items()},
        "plugins": {
            name: {"class": item.cpp_class, "file": item.file, "versions": list(item.versions)}
            for name, item in graph.plugins.items()
        },
    }


def _edge_as_json(graph: CallGraph, edge: Edge, shown: Mapping[str, str]) -> dict[str, Any]:
    caller = graph.symbols[edge.site.caller]
    place = edge.site.range
    return {
        "caller": shown.get(edge.site.caller, edge.site.caller),
        "callee": shown.get(edge.callee, edge.callee) if edge.callee is not None else None,
        "kind": edge.kind.value,
        "certainty": edge.certainty.value,
        "reason": plain_name(edge.reason) if edge.reason is not None else None,
        "condition": _range_as_json(edge.condition),
        "path": f"{caller.distribution}:{caller.path}",
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    }


def _operator_as_json(operator: Operator) -> dict[str, Any]:
    return {
        "name": operator.name,
        "schema": operator.schema,
        "distribution": operator.distribution,
        "line": operator.line,
        "overloads": operator.overloads,
        "dispatch": dict(operator.dispatch),
        "derivative": operator.derivative.value,
        "backward": list(operator.backward),
        "files": dict(operator.files),
        "generated": list(operator.generated),
    }


def _range_as_json(place: Range | None) -> dict[str, int] | None:
    if place is None:
        return None
    return {
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    }


def graph_as_tree(graph: CallGraph, depth: int | None = None) -> Iterator[str]:
    """Yield the lines of a tree: each function opens once, at its first reach.

    Calls to what is not read, Python's own functions mostly, are one line a function; what
    repeats is marked with ↑. What ↓ marks opens further down, at the margin: constructors, which
    are read after all else, and what lies deep, as a long chain of calls would be as wide as it is
    long. `depth` limits how far functions open; None is all the way.
    """
    tree = _Tree(graph, depth)
    tree.made.update((entry, 0) for entry in graph.entries if makes_objects(entry))
    for entry in graph.entries:
        if not makes_objects(entry):
            yield from tree.at_margin(entry, 0)
            yield from tree.rest()
    if tree.made:
        if not all(map(makes_objects, graph.entries)):
            yield ""
            yield "Constructors, and what only they call:"
        while tree.made:
            yield from tree.at_margin(*tree.made.popitem(last=False), makes=True)
            yield from tree.rest(makes=True)
    for name in graph.order if depth is None else ():
        yield from tree.at_margin(name, 0, makes=True)
        yield from tree.rest(makes=True)


class _Row(NamedTuple):
    """A line below a function, not yet written; `level` counts the calls from the entry."""

    indent: str
    line: str
    edge: Edge | None
    level: int
    is_last: bool


class _Tree:
    """What has opened so far, and what is to open at the margin, with its level."""

    def __init__(self, graph: CallGraph, depth: int | None) -> None:
        self._graph, self._depth = graph, depth
        self._edges: dict[str, list[Edge]] = {name: [] for name in graph.order}
        for edge in graph.edges:
            self._edges[edge.site.caller].append(edge)
        self._openers = openers(graph.entries, self._edges)
        self._wrapped = wrapped_by(self._edges)
        self.opened: set[str] = set()
        self.later: OrderedDict[str, int] = OrderedDict()
        self.made: OrderedDict[str, int] = OrderedDict()
        """The constructors that wait, with their levels."""

    def rest(self, *, makes: bool = False) -> Iterator[str]:
        """Yield what lies too deep to stand below what calls it."""
        while self.later:
            yield from self.at_margin(*self.later.popitem(last=False), makes=makes)

    def at_margin(self, name: str, level: int, *, makes: bool = False) -> Iterator[str]:
        """Yield a function without indentation, and what stands below it.

        The constructors below one that does not itself make objects wait.
        """
        if name in self.opened:
            return
        symbol = self._graph.symbols[name]
        if symbol.kind is SymbolKind.NATIVE:
            yield from native_lines(self._graph, name)
            return
        yield f"{plain_name(name)}  {symbol.path}:{symbol.line}"
        self.opened.add(name)
        waiting = self._rows(name, "", level)
        while waiting:
            row = waiting.pop()
            callee = row.edge.callee if row.edge is not None else None
            opens = row.edge in self._openers and callee not in self.opened
            if opens and not makes and row.edge is not None and _constructs(row.edge):
                if row.level != self._depth:
                    self.made.setdefault(str(callee), row.level)
                opens = False
            if opens and row.level - level > _DEEPEST and row.level != self._depth:
                self.later.setdefault(str(callee), row.level)
            yield f"{row.indent}{'└─ ' if row.is_last else '├─ '}{row.line}{self._mark(row.edge)}"
            if row.edge is not None and callee is not None and opens and callee not in self.later:
                self.opened.add(callee)
                indent = row.indent + ("   " if row.is_last else "│  ")
                waiting += self._rows(callee, indent, row.level, row.edge)

    def _mark(self, edge: Edge | None) -> str:
        """Say where what a line leads to is opened: above, or further down."""
        callee = edge.callee if edge is not None else None
        if callee in self.opened:
            return " ↑"
        elsewhere = self._depth is None and callee in self._edges and edge not in self._openers
        return " ↓" if elsewhere or callee in self.later or callee in self.made else ""

    def _rows(self, name: str, indent: str, level: int, called: Edge | None = None) -> list[_Row]:
        """Return the lines of what a function calls, the last one first."""
        if self._depth is not None and level >= self._depth:
            return []
        edges, others = self._told_apart(name, called)
        lines = [
            (self._line(same), None if _is_of_crowd(same[0]) else same[0])
            for same in _together(edges)
        ]
        if others:
            lines.append((f"and what else it runs around, elsewhere: {len(others)}", None))
        external = sorted({str(e.callee) for e in edges if e.kind is EdgeKind.EXTERNAL})
        if external:
            names = ", ".join(item.removeprefix("builtins.") for item in external)
            lines.append((f"not read: {names}", None))
        rows = [_Row(indent, line, edge, level + 1, False) for line, edge in reversed(lines)]
        return [row._replace(is_last=not number) for number, row in enumerate(rows)]

    def _told_apart(self, name: str, called: Edge | None) -> tuple[list[Edge], list[Edge]]:
        """Return a function's edges and, of a wrapper, those to what other calls run it around."""
        edges = self._edges[name]
        if called is None or called.kind is not EdgeKind.DECORATOR:
            return edges, []
        here = {
            edge.callee
            for edge in self._edges[called.site.caller]
            if edge.site.range == called.site.range and edge.kind is not EdgeKind.DECORATOR
        }
        others = [
            edge
            for edge in edges
            if (name, edge.callee) in self._wrapped and edge.callee not in here
        ]
        sites = {edge.site for edge in others}
        left = Counter(edge.site for edge in edges if edge not in others)
        own = [
            replace(edge, certainty=Certainty.RESOLVED)
            if edge.site in sites and left[edge.site] == 1
            else edge
            for edge in edges
            if edge not in others
        ]
        return own, others

    def _line(self, same: list[Edge]) -> str:
        edge = same[0]
        numbers = list(dict.fromkeys(str(item.site.range.first_line) for item in same))
        more = f" and {len(numbers) - 3} more" if numbers[3:] else ""
        where = f"L{', '.join(numbers[:3])}{more}"
        if edge.callee is None:
            return f"{where} not resolved: {edge.reason}"
        sure = edge.certainty is Certainty.RESOLVED
        possible = "" if sure else f" ({edge.certainty.value})"
        if _is_of_crowd(edge):
            first = ", ".join(plain_name(str(item.callee)) for item in same[:3])
            return f"{where} {first} and {len(same) - 3} more{possible}, {edge.reason}"
        kind = "" if edge.kind is EdgeKind.DIRECT else f" [{edge.kind.value}]"
        return f"{where} {_name(self._graph, edge.callee)}{kind}{possible}{self._folded(edge)}"

    def _folded(self, edge: Edge) -> str:
        """Say why a Python callee is not walked into, or how one that is surely runs: a kernel."""
        called = edge.kind is EdgeKind.DIRECT and edge.certainty is Certainty.RESOLVED
        said = called or edge.callee not in self._edges
        return f", {plain_name(edge.reason)}" if said and edge.reason is not None else ""


def _together(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Put the calls of one native function together, where the first of them stands.

    So are the functions of one call that are too many to be walked into, and the calls that are not
    resolved for one reason.
    """
    groups: dict[object, list[Edge]] = {}
    for edge in edges:
        if _is_of_crowd(edge):
            groups.setdefault((edge.site, edge.reason), []).append(edge)
        elif edge.kind is EdgeKind.UNRESOLVED:
            groups.setdefault((edge.kind, edge.reason), []).append(edge)
        elif edge.kind is not EdgeKind.EXTERNAL:
            alone = edge.kind is not EdgeKind.NATIVE
            groups.setdefault(edge if alone else edge.callee, []).append(edge)
    return list(groups.values())


def _constructs(edge: Edge) -> bool:
    return edge.kind is EdgeKind.CONSTRUCTOR


def _is_of_crowd(edge: Edge) -> bool:
    return edge.reason is not None and edge.reason.endswith(_CROWD)


def _name(graph: CallGraph, callee: str) -> str:
    symbol = graph.symbols.get(callee)
    if symbol is not None and "~" in callee and plain_name(callee) in graph.symbols:
        return f"{plain_name(callee)} (of line {symbol.line})"
    if symbol is None or symbol.kind is not SymbolKind.NATIVE:
        return plain_name(callee)
    if (plugin := graph.plugins.get(callee)) is not None:
        return f"{callee} = {plugin.cpp_class} ({plugin.file})"
    operator = graph.operators.get(callee)
    if operator is None:
        return callee
    name = f"aten::{operator.name}"
    return f"{callee if callee == name else f'{callee} = {name}'} ({_kernels(operator)})"


def _kernels(operator: Operator) -> str:
    """Say for the main keys which C++ function runs, where its name is not the operator's own."""
    named = operator.name.partition(".")[0]
    functions: dict[str, list[str]] = {}
    for key in _MAIN_KEYS:
        if key in operator.dispatch:
            functions.setdefault(operator.dispatch[key], []).append(key)
    said = [
        ", ".join(keys) + ("" if function in (named, f"{named}_symint") else f": {function}")
        for function, keys in functions.items()
    ]
    more = len(operator.dispatch) - sum(map(len, functions.values()))
    if not more and tuple(operator.dispatch) == (_COMPOSITE,):
        return "composite"
    return ", ".join(said + ([f"{more} more"] if more else []))
