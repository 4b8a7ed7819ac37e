"""Traces: what a scenario's run was seen to do, statement by statement.

A *case* is one activation of a function: its arguments, the statements that ran, their values, the
tests, the operators, and the cases of its callees. Equal activations are one case, so a trace is a
directed graph without circles, in which a call path picks the case to show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from srcread.model.evidence import Environment
from srcread.model.reasons import Depends, Reason

Value = str | tuple["Value", ...]
"""What a value was, in words: `(32, 10, 64) f32` for a tensor, a tuple for tuples and lists."""


class ScenarioGroup(Enum):
    """What a scenario is there to show."""

    READING = "reading"
    """A way in which the entry is used."""
    WHY_NOT = "why-not"
    """One refusal of a faster path."""
    ERRORS = "errors"
    """One exception that is raised on purpose."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A script that runs a tour's entry. `forced` ones set what no caller would set."""

    stem: str
    path: Path
    title: str
    group: ScenarioGroup
    forced: bool
    text: str


class Span(NamedTuple):
    """A range inside a symbol: lines are offsets from its first line, that of a decorator."""

    line: int
    column: int
    end_line: int
    end_column: int


class Decision(NamedTuple):
    """One evaluation of a test: how it ended, and the operand that decided.

    `outcome` and `truth`, the operand's own, are None where asking would have run code, as for a
    tensor. `values` are those of the operand, or of both sides if it is a comparison. `element` is
    that which decided an `any` or `all`, in words.
    """

    outcome: bool | None
    operand: Span
    truth: bool | None
    values: tuple[Value, ...]
    element: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator that ran: those it called itself, as indexes, and its kernels on a GPU."""

    name: str
    children: tuple[int, ...] = ()
    kernels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What one activation of a function did, keyed by place; loops make several entries of one.

    `calls` gives (case, count) of each callee in order, `operations` indexes of the outermost
    operators. Of values that repeat, one is kept; of many, the first few and then `…`.
    """

    symbol: str
    arguments: Mapping[str, Value]
    ran: tuple[Span, ...]
    values: Mapping[Span, tuple[Value, ...]]
    tests: Mapping[Span, tuple[Decision, ...]]
    operations: Mapping[Span, tuple[int, ...]]
    calls: Mapping[Span, tuple[tuple[int, int], ...]]
    raised: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One recorded run of a scenario.

    `depends` holds the digests of the scenario and of each function that ran. `roots` are the cases
    that the scenario itself began. `untraced` says of each function that could not be watched, why.
    `by` and `imported` are those of a run. `modules` gives for each case of a `forward` the
    paths of its objects, as in `layers.0.norm`; `unseen` counts by class the calls of modules whose
    `forward` was not watched. Both are empty in a trace of an older recorder.
    """

    scenario: str
    environment: Environment
    date: str
    depends: Depends
    cases: tuple[Case, ...]
    operations: tuple[Operation, ...]
    roots: tuple[int, ...]
    untraced: Mapping[str, Reason]
    by: str | None = None
    imported: str | None = None
    modules: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    unseen: Mapping[str, int] = field(default_factory=dict)
