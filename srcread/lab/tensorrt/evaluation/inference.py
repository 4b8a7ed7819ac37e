"""Tell shapes and types by running a network as it grows, twice, on inputs of different sizes.

A size that comes out different differs from run to run, and is -1. So no layer needs a shape
function besides its computation. The price: a size that only happens to be equal in both runs
passes for a fixed one, so give every named dimension two sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import torch

from srcread.lab.tensorrt.api.data import FROM_TORCH, TO_TORCH, StandInError
from srcread.lab.tensorrt.api.enumerations import DataType
from srcread.lab.tensorrt.api.layers import ILayer, ITensor
from srcread.lab.tensorrt.evaluation.plugins import References
from srcread.lab.tensorrt.evaluation.run import Evaluation, Value, check_fits

Pair = tuple[torch.Tensor, torch.Tensor]

_SIZES = (2, 3)


class TwoBindings:
    """Two runs of one network. `dimensions` gives sizes by name, `inputs` whole tensors by name."""

    def __init__(
        self,
        dimensions: Mapping[str, tuple[int, int]],
        inputs: Mapping[str, Pair],
        references: References,
        device: str,
    ) -> None:
        self._dimensions = dimensions
        self._inputs = inputs
        self._unsized: set[str] = set()
        self._runs = [
            Evaluation(partial(self._give, which), references, device, guess=True)
            for which in (0, 1)
        ]

    def shape(self, tensor: ITensor) -> tuple[int, ...]:
        """Return the sizes; -1 for one that differs between the runs."""
        if tensor.producer is None and tensor.declared_shape is not None:
            return tensor.declared_shape
        first, second = (value.tensor.shape for value in self._values(tensor))
        if len(first) != len(second):
            raise StandInError(f"{tensor.name!r} has {len(first)} or {len(second)} dimensions.")
        return tuple(a if a == b else -1 for a, b in zip(first, second, strict=True))

    def data_type(self, tensor: ITensor) -> DataType:
        """Return the type of the elements."""
        return FROM_TORCH[self._values(tensor)[0].tensor.dtype]

    def forget(self, layer: ILayer) -> None:
        """Forget what was computed from a layer on."""
        for run in self._runs:
            run.forget(layer)

    def _values(self, tensor: ITensor) -> list[Value]:
        try:
            return [run.value(tensor) for run in self._runs]
        except StandInError as error:
            unsized = ", ".join(sorted(self._unsized)) or "none"
            raise StandInError(
                f"{error} This came up while sizes were inferred with {dict(self._dimensions)}; "
                f"dimensions that were given none, and had {_SIZES[0]} and {_SIZES[1]}: {unsized}."
            ) from error

    def _give(self, which: int, tensor: ITensor) -> Value:
        """Return an input's value in one of the runs: the given one, or ones."""
        if tensor.name in self._inputs:
            given = self._inputs[tensor.name][which]
            check_fits(tensor, given)
            return Value(given)
        sizes = [
            size if size != -1 else self._size(tensor, axis)[which]
            for axis, size in enumerate(tensor.declared_shape or ())
        ]
        ones = torch.ones(sizes, dtype=TO_TORCH[tensor.declared_type or DataType.FLOAT])
        return Value(ones, frozenset((f"the input {tensor.name!r}",)))

    def _size(self, tensor: ITensor, axis: int) -> tuple[int, int]:
        """Return the two sizes of a dimension, by its name."""
        name = tensor.dimension_names.get(axis, f"{tensor.name}[{axis}]")
        if name not in self._dimensions:
            self._unsized.add(name)
        return self._dimensions.get(name, _SIZES)
