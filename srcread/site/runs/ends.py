"""What stands at the ends of a case's lines: values, tests with what decided them, operators.

The words are those of the source and of the trace; a page puts its own language around them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from srcread.model import Case, Decision, Operation, Span, Value
from srcread.site.escaping import visible

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LONGEST = 110
_FEW = 3  # operators named at a line's end; the list below the code has them all


class Source(NamedTuple):
    """A function's tree, and the lines of its file; `first` is the function's own first line."""

    node: Function | None
    lines: Sequence[str]
    first: int


class Named(NamedTuple):
    """By line: each statement's column and what its value is called, and each parameter."""

    targets: Mapping[tuple[int, int], tuple[str, ...]]
    parameters: Mapping[str, int]


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
    return Named(targets, {item.arg: item.lineno for item in listed})


def ends_of(case: Case, source: Source, named: Named) -> list[tuple[int, str, str]]:
    """Return (line, kind, words) of a case, in the order of lines.

    Kinds: argument, value, returned, taken, untaken, undecided, operators, raised.
    """
    ends: list[tuple[int, str, str]] = []
    for name, value in case.arguments.items():
        line = named.parameters.get(name, source.first)
        ends.append((line, "argument", _cut(f"{name} {_word(value)}")))
    for place, values in case.values.items():
        ends.append((place.line + source.first, *_value(place, values, source, named)))
    for place, decisions in case.tests.items():
        ends += [
            (place.line + source.first, *_decision(one, source)) for one in _distinct(decisions)
        ]
    if case.raised is not None:
        last = max((place.line for place in case.ran), default=0) + source.first
        ends.append((last, "raised", _cut(case.raised)))
    return sorted(ends, key=lambda end: end[0])


def operators_of(
    case: Case, operations: Sequence[Operation], first: int
) -> list[tuple[int, list[str]]]:
    """Return the operators that a case called, by line, each with those that it called itself."""
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


def _value(place: Span, values: Sequence[Value], source: Source, named: Named) -> tuple[str, str]:
    names = named.targets.get((place.line + source.first, place.column), ())
    if not names:
        return "returned", _cut(" · ".join(_word(value) for value in values))
    if len(values) == 1 and isinstance(values[0], tuple) and len(values[0]) == len(names):
        pairs = zip(names, values[0], strict=True)
        return "value", _cut(", ".join(f"{name} {_word(value)}" for name, value in pairs))
    words = " · ".join(_word(value) for value in values)
    return "value", _cut(f"{', '.join(names)} {words}")


def _decision(one: Decision, source: Source) -> tuple[str, str]:
    kind = {True: "taken", False: "untaken", None: "undecided"}[one.outcome]
    text = _text(one.operand, source)
    words = ", ".join(map(_word, one.values))
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


def _word(value: Value) -> str:
    return value if isinstance(value, str) else f"({', '.join(map(_word, value))})"


def _cut(text: str) -> str:
    text = visible(" ".join(text.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
