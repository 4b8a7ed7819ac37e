"""TensorRT's plain data: weights, dimensions, data types as torch knows them, and axes as bits."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable
from typing import Any

import torch

from srcread.errors import SrcreadError
from srcread.lab.tensorrt.api.enumerations import DataType

TO_TORCH = {
    DataType.FLOAT: torch.float32,
    DataType.HALF: torch.float16,
    DataType.INT8: torch.int8,
    DataType.INT32: torch.int32,
    DataType.BOOL: torch.bool,
    DataType.UINT8: torch.uint8,
    DataType.FP8: torch.float8_e4m3fn,
    DataType.BF16: torch.bfloat16,
    DataType.INT64: torch.int64,
}
FROM_TORCH = {torch_type: data_type for data_type, torch_type in TO_TORCH.items()}


class StandInError(SrcreadError):
    """What the stand-in does not know or cannot do; the message names it."""


class Dims(tuple[int, ...]):
    """The sizes of a tensor; -1 is one that differs from run to run."""

    def __new__(cls, sizes: Iterable[int] = ()) -> Dims:
        """Make them of any whole numbers."""
        return super().__new__(cls, (int(size) for size in sizes))

    def volume(self) -> int:
        """Return the number of elements; 1 for no dimensions."""
        return math.prod(self)


class Weights:
    """Numbers in the caller's memory: of a type at an address, of an array, or none.

    TensorRT refers to that memory until the engine is built. Here it is read when a layer is made
    of it, for whoever evaluates a network later may have let the memory go.
    """

    # No attributes by name: controls compare those of two runs, and no two share an address.
    __slots__ = ("address", "size", "source")

    def __init__(self, source: Any = None, address: int = 0, count: int = 0) -> None:
        self.source = source
        self.address = address
        self.size = count if isinstance(source, DataType) else int(getattr(source, "size", 0))

    def values(self) -> torch.Tensor:
        """Return a copy of the numbers, in one dimension."""
        match self.source:
            case None:
                return torch.empty(0)
            case DataType() as data_type:
                return _read(self.address, self.size, TO_TORCH[data_type])
        return torch.as_tensor(self.source).detach().clone().reshape(-1)


def axes_of(bits: int) -> tuple[int, ...]:
    """Return the axes that are set in a bit mask, ascending."""
    return tuple(axis for axis in range(int(bits).bit_length()) if int(bits) >> axis & 1)


def _read(address: int, count: int, torch_type: torch.dtype) -> torch.Tensor:
    if not count:
        return torch.empty(0, dtype=torch_type)
    length = count * torch_type.itemsize
    return torch.frombuffer(bytearray(ctypes.string_at(address, length)), dtype=torch_type)
