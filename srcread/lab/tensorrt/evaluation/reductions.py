"""Layers that compute along axes: reductions, softmax, the largest, normalisation, products."""

from __future__ import annotations

import torch

from srcread.lab.tensorrt.api import kinds
from srcread.lab.tensorrt.api.data import StandInError, axes_of
from srcread.lab.tensorrt.api.enumerations import (
    DataType,
    MatrixOperation,
    ReduceOperation,
    TopKOperation,
)
from srcread.lab.tensorrt.api.layers import ILayer
from srcread.lab.tensorrt.evaluation.pointwise import alike, check_ranks

_REDUCTIONS = {
    ReduceOperation.SUM: torch.sum,
    ReduceOperation.AVG: torch.mean,
    ReduceOperation.MAX: torch.amax,
    ReduceOperation.MIN: torch.amin,
}


def reduce(layer: kinds.IReduceLayer, x: torch.Tensor) -> torch.Tensor:
    """Reduce over the axes of the bit mask, in the type of the input."""
    axes = _axes(layer, layer.axes, x)
    if layer.op is ReduceOperation.PROD:
        for axis in reversed(axes):
            x = torch.prod(x, axis, keepdim=layer.keep_dims, dtype=x.dtype)
        return x
    result: torch.Tensor = _REDUCTIONS[layer.op](x, dim=axes, keepdim=layer.keep_dims)
    return result.to(x.dtype)


def softmax(layer: kinds.ISoftMaxLayer, x: torch.Tensor) -> torch.Tensor:
    """Normalise exponentials along the one axis of the bit mask."""
    bits = layer.axes if layer.axes is not None else 1 << default_axis(x)
    return torch.softmax(x, _one_axis(layer, bits, x))


def top_k(
    layer: kinds.ITopKLayer, x: torch.Tensor, count: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Find the largest or smallest along the one axis; of equal ones the first comes first."""
    axis = _one_axis(layer, layer.axes, x)
    k = int(count) if count is not None else layer.k
    descending = layer.op is TopKOperation.MAX
    values, places = torch.sort(x, dim=axis, descending=descending, stable=True)
    return values.narrow(axis, 0, k), places.narrow(axis, 0, k).to(torch.int32)


def normalization(
    layer: kinds.INormalizationLayer, x: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor
) -> torch.Tensor:
    """Normalise by mean and variance, in single precision unless told otherwise."""
    check_ranks(layer, x, scale, bias)
    wide = x.float() if layer.compute_precision is DataType.FLOAT else x
    if layer.num_groups == 1:
        normal = _normal(wide, _axes(layer, layer.axes, x), layer.epsilon)
    else:
        groups = wide.reshape(x.shape[0], layer.num_groups, -1)
        normal = _normal(groups, (2,), layer.epsilon).reshape(x.shape)
    normal, scale, bias = alike(layer, normal.to(x.dtype), scale, bias)
    return normal * scale + bias


def matrix_multiply(
    layer: kinds.IMatrixMultiplyLayer, left: torch.Tensor, right: torch.Tensor
) -> torch.Tensor:
    """Multiply matrices, or vectors where an operand is read as one."""
    left, right = alike(layer, left, right)
    left_vector, right_vector = (
        operation is MatrixOperation.VECTOR for operation in (layer.op0, layer.op1)
    )
    left = left.unsqueeze(-2) if left_vector else _transposed(left, layer.op0)
    right = right.unsqueeze(-1) if right_vector else _transposed(right, layer.op1)
    check_ranks(layer, left, right)
    product = torch.matmul(left, right)
    product = product.squeeze(-1) if right_vector else product
    return product.squeeze(-1 if right_vector else -2) if left_vector else product


def einsum(layer: kinds.IEinsumLayer, *operands: torch.Tensor) -> torch.Tensor:
    """Multiply and sum; TensorRT knows neither ellipses nor a label twice in one operand."""
    labels = layer.equation.partition("->")[0].replace(" ", "").split(",")
    if "." in layer.equation or any(len(set(label)) < len(label) for label in labels):
        raise StandInError(
            f"{layer.described()}: TensorRT takes no ellipsis and no diagonal, as in "
            f"{layer.equation!r}. Name each axis once."
        )
    return torch.einsum(layer.equation, *alike(layer, *operands))


def default_axis(x: torch.Tensor) -> int:
    """Return the axis that TensorRT takes where none is set: the third from behind, or 0."""
    return max(0, len(x.shape) - 3)


def _axes(layer: ILayer, bits: int, x: torch.Tensor) -> tuple[int, ...]:
    axes = axes_of(bits)
    if not axes or axes[-1] >= x.dim():
        raise StandInError(
            f"{layer.described()}: axes {bits:#b} name none of {x.dim()} dimensions. "
            "Set one bit for each axis."
        )
    return axes


def _one_axis(layer: ILayer, bits: int, x: torch.Tensor) -> int:
    axes = _axes(layer, bits, x)
    if len(axes) > 1:
        raise StandInError(f"{layer.described()}: it takes one axis, not {axes}. Set one bit.")
    return axes[0]


def _normal(x: torch.Tensor, axes: tuple[int, ...], epsilon: float) -> torch.Tensor:
    centred = x - x.mean(axes, keepdim=True)
    return centred / torch.sqrt(centred.square().mean(axes, keepdim=True) + epsilon)


def _transposed(x: torch.Tensor, operation: MatrixOperation) -> torch.Tensor:
    return x.transpose(-1, -2) if operation is MatrixOperation.TRANSPOSE else x
