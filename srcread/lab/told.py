"""What a snippet took from the lab, kept for whoever records its run: the evidence names all of it.

A snippet whose framework is not installed shows something of source trees, of functions taken out
of them, and of stand-ins. Without a word about these a record would promise more than was run. The
parts of the lab write here; the observer of a recorded run reads it after the last line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

trees: dict[str, str] = {}
"""The source trees that were opened: `name==version`, and the revision that each is at."""

extracted: dict[str, str] = {}
"""The names that were taken out of a tree, and the digest of each with all that it needed."""

given: set[str] = set()
"""The helpers for which a snippet gave its own, and what else it has replaced for good."""

grids: list[dict[str, Any]] = []
"""What the snippet shows of its values, as `show_grid` keeps it; no part of the account."""

stand_ins: list[Callable[[], dict[str, Any]]] = []
"""What gives, when the run is over, the account of each stand-in that was there."""

watchers: list[Callable[[ModuleType], None]] = []
"""Who is told of each module that was made of extracted parts, before anybody uses it."""


def made(module: ModuleType) -> None:
    """Tell the watchers of a module."""
    for watcher in watchers:
        watcher(module)


def took(names: Iterable[str], digest: str, replaced: Iterable[str]) -> None:
    """Keep what one extraction took, and what it was given."""
    extracted.update(dict.fromkeys(names, digest))
    given.update(replaced)


def account() -> dict[str, Any] | None:
    """Return all of it as JSON values, sorted; None if there is nothing.

    Of the stand-ins, `stood_in` names what they stood in for, `references` the plugins whose
    numbers come from another function than their kernel, and `networks` what the snippet shows of
    recorded networks.
    """
    told = [tell() for tell in stand_ins]
    found: dict[str, Any] = {
        "trees": dict(sorted(trees.items())),
        "extracted": dict(sorted(extracted.items())),
        "given": sorted(given),
        "stood_in": sorted({name for one in told for name in one["stood_in"]}),
        "references": sorted({name for one in told for name in one["references"]}),
        "networks": [network for one in told for network in one["networks"]],
    }
    return found if any(found.values()) else None
