"""What Python's protocols give where no call is written: `with`, `await`, `yield from`, `except`.

For example, `with opened() as model`, where the object that `opened()` gives has an `__enter__`
that returns `self.model`: `entered` answers what that attribute holds. A generator function with
`@contextmanager` gives what it yields.
"""

from __future__ import annotations

import ast

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    External,
    ExternalInstance,
    FunctionValue,
    Instance,
    Sequence,
    Values,
    known,
    unknown,
)

ENTERING = ("contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_async_context")
"""Functions that enter what they are given, and give what that gives."""
_THEMSELVES = frozenset(
    {"contextlib.ExitStack", "contextlib.AsyncExitStack", "asyncio.TaskGroup"}
    | {"concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor"}
    | {"multiprocessing.Pool", "multiprocessing.pool.Pool", "multiprocessing.pool.ThreadPool"}
)
"""Classes of Python's own whose objects a `with` block is entered with themselves."""


def entered(ask: Interpreter, values: Values) -> Values:
    """Return what `with value as name` gives: `__enter__`'s result, a generator's element."""
    found = NOTHING
    for value in values:
        match value:
            case Instance():
                for name in ("__enter__", "__aenter__"):
                    for method in known(ask.attributes.get(value, name)):
                        if isinstance(method, FunctionValue):
                            found |= known(ask.calls.result(method, [], {}))
            case Sequence(items):
                found |= items
            case ExternalInstance(cls) if cls in _THEMSELVES:
                found |= {value}
    return found or unknown("what the `with` block is entered with is not known")


def awaited(ask: Interpreter, values: Values) -> Values:
    """Return what `await` gives: what `__await__` returns, else a coroutine's result."""
    found = NOTHING
    for value in values:
        methods = []
        if isinstance(value, Instance):
            methods = ask.attributes.special(value, "__await__")
        if isinstance(value, ExternalInstance) and value.gives:
            found |= value.gives
            continue
        for method in methods:
            frame = ask.frame(ask.contexts.bind(method, [], {}))
            for node in frame.scope.returns:
                found |= known(ask.evaluate(frame, node))
        found |= NOTHING if methods else {value}
    return found or unknown("what is awaited in the end is not known")


def given_back(ask: Interpreter, frame: Frame, node: ast.expr) -> Values:
    """Return what a generator returns in the end, which `yield from` gives."""
    found = NOTHING
    bindings = frame.scope.bindings.get(node.id, ()) if isinstance(node, ast.Name) else ()
    if len(bindings) == 1 and isinstance(bindings[0].node, ast.Call) and not bindings[0].path:
        node = bindings[0].node  # `steps = work()`, then `yield from steps`
    if isinstance(node, ast.Call):
        for callee in known(ask.evaluate(frame, node.func)):
            if isinstance(callee, FunctionValue):
                inner = ask.frame(ask.contexts.of_call(callee, frame, node))
                for returned in inner.scope.returns:
                    found |= known(ask.evaluate(inner, returned))
    return found or unknown("what the generator returns in the end is not known")


def raised(ask: Interpreter, values: Values) -> Values:
    """Return the objects that `except values as name` may catch; a tuple names several."""
    found = NOTHING
    for value in ask.modules.opened(values):
        match value:
            case ClassValue(name):
                found |= {Instance(name, constructed=False)}
            case External(name):
                found |= {ExternalInstance(name)}
            case Sequence(items):
                found |= raised(ask, items)
    return found or frozenset({ExternalInstance("builtins.Exception")})
