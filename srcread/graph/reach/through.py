"""What a library's folded machinery calls of a reader's own: the items of a data set, a hook.

The machinery is one row, and what it calls of what it was given is told beside it, where the
machinery itself is called. Which attributes of the object those are is said by the idioms
(`calls_through`), by paths; nothing is shown of what the object does not have, of what is folded
itself, and of what a subclass must provide. In an entry of its own the machinery is walked as any
code.

For example, `for batch in DataLoader(data, collate_fn=stack)`: below the row of
`DataLoader.__iter__` stand `Data.__getitem__` and `stack`, called with a list of what that gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    FunctionValue,
    Sequence,
    Value,
    Values,
    held,
    known,
    ordered,
)
from srcread.graph.reach.target import CallTarget, function_target, why_folded
from srcread.model import EdgeKind


def through_targets(
    ask: Interpreter, frame: Frame, functions: Iterable[FunctionValue]
) -> Iterator[CallTarget]:
    """Yield what folded methods call of their own object, as an idiom says."""
    for function in functions:
        paths = ask.idioms.calls_through.get(function.name, ())
        if paths and function.bound is not None and why_folded(ask, frame, function.name):
            for path in paths:
                yield from _through(ask, frame, function.name, function.bound, path)


def _through(
    ask: Interpreter, frame: Frame, name: str, owner: Value, written: str
) -> Iterator[CallTarget]:
    path, _, listed = written.partition(" ")
    sure = path.removesuffix("?")
    arguments = None
    if listed:
        given = NOTHING.union(
            *(ask.calls.result(f, [], {}) for f in _functions(ask, owner, listed.strip("[]")))
        )
        arguments = [frozenset({Sequence(held(given))})]
    for function in _functions(ask, owner, sure):
        if why_folded(ask, frame, function.name) or function.name in ask.idioms.abstract:
            continue
        kind = EdgeKind.METHOD if function.bound is not None else EdgeKind.DIRECT
        role = f"through {sure}"
        target = function_target(ask, frame, function, kind, arguments=arguments, role=role)
        perhaps = ", from where it may be called" if sure != path else ""
        why = target.reason or f"by way of {name}{perhaps}"
        yield replace(target, reason=why, uncertain=bool(perhaps))


def _functions(ask: Interpreter, owner: Value, path: str) -> list[FunctionValue]:
    """Return the functions that stand under a path, those left aside that only subclasses fill."""
    values: Values = frozenset({owner})
    for part in path.split("."):
        values = known(ask.attributes.join(known(values), part)) if known(values) else NOTHING
    return [value for value in ordered(values) if isinstance(value, FunctionValue)]
