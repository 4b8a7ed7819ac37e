"""Decorators: what stands under a name behind `@decorator`.

A reader who meets `step()` wants `step`, and wants to know what runs around it. So a decorated
function stays itself, with the wrapper that calls it kept as `around`: a call of it reaches both,
the function by the kind of the call and the wrapper as DECORATOR, and the wrapper's own body leads
to the function too, as it does when it runs. What never calls the function replaces it. Decorators
that are not read, or whose result is not known, change nothing; neither do those of properties.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    ClassValue,
    Context,
    External,
    FunctionValue,
    GenericFunction,
    Instance,
    Partial,
    Value,
    Values,
    known,
    ordered,
)
from srcread.index.block.scope import Definition

if TYPE_CHECKING:
    from srcread.graph.infer.core.evaluate import Evaluator

_PLAIN = frozenset({"property", "staticmethod", "classmethod", "override", "final"})
_LOOKS = ("builtins.", "functools.", "inspect.", "typing.")
"""Python's own that only look at a function that they are given."""
_GENERIC = ("functools.singledispatch", "functools.singledispatchmethod")
_ACCESSORS = frozenset({"setter", "getter", "deleter"})


def decorated(evaluator: Evaluator, frame: Frame, node: Definition, made: Value) -> Values:
    """Return what a definition's name stands for; `made` is the function or class itself."""
    values: Values = frozenset({made})
    for decorator in reversed(node.decorator_list):
        if not _is_plain(decorator):
            values = _applied(evaluator, frame, decorator, values)
    return values


def calls_of_original(
    evaluator: Evaluator, context: Context, original: FunctionValue
) -> list[Context]:
    """Return the contexts in which a wrapper, run in one context, calls the function inside it."""
    found: dict[Context, None] = {}
    frame = evaluator.frame(context)
    for use in frame.scope.calls:
        assert isinstance(use.node, ast.Call)
        inner = frame.within(*use.inside)
        for value in ordered(known(evaluator.evaluate(inner, use.node.func))):
            if isinstance(value, FunctionValue) and value.name == original.name:
                found[evaluator.calls.context(value, inner, use.node)] = None
    return list(found)


def _applied(evaluator: Evaluator, frame: Frame, node: ast.expr, values: Values) -> Values:
    decorators = [
        value
        for value in ordered(evaluator.evaluate(frame, node))
        if not _changes_nothing(evaluator, value)
    ]
    if not decorators:
        return values
    found = NOTHING
    for made in ordered(values):
        for decorator in decorators:
            if isinstance(decorator, External):
                found |= {GenericFunction(made) if isinstance(made, FunctionValue) else made}
            else:
                found |= _made_by(evaluator, decorator, made)
    return found


def _made_by(evaluator: Evaluator, decorator: Value, made: Value) -> Values:
    results = known(evaluator.calls.result(decorator, [frozenset({made})], {}))
    if not results or made in results:
        return frozenset({made})
    if isinstance(made, ClassValue):
        return _extended(evaluator, results, made)
    if not isinstance(made, FunctionValue):
        return results
    wrappers = [value for value in ordered(results) if _leads_to(evaluator, value, made)]
    direct = [value for value in wrappers if not _is_half_made(evaluator, value, made)]
    around = _of_its_kind(evaluator, direct or wrappers, made)
    instead = {
        value for value in results.difference(wrappers) if not _is_half_made(evaluator, value, made)
    }
    return frozenset({replace(made, around=value) for value in around} | instead) or frozenset(
        {made}
    )


def _extended(evaluator: Evaluator, results: Values, made: ClassValue) -> Values:
    """Return the class itself where a decorator only derives from it; its order then says so."""
    found = NOTHING
    for value in ordered(results):
        if isinstance(value, ClassValue) and _derives_from_parameter(evaluator, value):
            evaluator.attributes.classes.extend(made.name, value.name)
            found |= {made}
        else:
            found |= {value}
    return found


