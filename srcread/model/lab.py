"""What a run took from the lab, where the framework that it is about is not installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NetworkLine:
    """A line that led to calls of a network's methods: those it made, and those further down.

    `symbol` is a function, or a module at its top; `offset` counts lines from its first.
    """

    symbol: str
    offset: int
    made: Mapping[str, int]
    led_to: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RecordedNetwork:
    """What a stand-in for TensorRT recorded: layers by kind for each module, and calls by line."""

    title: str
    layers: int
    inputs: int
    outputs: int
    modules: tuple[tuple[str, Mapping[str, int]], ...] = ()
    lines: tuple[NetworkLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Lab:
    """Source trees by `name==version`, extracted names with digests, and stand-ins.

    The values of `trees` are revisions. `given` are the helpers that a snippet replaced, `stood_in`
    what was not the real thing, `references` the plugins whose numbers come from another function
    than their kernel.
    """

    trees: Mapping[str, str] = field(default_factory=dict)
    extracted: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    stood_in: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    networks: tuple[RecordedNetwork, ...] = ()
