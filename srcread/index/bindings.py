"""What a block of code binds, calls and returns, as data; `scope` gathers it."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from enum import Enum


class How(Enum):
    """By what construct a name gets its value from a binding's node."""

    VALUE = "value"
    """`name = node`"""
    ELEMENT = "element"
    """`for name in node`, in a comprehension too."""
    ENTERED = "entered"
    """`with node as name`"""
    RAISED = "raised"
    """`except node as name`"""
    UPDATED = "updated"
    """`name += node`: the value is of the kind that it was."""
    DECLARED = "declared"
    """`name: node`, an annotation without a value."""
    IMPORTED = "imported"
    """`import x`, `from x import y`: the node is the statement, `alias` its part."""
    DEFINED = "defined"
    """`def name`, `class name`: the node is the definition."""
    PARAMETER = "parameter"
    """A parameter of a lambda."""
    CAPTURED = "captured"
    """A name in a pattern of `case`: the node is the pattern."""


Inner = ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
"""Expressions with names of their own."""
Path = tuple[int | tuple[int, int | None], ...]
"""Positions in nested tuples, from the end where negative; a pair is the slice of a star."""


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that gives a name its value.

    `path` leads into the value when a tuple is unpacked: `a, (b, *c) = node` binds c by
    (1, (1, None)). `inside` are the inner expressions around the node, outermost first; `outside`
    tells that the node belongs to the block around an inner expression.
    """

    how: How
    node: ast.AST
    path: Path = ()
    alias: ast.alias | None = None
    inside: tuple[Inner, ...] = ()
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """A call, or a read attribute, with the test of the innermost branch in which it stands."""

    node: ast.Call | ast.Attribute
    condition: ast.expr | None
    inside: tuple[Inner, ...] = ()


@dataclass(slots=True)
class Scope:
    """What one block (a module's, a class's or a function's) binds, calls and returns."""

    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], list[Binding]] = field(default_factory=dict)
    """`self.x = node`, keyed by ("self", "x"), for every plain name before the dot."""
    calls: list[Use] = field(default_factory=list)
    reads: list[Use] = field(default_factory=list)
    returns: list[ast.expr] = field(default_factory=list)
    yields: list[ast.expr] = field(default_factory=list)
    delegates: list[ast.expr] = field(default_factory=list)
    """What `yield from` hands on."""
    starred: list[ast.ImportFrom] = field(default_factory=list)
    injections: list[ast.expr] = field(default_factory=list)
    """What is copied into `globals()`: `X` of `for n in dir(X): globals()[n] = …`."""
    outer: set[str] = field(default_factory=set)
    """Names declared global or nonlocal here."""
