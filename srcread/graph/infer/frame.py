"""Where an expression is evaluated: a module, a class body or one context of a function."""

from __future__ import annotations

import ast
from collections.abc import Hashable
from dataclasses import dataclass, field

from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import Context, Values
from srcread.index import Defined, Module
from srcread.index.block.bindings import Inner, Scope
from srcread.index.block.targets import inner_scope


@dataclass(eq=False, slots=True)
class Frame:
    """A block with its names. `outer` is the frame in which a name is looked up next.

    `expression` is the lambda or comprehension that the block is, if it is one; it has no context
    of its own. `names` and `expressions` are the cells of what stands in it.
    """

    module: Module
    scope: Scope
    defined: Defined | None = None
    context: Context | None = None
    outer: Frame | None = None
    expression: Inner | None = None
    names: dict[Hashable, Cell[Values]] = field(default_factory=dict)
    expressions: dict[int, Cell[Values]] = field(default_factory=dict)
    inner: dict[int, Frame] = field(default_factory=dict)

    def within(self, *expressions: Inner) -> Frame:
        """Return the frame of the innermost of these inner expressions, outermost first."""
        frame = self
        for node in expressions:
            if id(node) not in frame.inner:
                frame.inner[id(node)] = Frame(
                    frame.module, inner_scope(node), outer=frame, expression=node
                )
            frame = frame.inner[id(node)]
        return frame

    def body(self, defined: Defined) -> Frame:
        """Return the frame of a class's body that runs with this block."""
        if id(defined) not in self.inner:
            self.inner[id(defined)] = Frame(self.module, defined.scope, defined, None, self)
        return self.inner[id(defined)]

    def function(self) -> Frame:
        """Return the frame of the function, class or module around an inner expression."""
        frame = self
        while frame.expression is not None and frame.outer is not None:
            frame = frame.outer
        return frame

    def attribute(self, name: str) -> str:
        """Return what an attribute written here is called: `__x` is `_Class__x` in a class's code.

        https://docs.python.org/3/reference/expressions.html#private-name-mangling
        """
        if not is_private(name):
            return name
        defined = self.function().defined
        while defined is not None and not isinstance(defined.node, ast.ClassDef):
            defined = defined.owner
        return mangled(defined.name, name) if defined is not None else name


def is_private(name: str) -> bool:
    """Tell whether a class's code mangles a name."""
    return name.startswith("__") and not name.endswith("__")


def mangled(cls: str, name: str) -> str:
    """Return what the code of a class calls an attribute."""
    short = _short(cls)
    return f"_{short}{name}" if short and is_private(name) else name


def written(cls: str, name: str) -> str:
    """Return how the code of a class writes the name of an attribute; "" where it cannot."""
    short = _short(cls)
    if short and name.startswith(f"_{short}__") and not name.endswith("__"):
        return name[len(short) + 1 :]
    return "" if short and is_private(name) else name


def _short(cls: str) -> str:
    return cls.rpartition(".")[2].partition("~")[0].lstrip("_")
