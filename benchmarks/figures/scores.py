"""One graph held against what ran: the numbers of one row, as (found, of) pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks.call_graph.compare import compare, judged
from benchmarks.call_graph.observed import Record
from benchmarks.call_graph.static import StaticGraph
from benchmarks.call_graph.subjects import Subject

Share = tuple[int, int]

_ROWS = {
    "forward": "recall: module(...) to its forward",
    "own": "recall: explicit calls of Python functions, core",
    "builtins": "recall: builtins of the framework, core",
}


@dataclass(frozen=True, slots=True)
class Score:
    """By site: of what ran, what is found; of what is said where a site ran, what went there."""

    forward: Share
    own: Share
    builtins: Share
    resolved: Share
    all: Share
    unresolved: Share
    functions: int


@dataclass(frozen=True, slots=True)
class PairScore:
    """The same by pairs of caller and callee, for tools that give no places of calls.

    `precision` is of the pairs out of functions whose every line ran.
    """

    forward: Share
    own: Share
    builtins: Share
    precision: Share


def entries(subject: Subject, record: Record) -> tuple[str, ...]:
    """Return the places at which a reader of the subject begins: the same for every tool."""
    return tuple(sorted(place for place, name in record.names.items() if subject.is_entry(name)))


def score(graph: StaticGraph, record: Record, subject: Subject) -> Score:
    """Hold srcread's graph against a record, site by site."""
    graph = replace(graph, entries=entries(subject, record))
    rows = {row.what: row.sites for row in compare(graph, record, subject.core).rows}
    sites = {edge.site for edge in graph.edges}
    open_sites = {edge.site for edge in graph.edges if edge.kind == "unresolved"}
    said = judged(graph, record)
    return Score(
        **{name: rows[what] for name, what in _ROWS.items()},
        resolved=_taken([taken for edge, taken in said if edge.certainty == "resolved"]),
        all=_taken([taken for _, taken in said]),
        unresolved=(len(open_sites), len(sites)),
        functions=len(graph.walked | graph.folded),
    )


def pair_score(graph: StaticGraph, record: Record, subject: Subject) -> PairScore:
    """Hold any tool's pairs against a record."""
    graph = replace(graph, entries=entries(subject, record))
    rows = {row.what: row.pairs for row in compare(graph, record, subject.core).rows}
    seen = {(edge.caller, name) for edge in record.edges for name in (edge.callee, *edge.via)}
    pairs = {
        (edge.caller, edge.key)
        for edge in graph.edges
        if edge.is_python and edge.key is not None and edge.caller in record.whole
    }
    return PairScore(
        **{name: rows[what] for name, what in _ROWS.items()},
        precision=(len(pairs & seen), len(pairs)),
    )


def _taken(said: Sequence[bool]) -> Share:
    return sum(said), len(said)
