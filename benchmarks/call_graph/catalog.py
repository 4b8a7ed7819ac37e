"""The names by which a framework's C functions can be called, gathered in the running framework.

A record is made before any graph is known, so that one record serves every build and every tool;
afterwards only the names of functions that were called are kept. Left out: what lies neither in
torch's own namespaces nor in a class of its C module.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

_NAMESPACES = ("torch", "torch.nn.functional", "torch.special", "torch.linalg", "torch.fft")
_C = "torch._C"
_OBJECTS = ("_VariableFunctions", "_nn")
"""What holds functions in torch._C and is no module."""


def native_names() -> list[str]:
    """Return every dotted name that a call may give to a C function of torch."""
    modules = [name for name in sys.modules if name == _C or name.startswith(f"{_C}.")]
    return sorted(
        {
            name
            for module in (*modules, *_NAMESPACES)
            if module in sys.modules
            for name in _names(module)
        }
    )


def _names(module: str) -> Iterator[str]:
    for name, value in vars(sys.modules[module]).items():
        match value:
            case type() if module == _C or module.startswith(f"{_C}."):
                yield from (f"{module}.{name}.{member}" for member in _callables(value))
            case _ if module == _C and name in _OBJECTS:
                yield from (f"{module}.{name}.{member}" for member in dir(value))
            case type() | ModuleType():
                pass
            case _ if callable(value) and not hasattr(value, "__code__"):
                yield f"{module}.{name}"


def _callables(owner: type) -> Iterator[str]:
    for name, value in vars(owner).items():
        if callable(value) and not hasattr(value, "__code__"):
            yield name
