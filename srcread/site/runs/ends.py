"""What stands at the ends of a case's lines: values, tests with what decided them, operators.

The words are those of the source and of the trace; a page puts its own language around them. Of
the numbers of a shape it is said which have a name in the function: `dimensions` finds these.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from srcread.model import Case, Decision, Operation, Span, Value
from srcread.site.escaping import visible
from srcread.site.runs.dimensions.activation import (
    NO_DIMS,
    NamedDims,
    Names,
    named_dims,
)
from srcread.site.runs.dimensions.binding import Function, tells_dimensions

Marks = tuple[tuple[int, int, str], ...]
"""Numbers in a text that have a name: where each begins and ends, and its name."""

MOST_NAMES = 8
"""Names of dimensions that a function's page tells apart."""

_LONGEST = 110
_NUMBER = re.compile(r"\d+")
_FEW = 3  # operators named at a line's end; the list below the code has them all


class Source(NamedTuple):
    """A function's tree, and the lines of its file; `first` is the function's own first line."""

    node: Function | None
    lines: Sequence[str]
    first: int


class End(NamedTuple):
    """What stands at a line's end.

    Kinds: argument, value, returned, taken, untaken, undecided, operators, raised.
    """

    line: int
    kind: str
    text: str
    marks: Marks = ()


class Named(NamedTuple):
    """By line: each statement's column and what its value is called, and each parameter.

    `measured` tells whether the function may name dimensions.
    """

    targets: Mapping[tuple[int, int], tuple[str, ...]]
    parameters: Mapping[str, int]
    measured: bool = False


def names_of(source: Source) -> Named:
    """Find what values of a function are called, by the places of its statements."""
    if source.node is None:
        return Named({}, {})
    targets: dict[tuple[int, int], tuple[str, ...]] = {}
    for item in ast.walk(source.node):
        names = _targets(item)
        if names and isinstance(item, ast.stmt):
            targets[item.lineno, item.col_offset] = names
    given = source.node.args
    listed = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    listed += [item for item in (given.vararg, given.kwarg) if item is not None]
    parameters = {item.arg: item.lineno for item in listed}
    return Named(targets, parameters, tells_dimensions(source.node))


def ends_of(
    case: Case, source: Source, named: Named, called: Mapping[Span, str] | None = None
) -> list[End]:
    """Return what stands at the ends of a case's lines, in the order of lines.

    `called` gives the function that a call at a place went to.
    """
    dims = NO_DIMS
    if source.node is not None and named.measured:
        dims = named_dims(source.node, case, source.first, called or {})
    ends: list[End] = []
    for name, value in case.arguments.items():
        line = named.parameters.get(name, source.first)
        parts = [(f"{name} ", ()), (word(value), dims.parameters.get(name, ()))]
        ends.append(End(line, "argument", *_marked(parts)))
    for place, values in case.values.items():
        ends.append(_value(place, values, source, named, dims))
    for place, decisions in case.tests.items():
        ends += [
            End(place.line + source.first, *_decision(one, source)) for one in _distinct(decisions)
        ]
    if case.raised is not None:
        last = max((place.line for place in case.ran), default=0) + source.first
        ends.append(End(last, "raised", _cut(case.raised)))
    return sorted(ends, key=lambda end: end.line)


def operators_of(
    case: Case, operations: Sequence[Operation], first: int
) -> list[tuple[int, list[str]]]:
    """Return the operators that a case called, by line, each with those that it called itself."""
    if not case.operations:
        return []
    rows: dict[int, list[str]] = {}
    for place, numbers in case.operations.items():
        row = rows.setdefault(place.line + first, [])
        row += [_operator(operations, number) for number in numbers]
    return sorted(rows.items())


def few_operators(row: Sequence[str]) -> str:
    """Return the outermost operators of a line in short."""
    names = [item.partition(" ")[0].removeprefix("aten::") for item in row]
    more = f", … {len(names)}" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more


