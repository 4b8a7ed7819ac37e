"""A call graph for people, as a tree, and for programs, as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
_COMPOSITE = "CompositeImplicitAutograd"
_MAIN_KEYS = ("CPU", "CUDA", _COMPOSITE, "CompositeExplicitAutograd")


def graph_as_json(graph: CallGraph, distributions: Sequence[Distribution]) -> dict[str, Any]:
    """Return the graph in srcread's JSON form; lines 1-based, columns 0-based, `dist:path`."""
    return {
        "format": FORMAT,
        "distributions": {item.name: item.version for item in distributions},
        "entry": list(graph.entries),
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
    repeats is marked with ↑. `depth` limits how far functions open; None is all the way.
    """
    callees = _by_caller(graph)
    opened: set[str] = set()
    for entry in graph.entries:
        symbol = graph.symbols[entry]
        yield f"{entry}  {symbol.path}:{symbol.line}"
        opened.add(entry)
        yield from _below(graph, callees, entry, "", opened, depth)


def _by_caller(graph: CallGraph) -> Mapping[str, list[Edge]]:
    edges: dict[str, list[Edge]] = {name: [] for name in graph.order}
    for edge in graph.edges:
        edges[edge.site.caller].append(edge)
    return edges


def _below(
    graph: CallGraph,
    edges: Mapping[str, list[Edge]],
    name: str,
    indent: str,
    opened: set[str],
    depth: int | None,
) -> Iterator[str]:
    if depth is not None and depth <= 0:
        return
    lines = [(_line(graph, same), same[0].callee) for same in _together(edges[name])]
    external = sorted({str(e.callee) for e in edges[name] if e.kind is EdgeKind.EXTERNAL})
    if external:
        names = ", ".join(item.removeprefix("builtins.") for item in external)
        lines.append((f"not read: {names}", None))
    for number, (line, callee) in enumerate(lines):
        last = number == len(lines) - 1
        again = callee in opened
        opens = callee in edges and not again
        yield f"{indent}{'└─ ' if last else '├─ '}{line}{' ↑' if again else ''}"
        if opens and callee is not None:
            opened.add(callee)
            deeper = None if depth is None else depth - 1
            below = indent + ("   " if last else "│  ")
            yield from _below(graph, edges, callee, below, opened, deeper)


def _together(edges: Sequence[Edge]) -> list[list[Edge]]:
    """Put the calls of one native function together, where the first of them stands."""
    groups: dict[object, list[Edge]] = {}
    for edge in edges:
        if edge.kind is not EdgeKind.EXTERNAL:
            alone = edge.kind is not EdgeKind.NATIVE
            groups.setdefault(edge if alone else edge.callee, []).append(edge)
    return list(groups.values())


def _line(graph: CallGraph, same: list[Edge]) -> str:
    edge = same[0]
    numbers = list(dict.fromkeys(str(item.site.range.first_line) for item in same))
    where = "L" + ", ".join(numbers[:3]) + (f" and {len(numbers) - 3} more" if numbers[3:] else "")
    if edge.callee is None:
        return f"{where} not resolved: {edge.reason}"
    sure = edge.certainty is Certainty.RESOLVED
    possible = "" if sure else f" ({edge.certainty.value})"
    kind = "" if edge.kind is EdgeKind.DIRECT else f" [{edge.kind.value}]"
    return f"{where} {_name(graph, edge.callee)}{kind}{possible}{_folded(graph, edge)}"


def _folded(graph: CallGraph, edge: Edge) -> str:
    """Say why a Python callee is not walked into."""
    if edge.reason is None or edge.callee in graph.order:
        return ""
    return f", {edge.reason}"


def _name(graph: CallGraph, callee: str) -> str:
    symbol = graph.symbols.get(callee)
    if symbol is None or symbol.kind is not SymbolKind.NATIVE:
        return callee
    if (plugin := graph.plugins.get(callee)) is not None:
        return f"{callee} = {plugin.cpp_class} ({plugin.file})"
    operator = graph.operators.get(callee)
    if operator is None:
        return callee
    return f"{callee} = aten::{operator.name} ({_kernels(operator)})"


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
