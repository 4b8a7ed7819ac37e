"""Replies of native functions, changed: what a mutant does where no Python text can be changed.

The change stands at one call site, not in every module that binds the function: a snippet's own
computation by hand, which calls the same functions, must keep the real one, or a claim that
compares the two could not notice anything. No random number is drawn.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

PREFIX = "srcread: the reply is "


def is_native(function: types.FunctionType, name: str) -> bool:
    """Tell whether a dotted name in a function is, as it runs, a function not written in Python."""
    root, *rest = name.split(".")
    found = function.__globals__.get(root)
    for part in rest:
        found = getattr(found, part, None)
    return isinstance(found, types.BuiltinFunctionType)


def changes() -> dict[str, object]:
    """Return, by the text that stands for it, what takes a native function and changes it."""
    return {f"{PREFIX}{change.__name__}": change for change in (zeros, negative, shifted, swapped)}


def zeros(function: Callable[..., Any]) -> Callable[..., Any]:
    """Reply with zeros."""
    return _mapped(function, lambda value: value * 0)


def negative(function: Callable[..., Any]) -> Callable[..., Any]:
    """Reply with the negative."""
    return _mapped(function, lambda value: -value)


def shifted(function: Callable[..., Any]) -> Callable[..., Any]:
    """Reply with slightly other values."""
    return _mapped(function, lambda value: value * 1.01 + 0.01)


def swapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Exchange the first two arguments."""

    def call(*given: Any, **named: Any) -> Any:
        return function(*given[1::-1], *given[2:], **named)

    return call


def _mapped(function: Callable[..., Any], change: Callable[[Any], Any]) -> Callable[..., Any]:
    def changed(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(changed(item) for item in value)
        tensor = getattr(sys.modules.get("torch"), "Tensor", ())
        if isinstance(value, tensor) and value.is_floating_point():
            return change(value)
        return change(value) if type(value) is float else value

    return lambda *given, **named: changed(function(*given, **named))
