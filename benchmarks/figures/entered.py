"""Modules built and never entered: what a reader of the tree loses with one lost call.

A class counts whose own `__init__` is in the graph and whose own `forward` is not. The source tells
that it has both; a class that inherits either is left out. Some are never entered in truth, too: a
part may be built for what it holds, or for a way that no run takes. So the ones that a run entered
are counted apart, and they alone are losses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.call_graph.observed import Record


def never_entered(
    graph: Mapping[str, Any], record: Record, roots: Sequence[Path]
) -> tuple[list[str], list[str]]:
    """Return the places of the forwards of all such classes, and of those that a run entered."""
    places = {
        f"{item['path'].partition(':')[2]}:{item['line']}"
        for item in graph["symbols"]
        if item["path"] and item["kind"] != "class"
    }
    files = {place.rpartition(":")[0] for place in places}
    built = [pair for file in sorted(files) for pair in _pairs(roots, file) if pair[0] in places]
    lost = [forward for _, forward in built if forward not in places]
    return lost, [forward for forward in lost if forward in record.names]


def _pairs(roots: Sequence[Path], file: str) -> Iterator[tuple[str, str]]:
    """Yield the places of `__init__` and `forward` of each class of a file that has both."""
    path = next((root / file for root in roots if (root / file).is_file()), None)
    if path is None:
        return
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ClassDef):
            lines = dict(_functions(node.body))
            if "__init__" in lines and "forward" in lines:
                yield f"{file}:{lines['__init__']}", f"{file}:{lines['forward']}"


def _functions(body: Iterable[ast.stmt]) -> Iterator[tuple[str, int]]:
    for item in body:
        if isinstance(item, ast.FunctionDef):
            yield item.name, item.lineno
