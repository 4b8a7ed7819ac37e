"""What is put into lists and dictionaries after they are made: `x.append(…)`, `x[key] = …`.

For names of the same block and for attributes of `self` in any method of the class. What other
functions put into a module's container is left out: most registries are filled by decorators that
only a run sees all of.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import NOTHING, Sequence, Table, Value, Values, known

if TYPE_CHECKING:
    from srcread.graph.infer.evaluate import Evaluator

_ONE = {"append": 0, "appendleft": 0, "add": 0, "insert": 1, "setdefault": 1}
_ALL = frozenset({"extend", "update"})

_MARKS = ("[", *(f".{name}(" for name in (*_ONE, *sorted(_ALL))))


@dataclass(frozen=True, slots=True)
class Filling:
    """A value that is put into a container: under a constant key, if there is one."""

    node: ast.expr
    spread: bool = False
    key: str | None = None


class Fillings:
    """Finds what fills the containers of a block."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self._found: dict[int, dict[str, list[Filling]]] = {}

    def filled(self, frame: Frame, path: str, values: Values) -> Values:
        """Return the values of a name, its containers with what the block puts into them."""
        if not may_be_filled(frame.module.file.text, path, values):
            return values
        fillings = self._of(frame).get(path, ())
        return frozenset(self._with(frame, value, fillings) for value in values)

    def _of(self, frame: Frame) -> dict[str, list[Filling]]:
        block = frame.defined.node if frame.defined is not None else frame.module.tree
        if id(block) not in self._found:
            self._found[id(block)] = _gathered(block.body)
        return self._found[id(block)]

    def _with(self, frame: Frame, value: Value, fillings: Iterable[Filling]) -> Value:
        for filling in fillings:
            put = known(self.evaluator.evaluate(frame, filling.node))
            if filling.spread:
                put = known(self.evaluator.attributes.elements(put)) if put else put
            match value:
                case Sequence(items, ()):
                    value = Sequence(items | put)
                case Table(entries, items):
                    named = dict(entries)
                    if filling.key is not None:
                        named[filling.key] = named.get(filling.key, NOTHING) | put
                    value = Table(tuple(sorted(named.items(), key=lambda e: e[0])), items | put)
        return value


def may_be_filled(text: str, path: str, values: Values) -> bool:
    """Tell whether some values are containers, and a file has words that would fill them."""
    if not any(isinstance(value, Sequence | Table) for value in values):
        return False
    return any(f"{path}{mark}" in text for mark in _MARKS)


def _gathered(body: Iterable[ast.stmt]) -> dict[str, list[Filling]]:
    found: dict[str, list[Filling]] = {}
    waiting: list[ast.AST] = list(reversed(list(body)))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        match node:
            case ast.Call(func=ast.Attribute(value=container, attr=name), args=arguments):
                position = _ONE.get(name, 0)
                if (name in _ONE or name in _ALL) and position < len(arguments):
                    filling = Filling(arguments[position], name in _ALL)
                    found.setdefault(_path(container), []).append(filling)
            case ast.Assign(targets=[ast.Subscript(value=container, slice=key)], value=value):
                text = key.value if isinstance(key, ast.Constant) else None
                filling = Filling(value, key=text if isinstance(text, str) else None)
                found.setdefault(_path(container), []).append(filling)
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))
    return found


def _path(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return f"{owner}.{name}"
    return ""
