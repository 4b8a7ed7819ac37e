"""The value of a formula: its syntax gone through with values for its names, nothing compiled.

Only what can be drawn is here, so what a reader sees is all that happens. `sqrt` of a tensor is
torch's, of a number Python's. What `sum` and its like go over is evaluated for each index.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from srcread.equations.names import dotted
from srcread.equations.vocabulary import CONSTANTS, FOLDS, OF_PYTHON, word_of
from srcread.errors import SrcreadError

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.MatMult: operator.matmul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.BitAnd: operator.and_,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, among: item in among,
    ast.NotIn: lambda item, among: item not in among,
}
_PYTHONS: dict[str, Callable[..., Any]] = {
    **{one.__name__: one for one in (range, len, int, float, bool, sum, max, min)},
    "prod": math.prod,
}


class Evaluator:
    """Evaluates formulas whose names have the values that `lookup` gives."""

    def __init__(self, lookup: Callable[[str], Any], own: Mapping[str, Any] | None = None) -> None:
        self._lookup = lookup
        self._own = own or {}

    def within(self, own: Mapping[str, Any]) -> Evaluator:
        """Return an evaluator that knows indices, too."""
        return Evaluator(self._lookup, {**self._own, **own})

    def value(self, node: ast.expr) -> Any:
        """Return the value of an expression."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name() | ast.Attribute():
                return self._named(node)
            case ast.UnaryOp(op=sign, operand=operand):
                return _UNARY[type(sign)](self.value(operand))
            case ast.BinOp(left=left, op=sign, right=right):
                return _BINARY[type(sign)](self.value(left), self.value(right))
            case ast.BoolOp(op=sign, values=values):
                found = (bool(self.value(one)) for one in values)
                return all(found) if isinstance(sign, ast.And) else any(found)
            case ast.Compare(left=left, ops=signs, comparators=others):
                return self._compared(left, signs, others)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self.value(body) if self.value(test) else self.value(other)
            case ast.Tuple(elts=parts):
                return tuple(map(self.value, parts))
            case ast.List(elts=parts):
                return list(map(self.value, parts))
            case ast.Subscript(value=value, slice=index):
                return self.item(self.value(value), index)
            case ast.Call():
                return self._called(node)
        raise TypeError(type(node).__name__)  # `srcread.equations.syntax` lets nothing else pass

    def item(self, value: Any, index: ast.expr) -> Any:
        """Return an item of a value, or a part of it."""
        return value[self._index(index)]

    def place(self, index: ast.expr) -> tuple[Any, ...]:
        """Return what stands in square brackets, as a tuple."""
        found = self._index(index)
        return found if isinstance(found, tuple) else (found,)

    def _index(self, index: ast.expr) -> Any:
        match index:
            case ast.Tuple(elts=parts):
                return tuple(map(self._index, parts))
            case ast.Slice(lower=lower, upper=upper, step=step):
                ends = (self.value(end) if end else None for end in (lower, upper, step))
                return slice(*ends)
        return self.value(index)

    def _named(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name) if name in self._own:
                return self._own[name]
            case _ if (word := word_of(dotted(node) or "")) in CONSTANTS:
                return getattr(math, word)
            case ast.Name(id=name):
                return self._lookup(name)
            case ast.Attribute(value=value, attr=name):
                return getattr(self.value(value), name)
        raise TypeError(type(node).__name__)

    def _compared(self, left: ast.expr, signs: list[ast.cmpop], others: list[ast.expr]) -> Any:
        first = self.value(left)
        result: Any = True
        for sign, other in zip(signs, others, strict=True):
            second = self.value(other)
            result = _COMPARED[type(sign)](first, second)
            if len(signs) > 1 and not result:
                return False
            first = second
        return result

    def _called(self, node: ast.Call) -> Any:
        name = dotted(node.func) or ""
        word = word_of(name)
        match node.args:
            case [ast.GeneratorExp(elt=elt, generators=generators)]:
                return _folded(word, [one.value(elt) for one in self._all(generators)])
        given = [self.value(one) for one in node.args]
        words = {one.arg or "": self.value(one.value) for one in node.keywords}
        function = _function(word, given) if word else self.value(node.func)
        return function(*given, **words)

    def _all(self, generators: list[ast.comprehension]) -> Iterator[Evaluator]:
        """Yield an evaluator for each round of a comprehension."""
        if not generators:
            yield self
            return
        first, *rest = generators
        for item in self.value(first.iter):
            inner = self.within(dict(_bound(first.target, item)))
            if all(inner.value(test) for test in first.ifs):
                yield from inner._all(rest)


def _bound(target: ast.expr, item: Any) -> Iterator[tuple[str, Any]]:
    match target:
        case ast.Name(id=name):
            yield name, item
        case ast.Tuple(elts=parts):
            for part, one in zip(parts, item, strict=True):
                yield from _bound(part, one)


def _folded(word: str, items: list[Any]) -> Any:
    """Return the sum of items, their product, or the like; of tensors item by item."""
    if word in ("max", "min") and items and hasattr(items[0], "shape"):
        import torch

        stacked = torch.stack([torch.as_tensor(one) for one in items])
        return stacked.amax(0) if word == "max" else stacked.amin(0)
    return _PYTHONS[word](items)


def _function(word: str, given: list[Any]) -> Callable[..., Any]:
    """Return the function of a word: Python's for numbers, where it has one, else torch's."""
    is_of_tensors = any(hasattr(one, "dtype") for one in _flat(given))
    if word in OF_PYTHON and not (word in FOLDS and given and hasattr(given[0], "dtype")):
        return _PYTHONS[word]
    if not is_of_tensors and word in ("abs", "round"):
        return abs if word == "abs" else round
    if not is_of_tensors and hasattr(math, word):
        found: Callable[..., Any] = getattr(math, word)
        return found
    import torch

    for home in (torch, torch.nn.functional):
        if hasattr(home, word):
            found = getattr(home, word)
            return found
    raise SrcreadError(f"torch {torch.__version__} has no {word!r}. Give it as a value.")


def _flat(values: list[Any]) -> Iterator[Any]:
    for one in values:
        if isinstance(one, list | tuple):
            yield from one
        else:
            yield one
