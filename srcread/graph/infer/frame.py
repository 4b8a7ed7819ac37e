"""Where an expression is evaluated: a module, a class body or one context of a function."""

from __future__ import annotations

from dataclasses import dataclass, field

from srcread.graph.infer.values import Context, Values
from srcread.index import Defined, Module
from srcread.index.scope import Scope


@dataclass(eq=False, slots=True)
class Frame:
    """A block with its names. `outer` is the frame in which a name is looked up next.

    `values` and `expressions` remember what was found.
    """

    module: Module
    scope: Scope
    defined: Defined | None = None
    context: Context | None = None
    outer: Frame | None = None
    values: dict[str, Values] = field(default_factory=dict)
    expressions: dict[int, Values] = field(default_factory=dict)
