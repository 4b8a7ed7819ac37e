"""Names to values: scopes, imports, re-exports, star imports and what modules do to themselves."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from srcread.errors import SourceError
from srcread.graph.infer.core.modules import exports, swapped_in
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.decorators import decorated
from srcread.graph.infer.rules.lazy import made_by_getattr
from srcread.graph.infer.rules.protocols import entered
from srcread.graph.infer.values import (
    ANYTHING,
    NOTHING,
    ClassValue,
    Constant,
    Context,
    External,
    Folded,
    FunctionValue,
    ModuleValue,
    Native,
    Unknown,
    Value,
    Values,
    known,
    unknown,
)
from srcread.index import Defined, Module
from srcread.index.block.bindings import Binding, How
from srcread.index.imports import beside, import_source
from srcread.model import SymbolKind

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

_BUILTINS = frozenset(dir(builtins))
_MAX_TURNS = 3
_SWAP = "sys.modules[__name__]"
_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")
_OPEN: Values = frozenset({ANYTHING})


class Names:
    """Resolves names for an evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._module_frames: dict[str, Frame] = {}
        self._type_checking: dict[str, frozenset[int]] = {}
        self._swaps: dict[str, list[ast.expr]] = {}
        self._class_frames: dict[str, Frame] = {}

    def module_frame(self, module: Module) -> Frame:
        """Return the frame of a module's own statements."""
        if module.name not in self._module_frames:
            self._module_frames[module.name] = Frame(module, module.scope)
        return self._module_frames[module.name]

    def class_frame(self, defined: Defined) -> Frame:
        """Return the frame of a class's own statements."""
        if defined.name not in self._class_frames:
            outer = self.around(defined, None)
            frame = Frame(defined.module, defined.scope, defined, None, outer)
            self._class_frames[defined.name] = frame
        return self._class_frames[defined.name]

    def around(self, defined: Defined, context: Context | None) -> Frame:
        """Return the frame in which a definition's free names are looked up.

        A class around a method does not count: its names are not seen from inside.
        """
        owner = defined.owner
        while owner is not None and isinstance(owner.node, ast.ClassDef):
            owner = owner.owner
        if owner is None:
            return self.module_frame(defined.module)
        if context is None or context.function != owner.name:
            context = Context(owner.name, called=False)
        return self.evaluator.frame(context)

    def look_up(self, frame: Frame, name: str) -> Values:
        """Return what a name may be in a frame."""
        inner: Frame | None = frame
        while inner is not None:
            if inner.outer is None and inner.defined is None:
                return self.module_attribute(inner.module.name, name, of_code=True)
            if name not in inner.scope.outer and (values := self._own(inner, name)) is not None:
                return values
            inner = inner.outer
        return NOTHING

    def _own(self, frame: Frame, name: str) -> Values | None:
        """Return what a name may be by this frame's own bindings, None where it has none."""
        if name in frame.values:
            return frame.values[name]
        parameter = self.evaluator.parameters.value(frame, name)
        bindings = frame.scope.bindings.get(name, ())
        if parameter is None and not bindings:
            return None
        return self._joined(frame, name, tuple(bindings), parameter or NOTHING)

    def _joined(
        self, frame: Frame, name: str, bindings: tuple[Binding, ...], start: Values
    ) -> Values:
        """Join what all bindings give, and the parameter's value."""
        block = frame.block()
        with self.evaluator.questions.asking((block, name)) as earlier:
            if earlier is not None:
                return earlier
            values = start
            for _ in range(_MAX_TURNS):
                before, values_before = dict(frame.expressions), dict(frame.values)
                for binding in bindings:
                    self.evaluator.questions.so_far[block, name] = values
                    values = values | self.bound(frame, binding)
                values |= self._rebound(frame, name)
                if frame.expression is None:
                    self.evaluator.questions.so_far[block, name] = values
                    values = self.evaluator.fillings.filled(frame, name, values)
                values = known(values) | (values & _OPEN) or values
                values = self.evaluator.questions.answered((block, name), values)
                if self.evaluator.questions.settled((block, name)):
                    break
                # `x = f(x)`: turning here again is cheaper than another round of everything.
                frame.expressions, frame.values = before, values_before
                frame.inner.clear()
            frame.values[name] = values
        return frame.values[name]

    def _rebound(self, frame: Frame, name: str) -> Values:
        """Return what functions inside give a name that they declare `nonlocal` or `global`."""
        scope_owner = frame.defined if frame.outer is not None else frame.module
        if scope_owner is None:
            return NOTHING
        found = NOTHING
        for function in scope_owner.rebinders(name):
            outer = frame.context if frame.defined is not None else None
            inner = self.evaluator.frame(Context(function.name, called=False, outer=outer))
            for binding in inner.scope.bindings.get(name, ()):
                found |= known(self.bound(inner, binding)) or self._set(function, binding)
        return found

    def _set(self, function: Defined, binding: Binding) -> Values:
        """Return what a module's function keeps of what it is given: `global x; x = parameter`."""
        if function.owner is None and isinstance(binding.node, ast.Name):
            return self.evaluator.callers.given(function, binding.node.id)
        return NOTHING

    def bound(self, frame: Frame, binding: Binding) -> Values:
        """Return the values that one binding gives."""
        if binding.outside and frame.outer is not None:
            frame = frame.outer
        frame = frame.within(*binding.inside)
        node = binding.node
        evaluator = self.evaluator
        match binding.how:
            case How.DEFINED:
                return self._defined(frame, node)
            case How.IMPORTED:
                return self._imported(frame.module, node, binding.alias)
            case How.DECLARED:
                assert isinstance(node, ast.expr)
                return evaluator.annotations.values(frame, node)
            case How.PARAMETER:
                return unknown("it is a parameter of a lambda")
            case How.CAPTURED:
                return unknown("it is a part that a pattern of `case` captures")
            case How.UPDATED:
                return NOTHING
        assert isinstance(node, ast.expr)
        values = evaluator.evaluate(frame, node)
        match binding.how:
            case How.ELEMENT:
                values = evaluator.attributes.elements(values)
            case How.ENTERED:
                values = entered(evaluator, values)
            case How.RAISED:
                values = evaluator.attributes.raised(values)
        for place in binding.path:
            values = evaluator.attributes.at(values, place)
        return values

    def _defined(self, frame: Frame, node: ast.AST) -> Values:
        defined = frame.module.at_node(node)
        if defined is None and frame.defined is not None:
            frame.defined.inner()
            defined = frame.module.at_node(node)
        if defined is None:
            return NOTHING
        if isinstance(defined.node, ast.ClassDef):
            return decorated(self.evaluator, frame, defined.node, ClassValue(defined.name))
        function = FunctionValue(defined.name, context=frame.context)
        return decorated(self.evaluator, frame, defined.node, function)

    def _imported(self, module: Module, node: ast.AST, alias: ast.alias | None) -> Values:
        assert alias is not None
        if isinstance(node, ast.Import):
            name = alias.name if alias.asname else alias.name.partition(".")[0]
            return frozenset(
                {self.module_value(beside(module, name, self.evaluator.index.sources))}
            )
        assert isinstance(node, ast.ImportFrom)
        source = import_source(module, node)
        if not node.level:
            source = beside(module, source, self.evaluator.index.sources)
        return self.member(source, alias.name)

    def member(self, source: str, name: str) -> Values:
        """Return what `from source import name` gives."""
        match self.module_value(source):
            case ModuleValue(module):
                return self.module_attribute(module, name)
            case Native(module) if self.evaluator.natives.is_module(f"{module}.{name}"):
                return frozenset({Native(f"{module}.{name}")})
            case value:
                return self.evaluator.attributes.get(value, name)

    def module_value(self, name: str) -> Value:
        """Return the module of this name: read, compiled, or of a distribution not read."""
        sources = self.evaluator.index.sources
        if self.evaluator.natives.is_module(name):
            return Native(name)
        if self._is_read(name) or sources.is_package(name):
            return ModuleValue(name)
        head = name.rpartition(".")[0]
        while head:
            if self.evaluator.natives.is_module(head):
                return Native(name)
            head = head.rpartition(".")[0]
        if sources.is_package(name.partition(".")[0]):
            return Unknown(f"there is no module {name!r}")
        return External(name)

    def _is_read(self, name: str) -> bool:
        """Tell whether a module has source that can be parsed; a folded one is not opened."""
        if not self.evaluator.is_closed(name):
            return self.evaluator.index.module(name) is not None
        try:
            return self.evaluator.index.sources.find_module(name) is not None
        except SourceError:
            return False

    def module_attribute(self, module_name: str, name: str, *, of_code: bool = False) -> Values:
        """Return what a name may be in a module; `of_code`: seen from its code, builtins count."""
        if not of_code and (folded := self._folded(module_name, name)):
            return folded
        return self._module_attribute(module_name, name, of_code)

    def opened(self, values: Values) -> Values:
        """Return the values with what is folded opened: its file is read after all."""
        found = NOTHING
        for value in values:
            if isinstance(value, Folded):
                module_name, _, name = value.name.rpartition(".")
                found |= self._module_attribute(module_name, name, of_code=False)
            else:
                found |= {value}
        return found

    def _folded(self, module_name: str, name: str) -> Values:
        full = f"{module_name}.{name}"
        if not self.evaluator.is_closed(module_name):
            return NOTHING
        symbol = self.evaluator.index.glimpse(full)
        if symbol is None:
            return NOTHING
        return frozenset({Folded(full, symbol.kind is SymbolKind.CLASS)})

    def _module_attribute(self, module_name: str, name: str, of_code: bool) -> Values:
        module = self.evaluator.index.module(module_name)
        if module is None:
            return self._submodule(module_name, name)
        frame = self.module_frame(module)
        if name in frame.values:
            return frame.values[name]
        key = (module_name, name, of_code)
        with self.evaluator.questions.asking(key) as earlier:
            if earlier is not None:  # as Python does: what is not set yet may be a submodule
                return self.evaluator.questions.served(
                    key, earlier or self._submodule(module_name, name)
                )
            values = self._search(frame, module_name, name, of_code)
            frame.values[name] = self.evaluator.questions.answered(key, values)
        return frame.values[name]

    def _search(self, frame: Frame, module_name: str, name: str, of_code: bool) -> Values:
        """Search a module: its own names, builtins for its code, then what it takes in."""
        if not of_code and (swapped := self._swapped(frame)):
            values = self._submodule(module_name, name)
            values = values or self.evaluator.attributes.join(swapped, name)
            if any(not isinstance(value, External | Unknown) for value in values):
                return values
        if name in ("__name__", "__file__", "__doc__"):
            return frozenset({Constant(module_name if name == "__name__" else name)})
        bindings = frame.scope.bindings.get(name, ())
        found = NOTHING.union(*(self.bound(frame, binding) for binding in bindings))
        self.evaluator.questions.so_far[module_name, name, of_code] = known(found)
        found |= self._rebound(frame, name)
        if known(found):
            found = self.evaluator.fillings.filled(frame, name, known(found))
            return self.evaluator.registries.filled(frame, name, found)
        for search in (self._starred, self._injected):
            if values := search(frame, name):
                return values
        if of_code and name in _BUILTINS:
            return frozenset({External(f"builtins.{name}")})
        if values := self._submodule(module_name, name):
            return values
        if "__getattr__" in frame.scope.bindings:
            found |= self._lazy(frame, module_name, name)
        # What only type checkers import is a promise that a lazy module keeps when it runs.
        if not known(found) and (promised := self._starred(frame, name, promised=True)):
            return promised
        return found or unknown(f"{module_name} has no name {name!r}")

    def _starred(self, frame: Frame, name: str, promised: bool = False) -> Values:
        """Look into the modules that are imported with a star; the last one to bring it wins."""
        for node in reversed(frame.scope.starred):
            if (id(node) in self._unread(frame)) is not promised:
                continue
            source = import_source(frame.module, node)
            if not self.evaluator.index.may_bind(source, name):
                continue
            match self.module_value(source):
                case ModuleValue(other) if exports(self.evaluator.index.module(other), name):
                    if found := known(self.module_attribute(other, name)):
                        return found
                case Native(other) if self.evaluator.natives.holds(other, name):
                    return frozenset({Native(f"{other}.{name}")})
        return NOTHING

    def _unread(self, frame: Frame) -> frozenset[int]:
        """Return the imports that only type checkers see; at run time they are not there."""
        if frame.module.name not in self._type_checking:
            self._type_checking[frame.module.name] = frozenset(
                id(node)
                for block in frame.module.tree.body
                if isinstance(block, ast.If) and ast.unparse(block.test) in _TYPE_CHECKING
                for node in block.body
            )
        return self._type_checking[frame.module.name]

    def _injected(self, frame: Frame, name: str) -> Values:
        found = NOTHING
        for source in frame.scope.injections:
            for value in self.evaluator.evaluate(frame, source):
                match value:
                    case Native(other) if self.evaluator.natives.holds(other, name):
                        found |= {Native(f"{other}.{name}")}
                    case ModuleValue(other):
                        found |= known(self.module_attribute(other, name))
        return found

    def _submodule(self, module_name: str, name: str) -> Values:
        full = f"{module_name}.{name}"
        value = self.module_value(full)
        return frozenset({value}) if not isinstance(value, External | Unknown) else NOTHING

    def has_submodule(self, module_name: str, name: str) -> bool:
        """Tell whether a package holds a module of this name."""
        return bool(self._submodule(module_name, name))

    def swapped(self, module_name: str) -> Values:
        """Return the objects that stand in a module's place, if it puts some there."""
        if module_name in self._module_frames:
            return self._swapped(self._module_frames[module_name])
        return NOTHING  # nobody has looked a name up in it

    def _swapped(self, frame: Frame) -> Values:
        module = frame.module
        if module.name not in self._swaps:
            self._swaps[module.name] = list(swapped_in(module)) if _SWAP in module.file.text else []
        values = [self.evaluator.evaluate(frame, node) for node in self._swaps[module.name]]
        return known(NOTHING.union(*values)) if values else NOTHING

    def _lazy(self, frame: Frame, module_name: str, name: str) -> Values:
        """Ask a module's own `__getattr__`."""
        values = NOTHING
        for function in self.module_attribute(module_name, "__getattr__"):
            if isinstance(function, FunctionValue):
                values |= made_by_getattr(self.evaluator, function, name)
        return values or unknown(f"{module_name}.__getattr__ makes {name!r} when it runs")
