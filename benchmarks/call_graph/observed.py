"""What a recorded run says: the vocabulary between the recorder and the comparison.

A function is named by its place, `path:line` of its `def`, because the static graph and the
running process name wrapped and nested functions differently but agree on where they stand. Native
functions have no place; they go by their canonical name (see `natives`). Functions outside the
packages that are read have neither: `~module:qualname`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any


class Way(Enum):
    """By what way an observed edge was taken."""

    EXPLICIT = "explicit"
    """A call expression in the caller's source, to a Python function."""
    FORWARD = "forward"
    """A module called like a function: the site of `module(...)`, and the forward that ran."""
    NATIVE = "native"
    """A call expression, to a C function of the framework."""
    IMPLICIT = "implicit"
    """No call expression of its own: a property, an operator, iteration, `with`, through C."""


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """The range of an expression in a file; lines 1-based, columns 0-based in characters."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class ObservedEdge:
    """One way that one site went. `how` says what the site did where no call stands there.

    `via` holds the functions that a wrapper, as made by `functools.wraps`, went on to: a graph
    that looks through the wrapper is as right as one that names it. `seen` names the scenarios.
    """

    way: Way
    caller: str
    callee: str
    site: Site | None
    how: str = ""
    via: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """All that the scenarios of one subject showed.

    `names` gives the dotted name of each place; `links` are all calls between Python functions, by
    whatever way, for telling what is reachable; `whole` are the functions whose every line ran;
    `canonical` maps the static graph's native names to canonical ones, None where the running
    framework has no such thing.
    """

    scenarios: tuple[str, ...]
    versions: Mapping[str, str]
    edges: tuple[ObservedEdge, ...]
    names: Mapping[str, str]
    links: tuple[tuple[str, str], ...]
    whole: frozenset[str]
    canonical: Mapping[str, str | None]


def record_as_json(record: Record) -> dict[str, Any]:
    """Return a record as data for JSON; sorted, so that equal runs give equal bytes."""
    return {
        "scenarios": list(record.scenarios),
        "versions": dict(sorted(record.versions.items())),
        "edges": [asdict(edge) | {"way": edge.way.value} for edge in record.edges],
        "names": dict(sorted(record.names.items())),
        "links": sorted(record.links),
        "whole": sorted(record.whole),
        "canonical": dict(sorted(record.canonical.items())),
    }


def record_from_json(data: Mapping[str, Any]) -> Record:
    """Return the record that `record_as_json` wrote."""
    return Record(
        scenarios=tuple(data["scenarios"]),
        versions=data["versions"],
        edges=tuple(_edge_from_json(item) for item in data["edges"]),
        names=data["names"],
        links=tuple((caller, callee) for caller, callee in data["links"]),
        whole=frozenset(data["whole"]),
        canonical=data["canonical"],
    )


def _edge_from_json(data: Mapping[str, Any]) -> ObservedEdge:
    site = Site(**data["site"]) if data["site"] is not None else None
    return ObservedEdge(
        way=Way(data["way"]),
        caller=data["caller"],
        callee=data["callee"],
        site=site,
        how=data["how"],
        via=tuple(data["via"]),
        seen=tuple(data["seen"]),
    )