def _derives_from_parameter(evaluator: Evaluator, cls: ClassValue) -> bool:
    defined = evaluator.index.defined(cls.name)
    if defined is None or not isinstance(defined.node, ast.ClassDef) or defined.owner is None:
        return False
    owner = defined.owner.node
    if isinstance(owner, ast.ClassDef):
        return False
    parameters = {argument.arg for argument in (*owner.args.posonlyargs, *owner.args.args)}
    return any(isinstance(base, ast.Name) and base.id in parameters for base in defined.node.bases)


def _is_plain(node: ast.expr) -> bool:
    match node:
        case ast.Name(id=name):
            return name in _PLAIN
        case ast.Attribute(attr=name):
            return name in _PLAIN or name in _ACCESSORS
    return False


def _changes_nothing(evaluator: Evaluator, decorator: Value) -> bool:
    match decorator:
        case FunctionValue(name):
            idioms = evaluator.idioms
            return name in idioms.overloads or idioms.why_folded(name) is not None
        case ClassValue() | Instance() | Partial():
            return False
        case External(name):
            return name not in _GENERIC
    return True


def _leads_to(evaluator: Evaluator, value: Value, made: FunctionValue) -> bool:
    """Tell whether calling a value calls a function: in its body, or in one inside it."""
    match value:
        case FunctionValue():
            functions = [value]
        case Instance():
            if evaluator.attributes.special(value, "__get__"):
                return False  # what it binds to objects is asked of `__get__`
            functions = evaluator.attributes.special(value, "__call__")
        case _:
            return False
    return any(
        _holds(evaluator, frame.within(*use.inside), use.node, made)
        for function in functions
        for frame in _frames(evaluator, function)
        for use in frame.scope.calls
        if isinstance(use.node, ast.Call)
    )


def _frames(evaluator: Evaluator, function: FunctionValue) -> Iterator[Frame]:
    """Yield the frame of a function called with anything, and those of the functions inside."""
    context = Context(function.name, function.bound, called=False, outer=function.context)
    frame = evaluator.frame(context)
    yield frame
    assert frame.defined is not None
    for inner in list(frame.defined.inner().values()):
        if not isinstance(inner.node, ast.ClassDef):
            yield evaluator.frame(Context(inner.name, called=False, outer=context))


def _holds(evaluator: Evaluator, frame: Frame, node: ast.Call, made: FunctionValue) -> bool:
    """Tell whether a call is one of a function, or hands that to what may call it."""
    callees = known(evaluator.evaluate(frame, node.func))
    if _has(callees, made):
        return True
    if callees and all(isinstance(c, External) and c.name.startswith(_LOOKS) for c in callees):
        return False
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(
        _has(evaluator.evaluate(frame, argument), made)
        for argument in given
        if isinstance(argument, ast.Name)
    )


def _has(values: Values, made: FunctionValue) -> bool:
    return any(isinstance(value, FunctionValue) and value.name == made.name for value in values)


def _of_its_kind(
    evaluator: Evaluator, wrappers: list[Value], made: FunctionValue
) -> list[FunctionValue | Instance]:
    """Return the wrappers that are generators or coroutines just as the function is."""
    around = [value for value in wrappers if isinstance(value, FunctionValue | Instance)]
    kind = _kind(evaluator, made)
    same = [
        value
        for value in around
        if not isinstance(value, FunctionValue) or _kind(evaluator, value) == kind
    ]
    return same or around


def _kind(evaluator: Evaluator, function: FunctionValue) -> tuple[bool, bool]:
    defined = evaluator.index.defined(function.name)
    assert defined is not None
    generates = bool(defined.scope.yields or defined.scope.delegates)
    return isinstance(defined.node, ast.AsyncFunctionDef), generates


def _is_half_made(evaluator: Evaluator, value: Value, made: FunctionValue) -> bool:
    """Tell whether a result is itself a decorator: what `@decorator()` gives, not `@decorator`."""
    if not isinstance(value, FunctionValue | Partial):
        return False
    results = known(evaluator.calls.result(value, [frozenset({made})], {}))
    return _has(results, made) or any(_leads_to(evaluator, result, made) for result in results)
