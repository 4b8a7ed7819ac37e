"""Plain values: numbers, texts and tensors, and what holds only these, choose no callee.

What is plain is not kept in a context, and an annotation that promises only it is believed. Tensors
are the objects of the classes that native schemas name, by the idioms; a text that may be a name
is not plain, for `getattr` and tables choose by it, nor is a dotted one of a package that is read.

For example, with torch's idioms: an object of `torch.nn.Parameter`, which inherits from
`torch.Tensor`, is plain, as are the text "%d steps" and a list of both; "relu" is not, nor is an
object of `torch.nn.Linear`.
"""

from __future__ import annotations

from srcread.graph.idioms import Idioms
from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.solver import Cell
from srcread.graph.infer.values import (
    NOTHING,
    Constant,
    ExternalInstance,
    Instance,
    Sequence,
    Table,
    Unknown,
    Value,
    Values,
)


class Plain:
    """Tells plain values from those that may choose a callee."""

    def __init__(self, ask: Interpreter) -> None:
        self.ask = ask
        self._leaves: dict[str, Cell[bool]] = {}
        distributions = ask.index.sources.distributions
        self._packages = frozenset(name for item in distributions for name in item.packages)

    def is_plain(self, value: Value, none: bool = True) -> bool:
        """Tell whether a value is a number, a text, a tensor, or a container of only these."""
        match value:
            case Constant(None):
                return none
            case Constant(str(text)):
                return not text.isidentifier() and not self._is_dotted(text)
            case ExternalInstance(gives=gives):
                return self._all_plain(gives)
            case Instance(cls):
                return self.is_leaf(cls)
            case Sequence(items, positions, made_by=made_by):
                return not made_by and self._all_plain(items.union(*positions))
            case Table(_, items):
                return self._all_plain(items)
        return False

    def _all_plain(self, items: Values) -> bool:
        """Tell whether what a container holds is plain, as far as it is known."""
        return all(isinstance(item, Unknown) or self.is_plain(item) for item in items)

    def _is_dotted(self, text: str) -> bool:
        """Tell whether a text may be the full name of something in a package that is read."""
        parts = text.split(".")
        return parts[0] in self._packages and all(part.isidentifier() for part in parts)

    def is_data(self, value: Value) -> bool:
        """Tell whether a value holds nothing but numbers, texts and objects that are all alike."""
        match value:
            case Instance(cls):
                return cls in self.ask.idioms.alike or self.is_plain(value)
            case Sequence(items, positions):
                inner = [*items, *(v for values in positions for v in values)]
                return all(map(self.is_data, inner))
            case Table(_, items):
                return all(map(self.is_data, items))
            case Unknown():
                return False
        return self.is_plain(value)

    def arrays(self, values: Values) -> Values:
        """Return only the instances of the classes that native schemas name: tensors."""
        return frozenset(
            value for value in values if isinstance(value, Instance) and self.is_leaf(value.cls)
        )

    def is_leaf(self, cls: str) -> bool:
        """Tell whether a class is one that native schemas name, or inherits from one."""
        return self.ask.solver.ask(self._leaves, cls, False, self._is_leaf, cls)

    def _is_leaf(self, cls: str) -> bool:
        leaves = self.ask.idioms.schema_types.values()
        return any(name in leaves for name in self.ask.classes.mro(cls))


def of_schema(idioms: Idioms, text: str) -> Values:
    """Return what a schema's type stands for; a class that is read where the idioms name one.

    Results that have names, `(Tensor values, Tensor indices)`, are found by these, too.
    """
    if text.startswith("(") and text.endswith(")"):
        parts = [part.strip().partition(" ") for part in text[1:-1].split(",")]
        positions = tuple(of_schema(idioms, kind) for kind, _, _ in parts if kind)
        names = tuple(name for _, _, name in parts if name)
        return frozenset({Sequence(NOTHING.union(*positions), positions, names=names)})
    name = text.partition(" ")[0]
    if name.endswith("[]"):
        return frozenset({Sequence(of_schema(idioms, name.removesuffix("[]")))})
    if (cls := idioms.schema_types.get(name)) is not None:
        return frozenset({Instance(cls, constructed=False)})
    return frozenset({ExternalInstance(idioms.native_types.get(name, f"builtins.{name}"))})
