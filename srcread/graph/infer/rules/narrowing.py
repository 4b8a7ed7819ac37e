"""Type narrowing: what `isinstance`, `is None` and `callable` say of a name in the branch behind.

The facts belong to single reads of `x` or `self.x`: those in the branch, and those behind a branch
that always leaves. An assignment ends them. Which they are is syntax, and gathered with a
function's scope; here they are applied to values.

For example, `norm` may be None, a `LayerNorm` or a `BatchNorm`: behind `if norm is None: return`
the read of it in `norm(x)` is one of the two objects, in `if isinstance(norm, LayerNorm): norm(x)`
only the first.
"""

from __future__ import annotations

import ast
import re

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    Partial,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
    failing,
)
from srcread.index import Defined, Module
from srcread.index.block.bindings import Fact, Tested

RULED_OUT = failing("it is None as far as is known")
"""What `is not None` leaves of a name that is None: the branch does not run."""


_NONE_LEFT = "`isinstance` rules out every object that is known here"
_KINDS = ("builtins.type", "builtins.object")


class Narrowing:
    """Applies the facts of a function to values."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._setting: dict[tuple[str, str], frozenset[str]] = {}

    def has_facts(self, frame: Frame, node: ast.expr) -> bool:
        """Tell whether a test around a place says something of what is read there."""
        around = frame.function()
        return around.defined is not None and id(node) in around.scope.facts

    def applied(self, frame: Frame, node: ast.expr, values: Values) -> Values:
        """Return the values that a name can have where it is read."""
        around = frame.function()
        if around.defined is None or isinstance(around.defined.node, ast.ClassDef):
            return values
        for fact in around.scope.facts.get(id(node), ()):
            if not fact.old or not self._may_be_set(around.defined, node):
                values = self._narrowed(frame, values, fact)
        return values

    def _may_be_set(self, around: Defined, node: ast.expr) -> bool:
        """Tell whether a call may have set what was tested: another function that sets it."""
        if isinstance(node, ast.Name):
            is_own = node.id in around.scope.bindings or node.id in around.parameters
            rebinders = around.rebinders(node.id) if is_own else around.module.rebinders(node.id)
            return bool(rebinders)
        if not isinstance(node, ast.Attribute):
            return False
        owner = around.owner
        modules = {around.module.name: around.module}
        for cls in self.ask.classes.mro(owner.name) if owner is not None else ():
            module = self.ask.index.module_of(cls)
            modules |= {module.name: module} if module is not None else {}
        setters = set[str]().union(*(self._setters(m, node.attr) for m in modules.values()))
        return bool(setters - {around.name})

    def _setters(self, module: Module, name: str) -> frozenset[str]:
        """Return the functions of a module that set an attribute of a name, constructors not."""
        if (module.name, name) not in self._setting:
            places = re.finditer(rf"\.{name} *(?::[^=\n]*)?=(?!=)", module.file.text)
            found = (module.function_at(place.start()) for place in places)
            self._setting[module.name, name] = frozenset(
                item.name for item in found if item is not None and item.node.name != "__init__"
            )
        return self._setting[module.name, name]

    def hinted(self, frame: Frame, name: str) -> Values:
        """Return objects of the classes that a function tests a parameter for."""
        found = NOTHING
        for classes in frame.scope.tested.get(name, ()):
            found |= _objects(self._classes(frame, classes))
        return found

    def _narrowed(self, frame: Frame, values: Values, fact: Fact) -> Values:
        match fact.test:
            case Tested.IS_NONE:
                return _by_none(values, fact.holds)
            case Tested.IS_CALLABLE:
                kept = {v for v in values if _is_callable(v) is fact.holds or _is_open(v)}
                return frozenset(kept) or values
        assert fact.classes is not None
        classes = self._classes(frame, fact.classes)
        if not classes or any(isinstance(item, Unknown) for item in classes):
            return values
        if fact.holds:
            kept = {value for value in values if self._is_one(value, classes)}
            if not kept and all(map(_is_code, values)) and all(map(_is_data, classes)):
                return failing(_NONE_LEFT)
            return frozenset(kept) or _promised(classes) or values
        left = frozenset(value for value in values if not self._is_one(value, classes))
        return left or failing(_NONE_LEFT)

    def _classes(self, frame: Frame, node: ast.expr) -> Values:
        found = NOTHING
        for value in self.ask.evaluate(frame, node):
            found |= value.items if isinstance(value, Sequence) else {value}
        return found

    def _is_one(self, value: Value, classes: Values) -> bool:
        names = {item.name for item in classes if isinstance(item, ClassValue | External)}
        match value:
            case Instance(cls):
                return not names.isdisjoint(self.ask.classes.mro(cls))
            case Constant(str()) | ExternalInstance("builtins.str"):
                return "builtins.str" in names
            case ExternalInstance(cls):
                return cls in names or (cls == "builtins.bool" and "builtins.int" in names)
            case Sequence(_, positions, is_list):
                if is_list and positions:
                    return "builtins.list" in names
                kinds = {"builtins.tuple"} if positions else {"builtins.list", "builtins.set"}
                return not names.isdisjoint({*kinds, "builtins.tuple"})
            case Table():
                return "builtins.dict" in names
            case ClassValue():
                return "builtins.type" in names
        return False


def _by_none(values: Values, holds: bool) -> Values:
    if holds:
        return frozenset(v for v in values if v == Constant(None) or _is_open(v)) or values
    return values - {Constant(None)} or RULED_OUT


def _is_open(value: Value) -> bool:
    return isinstance(value, Unknown)


def _is_callable(value: Value) -> bool:
    return not isinstance(value, Constant | ExternalInstance | Sequence | Table)


def _is_code(value: Value) -> bool:
    """Tell whether a value is a function or a class: no text, no number, no list."""
    return isinstance(value, ClassValue | FunctionValue | Partial)


def _is_data(tested: Value) -> bool:
    """Tell whether a class that is tested for is Python's own and none of functions or classes."""
    name = tested.name if isinstance(tested, External) else ""
    return name.startswith("builtins.") and name not in _KINDS


def _objects(classes: Values) -> Values:
    return frozenset(
        Instance(item.name, constructed=False) for item in classes if isinstance(item, ClassValue)
    )


def _promised(classes: Values) -> Values:
    """Return objects of the classes that `isinstance` was given, Python's own among them."""
    found = _objects(classes)
    for item in classes:
        match item:
            case External("builtins.list" | "builtins.tuple" | "builtins.set"):
                found |= {Sequence(NOTHING)}
            case External("builtins.dict"):
                found |= {Table((), NOTHING)}
            case External(name) if name.startswith("builtins."):
                found |= {ExternalInstance(name)}
    return found
