"""Layers that move elements, or make them: constants, shapes, slices, gathers, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import torch

from srcread.lab.tensorrt.api import kinds
from srcread.lab.tensorrt.api.data import StandInError
from srcread.lab.tensorrt.api.enumerations import FillOperation, GatherMode, SampleMode
from srcread.lab.tensorrt.evaluation.pointwise import alike, check_ranks
from srcread.lab.tensorrt.evaluation.reductions import default_axis

Given: TypeAlias = torch.Tensor | None


def constant(layer: kinds.IConstantLayer) -> torch.Tensor:
    """Give the numbers."""
    return layer.values


def shape(layer: kinds.IShapeLayer, x: torch.Tensor) -> torch.Tensor:
    """Give the sizes; INT32, as TensorRT did before version 10."""
    return torch.tensor(x.shape, dtype=torch.int32, device=x.device)


def shuffle(layer: kinds.IShuffleLayer, x: torch.Tensor, dims: Given = None) -> torch.Tensor:
    """Transpose, reshape and transpose; 0 keeps a size, unless zeros are no placeholders."""
    if layer.first_transpose is not None:
        x = x.permute(*layer.first_transpose)
    sizes = numbers(dims) if dims is not None else layer.reshape_dims
    if sizes is not None:
        kept = layer.zero_is_placeholder
        x = x.reshape([x.shape[i] if kept and not size else size for i, size in enumerate(sizes)])
    return x if layer.second_transpose is None else x.permute(*layer.second_transpose)


def slice_(
    layer: kinds.ISliceLayer,
    x: torch.Tensor,
    start: Given = None,
    size: Given = None,
    stride: Given = None,
) -> torch.Tensor:
    """Take elements in each dimension; a stride of 0 repeats one, a negative one goes back."""
    if layer.mode is not SampleMode.STRICT_BOUNDS:
        raise StandInError(f"{layer.described()}: the stand-in does not know {layer.mode}.")
    starts, sizes, strides = (
        numbers(given) if given is not None else list(fixed)
        for given, fixed in ((start, layer.start), (size, layer.shape), (stride, layer.stride))
    )
    if not len(starts) == len(sizes) == len(strides) == x.dim():
        raise StandInError(
            f"{layer.described()}: start {starts}, shape {sizes} and stride {strides} do not fit "
            f"{x.dim()} dimensions."
        )
    for axis, (first, count, step) in enumerate(zip(starts, sizes, strides, strict=True)):
        places = [first + number * step for number in range(count)]
        if any(not 0 <= place < x.shape[axis] for place in (places[:1] + places[-1:])):
            raise StandInError(
                f"{layer.described()}: elements {places[0]} to {places[-1]} of axis {axis} are "
                f"asked for, and there are {x.shape[axis]}."
            )
        if places != list(range(x.shape[axis])):
            x = x.index_select(axis, torch.tensor(places, dtype=torch.long, device=x.device))
    return x


def concatenation(layer: kinds.IConcatenationLayer, *tensors: torch.Tensor) -> torch.Tensor:
    """Join along an axis."""
    check_ranks(layer, *tensors)
    axis = layer.axis if layer.axis is not None else default_axis(tensors[0])
    return torch.cat(alike(layer, *tensors), axis)


def gather(layer: kinds.IGatherLayer, x: torch.Tensor, indices: torch.Tensor) -> torch.Tensor:
    """Take elements at indices, read in one of three ways."""
    places = indices.long()
    match layer.mode:
        case GatherMode.ELEMENT:
            return torch.gather(x, layer.axis, places)
        case GatherMode.ND:
            return x[tuple(places[..., axis] for axis in range(places.shape[-1]))]
    axis = layer.axis % x.dim()
    taken = x.index_select(axis, places.reshape(-1))
    return taken.reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])


def fill(
    layer: kinds.IFillLayer, size: Given = None, start: Given = None, step: Given = None
) -> torch.Tensor:
    """Count from a start by a step for each axis."""
    if layer.operation is not FillOperation.LINSPACE:
        raise StandInError(f"{layer.described()}: the stand-in does not know {layer.operation}.")
    sizes = numbers(size) if size is not None else list(layer.shape)
    first = start.reshape(()) if start is not None else torch.tensor(layer.alpha)
    steps = step.reshape(-1) if step is not None else torch.tensor([layer.beta] * len(sizes))
    result = first.expand(sizes)
    for axis, (count, distance) in enumerate(zip(sizes, steps, strict=True)):
        along = [1] * len(sizes)
        along[axis] = count
        counted = torch.arange(count, device=first.device) * distance.to(first.device)
        result = result + counted.reshape(along).to(first.dtype)
    return result


def numbers(values: torch.Tensor) -> list[int]:
    """Return the values of a shape tensor."""
    return [int(value) for value in values.reshape(-1).tolist()]


def sizes_of(given: Given, fixed: Sequence[int] | None) -> list[int] | None:
    """Return the sizes that a tensor gives, else those that are set."""
    return numbers(given) if given is not None else list(fixed) if fixed is not None else None
