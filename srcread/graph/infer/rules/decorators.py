"""Decorators: what stands under a name behind `@decorator`.

A reader who meets `step()` wants `step`, and wants to know what runs around it. So a decorated
function stays itself, with the wrapper that calls it kept as `around`: a call of it reaches both,
the function by the kind of the call and the wrapper as DECORATOR, and the wrapper's own body leads
to the function too, as it does when it runs. What never calls the function replaces it. Decorators
that are not read, or whose result is not known, change nothing; neither do those of properties.

For example, `@logged` above `def step()`, where `def logged(f)` defines `def wrapper(): f()` and
returns that: the name `step` stands for the function `step` with `wrapper` as its `around`;
`@functools.cache`, which is not read, leaves `step` as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.rules.kernels import as_kernel
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
from srcread.index import Defined
from srcread.index.block.scope import Definition

_PLAIN = frozenset({"property", "staticmethod", "classmethod", "override", "final"})
_LOOKS = ("builtins.", "functools.", "inspect.", "typing.")
"""Python's own that only look at a function that they are given."""
_GENERIC = ("functools.singledispatch", "functools.singledispatchmethod")
_ACCESSORS = frozenset({"setter", "getter", "deleter"})


def decorated(ask: Interpreter, frame: Frame, node: Definition, made: Value) -> Values:
    """Return what a definition's name stands for; `made` is the function or class itself."""
    values: Values = frozenset({made})
    for decorator in reversed(node.decorator_list):
        if not _is_plain(decorator):
            values = _applied(ask, frame, decorator, values)
    return values


def below(ask: Interpreter, frame: Frame, decorator: ast.expr) -> Values:
    """Return what one of the decorators of a definition in a block is called with."""
    assert frame.defined is not None
    found = _decorated(frame.defined).get(id(decorator))
    if found is None:
        return NOTHING
    name, node = found
    is_class = isinstance(node, ast.ClassDef)
    made = ClassValue(name, bare=True) if is_class else FunctionValue(name, context=frame.context)
    values: Values = frozenset({made})
    for inner in reversed(node.decorator_list):
        if inner is decorator:
            break
        if not _is_plain(inner):
            values = _applied(ask, frame, inner, values)
    return values


@lru_cache(maxsize=64)
def _decorated(block: Defined) -> dict[int, tuple[str, Definition]]:
    """Return the definitions directly in a block, by the `id` of each of their decorators."""
    return {
        id(decorator): (inner.name, inner.node)
        for inner in list(block.inner().values())
        for decorator in inner.node.decorator_list
    }


def calls_of_original(ask: Interpreter, context: Context, original: FunctionValue) -> list[Context]:
    """Return the contexts in which a wrapper, run in one context, calls the function inside it."""
    found: dict[Context, None] = {}
    frame = ask.frame(context)
    for use in frame.scope.calls:
        assert isinstance(use.node, ast.Call)
        inner = frame.within(*use.inside)
        for value in ordered(known(ask.evaluate(inner, use.node.func))):
            if isinstance(value, FunctionValue) and value.name == original.name:
                found[ask.contexts.of_call(value, inner, use.node)] = None
    return list(found)


def around(wrapper: FunctionValue | Instance, callee: FunctionValue) -> Value:
    """Return what runs around a decorated function, bound to the object that this is bound to.

    An object is not bound: only functions are.
    """
    return replace(wrapper, bound=callee.bound) if isinstance(wrapper, FunctionValue) else wrapper


def _applied(ask: Interpreter, frame: Frame, node: ast.expr, values: Values) -> Values:
    evaluated = ordered(ask.evaluate(frame, node))
    if kernels := NOTHING.union(*(as_kernel(ask, value, [values]) for value in evaluated)):
        return kernels
    decorators = [value for value in evaluated if not _changes_nothing(ask, value)]
    if not decorators:
        return values
    found = NOTHING
    for made in ordered(values):
        for decorator in decorators:
            if isinstance(decorator, External):
                found |= {GenericFunction(made) if isinstance(made, FunctionValue) else made}
            else:
                found |= _made_by(ask, decorator, made)
    return found


