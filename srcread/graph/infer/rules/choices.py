"""Choices: what a table of functions or classes gives under a key that the text does not tell.

Each of a few may be the one, and is followed. Of more than the walk would go into, one runs and the
text does not say which: a reader is told so once, with their number and the table's name, and not
all of them at each call that follows. What stands under a key that the text does tell, as a default
or what it falls back on, is shown beside that. Objects are not told so: they are there to be used,
by and by all.

For example, `ACTS[name]()` where `ACTS` names 28 classes: "one of the 28 that ACTS names, by a key
that is not known". In `def act(name="relu")`, which nobody calls, it may be `relu`, or that.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Constant,
    External,
    Folded,
    FunctionValue,
    GenericFunction,
    Native,
    Partial,
    Sequence,
    Unknown,
    Value,
    Values,
    merged,
)

MOST = 12
"""Of more rivals than so none is walked into, nor asked what it returns: names are all there is."""
_WIDTH = 60


def one_of(ask: Interpreter, tables: Values, keys: Values, name: str) -> Values:
    """Return what some tables, called `name`, give under a key that is not known for certain."""
    if keys and all(isinstance(key, Unknown) and key.fails for key in keys):
        return keys  # no key of any kind comes here
    items = ask.items.element(tables, None)
    rivals = {item: found for item in items if (found := _choices(item))}
    named = [key.value for key in keys if isinstance(key, Constant) and key.value]
    held = merged(tables)
    sure = NOTHING.union(*(held.get(key, NOTHING) for key in named))
    among = NOTHING.union(*rivals.values())
    if len(among - sure) <= MOST:
        return items
    others = f"one of the {len(among)} that {name} names, by a key that is not known"
    return (items - set(rivals)) | sure | {Unknown(others, lasting=True)}


def table_name(frame: Frame, node: ast.expr) -> str:
    """Return how a reader finds the table that an expression is."""
    text = ast.unparse(node)
    around = frame.function().defined
    if text == "super()" and around is not None and around.owner is not None:
        return f"an object of {around.owner.name}"
    if isinstance(node, ast.Name) and node.id in frame.module.scope.bindings:
        return f"{frame.module.name}.{text}"
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}…"


def _choices(value: Value) -> Values:
    """Return the functions and classes that a value is, or holds: a class with its arguments."""
    match value:
        case FunctionValue() | ClassValue() | Partial() | GenericFunction():
            return frozenset({value})
        case External() | Folded() | Native():
            return frozenset({value})
        case Sequence(items, positions) if positions:
            return frozenset(item for item in items if _choices(item))
    return NOTHING
