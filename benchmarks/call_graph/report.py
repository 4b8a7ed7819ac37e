"""Figures as a table with the hardest misses and the false edges, and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from .compare import Figures


def report(figures: Figures, count: int) -> Iterator[str]:
    """Yield the lines of a report with up to `count` misses and false edges."""
    yield "| measure | by site | | by pair | |"
    yield "|---|---|---|---|---|"
    for row in figures.rows:
        yield f"| {row.what} | {_share(row.sites)} | {_share(row.pairs)} |"
    if figures.misses:
        yield ""
        yield f"{len(figures.misses)} explicit, forward and builtin edges are missed, by cause:"
        for cause, number in _by_cause(figures):
            yield f"  {number:3} {cause}"
        yield ""
        yield f"The hardest {min(count, len(figures.misses))}:"
        for miss in figures.misses[:count]:
            only = f"; only in {miss.seen[0]}" if len(miss.seen) == 1 else ""
            yield f"  {miss.site} {miss.way} {miss.caller} -> {miss.callee}"
            yield f"      {miss.cause}{only}"
    if figures.false_edges:
        yield ""
        yield f"{len(figures.false_edges)} static edges that no scenario took:"
        for edge in figures.false_edges[:count]:
            yield f"  {edge.site} {edge.caller} -> {edge.callee} ({edge.certainty}): {edge.why}"
    if figures.implicit:
        yield ""
        yield "Implicit calls, by what the site does and runs, found of all:"
        for what, found, total in figures.implicit[:count]:
            yield f"  {found} of {total} {what}"


def figures_as_json(figures: Figures) -> dict[str, Any]:
    """Return all figures, every miss and every false edge as data for JSON."""
    return asdict(figures)


def _by_cause(figures: Figures) -> list[tuple[str, int]]:
    counts = Counter(miss.cause for miss in figures.misses)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _share(part: tuple[int, int]) -> str:
    found, total = part
    return f"{found / total:.3f} | {found} of {total}" if total else "- | none"
