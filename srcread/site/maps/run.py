"""What a map is made from: the activations of a run, or of the graph, and the functions' syntax.

A `Run` answers questions about one activation as a whole: whether it is a module's, whether modules
ran below it, which operators did. All are worked out once, callees first, so that a run of any
depth costs no recursion.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from srcread.model import Case, Operation, Span, Value
from srcread.site.blocks import Input
from srcread.site.runs.dimensions.binding import Function
from srcread.site.runs.ends import Source

SHAPING = frozenset({
    "_reshape_alias", "_to_copy", "_unsafe_view", "alias", "as_strided", "chunk", "clone",
    "contiguous", "copy_", "cudnn_is_acceptable", "detach", "dim", "empty", "empty_like",
    "expand", "flatten", "index_select", "is_nonzero", "item", "numel", "permute", "reshape",
    "select", "size", "slice", "split", "split_with_sizes", "squeeze", "t", "to", "transpose",
    "unbind", "unflatten", "unsqueeze", "view", "zeros",
})  # fmt: skip
"""Operators that compute nothing: they give the same numbers another shape or place."""

_MOST_OPERATORS = 24
_MOST_BELOW = 1_000_000
_TENSOR = re.compile(r"\(.*\) \S+.*|nested, .*|<\w*(Tensor|Parameter)>|<\?>|")


class Run:
    """The activations that a map is made from; `static` tells that nobody ran them.

    `source` gives the syntax of a function by its symbol's name, `paths` those of the objects whose
    `forward` an activation is.
    """

    def __init__(
        self,
        cases: Sequence[Case],
        operations: Sequence[Operation],
        source: Callable[[str], Source],
        *,
        static: bool = False,
        paths: Mapping[int, tuple[str, ...]] | None = None,
    ) -> None:
        self.cases = cases
        self._paths = paths or {}
        self.static = static
        self._operations = operations
        self._source = source
        self._activations: dict[int, Activation] = {}
        self.modules_below: list[int] = []
        self.operators_of: list[tuple[str, ...]] = []
        for case in cases:
            below = [number for calls in case.calls.values() for number, _ in calls]
            found = sum(self.modules_below[one] + self.is_module(one) for one in below)
            self.modules_below.append(min(found, _MOST_BELOW))
            self.operators_of.append(self._gathered(case))

    def is_module(self, number: int) -> bool:
        """Tell whether an activation is that of a module's `forward`."""
        case = self.cases[number]
        last = case.symbol.rpartition(".")[2].partition("~")[0]
        return last == "forward" and "self" in case.arguments

    def works(self, number: int) -> bool:
        """Tell whether an activation leads to a module or to an operator that computes."""
        return bool(
            self.is_module(number) or self.modules_below[number] or self.operators_of[number]
        )

    def class_of(self, number: int) -> str:
        """Return the class of a module: that of its object, where the run tells it."""
        case = self.cases[number]
        told = case.arguments.get("self")
        named = told.strip("<>") if isinstance(told, str) else ""
        return named or case.symbol.rpartition(".")[0].rpartition(".")[2]

    def paths_of(self, number: int, name: str, above: Sequence[str]) -> tuple[str, ...]:
        """Return which of an activation's objects are called so in one of those `above`.

        Equal activations are one, wherever in the model they were: `norm1` and `norm2` may be.
        """
        heads = [f"{path}." if path else "" for path in above]
        wanted = re.compile(rf"(?:{'|'.join(map(re.escape, heads))})(?:{re.escape(name)}\.)?\d+")
        named = {f"{head}{name}" for head in heads} if name else set()
        known = self._paths.get(number, ())
        found = [path for path in known if path in named or wanted.fullmatch(path)]
        return (*found, *(mark for mark in known if found and mark == "…"))

    def activation(self, number: int) -> Activation:
        """Return an activation with its function's syntax."""
        if number not in self._activations:
            case = self.cases[number]
            self._activations[number] = Activation(self, case, self._source(case.symbol))
        return self._activations[number]

    def operation(self, number: int) -> Operation:
        """Return an operator by its number."""
        return self._operations[number]

    def _gathered(self, case: Case) -> tuple[str, ...]:
        """Return the computing operators of a case and all below it, in order, the first few."""
        placed: list[tuple[int, int, tuple[str, ...]]] = []
        for place, numbers in case.operations.items():
            names = (short_name(self._operations[number].name) for number in numbers)
            found = tuple(name for name in names if name not in SHAPING)
            placed.append((place.end_line, place.end_column, found))
        for place, calls in case.calls.items():
            below = tuple(name for number, _ in calls for name in self.operators_of[number])
            placed.append((place.end_line, place.end_column, below))
        found = tuple(name for _, _, names in sorted(placed) for name in names)
        return tuple(name for name, _ in groupby(found))[:_MOST_OPERATORS]


