"""Triton's language as far as kernels that move data need it: programs run one after the other.

    @triton.jit
    def kernel(x_ptr, y_ptr, N: tl.constexpr):
        offsets = tl.program_id(0) * N + tl.arange(0, N)
        tl.store(y_ptr + offsets, tl.load(x_ptr + offsets))

    kernel[(blocks,)](x, y, 4)

A tensor that is an argument is a pointer to its first element, and an offset counts elements, as in
Triton (https://triton-lang.org). The kernel's Python runs as it is, once for each program of the
grid, in order: what depends on programs that run at once does not show here. A pointer that leads
out of its storage raises, where a GPU reads or writes what is there. `tl.arange` has a length that
is a power of two, as Triton's compiler asks. Other names of the language raise by name.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeAlias

import torch

from srcread.lab.gpu.flash import StandInError

Offset: TypeAlias = "int | torch.Tensor"
_LAUNCH = frozenset(("num_warps", "num_stages", "num_ctas", "maxnreg"))
"""Keywords of a launch that say how a GPU is to run it, and nothing of what."""

_program: ContextVar[tuple[tuple[int, ...], tuple[int, ...]]] = ContextVar("_program")


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place in a tensor's storage, or several: `offset` counts from its first element."""

    tensor: torch.Tensor
    offset: Offset = 0

    def __add__(self, more: Offset) -> Pointer:
        return Pointer(self.tensor, self.offset + more)

    __radd__ = __add__

    def __sub__(self, less: Offset) -> Pointer:
        return Pointer(self.tensor, self.offset - less)


class Kernel:
    """A function that `jit` was given: `kernel[grid](…)` runs it once for each program."""

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.fn = function

    def __getitem__(self, grid: Any) -> Callable[..., None]:
        return functools.partial(self._launch, grid)

    def __call__(self, *arguments: Any, **named: Any) -> None:
        """Refuse a call without a grid, as Triton does."""
        raise StandInError(f"{self.fn.__name__} is called without a grid: {self.fn.__name__}[…](…)")

    def _launch(self, grid: Any, *arguments: Any, **named: Any) -> None:
        named = {name: value for name, value in named.items() if name not in _LAUNCH}
        if callable(grid):
            code = self.fn.__code__
            names = code.co_varnames[: code.co_argcount]
            grid = grid({**dict(zip(names, arguments, strict=False)), **named})
        sizes = tuple(grid)
        given = [_pointer(value) for value in arguments]
        by_name = {name: _pointer(value) for name, value in named.items()}
        for program in itertools.product(*(range(size) for size in sizes)):
            token = _program.set((program, sizes))
            try:
                self.fn(*given, **by_name)
            finally:
                _program.reset(token)


def jit(function: Callable[..., Any] | None = None, **options: Any) -> Any:
    """Make a kernel of a function; options of the compiler are passed over."""
    return Kernel if function is None else Kernel(function)


def program_id(axis: int) -> int:
    """Return which program of the grid runs, along an axis."""
    return _running()[0][axis]


def num_programs(axis: int) -> int:
    """Return how many programs the grid has along an axis."""
    return _running()[1][axis]


def arange(start: int, end: int) -> torch.Tensor:
    """Return the numbers from `start` to below `end`.

    Raises:
        StandInError: their count is not a power of two.
    """
    count = end - start
    if count < 1 or count & (count - 1):
        raise StandInError(f"tl.arange({start}, {end}): Triton takes a power of two, not {count}.")
    return torch.arange(start, end)


def load(pointer: Pointer, mask: Any = None, other: Any = 0) -> torch.Tensor:
    """Return what stands at a pointer, `other` where the mask is false.

    Raises:
        StandInError: a place that is read lies outside the tensor's storage.
    """
    memory, places = _memory(pointer), torch.as_tensor(pointer.offset)
    read = torch.ones_like(places, dtype=torch.bool) if mask is None else torch.as_tensor(mask)
    read = read.expand_as(places)
    _refuse_outside(places[read], memory, "read")
    found = memory[places.clamp(0, max(memory.numel() - 1, 0))]
    return found if mask is None else torch.where(read, found, torch.as_tensor(other).to(found))


def store(pointer: Pointer, value: Any, mask: Any = None) -> None:
    """Write a value to a pointer, where the mask is true.

    Raises:
        StandInError: a place that is written lies outside the tensor's storage.
    """
    memory, places = _memory(pointer), torch.as_tensor(pointer.offset)
    values = torch.as_tensor(value).to(memory.dtype).expand_as(places)
    if mask is not None:
        write = torch.as_tensor(mask).expand_as(places)
        places, values = places[write], values[write]
    _refuse_outside(places, memory, "written")
    memory[places] = values


def cdiv(dividend: int, divisor: int) -> int:
    """Divide and round up."""
    return -(-dividend // divisor)


def triton_modules() -> dict[str, ModuleType]:
    """Return `triton` and `triton.language`, by name."""
    package = ModuleType("triton", "A stand-in that runs programs one after the other.")
    language = ModuleType("triton.language", "A stand-in for Triton's language.")
    vars(package).update(jit=jit, cdiv=cdiv, language=language, __path__=[], __version__="3.0.0")
    vars(language).update(
        {one.__name__: one for one in (program_id, num_programs, arange, load, store, cdiv)}
    )
    vars(language).update(constexpr=_Constant, where=torch.where, __getattr__=_absent)
    return {"triton": package, "triton.language": language}


class _Constant:
    """The annotation of a parameter that is known when a kernel is compiled."""


def _absent(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    raise StandInError(f"{name!r} of triton.language is not stood in for.")


def _running() -> tuple[tuple[int, ...], tuple[int, ...]]:
    try:
        return _program.get()
    except LookupError:
        raise StandInError("No program runs: this may be called in a kernel only.") from None


def _pointer(value: Any) -> Any:
    return Pointer(value) if isinstance(value, torch.Tensor) else value


def _memory(pointer: Pointer) -> torch.Tensor:
    """Return the storage from a tensor's first element on, flat, whatever its strides."""
    if not isinstance(pointer, Pointer):
        raise StandInError(f"{pointer!r} is no pointer: give a kernel the tensor itself.")
    tensor = pointer.tensor
    whole = tensor.untyped_storage().nbytes() // tensor.element_size()
    return tensor.as_strided((whole - tensor.storage_offset(),), (1,), tensor.storage_offset())


def _refuse_outside(places: torch.Tensor, memory: torch.Tensor, what: str) -> None:
    outside = [one for one in places.flatten().tolist() if not 0 <= one < memory.numel()]
    if outside:
        raise StandInError(
            f"Element {outside[0]} is {what}, and the tensor's storage holds {memory.numel()} from "
            "its first on: a GPU would touch other memory."
        )
