"""The tree in a graph: which call of a function is the one under which it opens.

Depth-first, at the first call that reaches it. But what certain calls reach opens under one of
these, and what a wrapper calls opens where the decorated function is called, not in the wrapper.
The trade-off: two passes over the edges before the first line is written.

For example, `mask(x)` and further down `self.attn(x)`, both decorated with `@renamed`: the wrapper
opens at the first of the calls and leads to both functions, yet `attn` opens at the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from srcread.model import Certainty, Edge, EdgeKind, Range

Edges = Mapping[str, Sequence[Edge]]
"""The edges of each function that is walked, by its name."""


def in_place(edge: Edge) -> tuple[object, ...]:
    """Return the sort key of an edge among those of its caller.

    At one site what surely runs stands before what may, and what runs around comes last.
    """
    around = edge.kind is EdgeKind.DECORATOR
    possible = edge.certainty is Certainty.POSSIBLE
    callee = edge.callee or ""
    return edge.site.range, edge.callee is None, around, possible, callee, edge.kind.value


def openers(entries: Iterable[str], edges: Edges) -> frozenset[Edge]:
    """Return the edges under which a function may open, if nothing before them has opened it."""
    wrapped = wrapped_by(edges)

    def is_sure(edge: Edge) -> bool:
        return (
            edge.certainty is Certainty.RESOLVED and (edge.site.caller, edge.callee) not in wrapped
        )

    sure: dict[str, None] = {}
    _walk(list(entries), edges, sure, is_sure)
    return frozenset(
        edge
        for some in edges.values()
        for edge in some
        if edge.callee in edges and (edge.site.caller, edge.callee) not in wrapped
        if edge.callee not in sure or edge.certainty is Certainty.RESOLVED
    )


def wrapped_by(edges: Edges) -> frozenset[tuple[str | None, str | None]]:
    """Return the pairs of a wrapper and a function that it runs around somewhere."""
    return frozenset(
        (edge.callee, other.callee)
        for some in edges.values()
        for _, here in groupby(sorted(some, key=in_place), key=_range)
        for at_site in [list(here)]
        for edge in at_site
        if edge.kind is EdgeKind.DECORATOR
        for other in at_site
        if other.kind is not EdgeKind.DECORATOR and other.callee in edges
    )


def _range(edge: Edge) -> Range:
    return edge.site.range


def _walk(
    starts: Sequence[str], edges: Edges, order: dict[str, None], follows: Callable[[Edge], bool]
) -> None:
    """Add what is reached from some functions, by the edges that are followed."""
    seen: set[str] = set()
    stack = list(reversed(starts))
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        order[name] = None
        found = sorted(
            (e for e in edges.get(name, ()) if e.callee in edges and follows(e)), key=in_place
        )
        stack.extend(str(edge.callee) for edge in reversed(found))
