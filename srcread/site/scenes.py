"""Recorded runs as pages need them: condensed from traces, small, in lists that `json` writes.

Lines are those of the file. Nothing is in any language but the scenes' titles and their reasons.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from srcread.model import CallSite

Edge = tuple[str, int, int]
"""Where a case was called: the caller's name, the number of its case, and the line."""


class Scene(NamedTuple):
    """One trace: `key` names it in addresses, `versions` and `device` say where it was recorded."""

    key: str
    title: str
    group: str
    forced: bool
    device: str
    versions: str


class Shown(NamedTuple):
    """A case of a function in one scene: its number, its call path in words, where it was called.

    Numbers are indexes of the function's cases, those of all scenes together.
    """

    case: int
    path: str
    callers: tuple[Edge, ...]


class FunctionRuns:
    """The runs of one function, kept as text until a page or an address needs them.

    The text is JSON: `lines` on which statements begin, `never` [line, reason, why] of those that
    none runs, `cases` [[line…], [[line, kind, words]…], [[line, operator…]…]], `runs`
    [scene, [[case, path, [caller…]]…]], and `unseen`, the reason why nothing was recorded.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Return the content."""
        values: dict[str, Any] = json.loads(self.text)
        return values

    @cached_property
    def scenes(self) -> dict[int, tuple[Shown, ...]]:
        """Return the cases of each scene that runs the function, by the scene's number."""
        return {
            scene: tuple(Shown(case, path, tuple(map(tuple, edges))) for case, path, edges in shown)
            for scene, shown in self.values["runs"]
        }

    @cached_property
    def elsewhere(self) -> dict[int, tuple[int, ...]]:
        """Return for each line the scenes that run it, in any case."""
        found: dict[int, list[int]] = {}
        for scene in self.scenes:
            for line in self.ran(scene):
                found.setdefault(line, []).append(scene)
        return {line: tuple(scenes) for line, scenes in found.items()}

    def ran(self, scene: int) -> frozenset[int]:
        """Return the lines that ran in a scene, whichever the case."""
        cases = self.values["cases"]
        return frozenset(line for shown in self.scenes[scene] for line in cases[shown.case][0])


class TourRuns(NamedTuple):
    """All recorded runs of a tour. `seen` are the calls that a run went: site and callee."""

    scenes: tuple[Scene, ...] = ()
    functions: Mapping[str, FunctionRuns] = MappingProxyType({})
    seen: tuple[tuple[CallSite, str], ...] = ()
