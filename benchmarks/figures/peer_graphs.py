"""What other tools' databases say of calls: pairs of caller and callee, as places of a record.

Each is read from the file that the tool's own documentation names as its graph. Edges that a tool
itself marks as a bare name without a target are no edges here: it shows them as a name.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from .definitions import Definitions

Pair = tuple[str, str]
Place = tuple[str, int]

_CODEGRAPH = """
    SELECT a.file_path, a.start_line, b.file_path, b.start_line FROM edges
    JOIN nodes a ON a.id = edges.source JOIN nodes b ON b.id = edges.target
    WHERE edges.kind IN ('calls', 'instantiates')
"""
_CODE_REVIEW_GRAPH = """
    SELECT a.file_path, a.line_start, b.file_path, b.line_start FROM edges
    JOIN nodes a ON a.qualified_name = edges.source_qualified
    JOIN nodes b ON b.qualified_name = edges.target_qualified
    WHERE edges.kind = 'CALLS'
"""
_REPOWISE = """
    SELECT a.file_path, a.start_line, b.file_path, b.start_line FROM graph_edges
    JOIN graph_nodes a ON a.node_id = graph_edges.source_node_id
    JOIN graph_nodes b ON b.node_id = graph_edges.target_node_id
    WHERE graph_edges.edge_type = 'calls'
"""


def codegraph(root: Path) -> Iterator[Pair]:
    """Read CodeGraph's database: what calls and what instantiates."""
    yield from _pairs(root, _rows(root / ".codegraph/codegraph.db", _CODEGRAPH))


def code_review_graph(root: Path) -> Iterator[Pair]:
    """Read code-review-graph's database: calls whose target is a node of it."""
    yield from _pairs(root, _rows(root / ".code-review-graph/graph.db", _CODE_REVIEW_GRAPH))


def repowise(root: Path) -> Iterator[Pair]:
    """Read repowise's database: edges of the type `calls`."""
    yield from _pairs(root, _rows(root / ".repowise/wiki.db", _REPOWISE))


def graphify(root: Path) -> Iterator[Pair]:
    """Read Graphify's graph.json: links of the relations `calls` and `indirect_call`."""
    graph = json.loads((root / "graphify-out/graph.json").read_text("utf-8"))
    places = {node["id"]: _location(node) for node in graph["nodes"]}
    found = []
    for link in graph["links"]:
        ends = places.get(link["source"]), places.get(link["target"])
        if link["relation"] in ("calls", "indirect_call") and ends[0] and ends[1]:
            found.append((ends[0], ends[1]))
    yield from _pairs(root, found)


def _location(node: dict[str, str]) -> Place | None:
    line = (node.get("source_location") or "").removeprefix("L")
    return (node["source_file"], int(line)) if line.isdigit() else None


def _rows(path: Path, query: str) -> list[tuple[Place, Place]]:
    with sqlite3.connect(path) as database:
        return [((a, b), (c, d)) for a, b, c, d in database.execute(query) if b and d]


def _pairs(root: Path, found: list[tuple[Place, Place]]) -> Iterator[Pair]:
    definitions = Definitions(root)
    for caller, callee in found:
        ends = [definitions.place(_relative(root, file), line) for file, line in (caller, callee)]
        if ends[0] is not None and ends[1] is not None:
            yield ends[0], ends[1]


def _relative(root: Path, file: str) -> str:
    path = Path(file)
    return path.relative_to(root).as_posix() if path.is_absolute() else path.as_posix()
