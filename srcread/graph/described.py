"""What is known of one native function, as lines: its operator, kernels, way back and C++ files.

For who asks for a native function itself: there is no Python below it to draw a tree of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from srcread.model import CallGraph, Derivative, Operator

_BACKWARD = {
    Derivative.FORMULA: "a formula of its own",
    Derivative.COMPOSITE: "none of its own: the operators that it calls are differentiated",
    Derivative.BOTH: "a formula for the keys with a kernel of their own, else that of its parts",
    Derivative.NONE: "no formula: it ends the way back, or refuses it",
}


def native_lines(graph: CallGraph, name: str) -> Iterator[str]:
    """Yield the lines that describe a native entry of a graph."""
    operator = graph.operators.get(name)
    if operator is None:
        yield f"{name}  native"
        yield "└─ It has no Python source, and no operator list that is read has it."
        return
    yield f"{name} = aten::{operator.name}  native"
    facts = list(_facts(operator))
    for number, fact in enumerate(facts, 1):
        yield f"{'└─' if number == len(facts) else '├─'} {fact}"


def _facts(operator: Operator) -> Iterator[str]:
    yield f"schema: {operator.schema}"
    more = operator.overloads - 1
    overloads = f", one of {operator.overloads} overloads" if more else ""
    list_path = operator.path or "native_functions.yaml"
    yield f"listed: {operator.distribution}, {list_path}:{operator.line}{overloads}"
    if operator.delegate:
        yield f"kernels of: aten::{operator.delegate}"
    for function, keys in _kernels(operator.dispatch).items():
        yield f"kernel: {function}{_file(operator, function)} for {', '.join(keys)}"
    yield f"backward: {_BACKWARD[operator.derivative]}"
    for function in operator.backward:
        yield f"backward calls: {function}{_file(operator, function)}"


def _kernels(dispatch: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the dispatch keys by the C++ function that they lead to."""
    found: dict[str, list[str]] = {}
    for key, function in dispatch.items():
        found.setdefault(function, []).append(key)
    return found


def _file(operator: Operator, function: str) -> str:
    path = operator.files.get(function)
    if not path:
        return ""
    return f" (generated from {path})" if function in operator.generated else f" ({path})"
