"""Kernels: functions that a decorator compiles for another device, and that a subscript launches.

Which decorators do so, and by which methods a kernel runs, is said by the idioms. The decorated
function stays itself, marked as a kernel: called from another kernel it is a function like any
other; `kernel[grid]` is the same function, marked with how it is run. What a kernel is launched
with says nothing further down but for functions: a tensor comes as a pointer to its data.

For example, `@triton.autotune(configs=…)` over `@triton.jit` over `def scale(x_ptr, n)`:
`as_kernel` answers `scale` marked as a kernel, twice. In `scale[(n,)](x, n)`, `launched` marks it
with "launched on the GPU", and `kernel_data` says that `x_ptr` is triton's tensor, not torch's.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from srcread.graph.infer.ask import Interpreter
from srcread.graph.infer.frame import Frame
from srcread.graph.infer.values import (
    NOTHING,
    External,
    ExternalInstance,
    Folded,
    FunctionValue,
    Value,
    Values,
)

_SUBSCRIPT = "[]"


def as_kernel(ask: Interpreter, maker: Value, given: Sequence[Values]) -> Values:
    """Return what a maker of kernels makes of a function; the maker where it is given none.

    NOTHING is the answer for all that makes no kernel.
    """
    if _kind(ask, maker) is None:
        return NOTHING
    functions = [value for value in (given[0] if given else ()) if isinstance(value, FunctionValue)]
    return frozenset(replace(value, launch="") for value in functions) or frozenset({maker})


def launched(ask: Interpreter, values: Values) -> Values:
    """Return the kernels among some values, as a subscript of them is run."""
    how = ask.idioms.kernel_methods.get(_SUBSCRIPT, "")
    return frozenset(
        replace(value, launch=how)
        for value in values
        if isinstance(value, FunctionValue) and value.launch is not None
    )


def kernel_method(ask: Interpreter, value: FunctionValue, name: str) -> Values:
    """Return a kernel as one of its methods runs it; NOTHING of other functions and attributes."""
    how = ask.idioms.kernel_methods.get(name)
    if how is None or value.launch is None:
        return NOTHING
    return frozenset({replace(value, launch=how)})


def kernel_data(ask: Interpreter, frame: Frame) -> Values:
    """Return what the parameters of a kernel hold: data of a class that is not read."""
    defined = frame.defined
    if not ask.idioms.makes_kernel or defined is None or isinstance(defined.node, ast.ClassDef):
        return NOTHING
    for decorator in defined.node.decorator_list:
        for value in ask.evaluate(frame.outer or frame, decorator):
            if kind := _kind(ask, value):
                return frozenset({ExternalInstance(kind)})
    return NOTHING


def _kind(ask: Interpreter, maker: Value) -> str | None:
    """Return the class of what kernels are given that such a decorator makes; None of others."""
    if isinstance(maker, External | Folded | FunctionValue):
        return ask.idioms.makes_kernel.get(maker.name.partition("~")[0])
    return None