class Activation:
    """One activation: what was seen at the places of its function's syntax."""

    def __init__(self, run: Run, case: Case, source: Source) -> None:
        self.case = case
        self.node: Function | None = source.node
        self._run = run
        self._source = source
        self._ran = frozenset(place.line for place in case.ran)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that a call fills by place, without the object itself."""
        if self.node is None:
            return ()
        given = self.node.args
        names = tuple(item.arg for item in (*given.posonlyargs, *given.args))
        return names[1:] if names[:1] in (("self",), ("cls",)) else names

    def inputs(self) -> tuple[Input, ...]:
        """Return what goes into it from outside: tensors; of the graph's, what a call must give."""
        if self._run.static:
            given = self.node.args if self.node is not None else None
            optional = len(given.defaults) if given is not None else 0
            names = self.parameters[: len(self.parameters) - optional]
            return tuple(Input(name, name, "") for name in names)
        told = {name: value for name, value in self.case.arguments.items() if name != "self"}
        tensors = [name for name, value in told.items() if may_be_tensor(value)]
        return tuple(Input(name, name, shape_of(told[name])) for name in tensors)

    @property
    def static(self) -> bool:
        """Whether nobody ran it: it is what the graph says."""
        return self._run.static

    def ran(self, node: ast.stmt) -> bool:
        """Tell whether a statement ran; one that holds others is asked about these instead."""
        if self._run.static or isinstance(node, ast.If | ast.For | ast.While | ast.With | ast.Try):
            return True
        return node.lineno - self._source.first in self._ran

    def calls_at(self, node: ast.expr) -> tuple[tuple[int, int], ...]:
        """Return the activations that work of the functions called at a call, with how often."""
        calls = self.case.calls.get(self._place(node), ())
        return tuple((number, count) for number, count in calls if self._run.works(number))

    def operators_in(self, node: ast.AST) -> tuple[Operation, ...]:
        """Return the computing operators that ran in a statement or expression, in order."""
        outer = self._place(node)
        found = []
        for place, numbers in self.case.operations.items():
            if place[:2] >= outer[:2] and place[2:] <= outer[2:]:
                found += [self._run.operation(number) for number in numbers]
        return tuple(one for one in found if short_name(one.name) not in SHAPING)

    def value_of(self, node: ast.stmt) -> Value:
        """Return what a statement's value was, in words; the last of several, or nothing."""
        kept = [value for value in self.case.values.get(self._place(node), ()) if value != "…"]
        return kept[-1] if kept else ""

    def value_named(self, name: str, before: ast.expr) -> Value:
        """Return in words what a variable was before a call: what was set last, or was given."""
        found = self.case.arguments.get(name, "")
        for node in ast.walk(self.node) if self.node is not None else ():
            if not isinstance(node, ast.Assign) or node.lineno >= before.lineno:
                continue
            if any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
                found = self.value_of(node) if self.ran(node) else found
        return found

    def returned(self) -> str:
        """Return the shape of what the function returned, or nothing."""
        values = [self.value_of(node) for node in self._returns() if self.ran(node)]
        return next((shape for shape in map(shape_of, reversed(values)) if shape), "")

    def _returns(self) -> Iterable[ast.Return]:
        return _returns_in(self.node) if self.node is not None else ()

    def _place(self, node: Any) -> Span:
        first = self._source.first
        return Span(
            node.lineno - first,
            self._column(node.lineno, node.col_offset),
            node.end_lineno - first,
            self._column(node.end_lineno, node.end_col_offset),
        )

    def _column(self, line: int, column: int) -> int:
        """Return a column in characters; the parser counts bytes."""
        lines = self._source.lines
        text = lines[line - 1] if line <= len(lines) else ""
        return column if text.isascii() else len(text.encode()[:column].decode("utf-8", "replace"))


@lru_cache(maxsize=1024)  # a function runs in many scenarios
def _returns_in(node: Function) -> tuple[ast.Return, ...]:
    return tuple(one for one in ast.walk(node) if isinstance(one, ast.Return))


def short_name(operator: str) -> str:
    """Return an operator's name without its namespace."""
    return operator.rpartition("::")[2]


def is_native(operator: str) -> bool:
    """Tell whether an operator takes the place of many: torch calls such ones natively fused."""
    return operator.startswith(("_native", "_transformer"))


def shape_of(value: Value) -> str:
    """Return the shape of a tensor in words without its type; of several, that of the first.

    For example, `(3, 10, 32) f32` is `(3, 10, 32)`, and `True` is nothing.
    """
    while isinstance(value, tuple):
        value = value[0] if value else ""
    whole, _, kind = value.rpartition(" ")
    is_tensor = kind and whole.startswith("(") and whole.endswith(")") and "…" not in whole
    return whole if is_tensor else ""


def shapes_of(value: Value) -> str:
    """Return the shapes of all tensors in a value, `(2, 3) f32` or a tuple of such."""
    parts = value if isinstance(value, tuple) else (value,)
    return ", ".join(shape for shape in map(shape_of, parts) if shape)


def may_be_tensor(value: Value) -> bool:
    """Tell whether an argument in words may be a tensor, or hold one first.

    One of an unknown shape is `<Tensor>`; of the graph's there are no words, so all may be.
    """
    while isinstance(value, tuple):
        value = value[0] if value else "None"
    return _TENSOR.fullmatch(value) is not None
