"""Where an expression is evaluated: a module, a class body or one context of a function."""

from __future__ import annotations

import ast
from collections.abc import Hashable
from dataclasses import dataclass, field

from srcread.graph.infer.values import Context, Values
from srcread.index import Defined, Module
from srcread.index.block.bindings import Inner, Scope
from srcread.index.block.targets import inner_scope


@dataclass(eq=False, slots=True)
class Frame:
    """A block with its names. `outer` is the frame in which a name is looked up next.

    `expression` is the lambda or comprehension that the block is, if it is one; it has no context
    of its own. `values`, `expressions` and `inner` remember what was found; `looked` is what was
    found for the context that is being looked at, and for nothing that is kept.
    """

    module: Module
    scope: Scope
    defined: Defined | None = None
    context: Context | None = None
    outer: Frame | None = None
    expression: Inner | None = None
    values: dict[str, Values] = field(default_factory=dict)
    expressions: dict[int, Values] = field(default_factory=dict)
    looked: dict[int, Values] = field(default_factory=dict)
    inner: dict[int, Frame] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget what was found: a question that it rests on has a new answer."""
        self.values.clear()
        self.expressions.clear()
        self.looked.clear()
        self.inner.clear()

    def within(self, *expressions: Inner) -> Frame:
        """Return the frame of the innermost of these inner expressions, outermost first."""
        frame = self
        for node in expressions:
            if id(node) not in frame.inner:
                frame.inner[id(node)] = frame.fresh(node)
            frame = frame.inner[id(node)]
        return frame

    def fresh(self, node: Inner) -> Frame:
        """Return a new frame of an inner expression: for one call of a lambda."""
        return Frame(self.module, inner_scope(node), outer=self, expression=node)

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

    def block(self) -> Hashable:
        """Return what tells this block, in this context, from all others."""
        if self.expression is not None and self.outer is not None:
            return self.outer.block(), id(self.expression)
        return self.context or (self.defined.name if self.defined else self.module.name)


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
