"""One end of an edge: the callee of a site, and whether it is walked into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.abstract import is_abstract, provided
from srcread.graph.infer.values import Context, FunctionValue, Value, Values
from srcread.model import EdgeKind
from srcread.support.value_class import value_class

OFFERED = "offered"
"""The role of what a call may reach of which nothing is known: it stands beside the reason."""


@value_class
class CallTarget:
    """One callee of a site; `context` is None for what is not walked into.

    Targets of one `role` are rivals; those of several all run: `__new__` and `__init__`. An
    `uncertain` one may not be called at all. A `quiet` one is recorded apart; one `of_entry` says
    nothing where another context resolves the call. `makes` is the class of the object that a
    constructor makes, which may inherit it.
    """

    callee: str | None
    kind: EdgeKind
    context: Context | None = None
    reason: str | None = None
    role: str = ""
    uncertain: bool = False
    quiet: bool = False
    of_entry: bool = False
    makes: str = ""


def function_target(
    ask: Interpreter,
    frame: Frame,
    function: FunctionValue,
    kind: EdgeKind,
    *,
    arguments: Sequence[Values] | None = None,
    role: str = "",
) -> CallTarget:
    """Return a function as a target; without `arguments` it may be called with anything."""
    why = why_folded(ask, frame, function.name)
    if why is not None:
        quiet = function.name in ask.idioms.quiet
        return CallTarget(function.name, kind, reason=f"folded: {why}", role=role, quiet=quiet)
    context = ask.contexts.bind(function, list(arguments or ()), {})
    if arguments is None:
        context = replace(context, arguments=(), called=False)
    return CallTarget(function.name, kind, context, role=role)


def method_targets(
    ask: Interpreter,
    frame: Frame,
    functions: Iterable[FunctionValue],
    arguments: list[Values],
    role: str,
) -> Iterator[CallTarget]:
    """Yield methods that run by themselves, each called with these arguments."""
    for function in functions:
        yield function_target(ask, frame, function, EdgeKind.METHOD, arguments=arguments, role=role)


def weighed(reached: list[list[CallTarget]]) -> list[CallTarget]:
    """Join what each value would reach: certain is only what runs whichever of them it is."""
    resolved = [
        [target for target in targets if target.kind is not EdgeKind.UNRESOLVED]
        for targets in reached
    ]
    resolved = [targets for targets in resolved if targets]
    joined = dict.fromkeys(target for targets in resolved for target in targets)
    if len(resolved) < 2:
        return list(joined)
    common = set.intersection(
        *({(target.callee, target.kind) for target in targets} for targets in resolved)
    )
    return [
        target if (target.callee, target.kind) in common else replace(target, uncertain=True)
        for target in joined
    ]


def contract(ask: Interpreter, values: list[Value], resolved: list[CallTarget]) -> list[CallTarget]:
    """Return targets, an abstract method as what counts where no call that is read tells more."""
    if not all(is_abstract(ask, value) for value in values):
        return resolved
    role, reason = resolved[0].role, provided(values)
    beside = CallTarget(None, EdgeKind.UNRESOLVED, reason=reason, role=role, uncertain=True)
    return [*(replace(target, of_entry=True) for target in resolved), beside]


def why_folded(ask: Interpreter, frame: Frame, name: str) -> str | None:
    """Tell why a callee is not walked into; inside a folded package everything is."""
    why = ask.idioms.quiet.get(name) or ask.idioms.why_folded(name)
    if why is None:
        return None
    context = frame.function().context
    caller = context.function if context is not None else ""
    return None if ask.idioms.why_folded(caller) else why
