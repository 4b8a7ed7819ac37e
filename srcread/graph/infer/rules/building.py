"""Building: in which contexts an object's methods ran while it was made.

A constructor gets what the object was made with; a method that it calls on the object gets what
these calls give. So an attribute that such a helper sets is known where nobody walks the
constructor, as for a method that is an entry. Whoever else calls the method later may give it
anything: that stays beside. Calls by another name than `self.method` are not looked for.

For example, `def __init__(self, unet: Net): self.keep(unet=unet)` and `def keep(self, **parts):
for name, part in parts.items(): setattr(self, name, part)`: `contexts` of `keep` has the one in
which `parts` is a dictionary of "unet", so `self.unet(x)` reaches `Net.forward`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.values import Context, FunctionValue, Instance
from srcread.index import Defined
from srcread.index.block.bindings import path_of

_MOST_STEPS = 3
"""Through how many methods a constructor may reach one."""
_MOST = 200
"""A constructor that sets each of its parts by a call of one helper has as many."""


def contexts(ask: Interpreter, method: Defined, cls: str, value: Instance) -> list[Context]:
    """Return how a method of one of an object's classes ran on it, called by others last."""
    anyhow = Context(method.name, value, called=False)
    if isinstance(method.node, ast.ClassDef):
        return [anyhow]
    if method.node.name == "__init__":
        construction = ask.constructions.context(value, cls)
        is_own = construction is not None and construction.function == method.name
        return [construction] if construction is not None and is_own else [anyhow]
    if not _is_found(ask, method, value):
        return [anyhow]
    found = dict.fromkeys(_built(ask, method, value, _MOST_STEPS))
    return [*list(found)[:_MOST], anyhow]


def _is_found(ask: Interpreter, method: Defined, value: Instance) -> bool:
    """Tell whether a call on the object comes to this method, and not to a subclass's."""
    assert not isinstance(method.node, ast.ClassDef)
    return ask.classes.nearest_functions(value.cls, method.node.name)[:1] == [method.name]


def _built(ask: Interpreter, method: Defined, value: Instance, steps: int) -> Iterator[Context]:
    """Yield the contexts in which constructors run a method, also by way of other methods."""
    name = method.node.name
    for cls in ask.classes.mro(value.cls) if steps else ():
        owner = ask.index.defined(cls)
        for caller in owner.mentioning(name) if owner is not None else ():
            if caller is method or isinstance(caller.node, ast.ClassDef):
                continue
            calls = [use for use in caller.scope.calls if _calls(use.node, caller, name)]
            for context in _running(ask, caller, cls, value, steps) if calls else ():
                frame = ask.frame(context)
                for use in calls:
                    assert isinstance(use.node, ast.Call)
                    function = FunctionValue(method.name, bound=value)
                    inner = frame.within(*use.inside)
                    yield ask.contexts.of_call(function, inner, use.node)


def _running(
    ask: Interpreter, caller: Defined, cls: str, value: Instance, steps: int
) -> Iterator[Context]:
    if caller.node.name != "__init__":
        yield from _built(ask, caller, value, steps - 1)
        return
    construction = ask.constructions.context(value, cls)
    if construction is not None and construction.function == caller.name:
        yield construction


def _calls(node: ast.AST, caller: Defined, name: str) -> bool:
    """Tell whether a call is one of a method on the caller's own object."""
    path = path_of(node.func) if isinstance(node, ast.Call) else ""
    return caller.receiver is not None and path == f"{caller.receiver}.{name}"
