"""The maps of a tour: of its recorded runs, else of its call graph, which are kept in the cache."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from srcread.index.trees import LAMBDA
from srcread.model import Trace
from srcread.opening.code import Code
from srcread.site.blocks import ModelMap, map_json, map_of
from srcread.site.scenarios import ShownScenario
from srcread.support.cache import Cache, cache_folder, cache_key

if TYPE_CHECKING:
    from srcread.site.runs.ends import Source


def static_maps(code: Code) -> tuple[ModelMap, ...]:
    """Return the maps of a tour that nobody has run, out of the cache where it has them."""
    cache, graph = Cache(cache_folder()), code.graph
    key = cache_key("maps", graph.entries, graph.order, sorted(graph.files.items()))
    if (data := cache.get(key)) is not None:
        try:
            return tuple(map_of(values) for values in json.loads(data))
        except (ValueError, TypeError, IndexError):
            pass  # damaged: worked out again
    found = recorded_maps(code, ())
    cache.put(key, json.dumps([map_json(one) for one in found]).encode())
    return found


def recorded_maps(code: Code, runs: Sequence[tuple[ShownScenario, Trace]]) -> tuple[ModelMap, ...]:
    """Return the maps of a tour's runs, which stand in its order."""
    from srcread.site.maps.whole import maps_of

    return maps_of(runs, code.graph, source_of(code))


def source_of(code: Code) -> Callable[[str], Source]:
    """Return what gives a function's syntax, with the lines of its file, by its name.

    A lambda has none: it has no statements, and only an index that has been walked knows its name.
    """
    from srcread.site.data.function import source_lines
    from srcread.site.runs.ends import Source

    files: dict[str, list[str]] = {}

    def source(name: str) -> Source:
        symbol, defined = code.graph.symbols[name], code.index.defined(name)
        place = f"{symbol.distribution}:{symbol.path}"
        if place not in files:
            files[place] = source_lines(code.sources.read(symbol.distribution, symbol.path))
        node = defined.node if defined is not None and defined.node.name != LAMBDA else None
        node = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else None
        return Source(node, files[place], symbol.range.first_line)

    return source