def _made_by(ask: Interpreter, decorator: Value, made: Value) -> Values:
    results = known(ask.calls.result(decorator, [frozenset({made})], {}))
    if not results or made in results:
        return frozenset({made})
    if isinstance(made, ClassValue):
        return _extended(ask, results, made)
    if not isinstance(made, FunctionValue):
        return results
    wrappers = [value for value in ordered(results) if leads_to(ask, value, made)]
    direct = [value for value in wrappers if not _is_half_made(ask, value, made)]
    around = _of_its_kind(ask, direct or wrappers, made)
    instead = {
        value for value in results.difference(wrappers) if not _is_half_made(ask, value, made)
    }
    return frozenset({replace(made, around=value) for value in around} | instead) or frozenset(
        {made}
    )


def _extended(ask: Interpreter, results: Values, made: ClassValue) -> Values:
    """Return the class itself where a decorator only derives from it; its order then says so."""
    found = NOTHING
    for value in ordered(results):
        if isinstance(value, ClassValue) and _derives_from_parameter(ask, value):
            ask.classes.extend(made.name, value.name)
            found |= {made}
        else:
            found |= {value}
    return found


def _derives_from_parameter(ask: Interpreter, cls: ClassValue) -> bool:
    defined = ask.index.defined(cls.name)
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


def _changes_nothing(ask: Interpreter, decorator: Value) -> bool:
    match decorator:
        case FunctionValue(name):
            idioms = ask.idioms
            return name in idioms.overloads or idioms.why_folded(name) is not None
        case ClassValue() | Instance() | Partial():
            return False
        case External(name):
            return name not in _GENERIC
    return True


def leads_to(ask: Interpreter, value: Value, made: FunctionValue) -> bool:
    """Tell whether calling a value calls a function: in its body, or in one inside it."""
    match value:
        case FunctionValue():
            functions = [value]
        case Instance():
            if ask.attributes.special(value, "__get__"):
                return False  # what it binds to objects is asked of `__get__`
            functions = ask.attributes.special(value, "__call__")
        case _:
            return False
    return any(
        _holds(ask, frame.within(*use.inside), use.node, made)
        for function in functions
        for frame in _frames(ask, function)
        for use in frame.scope.calls
        if isinstance(use.node, ast.Call)
    )


def _frames(ask: Interpreter, function: FunctionValue) -> Iterator[Frame]:
    """Yield the frame of a function called with anything, and those of the functions inside."""
    context = Context(function.name, function.bound, called=False, outer=function.context)
    frame = ask.frame(context)
    yield frame
    assert frame.defined is not None
    for inner in list(frame.defined.inner().values()):
        if not isinstance(inner.node, ast.ClassDef):
            yield ask.frame(Context(inner.name, called=False, outer=context))


def _holds(ask: Interpreter, frame: Frame, node: ast.Call, made: FunctionValue) -> bool:
    """Tell whether a call is one of a function, or hands that to what may call it."""
    callees = known(ask.evaluate(frame, node.func))
    if _has(callees, made):
        return True
    if callees and all(isinstance(c, External) and c.name.startswith(_LOOKS) for c in callees):
        return False
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(
        _has(ask.evaluate(frame, argument), made)
        for argument in given
        if isinstance(argument, ast.Name)
    )


def _has(values: Values, made: FunctionValue) -> bool:
    return any(isinstance(value, FunctionValue) and value.name == made.name for value in values)


def _of_its_kind(
    ask: Interpreter, wrappers: list[Value], made: FunctionValue
) -> list[FunctionValue | Instance]:
    """Return the wrappers that are generators or coroutines just as the function is."""
    around = [value for value in wrappers if isinstance(value, FunctionValue | Instance)]
    kind = _kind(ask, made)
    same = [
        value
        for value in around
        if not isinstance(value, FunctionValue) or _kind(ask, value) == kind
    ]
    return same or around


def _kind(ask: Interpreter, function: FunctionValue) -> tuple[bool, bool]:
    defined = ask.index.defined(function.name)
    assert defined is not None
    generates = bool(defined.scope.yields or defined.scope.delegates)
    return isinstance(defined.node, ast.AsyncFunctionDef), generates


def _is_half_made(ask: Interpreter, value: Value, made: FunctionValue) -> bool:
    """Tell whether a result is itself a decorator: what `@decorator()` gives, not `@decorator`."""
    if not isinstance(value, FunctionValue | Partial):
        return False
    results = known(ask.calls.result(value, [frozenset({made})], {}))
    return _has(results, made) or any(leads_to(ask, result, made) for result in results)
