"""What a framework loads beside TensorRT: stood in for, as little as an import and a build need.

- `cuda.cudart`, the CUDA runtime: the types that are named when a module is imported; any function
  raises when it is called. Left alone where cuda-python is installed.
- `mpi4py.MPI`: a world of one process. Left alone where mpi4py is installed.
- `ctypes.CDLL` of a library whose path holds the framework's name: a handle whose functions take
  anything and say that all is well. Other libraries are loaded as ever.
- `torch.ops.load_library` of such a library, by which `torch.classes` loads too: nothing is loaded,
  so an operator of it is missing when it is called.
- `device="cuda"` in torch's factory functions, on a machine without a GPU: the CPU. A mode of torch
  would be shorter, but modes change which branch torch takes.

polygraphy and pynvml, which frameworks try to import and do without, are not stood in for.
"""

from __future__ import annotations

import ctypes
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from enum import IntEnum
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from srcread.lab.tensorrt.api.data import StandInError

_FACTORIES = ["arange", "empty", "full", "ones", "rand", "randint", "randn", "tensor", "zeros"]


@contextmanager
def companions(framework: str) -> Iterator[tuple[str, ...]]:
    """Stand in, until the end of the block, for what a framework loads; tell for what.

    `framework` is in the paths of the framework's own libraries, as `tensorrt_llm` is.
    """
    with ExitStack() as stack:
        told = [*_modules(stack), *_libraries(stack, framework)]
        if not torch.cuda.is_available():
            for name in _FACTORIES:
                factory = getattr(torch, name)
                stack.enter_context(replaced(vars(torch), {name: _on_cpu(factory)}))
            told.append("device='cuda' of torch's factory functions")
        yield tuple(told)


@contextmanager
def replaced(names: MutableMapping[str, Any], replacements: Mapping[str, Any]) -> Iterator[None]:
    """Give names other values until the end of the block, and leave all other names alone."""
    before = {name: names[name] for name in replacements if name in names}
    names.update(replacements)
    try:
        yield
    finally:
        for name in replacements:
            if name in before:
                names[name] = before[name]
            else:
                names.pop(name, None)


def _modules(stack: ExitStack) -> Iterator[str]:
    made = {"cuda": _cuda(), "mpi4py": _mpi()}
    for name, modules in made.items():
        if importlib.util.find_spec(name) is None:
            stack.enter_context(replaced(sys.modules, modules))
            yield name


def _libraries(stack: ExitStack, framework: str) -> Iterator[str]:
    for owner, name, stand_in in (
        (ctypes, "CDLL", _Library),
        (torch.ops, "load_library", None),
    ):
        loader = _unless(framework, getattr(owner, name), stand_in)
        stack.enter_context(replaced(vars(owner), {name: loader}))
    yield f"libraries with {framework!r} in their paths"


def _unless(
    framework: str, real: Callable[..., Any], stand_in: Callable[[], Any] | None
) -> Callable[..., Any]:
    """Return what loads a library unless its file is the framework's own."""

    @wraps(real, updated=())
    def load(path: Any, *arguments: Any, **named: Any) -> Any:
        if path is not None and any(framework in part for part in Path(str(path)).parts):
            return stand_in() if stand_in is not None else None
        return real(path, *arguments, **named)

    return load


class _Library:
    """A handle of a library that is not there."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        function = _Function()
        setattr(self, name, function)
        return function


class _Function:
    argtypes: Any = None
    restype: Any = None

    def __call__(self, *arguments: object) -> bool:
        return True


def _on_cpu(factory: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(factory)
    def make(*arguments: Any, **named: Any) -> Any:
        if str(named.get("device", "")).startswith("cuda"):
            named["device"] = "cpu"
        return factory(*arguments, **named)

    return make


class _CudaError(IntEnum):
    cudaSuccess = 0
    cudaErrorPeerAccessAlreadyEnabled = 704
    cudaErrorPeerAccessNotEnabled = 705


class _CudaModule(ModuleType):
    """The CUDA runtime: a function can be named and not called."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if not name.startswith("cuda"):
            raise AttributeError(name)

        def absent(*arguments: object) -> Any:
            raise StandInError(f"No CUDA runtime stands behind {name!r}: it needs cuda-python.")

        return absent


def _cuda() -> dict[str, ModuleType]:
    cuda, runtime = ModuleType("cuda"), _CudaModule("cuda.cudart")
    vars(runtime)["cudaError_t"] = _CudaError
    for name in ("cudaGraphExec_t", "cudaIpcMemHandle_t"):
        vars(runtime)[name] = type(name, (), {})
    vars(cuda)["cudart"] = runtime
    return {"cuda": cuda, "cuda.cudart": runtime}


class _World:
    """A world of one process."""

    def Get_rank(self) -> int:
        return 0

    def Get_size(self) -> int:
        return 1

    def Split(self, color: int = 0, key: int = 0) -> _World:
        return self

    def allgather(self, item: Any) -> list[Any]:
        return [item]

    def bcast(self, item: Any, root: int = 0) -> Any:
        return item

    def Barrier(self) -> None:
        return None


def _mpi() -> dict[str, ModuleType]:
    package, mpi = ModuleType("mpi4py"), ModuleType("mpi4py.MPI")
    vars(mpi)["COMM_WORLD"] = _World()
    vars(package)["MPI"] = mpi
    return {"mpi4py": package, "mpi4py.MPI": mpi}
