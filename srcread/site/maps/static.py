"""The call graph as a run that nobody made: each function once, with all its calls and branches.

So the map of a model that was never run has the same form as that of one that was. What is not
known stays out: shapes, how often a loop turns, and a call whose callee is not resolved. A function
that calls itself is not entered again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from srcread.model import CallGraph, Case, Edge, EdgeKind, Operation, Range, Span, Symbol
from srcread.site.maps.run import Run
from srcread.site.runs.ends import Source

_FOLLOWED = frozenset({EdgeKind.DIRECT, EdgeKind.METHOD, EdgeKind.SUPER, EdgeKind.FORWARD})


_COMPUTING = re.compile(
    r"linear|conv|matmul|mm|rnn|lstm|gru|attention|softmax|relu|gelu|silu|mish|tanh|sigmoid"
    r"|norm(?!al)|dropout|embedding|pool|concat|cat|einsum|interpolate|upsample"
)
"""What makes a native callee worth a block where no run says that it computed anything."""


def static_run(graph: CallGraph, source: Callable[[str], Source]) -> Run:
    """Return what a graph says as activations, one for each function that it walks."""
    walked, edges = frozenset(graph.order), _by_caller(graph.edges)
    below = {
        name: [
            edge.callee
            for edge in edges.get(name, ())
            if edge.kind in _FOLLOWED and edge.callee in walked
        ]
        for name in graph.order
    }
    numbers: dict[str, int] = {}
    cases: list[Case] = []
    operations: list[Operation] = []
    for name in _callees_first(graph.order, below):
        case = _case(graph.symbols[name], edges.get(name, ()), numbers, operations)
        numbers[name] = len(cases)
        cases.append(case)
    return Run(cases, operations, source, static=True)


def _case(
    symbol: Symbol, edges: Sequence[Edge], numbers: dict[str, int], operations: list[Operation]
) -> Case:
    """Return a function's activation; what it calls that has no number yet calls it in turn."""
    first = symbol.range.first_line
    calls: dict[Span, dict[int, int]] = {}
    native: dict[Span, tuple[int, ...]] = {}
    for edge in edges:
        place = _span(edge.site.range, first)
        if edge.kind in _FOLLOWED and edge.callee in numbers:
            calls.setdefault(place, {})[numbers[edge.callee]] = 1
        name = edge.callee.rpartition(".")[2] if edge.callee else ""
        if edge.kind is EdgeKind.NATIVE and _COMPUTING.search(name):
            native[place] = (*native.get(place, ()), len(operations))
            operations.append(Operation(name))
    return Case(
        symbol=symbol.name,
        arguments={"self": ""} if symbol.signature.startswith("(self") else {},
        ran=(),
        values={},
        tests={},
        operations=native,
        calls={place: tuple(found.items()) for place, found in calls.items()},
    )


def _callees_first(order: Sequence[str], below: dict[str, list[str]]) -> Iterator[str]:
    """Yield functions so that each stands behind what it calls, but for circles."""
    seen: set[str] = set()
    for start in order:
        if start in seen:
            continue
        seen.add(start)
        stack = [(start, iter(below[start]))]
        while stack:
            name, rest = stack[-1]
            callee = next((one for one in rest if one not in seen), None)
            if callee is None:
                stack.pop()
                yield name
            else:
                seen.add(callee)
                stack.append((callee, iter(below[callee])))


def _by_caller(edges: Sequence[Edge]) -> dict[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(edge.site.caller, []).append(edge)
    return found


def _span(place: Range, first: int) -> Span:
    start, end = place.start, place.end
    return Span(start.line - first, start.column, end.line - first, end.column)
