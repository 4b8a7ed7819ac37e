"""A call graph for people, as a tree, and for programs, as JSON."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from srcread.graph.described import native_lines
from srcread.graph.reading import makes_objects
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
    return {
        "format": FORMAT,
        "distributions": {item.name: item.version for item in distributions},
        "entry": list(graph.entries),
        "unentered": list(graph.unentered),
        "stopped": graph.stopped or None,
        "frontier": list(graph.frontier),
        "symbols": [
            {
                "name": symbol.name,
                "kind": symbol.kind.value,
                "path": f"{symbol.distribution}:{symbol.path}" if symbol.path else None,
                "line": symbol.line or None,
                "end_line": symbol.range.last_line or None,
            }
            for symbol in graph.symbols.values()
        ],
        "edges": [_edge_as_json(graph, edge) for edge in (*graph.edges, *graph.quiet)],
        "operators": {name: _operator_as_json(item) for name, item in graph.operators.items()},
        "plugins": {
            name: {"class": item.cpp_class, "file": item.file, "versions": list(item.versions)}
            for name, item in graph.plugins.items()
        },
    }


def _edge_as_json(graph: CallGraph, edge: Edge) -> dict[str, Any]:
    caller = graph.symbols[edge.site.caller]
    place = edge.site.range
    return {
        "caller": edge.site.caller,
        "callee": edge.callee,
        "kind": edge.kind.value,
        "certainty": edge.certainty.value,
        "reason": edge.reason,
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


class _Row(NamedTuple):
    """A line below a function, not yet written; `level` counts the calls from the entry."""

    indent: str
    line: str
    callee: str | None
    constructs: bool
    level: int
    is_last: bool


class _Tree:
    """What has opened so far, and what is to open at the margin, with its level."""

    def __init__(self, graph: CallGraph, depth: int | None) -> None:
        self._graph, self._depth = graph, depth
        self._edges: dict[str, list[Edge]] = {name: [] for name in graph.order}
        for edge in graph.edges:
            self._edges[edge.site.caller].append(edge)
        self._opened: set[str] = set()
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
        if name in self._opened:
            return
        symbol = self._graph.symbols[name]
        if symbol.kind is SymbolKind.NATIVE:
            yield from native_lines(self._graph, name)
            return
        yield f"{name}  {symbol.path}:{symbol.line}"
        self._opened.add(name)
        waiting = self._rows(name, "", level)
        while waiting:
            row = waiting.pop()
            opens = row.callee in self._edges and row.callee not in self._opened
            if opens and row.constructs and not makes:
                if row.level != self._depth:
                    self.made.setdefault(str(row.callee), row.level)
                opens = False
            if opens and row.level - level > _DEEPEST and row.level != self._depth:
                self.later.setdefault(str(row.callee), row.level)
            yield f"{row.indent}{'└─ ' if row.is_last else '├─ '}{row.line}{self._mark(row.callee)}"
            if row.callee is not None and opens and row.callee not in self.later:
                self._opened.add(row.callee)
                indent = row.indent + ("   " if row.is_last else "│  ")
                waiting += self._rows(row.callee, indent, row.level)

    def _mark(self, callee: str | None) -> str:
        waits = callee in self.later or callee in self.made
        return " ↑" if callee in self._opened else " ↓" if waits else ""

    def _rows(self, name: str, indent: str, level: int) -> list[_Row]:
        """Return the lines of what a function calls, the last one first."""
        if self._depth is not None and level >= self._depth:
            return []
        edges = self._edges[name]
        lines = [
            (
                self._line(same),
                None if _is_of_crowd(same[0]) else same[0].callee,
                same[0].kind is EdgeKind.CONSTRUCTOR,
            )
            for same in _together(edges)
        ]
        external = sorted({str(e.callee) for e in edges if e.kind is EdgeKind.EXTERNAL})
        if external:
            names = ", ".join(item.removeprefix("builtins.") for item in external)
            lines.append((f"not read: {names}", None, False))
        rows = [_Row(indent, *line, level=level + 1, is_last=False) for line in reversed(lines)]
        return [row._replace(is_last=not number) for number, row in enumerate(rows)]

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
            first = ", ".join(str(item.callee) for item in same[:3])
            return f"{where} {first} and {len(same) - 3} more{possible}, {edge.reason}"
        kind = "" if edge.kind is EdgeKind.DIRECT else f" [{edge.kind.value}]"
        return f"{where} {_name(self._graph, edge.callee)}{kind}{possible}{self._folded(edge)}"

    def _folded(self, edge: Edge) -> str:
        """Say why a Python callee is not walked into, or how one that is surely runs: a kernel."""
        called = edge.kind is EdgeKind.DIRECT and edge.certainty is Certainty.RESOLVED
        said = called or edge.callee not in self._edges
        return f", {edge.reason}" if said and edge.reason is not None else ""


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


def _is_of_crowd(edge: Edge) -> bool:
    return edge.reason is not None and edge.reason.endswith(_CROWD)


def _name(graph: CallGraph, callee: str) -> str:
    symbol = graph.symbols.get(callee)
    if symbol is None or symbol.kind is not SymbolKind.NATIVE:
        return callee
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
