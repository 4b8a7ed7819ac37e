"""Where an expression is evaluated: a module, a class body or one context of a function."""

from __future__ import annotations

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
    of its own. `values`, `expressions` and `inner` remember what was found.
    """

    module: Module
    scope: Scope
    defined: Defined | None = None
    context: Context | None = None
    outer: Frame | None = None
    expression: Inner | None = None
    values: dict[str, Values] = field(default_factory=dict)
    expressions: dict[int, Values] = field(default_factory=dict)
    inner: dict[int, Frame] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget what was found: a question that it rests on has a new answer."""
        self.values.clear()
        self.expressions.clear()
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

    def block(self) -> Hashable:
        """Return what tells this block, in this context, from all others."""
        if self.expression is not None and self.outer is not None:
            return self.outer.block(), id(self.expression)
        return self.context or (self.defined.name if self.defined else self.module.name)
