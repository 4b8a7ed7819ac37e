"""A call graph as bytes and back, whole: for the cache, and for tours whose sources may be missing.

`present.graph_as_json` is the form for other programs; this one loses nothing. Ranges, names and
digests only, never source text.
"""

from __future__ import annotations

import json
from typing import Any

from srcread.model import (
    CallGraph,
    CallSite,
    Certainty,
    Derivative,
    Diagnostic,
    Edge,
    EdgeKind,
    Operator,
    Plugin,
    Position,
    Range,
    Severity,
    Stop,
    StopWhy,
    Symbol,
    SymbolKind,
)

FORMAT = 3
_SOMETIMES = ("unentered", "frontier")
"""What only some graphs have to say."""


def dump_graph(graph: CallGraph) -> bytes:
    """Return a graph as JSON, the same bytes for the same graph."""
    data = {
        "format": FORMAT,
        "entries": graph.entries,
        "order": graph.order,
        "symbols": [dump_symbol(symbol) for symbol in graph.symbols.values()],
        "edges": [_dump_edge(edge) for edge in graph.edges],
        "quiet": [_dump_edge(edge) for edge in graph.quiet],
        "operators": {name: _dump_operator(item) for name, item in graph.operators.items()},
        "plugins": [
            [name, item.name, item.cpp_class, item.file, item.versions]
            for name, item in graph.plugins.items()
        ],
        "files": dict(graph.files),
        **({"unread_bases": dict(graph.unread_bases)} if graph.unread_bases else {}),
        "diagnostics": [
            [item.path, item.line, item.code, item.message, item.hint, item.severity.value]
            for item in graph.diagnostics
        ],
    }
    data |= {name: value for name in _SOMETIMES if (value := getattr(graph, name))}
    if graph.stopped is not None:
        data["stopped"] = [graph.stopped.why.value, graph.stopped.count]
    return (json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def load_graph(data: bytes) -> CallGraph:
    """Return the graph that `dump_graph` wrote.

    Raises:
        ValueError: the bytes are of another format.
    """
    try:
        values = json.loads(data)
        if values["format"] != FORMAT:
            raise ValueError(f"a call graph of format {values['format']!r}, not {FORMAT}")
        return CallGraph(
            entries=tuple(values["entries"]),
            order=tuple(values["order"]),
            symbols={item[0]: load_symbol(item) for item in values["symbols"]},
            edges=tuple(_load_edge(item) for item in values["edges"]),
            quiet=tuple(_load_edge(item) for item in values["quiet"]),
            operators={name: _load_operator(item) for name, item in values["operators"].items()},
            plugins={
                name: Plugin(plugin, cpp_class, file, tuple(versions))
                for name, plugin, cpp_class, file, versions in values["plugins"]
            },
            files=values["files"],
            unread_bases=values.get("unread_bases", {}),
            diagnostics=tuple(_load_diagnostic(item) for item in values["diagnostics"]),
            unentered=tuple(values.get("unentered", ())),
            stopped=_load_stop(values.get("stopped")),
            frontier=tuple(values.get("frontier", ())),
        )
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"not a call graph: {error!r}") from error


def _load_stop(written: Any) -> Stop | None:
    if written is None:
        return None
    why, count = written
    return Stop(StopWhy(why), count)


def dump_symbol(symbol: Symbol) -> list[Any]:
    """Return a symbol as JSON can hold it."""
    return [
        symbol.name,
        symbol.kind.value,
        symbol.distribution,
        symbol.path,
        _dump_range(symbol.range),
        symbol.line,
        symbol.signature,
        symbol.bases,
        symbol.decorators,
    ]


def load_symbol(item: list[Any]) -> Symbol:
    """Return the symbol that `dump_symbol` wrote."""
    name, kind, distribution, path, place, line, signature, bases, decorators = item
    return Symbol(
        name,
        SymbolKind(kind),
        distribution,
        path,
        _load_range(place),
        line,
        signature,
        tuple(bases),
        tuple(decorators),
    )


def _load_diagnostic(item: list[Any]) -> Diagnostic:
    path, line, code, message, hint, severity = item
    return Diagnostic(path, line, code, message, hint, Severity(severity))


def _dump_edge(edge: Edge) -> list[Any]:
    return [
        edge.site.caller,
        _dump_range(edge.site.range),
        edge.callee,
        edge.kind.value,
        edge.certainty.value,
        _dump_range(edge.condition) if edge.condition is not None else None,
        edge.reason,
    ]


def _load_edge(item: list[Any]) -> Edge:
    caller, place, callee, kind, certainty, condition, reason = item
    return Edge(
        CallSite(caller, _load_range(place)),
        callee,
        EdgeKind(kind),
        Certainty(certainty),
        _load_range(condition) if condition is not None else None,
        reason,
    )


def _dump_operator(operator: Operator) -> list[Any]:
    return [
        operator.name,
        operator.schema,
        dict(operator.dispatch),
        operator.line,
        operator.distribution,
        operator.path,
        operator.delegate,
        operator.variants,
        operator.python_module,
        operator.overloads,
        operator.derivative.value,
        operator.backward,
        dict(operator.files),
        *([operator.generated] if operator.generated else ()),
    ]


def _load_operator(item: list[Any]) -> Operator:
    (
        name,
        schema,
        dispatch,
        line,
        distribution,
        path,
        delegate,
        variants,
        python_module,
        overloads,
        derivative,
        backward,
        files,
        *more,
    ) = item
    return Operator(
        name,
        schema,
        dispatch,
        line,
        distribution,
        path,
        delegate,
        tuple(variants),
        python_module,
        overloads,
        Derivative(derivative),
        tuple(backward),
        files,
        *(tuple(generated) for generated in more),
    )


def _dump_range(place: Range) -> list[int]:
    return [place.start.line, place.start.column, place.end.line, place.end.column]


def _load_range(item: list[int]) -> Range:
    line, column, end_line, end_column = item
    return Range(Position(line, column), Position(end_line, end_column))
