"""Values in words, for traces: shapes and types, never a tensor's numbers.

A tuple or list becomes a list of its items' words. What a value is, is asked of plain types and
tensors only: a subclass may answer for itself, a nested tensor has no shape to speak of, and while
a torch function mode or torch.jit.trace is on, it would be told of the question.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

_LONGEST = 60
_ADDRESSES = 1 << 40  # an `id`, which differs from run to run, lies above
_MOST_ITEMS = 8
_DEEPEST = 2
_SHORT = {"float": "f", "bfloat": "bf", "int": "i", "uint": "u", "complex": "c"}
_NAMED = (types.FunctionType, types.BuiltinFunctionType, type)


def describe(clean: Callable[[str], str], value: Any, depth: int = 0) -> Any:
    """Say what a value is: a string, or a list of such for a tuple or list.

    `clean` cuts from a string what would tell of a machine.
    """
    kind = type(value)
    if value is None or kind is bool or value is Ellipsis:
        return repr(value)
    if kind is int:
        return repr(value) if abs(value) < _ADDRESSES else "<int>"
    if kind is float:
        return f"{value:.4g}"
    if kind is str:
        return clean(repr(value if len(value) <= _LONGEST else value[: _LONGEST - 1] + "…"))
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "Tensor"):
        if issubclass(kind, torch.Tensor):
            return _tensor(torch, value, kind)
        if kind is torch.Size and torch._C._get_tracing_state() is None:
            return f"({', '.join(map(str, value))}{',' if len(value) == 1 else ''})"
        if kind in (torch.dtype, torch.device, torch.layout):
            return str(value).replace("torch.", "")
    if kind is tuple or kind is list:
        return _items(clean, value, depth)
    if kind in _NAMED:
        return f"<{value.__qualname__}>"
    return f"<{kind.__name__}>"


def _items(clean: Callable[[str], str], value: Any, depth: int) -> Any:
    if depth >= _DEEPEST:
        return f"<{type(value).__name__} of {len(value)}>"
    listed = [describe(clean, item, depth + 1) for item in value[:_MOST_ITEMS]]
    return listed + (["…"] if len(value) > _MOST_ITEMS else [])


def _tensor(torch: Any, value: Any, kind: type) -> str:
    plain = kind in (torch.Tensor, torch.nn.Parameter, torch.nn.Buffer)
    asked = torch._C._len_torch_function_stack() or torch._C._get_tracing_state() is not None
    if not plain or asked:
        return f"<{kind.__name__}>"
    about = _dtype(str(value.dtype)[6:])
    if value.device.type != "cpu":
        about += f" {value.device.type}"
    if value.is_nested:
        return f"nested, {about}"
    shape = tuple(value.shape)
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''}) {about}"


def _dtype(name: str) -> str:
    """Return `f32` for float32, as kernels and papers write it."""
    head = name.rstrip("0123456789")
    return f"{_SHORT[head]}{name[len(head) :]}" if head in _SHORT and head != name else name
