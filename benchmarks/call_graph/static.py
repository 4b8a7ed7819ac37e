"""The static graph as its JSON tells it, asked by site and by place as a record is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .observed import Site

_NOT_PYTHON = frozenset({"native", "external", "unresolved"})


@dataclass(frozen=True, slots=True)
class StaticEdge:
    """One edge; `key` is a place, or a native's canonical name, None where there is neither."""

    caller: str
    site: Site
    kind: str
    certainty: str
    name: str | None
    key: str | None
    reason: str | None

    @property
    def is_python(self) -> bool:
        """Whether it goes to a function that has a place."""
        return self.kind not in _NOT_PYTHON and self.key is not None


@dataclass
class StaticGraph:
    """Edges by site, the places of the functions that are walked, those that are folded."""

    entries: tuple[str, ...]
    edges: tuple[StaticEdge, ...]
    walked: frozenset[str]
    folded: frozenset[str]
    by_site: dict[Site, list[StaticEdge]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for edge in self.edges:
            self.by_site.setdefault(edge.site, []).append(edge)

    def pairs(self) -> set[tuple[str, str]]:
        """Return caller and callee of every edge that is resolved."""
        return {(edge.caller, edge.key) for edge in self.edges if edge.key is not None}


def native_names(graph: Mapping[str, Any]) -> list[str]:
    """Return the names of the native functions that a graph's JSON knows."""
    return sorted({edge["callee"] for edge in graph["edges"] if edge["kind"] == "native"})


def read_static(graph: Mapping[str, Any], canonical: Mapping[str, str | None]) -> StaticGraph:
    """Read srcread's JSON form; `canonical` names the natives as the record does."""
    places = {item["name"]: _place(item) for item in graph["symbols"] if item["kind"] != "class"}
    edges = tuple(_edge(item, places, canonical) for item in graph["edges"])
    callers = {edge.caller for edge in edges}
    folded = {
        edge.key
        for edge in edges
        if edge.is_python and (edge.reason or "").startswith("folded") and edge.kind != "forward"
    }
    called = {edge.key for edge in edges if edge.is_python}
    entries = [places[name] for name in graph["entry"] if places.get(name)]
    walked = {key for key in callers | called | set(entries) if key} - folded
    return StaticGraph(
        entries=tuple(key for key in entries if key),
        edges=edges,
        walked=frozenset(walked | callers),
        folded=frozenset(key for key in folded - callers if key),
    )


def _edge(
    item: Mapping[str, Any],
    places: Mapping[str, str | None],
    canonical: Mapping[str, str | None],
) -> StaticEdge:
    name = item["callee"]
    path = item["path"].partition(":")[2]
    place = (item[key] for key in ("line", "column", "end_line", "end_column"))
    return StaticEdge(
        caller=places[item["caller"]] or "",
        site=Site(path, *place),
        kind=item["kind"],
        certainty=item["certainty"],
        name=name,
        key=canonical.get(name) if item["kind"] == "native" else places.get(name),
        reason=item["reason"],
    )


def _place(symbol: Mapping[str, Any]) -> str | None:
    if symbol["path"] is None:
        return None
    place = f"{symbol['path'].partition(':')[2]}:{symbol['line']}"
    # The record names a lambda by its line and what it is.
    return f"{place} <lambda>" if symbol["name"].partition("~")[0].endswith("<lambda>") else place
