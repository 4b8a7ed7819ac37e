"""Names: what a name means where it stands, through the scopes around it and all its bindings.

A read of a local name is reached by the bindings that may have run last; where a name is asked for
and no read of it, all its bindings count, in whatever order they run. A name that rests on itself
is a fixpoint, and the solver's affair.

For example, `x` in `x = None` and further down, under an `if`, `x = Layer()`: behind the `if`
`look_up` answers both, None and an object of `Layer`, in it only the object; what tests of `x` say
about one read of it is the affair of `rules/narrowing`.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.nesting import depth
from srcread.graph.infer.rules.callers import Callers
from srcread.graph.infer.rules.decorators import decorated
from srcread.graph.infer.rules.fillings import Fillings
from srcread.graph.infer.rules.lists import settled
from srcread.graph.infer.rules.patterns import captured
from srcread.graph.infer.rules.protocols import entered, raised
from srcread.graph.infer.solver import PENDING, Cell
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Context,
    External,
    FunctionValue,
    Instance,
    Partial,
    Values,
    known,
    unknown,
)
from srcread.index import Defined, Module
from srcread.index.block.bindings import Binding, How, Reach
from srcread.index.imports import beside, import_source, is_pythons

_DEEP = 3
_WRAPPED = 1
"""How deep a value nests that is told step by step: one that is made, and one that wraps."""


class Names:
    """Resolves names for an interpreter."""

    def __init__(self, ask: Interpreter, callers: Callers, fillings: Fillings) -> None:
        self.ask = ask
        self._callers = callers
        self._fillings = fillings
        self._class_frames: dict[str, Frame] = {}

    def class_frame(self, defined: Defined) -> Frame:
        """Return the frame of a class's own statements."""
        if defined.name not in self._class_frames:
            outer = self.enclosing(defined, None)
            frame = Frame(defined.module, defined.scope, defined, None, outer)
            self._class_frames[defined.name] = frame
        return self._class_frames[defined.name]

    def enclosing(self, defined: Defined, context: Context | None) -> Frame:
        """Return the frame in which a definition's free names are looked up.

        A class around a method does not count: its names are not seen from inside.
        """
        owner = defined.owner
        while owner is not None and isinstance(owner.node, ast.ClassDef):
            owner = owner.owner
        if owner is None:
            return self.ask.modules.frame(defined.module)
        if context is None or context.function != owner.name:
            context = Context(owner.name, called=False)
        return self.ask.frame(context)

    def standing(self, defined: Defined) -> Frame:
        """Return the frame in which the `def` of a function stands, without a look into that."""
        outer, owner = self.enclosing(defined, None), defined.owner
        if owner is None or not isinstance(owner.node, ast.ClassDef):
            return outer
        return self.class_frame(owner) if outer.defined is None else outer.body(owner)

    def around(self, frame: Frame) -> Frame:
        """Return the frame in which the `def` of a frame's function stands.

        There its hints and defaults are read: in a class's body the names of the body come first.
        """
        outer = frame.outer or frame
        owner = frame.defined.owner if frame.defined is not None else None
        if (
            owner is None
            or not isinstance(owner.node, ast.ClassDef)
            or outer.expression is not None
        ):
            return outer
        return self.class_frame(owner) if outer.defined is None else outer.body(owner)

    def look_up(self, frame: Frame, name: str) -> Values:
        """Return what a name may be in a frame, wherever it is read."""
        inner: Frame | None = frame
        while inner is not None:
            if inner.outer is None and inner.defined is None:
                return self.ask.modules.attribute(inner.module.name, name, of_code=True)
            if name not in inner.scope.outer and (values := self._own(inner, name)) is not None:
                return values
            inner = inner.outer
        return NOTHING

    def read(self, frame: Frame, node: ast.Name) -> Values:
        """Return what a name may be where it is read, by what reaches that place."""
        function = frame
        while function.expression is not None and function.outer is not None:
            if node.id in function.scope.bindings:  # a comprehension's own
                return self.look_up(frame, node.id)
            function = function.outer
        reach = function.scope.reaching.get(id(node))
        if reach is None:
            return self.look_up(frame, node.id)
        cell = function.names.get(reach)
        if cell is None:
            cell = Cell(PENDING, self._reaching, function, node.id, reach)
            function.names[reach] = cell
        return self.ask.solver.answer(cell)

    def _own(self, frame: Frame, name: str) -> Values | None:
        """Return what a name may be by this frame's own bindings, None where it has none."""
        cell = frame.names.get(name)
        if cell is None:
            if name not in frame.scope.bindings and not self.ask.parameters.has(frame, name):
                return None
            frame.names[name] = cell = Cell(PENDING, self._joined, frame, name)
        return self.ask.solver.answer(cell)

    def _joined(self, frame: Frame, name: str) -> Values:
        """Join what all bindings give, and the parameter's value."""
        values = self.ask.parameters.value(frame, name) or NOTHING
        bindings = frame.scope.bindings.get(name, ())
        values = values.union(*(self.bound(frame, binding) for binding in bindings))
        if any(binding.how is How.DECLARED for binding in bindings):
            values = known(values) or values  # what is put there is what the annotation promises
        values |= self.rebound(frame, name)
        if frame.expression is None:
            values = settled(frame, name, self._fillings.filled(frame, name, values))
        return values

    def _reaching(self, frame: Frame, name: str, reach: Reach) -> Values:
        """Join what the bindings give that reach a read, and the parameter's value if it does."""
        values = NOTHING
        if reach.begins:
            values = self.ask.parameters.value(frame, name) or NOTHING
        values = values.union(*(self.bound(frame, binding) for binding in reach.bindings))
        if values != known(values):  # a name may be bound a thousand times
            declared = [b for b in frame.scope.bindings.get(name, ()) if b.how is How.DECLARED]
            if declared:
                promised = values.union(*(self.bound(frame, b) for b in declared))
                values = known(promised) or values
        values |= self.rebound(frame, name)
        values = settled(frame, name, self._fillings.filled(frame, name, values, reach))
        if self._is_vague(values, reach):
            values |= self._own(frame, name) or NOTHING
        return values

    def _is_vague(self, values: Values, reach: Reach) -> bool:
        """Tell whether all bindings say more than those that reach a read.

        What `+=` makes of an object is not told; and what is wrapped again and again is told only
        where the name meets itself (`widening`).
        """
        if any(binding.how is How.UPDATED for binding in reach.bindings) and any(
            isinstance(value, Instance) and not value.items for value in values
        ):
            return True
        return any(
            depth(v) > (_WRAPPED if isinstance(v, FunctionValue | Partial) else _DEEP)
            for v in values
        )

    def rebound(self, frame: Frame, name: str) -> Values:
        """Return what functions inside give a name that they declare `nonlocal` or `global`."""
        scope_owner = frame.defined if frame.outer is not None else frame.module
        if scope_owner is None:
            return NOTHING
        found = NOTHING
        for function in scope_owner.rebinders(name):
            outer = frame.context if frame.defined is not None else None
            inner = self.ask.frame(Context(function.name, called=False, outer=outer))
            for binding in inner.scope.bindings.get(name, ()):
                found |= known(self.bound(inner, binding)) or self._set(function, binding)
        return found

    def _set(self, function: Defined, binding: Binding) -> Values:
        """Return what a module's function keeps of what it is given: `global x; x = parameter`."""
        if function.owner is None and isinstance(binding.node, ast.Name):
            return self._callers.given(function, binding.node.id)
        return NOTHING

    def bound(self, frame: Frame, binding: Binding) -> Values:
        """Return the values that one binding gives."""
        if binding.outside and frame.outer is not None:
            frame = frame.outer
        frame = frame.within(*binding.inside)
        node = binding.node
        ask = self.ask
        match binding.how:
            case How.DEFINED:
                return self._defined(frame, node)
            case How.IMPORTED:
                return self._imported(frame.module, node, binding.alias)
            case How.DECLARED:
                assert isinstance(node, ast.expr)
                return ask.annotations.values(frame, node)
            case How.PARAMETER:
                return unknown("it is a parameter of a lambda")
            case How.CAPTURED:
                return captured(ask, frame, binding)
            case How.UPDATED:
                return NOTHING
        assert isinstance(node, ast.expr)
        values = ask.evaluate(frame, node)
        match binding.how:
            case How.ELEMENT:
                values = ask.items.elements(values)
            case How.ENTERED:
                values = entered(ask, values)
            case How.RAISED:
                values = raised(ask, values)
        for place in binding.path:
            values = ask.items.at(values, place)
        return values

    def _defined(self, frame: Frame, node: ast.AST) -> Values:
        defined = frame.module.at_node(node)
        if defined is None and frame.defined is not None:
            frame.defined.inner()
            defined = frame.module.at_node(node)
        if defined is None:
            return NOTHING
        if isinstance(defined.node, ast.ClassDef):
            return decorated(self.ask, frame, defined.node, ClassValue(defined.name))
        function = FunctionValue(defined.name, context=frame.context)
        return decorated(self.ask, frame, defined.node, function)

    def _imported(self, module: Module, node: ast.AST, alias: ast.alias | None) -> Values:
        assert alias is not None
        if isinstance(node, ast.Import):
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            if is_pythons(module, name):
                return frozenset({External(name)})
            return frozenset({self.ask.modules.named(beside(module, name, self.ask.index.sources))})
        assert isinstance(node, ast.ImportFrom)
        source = import_source(module, node)
        if not node.level and is_pythons(module, source):
            return frozenset({External(f"{source}.{alias.name}")})
        if not node.level:
            source = beside(module, source, self.ask.index.sources)
        return self.ask.modules.member(source, alias.name)
