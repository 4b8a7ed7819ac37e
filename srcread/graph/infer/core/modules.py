"""Modules: from a dotted name to a module, and from a module to what it holds under a name.

A module holds more than its text binds: what stars, `globals()` and its own `__getattr__` bring,
its submodules, and what an object that it puts in its own place has. They are asked in the order in
which Python would find them.

For example, `F.relu` in torch/nn/modules/activation.py: `F` is the module `torch.nn.functional`,
`attribute` searches it, and answers the function `torch.nn.functional.relu`.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator

from srcread.errors import SourceError
from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.fillings import Fillings
from srcread.graph.infer.rules.lazy import made_by_getattr
from srcread.graph.infer.rules.patches import Patching
from srcread.graph.infer.rules.registries import Registries
from srcread.graph.infer.rules.registry_objects import RegistryObjects
from srcread.graph.infer.solver import PENDING, Cell
from srcread.graph.infer.values import (
    NOTHING,
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
    failing,
    known,
    unknown,
)
from srcread.index import Module
from srcread.index.block.targets import mention, parts_of
from srcread.index.imports import import_source
from srcread.model import SymbolKind

_BUILTINS = frozenset(dir(builtins))
_SWAP = "sys.modules[__name__]"
_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")


class Modules:
    """Resolves dotted names, and the names of modules, for an interpreter."""

    def __init__(
        self,
        ask: Interpreter,
        fillings: Fillings,
        registries: Registries,
        registry_objects: RegistryObjects,
        patches: Patching,
    ) -> None:
        self.ask = ask
        self._fillings = fillings
        self._registries = registries
        self._registry_objects = registry_objects
        self._patches = patches
        self._frames: dict[str, Frame] = {}
        self._type_checking: dict[str, frozenset[int]] = {}
        self._swaps: dict[str, list[ast.expr]] = {}

    def frame(self, module: Module) -> Frame:
        """Return the frame of a module's own statements."""
        if module.name not in self._frames:
            self._frames[module.name] = Frame(module, module.scope)
        return self._frames[module.name]

    def member(self, source: str, name: str) -> Values:
        """Return what `from source import name` gives."""
        match self.named(source):
            case ModuleValue(module):
                return self.attribute(module, name)
            case Native(module) if self.ask.natives.is_module(f"{module}.{name}"):
                return frozenset({Native(f"{module}.{name}")})
            case value:
                return self.ask.attributes.get(value, name)

    def named(self, name: str) -> Value:
        """Return the module of this name: read, compiled, or of a distribution not read."""
        sources = self.ask.index.sources
        if self.ask.natives.is_module(name):
            return Native(name)
        if self._is_read(name) or sources.is_package(name):
            return ModuleValue(name)
        head = name.rpartition(".")[0]
        while head:
            if self.ask.natives.is_module(head):
                return Native(name)
            head = head.rpartition(".")[0]
        if said := self.ask.natives.built_from(name):
            return Native(name, built_from=said)
        if sources.is_package(name.partition(".")[0]):
            return Unknown(f"there is no module {name!r}")
        return External(name)

    def _is_read(self, name: str) -> bool:
        """Tell whether a module has source that can be parsed; a folded one is not opened."""
        if not self.ask.is_closed(name):
            return self.ask.index.module(name) is not None
        try:
            return self.ask.index.sources.find_module(name) is not None
        except SourceError:
            return False

    def attribute(self, module_name: str, name: str, *, of_code: bool = False) -> Values:
        """Return what a name may be in a module; `of_code`: seen from its code, builtins count."""
        if not of_code and (folded := self._folded(module_name, name)):
            return folded
        return self._attribute(module_name, name, of_code)

    def opened(self, values: Values) -> Values:
        """Return the values with what is folded opened: its file is read after all."""
        found = NOTHING
        for value in values:
            if isinstance(value, Folded):
                module_name, _, name = value.name.rpartition(".")
                found |= self._attribute(module_name, name, of_code=False)
            else:
                found |= {value}
        return found

    def _folded(self, module_name: str, name: str) -> Values:
        full = f"{module_name}.{name}"
        if not self.ask.is_closed(module_name):
            return NOTHING
        symbol = self.ask.index.glimpse(full)
        if symbol is None:
            return NOTHING
        return frozenset({Folded(full, symbol.kind is SymbolKind.CLASS)})

    def _attribute(self, module_name: str, name: str, of_code: bool) -> Values:
        module = self.ask.index.module(module_name)
        if module is None:
            return self._submodule(module_name, name)
        frame = self.frame(module)
        cell = frame.names.get((name, of_code))
        if cell is None:
            cell = Cell(PENDING, self._held, frame, module_name, name, of_code)
            frame.names[name, of_code] = cell
        found = self.ask.solver.answer(cell)
        if found == PENDING:  # as Python does: what is not set yet may be a submodule
            return self._submodule(module_name, name) or found
        return found

    def _held(self, frame: Frame, module_name: str, name: str, of_code: bool) -> Values:
        """Return what a module holds under a name, with what walked code put there."""
        found = self._search(frame, module_name, name, of_code)
        return self._patches.on_module(module_name, name, found)

    def _search(self, frame: Frame, module_name: str, name: str, of_code: bool) -> Values:
        """Search a module: its own names, builtins for its code, then what it takes in."""
        if not of_code and (swapped := self._swapped(frame)):
            values = self._submodule(module_name, name)
            values = values or self.ask.attributes.join(swapped, name)
            if any(not isinstance(value, External | Unknown) for value in values):
                return values
        if name in ("__name__", "__file__", "__doc__"):
            return frozenset({Constant(module_name if name == "__name__" else name)})
        bindings = frame.scope.bindings.get(name, ())
        bound = self.ask.names.bound
        found = NOTHING.union(
            *(bound(self.meanwhile(frame, parts_of(item)), item) for item in bindings)
        )
        found |= self.ask.names.rebound(frame, name)
        if known(found):
            found = self._fillings.filled(frame, name, known(found))
            found = self._registries.filled(frame, name, found)
            return self._registry_objects.filled(frame, name, found)
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
        return found or failing(f"{module_name} has no name {name!r}")

    def meanwhile(self, frame: Frame, parts: Iterable[ast.expr]) -> Frame:
        """Return where some expressions of a module's own code are read, its frame or its body's.

        What they are made of may mean something else later; the body tells what names are
        meanwhile.
        """
        if frame.defined is not None or frame.outer is not None:
            return frame
        if not (replaced := frame.scope.replaced) or not mention(parts, replaced):
            return frame
        return self.ask.frame(Context(frame.module.body.name, called=False))

    def _starred(self, frame: Frame, name: str, promised: bool = False) -> Values:
        """Look into the modules that are imported with a star; the last one to bring it wins.

        What is only promised stands in one of them; so those that are called like it come first.
        """
        unread = self._unread(frame)
        nodes = [node for node in reversed(frame.scope.starred) if (id(node) in unread) is promised]
        sources = [import_source(frame.module, node) for node in nodes]
        if promised:
            sources.sort(key=lambda source: not _is_like(source, name))
        for source in sources:
            if not self.ask.index.may_bind(source, name):
                continue
            match self.named(source):
                case ModuleValue(other) if _exports(self.ask.index.module(other), name):
                    if found := known(self.attribute(other, name)):
                        return found
                case Native(other) if self.ask.natives.holds(other, name):
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
            for value in self.ask.evaluate(frame, source):
                match value:
                    case Native(other) if self.ask.natives.holds(other, name):
                        found |= {Native(f"{other}.{name}")}
                    case ModuleValue(other):
                        found |= known(self.attribute(other, name))
        return found

    def _submodule(self, module_name: str, name: str) -> Values:
        full = f"{module_name}.{name}"
        value = self.named(full)
        return frozenset({value}) if not isinstance(value, External | Unknown) else NOTHING

    def has_submodule(self, module_name: str, name: str) -> bool:
        """Tell whether a package holds a module of this name."""
        return bool(self._submodule(module_name, name))

    def swapped(self, module_name: str) -> Values:
        """Return the objects that stand in a module's place, if it puts some there."""
        if module_name in self._frames:
            return self._swapped(self._frames[module_name])
        return NOTHING  # nobody has looked a name up in it

    def _swapped(self, frame: Frame) -> Values:
        module = frame.module
        if module.name not in self._swaps:
            swaps = _SWAP in module.file.text
            self._swaps[module.name] = list(_swapped_in(module)) if swaps else []
        values = [self.ask.evaluate(frame, node) for node in self._swaps[module.name]]
        return known(NOTHING.union(*values)) if values else NOTHING

    def _lazy(self, frame: Frame, module_name: str, name: str) -> Values:
        """Ask a module's own `__getattr__`."""
        values = NOTHING
        for function in self.attribute(module_name, "__getattr__"):
            if isinstance(function, FunctionValue):
                values |= made_by_getattr(self.ask, function, name)
        return values or unknown(f"{module_name}.__getattr__ makes {name!r} when it runs")


def _exports(module: Module | None, name: str) -> bool:
    """Tell whether `from module import *` brings a name: by `__all__`, else by underscore."""
    if module is None:
        return False
    lists = [binding.node for binding in module.scope.bindings.get("__all__", ())]
    plain = [node for node in lists if isinstance(node, ast.List | ast.Tuple)]
    exported = [
        element.value
        for node in plain
        for element in node.elts
        if isinstance(element, ast.Constant)
    ]
    if exported and len(plain) == len(lists):
        return name in exported
    return name in exported or not name.startswith("_")


def _is_like(module: str, name: str) -> bool:
    """Tell whether a name begins as a module's: LlamaModel stands in `models.llama`."""
    return name.lower().startswith(module.rpartition(".")[2].replace("_", ""))


def _swapped_in(module: Module) -> Iterator[ast.expr]:
    """Yield what a module puts in its own place: `sys.modules[__name__] = value`."""
    for statement in module.tree.body:
        match statement:
            case ast.Assign(
                targets=[
                    ast.Subscript(
                        value=ast.Attribute(value=ast.Name(id="sys"), attr="modules"),
                        slice=ast.Name(id="__name__"),
                    )
                ],
                value=value,
            ):
                yield value
