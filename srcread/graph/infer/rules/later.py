"""What is given later: the result of a task, a future or a pool's work, once somebody asks for it.

A call of a coroutine function stands for what it returns in the end. A function of an event loop or
of a pool makes an object of another class of it, which has methods of its own and holds what it
gives when it is awaited, or asked by `result`. Which functions do so is said by the idioms: the
class, then "value 0" for an argument's own result, "places *" for a list with that of each, and
"called 0" for what the argument gives when it is called with those behind it.

For example, `task = create_task(load())`: `held_back` of "asyncio.create_task" is an `asyncio.Task`
that gives what `load` returns; `task.cancel()` is Python's own, `(await task).run()` is not.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.protocols import awaited
from srcread.graph.infer.values import (
    NOTHING,
    ExternalInstance,
    Sequence,
    Values,
    held,
    known,
    ordered,
)

_ASKING = ("result", "get")


def held_back(ask: Interpreter, frame: Frame, node: ast.Call, name: str) -> Values:
    """Return the object that a function makes of what it gives later; NOTHING of others."""
    if name not in ask.idioms.returns_awaited and name not in ask.idioms.gives_later:
        return NOTHING
    arguments, _ = ask.contexts.arguments(frame, node)
    if (place := ask.idioms.returns_awaited.get(name)) is not None and place < len(arguments):
        return awaited(ask, arguments[place])
    cls, how, place_of = ask.idioms.gives_later.get(name, "- value 9").split()
    if how == "places":
        each = tuple(held(awaited(ask, values)) for values in arguments)
        return _of(cls, frozenset({Sequence(NOTHING.union(*each), each)}))
    if int(place_of) >= len(arguments):
        return NOTHING
    given, behind = arguments[int(place_of)], arguments[int(place_of) + 1 :]
    if how == "value":
        return _of(cls, awaited(ask, given))
    results = (ask.calls.result(function, behind, {}) for function in ordered(known(given)))
    return _of(cls, NOTHING.union(*results))


def asked_for(name: str, receiver: Values) -> Values:
    """Return what `task.result()` gives; NOTHING of other methods."""
    if name.rpartition(".")[2] not in _ASKING:
        return NOTHING
    return NOTHING.union(*(v.gives for v in receiver if isinstance(v, ExternalInstance)))


def _of(cls: str, values: Values) -> Values:
    return frozenset({ExternalInstance(cls, held(values))})