def _value(
    place: Span, values: Sequence[Value], source: Source, named: Named, dims: NamedDims
) -> End:
    line = place.line + source.first
    names = named.targets.get((line, place.column), ())
    known = dims.values.get((line, place.column), ())
    parts: list[tuple[str, Names]] = []
    items = values[0] if len(values) == 1 and isinstance(values[0], tuple) else ()
    pairs = [(word(item), _at(known, number)) for number, item in enumerate(items)]
    if names and len(items) == len(names):
        for name, pair in zip(names, pairs, strict=True):
            parts += [(f", {name} " if parts else f"{name} ", ()), pair]
        return End(line, "value", *_marked(parts))
    if names:
        parts.append((f"{', '.join(names)} ", ()))
    if items:
        for number, pair in enumerate(pairs):
            parts += [(", " if number else "(", ()), pair]
        parts.append((")", ()))
    else:
        words = " · ".join(word(value) for value in values)
        parts.append((words, _at(known, 0) if len(values) == 1 else ()))
    return End(line, "value" if names else "returned", *_marked(parts))


def _at(known: Sequence[Names], place: int) -> Names:
    return known[place] if place < len(known) else ()


def _marked(parts: Sequence[tuple[str, Names]]) -> tuple[str, Marks]:
    """Join words, each with the names of its shape's dimensions; tell where these numbers stand."""
    whole, marks = "", list[tuple[int, int, str]]()
    for text, names in parts:
        numbers = list(_NUMBER.finditer(text, 0, text.find(")"))) if names else []
        if len(numbers) == len(names):
            marks += [
                (found.start() + len(whole), found.end() + len(whole), name)
                for found, name in zip(numbers, names, strict=True)
                if name
            ]
        whole += text
    shown = _cut(whole)
    kept = len(shown) - 1 if shown != whole else len(shown)
    if not whole.startswith(shown[:kept]):
        return shown, ()  # something hidden is shown, and stands elsewhere
    return shown, tuple(mark for mark in marks if mark[1] <= kept)


def _decision(one: Decision, source: Source) -> tuple[str, str]:
    kind = {True: "taken", False: "untaken", None: "undecided"}[one.outcome]
    text = _text(one.operand, source)
    words = ", ".join(map(word, one.values))
    if one.element is not None:
        words = one.element
    return kind, f"{_cut(text)} → {_cut(words)}" if text else _cut(words)


def _distinct(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """Yield decisions; of those of one outcome and operand, the first."""
    known = set()
    for one in decisions:
        if (one.outcome, one.operand) not in known:
            known.add((one.outcome, one.operand))
            yield one


def _text(place: Span, source: Source) -> str:
    if place.end_column == 0:  # the mark of further decisions
        return ""
    lines = source.lines[place.line + source.first - 1 : place.end_line + source.first]
    if not lines:
        return ""
    lines = [*lines[:-1], lines[-1][: place.end_column]]
    return " ".join(" ".join([lines[0][place.column :], *lines[1:]]).split())


def _operator(operations: Sequence[Operation], number: int) -> str:
    """Write an operator with its kernels and what it called: `a::b [kernel] (a::c, a::d)`."""
    operation = operations[number]
    kernels = f" [{', '.join(operation.kernels)}]" if operation.kernels else ""
    below = ", ".join(_operator(operations, child) for child in operation.children)
    return visible(operation.name + kernels) + (f" ({below})" if below else "")


def _targets(item: ast.AST) -> tuple[str, ...]:
    match item:
        case ast.Assign(targets=[ast.Tuple(elts=parts)]):
            return tuple(ast.unparse(part) for part in parts)
        case ast.Assign(targets=targets):
            return (" = ".join(ast.unparse(target) for target in targets),)
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return (ast.unparse(target),)
        case ast.For(target=ast.Tuple(elts=parts)):
            return tuple(ast.unparse(part) for part in parts)
        case ast.For(target=target):
            return (ast.unparse(target),)
    return ()


def word(value: Value) -> str:
    """Return a value in words, a tuple's in brackets."""
    return value if isinstance(value, str) else f"({', '.join(map(word, value))})"


@lru_cache(maxsize=1 << 14)  # ninety scenarios go the same ways
def _cut(text: str) -> str:
    text = visible(" ".join(text.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
