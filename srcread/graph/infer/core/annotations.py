"""Annotations: what a type hint promises about an object.

A class promises an object of it that may have been made in any way, a container its elements.
`Any`, `Callable` and type variables promise nothing.

For example, `norm: LayerNorm | None = None` promises None and an object of `LayerNorm` that nothing
more is known of; `layers: list[tuple[str, Module]]` promises a list of tuples, each of a text and
an object of `Module`.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.natives import object_of
from srcread.graph.infer.values import (
    NONE,
    NOTHING,
    ClassValue,
    Constant,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    Native,
    Sequence,
    Table,
    Values,
    known,
    literal,
)
from srcread.index.block.bindings import How

_SEQUENCES = frozenset(
    {"list", "List", "set", "Set", "Sequence", "Iterable", "Iterator", "Collection", "frozenset"}
    | {"Generator", "deque", "MutableSequence"}
)
_TABLES = frozenset({"dict", "Dict", "Mapping", "OrderedDict", "MutableMapping", "defaultdict"})
_WRAPPERS = frozenset({"Optional", "Final", "ClassVar", "Annotated", "Required", "NotRequired"})

_TYPED = ("typing.TypedDict", "typing_extensions.TypedDict")
_PROMISING_NOTHING = ("builtins.", "typing.", "typing_extensions.", "collections.abc.")


class Annotations:
    """Resolves type hints."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._trees: dict[str, ast.expr | None] = {}

    def values(self, frame: Frame, node: ast.expr) -> Values:
        """Return the objects that an annotation allows; empty where it says nothing of use."""
        match node:
            case ast.Constant(value=None):
                return NONE
            case ast.Constant(value=str(text)):
                return self._quoted(frame, text)
            case ast.BinOp(op=ast.BitOr()):
                return self.values(frame, node.left) | self.values(frame, node.right)
            case ast.Subscript():
                return self._generic(frame, node)
            case ast.Name() | ast.Attribute():
                return self._named(frame, node)
        return NOTHING

    def foreign(self, frame: Frame, node: ast.expr) -> Values:
        """Return an object of the class that an annotation names, of a distribution not read.

        Less than what a function's body tells, more than nothing.
        """
        if not isinstance(node, ast.Name | ast.Attribute):
            return NOTHING
        return frozenset(
            ExternalInstance(value.name)
            for value in self.ask.evaluate(frame, node)
            if isinstance(value, External) and not value.name.startswith(_PROMISING_NOTHING)
        )

    def _quoted(self, frame: Frame, text: str) -> Values:
        # Kept: frames remember values by `id`, which a node that is freed hands to the next one.
        if text not in self._trees:
            try:
                self._trees[text] = ast.parse(text.strip(), mode="eval").body
            except (SyntaxError, ValueError):
                self._trees[text] = None
        tree = self._trees[text]
        return self.values(frame, tree) if tree is not None else NOTHING

    def _named(self, frame: Frame, node: ast.expr) -> Values:
        found = NOTHING
        if isinstance(node, ast.Name) and _is_method(frame, node.id):
            frame = frame.outer or frame
        for value in self.ask.modules.opened(known(self.ask.evaluate(frame, node))):
            match value:
                case ClassValue(name) if self._is_typed_dictionary(name):
                    found |= {Table((), NOTHING)}
                case ClassValue(name):
                    found |= {Instance(name, constructed=False)}
                case External(name) if name.startswith("builtins."):
                    found |= self._aliased(frame, node) or _builtin(name)
                case Native(name):
                    found |= object_of(self.ask, name)
                case FunctionValue():  # a decorator put it in a class's place
                    made = self.ask.calls.result(value, [], {})
                    found |= {item for item in made if isinstance(item, Instance)}
        return found

    def _is_typed_dictionary(self, cls: str) -> bool:
        bases = self.ask.classes.foreign_bases(cls)
        return any(isinstance(base, External) and base.name in _TYPED for base in bases)

    def _aliased(self, frame: Frame, node: ast.expr) -> Values:
        """Return what a module's own name for a generic type promises: `Pair = tuple[A, A]`."""
        name = node.id if isinstance(node, ast.Name) else ""
        around = self.ask.modules.frame(frame.module)
        return NOTHING.union(
            *(
                self.values(around, binding.node)
                for binding in around.scope.bindings.get(name, ())
                if binding.how is How.VALUE and isinstance(binding.node, ast.Subscript)
            )
        )

    def _generic(self, frame: Frame, node: ast.Subscript) -> Values:
        name = _last_name(node.value)
        if name == "Literal":
            return self._told(node.slice)
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name in ("Union",) or name in _WRAPPERS:
            found = NOTHING.union(*(self.values(frame, element) for element in inner))
            return found | NONE if name == "Optional" else found
        if name in ("tuple", "Tuple"):
            return self._tuple(frame, inner)
        if name in _SEQUENCES:
            return frozenset({Sequence(self.values(frame, inner[0]))})
        if name in _TABLES:
            return frozenset({Table((), self.values(frame, inner[-1]))})
        if name in ("type", "Type"):
            return frozenset(
                ClassValue(value.cls)
                for value in self.values(frame, inner[0])
                if isinstance(value, Instance)
            )
        return self._named(frame, node.value)

    def _told(self, node: ast.expr) -> Values:
        """Return the texts that `Literal["up", "down"]` allows; NOTHING of other literals."""
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        told = [literal(part.value) for part in parts if isinstance(part, ast.Constant)]
        texts = NOTHING.union(*told)
        all_texts = all(isinstance(value, Constant) for value in texts)
        return texts if all_texts and len(told) == len(parts) else NOTHING

    def _tuple(self, frame: Frame, inner: list[ast.expr]) -> Values:
        if len(inner) == 2 and isinstance(inner[1], ast.Constant) and inner[1].value is ...:
            return frozenset({Sequence(self.values(frame, inner[0]))})
        positions = tuple(self.values(frame, element) for element in inner)
        return frozenset({Sequence(NOTHING.union(*positions), positions)})


def promises_text(values: Values) -> bool:
    """Tell whether an annotation allows texts: which ones, as keys of tables, the code may tell."""
    return any(
        value == ExternalInstance("builtins.str")
        or (isinstance(value, Sequence) and promises_text(value.items.union(*value.positions)))
        or (isinstance(value, Table) and promises_text(value.items))
        for value in values
    )


def _is_method(frame: Frame, name: str) -> bool:
    """Tell whether a class's body has only methods of a name: `float` is a type all the same."""
    if frame.defined is None or not isinstance(frame.defined.node, ast.ClassDef):
        return False
    bindings = frame.scope.bindings.get(name, ())
    return bool(bindings) and all(
        isinstance(binding.node, ast.FunctionDef | ast.AsyncFunctionDef) for binding in bindings
    )


def _builtin(name: str) -> Values:
    match name.removeprefix("builtins."):
        case "list" | "set" | "tuple" | "frozenset":
            return frozenset({Sequence(NOTHING)})
        case "dict":
            return frozenset({Table((), NOTHING)})
        case "object":
            return NOTHING
    return frozenset({ExternalInstance(name)})


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
