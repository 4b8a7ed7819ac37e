"""What a reader of a graph loses, in lines: modules that are never entered, calls by reason.

The share of unresolved calls says little: one lost call hides all that lies below it. So what was
made and is never called is told first; then the calls that are not resolved, by reason, the most
frequent first, and where a walk stopped.

For example, of a network whose blocks are reached by a name that is made when it runs: "1 module is
made and never entered, as far as is known: net.Block."
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from srcread.graph.limits import stop_words
from srcread.model import CallGraph, Edge, EdgeKind

_SHOWN = 5
_NAMES = re.compile(r"'[^']*'|\b\w+(?:\.[\w<>~]+)+")
"""What differs between reasons of a kind: what stands in quotes, and dotted names."""


def losses(graph: CallGraph) -> Iterator[str]:
    """Yield a line for each kind of loss; none where nothing is lost."""
    if graph.unentered:
        number = len(graph.unentered)
        count = "1 module is" if number == 1 else f"{number} modules are"
        names = ", ".join(graph.unentered[:_SHOWN])
        more = f" and {number - _SHOWN} more" if number > _SHOWN else ""
        yield f"{count} made and never entered, as far as is known: {names}{more}."
    lost = _unresolved(graph)
    if lost:
        sites = {edge.site for edge in graph.edges}
        yield f"{len(lost):,} of {len(sites):,} calls are not resolved, or not in full:"
        kinds = Counter(_NAMES.sub("…", str(edge.reason)) for edge in lost)
        for kind, number in kinds.most_common(_SHOWN):
            yield f"  {number:>5,}  {kind}"
        if len(kinds) > _SHOWN:
            rest = sum(kinds.values()) - sum(number for _, number in kinds.most_common(_SHOWN))
            yield f"  {rest:>5,}  for {len(kinds) - _SHOWN} other reasons"
    if graph.stopped:
        frontier = set(graph.frontier)
        calls = sum(edge.callee in frontier for edge in graph.edges)
        lead = "1 call leads" if calls == 1 else f"{calls:,} calls lead"
        what = (
            "1 function that was"
            if len(frontier) == 1
            else f"{len(frontier):,} functions that were"
        )
        behind = f": {lead} on to {what} not looked into" if calls else ""
        yield f"The walk stopped {stop_words(graph.stopped)}{behind}."


def reasons(graph: CallGraph) -> dict[str, int]:
    """Return how many calls are not resolved for each reason, the most frequent first."""
    return dict(Counter(str(edge.reason) for edge in _unresolved(graph)).most_common())


def _unresolved(graph: CallGraph) -> list[Edge]:
    """Return the unresolved edges, one for each site."""
    found: dict[object, Edge] = {}
    for edge in graph.edges:
        if edge.kind is EdgeKind.UNRESOLVED:
            found.setdefault(edge.site, edge)
    return list(found.values())
