"""Layers that compute each element by itself: functions, combinations, choices, conversions."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch.nn import functional

from srcread.lab.tensorrt.api import kinds
from srcread.lab.tensorrt.api.data import FROM_TORCH, TO_TORCH, StandInError
from srcread.lab.tensorrt.api.enumerations import (
    ActivationType,
    DataType,
    ElementWiseOperation,
    UnaryOperation,
)
from srcread.lab.tensorrt.api.layers import ILayer

_ACTIVATIONS = {
    ActivationType.RELU: lambda x, alpha, beta: torch.relu(x),
    ActivationType.SIGMOID: lambda x, alpha, beta: torch.sigmoid(x),
    ActivationType.TANH: lambda x, alpha, beta: torch.tanh(x),
    ActivationType.LEAKY_RELU: lambda x, alpha, beta: torch.where(x >= 0, x, alpha * x),
    ActivationType.ELU: lambda x, alpha, beta: torch.where(x >= 0, x, alpha * torch.expm1(x)),
    ActivationType.SELU: lambda x, alpha, beta: (
        beta * torch.where(x > 0, x, alpha * torch.expm1(x))
    ),
    ActivationType.SOFTSIGN: lambda x, alpha, beta: functional.softsign(x),
    ActivationType.SOFTPLUS: lambda x, alpha, beta: alpha * functional.softplus(beta * x),
    ActivationType.CLIP: lambda x, alpha, beta: x.clamp(alpha, beta),
    ActivationType.HARD_SIGMOID: lambda x, alpha, beta: (alpha * x + beta).clamp(0, 1),
    ActivationType.SCALED_TANH: lambda x, alpha, beta: alpha * torch.tanh(beta * x),
    ActivationType.THRESHOLDED_RELU: lambda x, alpha, beta: torch.where(x > alpha, x, 0),
}
_ELEMENTWISE = {
    ElementWiseOperation.SUM: torch.add,
    ElementWiseOperation.PROD: torch.mul,
    ElementWiseOperation.MAX: torch.maximum,
    ElementWiseOperation.MIN: torch.minimum,
    ElementWiseOperation.SUB: torch.sub,
    ElementWiseOperation.POW: torch.pow,
    ElementWiseOperation.FLOOR_DIV: lambda a, b: torch.div(a, b, rounding_mode="floor"),
    ElementWiseOperation.EQUAL: torch.eq,
    ElementWiseOperation.GREATER: torch.gt,
    ElementWiseOperation.LESS: torch.lt,
}
_LOGICAL = {
    ElementWiseOperation.AND: torch.logical_and,
    ElementWiseOperation.OR: torch.logical_or,
    ElementWiseOperation.XOR: torch.logical_xor,
}
_UNARY: dict[UnaryOperation, Callable[[torch.Tensor], torch.Tensor]] = {
    UnaryOperation.RECIP: torch.reciprocal,
    UnaryOperation.NOT: torch.logical_not,
    **{
        operation: getattr(torch, operation.name.lower())
        for operation in UnaryOperation
        if operation not in (UnaryOperation.RECIP, UnaryOperation.NOT)
    },
}


def activation(layer: kinds.IActivationLayer, x: torch.Tensor) -> torch.Tensor:
    """Apply the function of a type with its parameters."""
    return _ACTIVATIONS[layer.activation_type](x, layer.alpha, layer.beta)


def elementwise(
    layer: kinds.IElementWiseLayer, left: torch.Tensor, right: torch.Tensor
) -> torch.Tensor:
    """Combine two tensors; integers divide towards zero."""
    check_ranks(layer, left, right)
    left, right = alike(layer, left, right)
    if layer.op in _LOGICAL:
        if left.dtype is not torch.bool:
            raise StandInError(f"{layer.described()}: {layer.op} takes BOOL, {_types(left)} came.")
        return _LOGICAL[layer.op](left, right)
    if layer.op is ElementWiseOperation.DIV:
        rounding = None if left.is_floating_point() else "trunc"
        return torch.div(left, right, rounding_mode=rounding)
    return _ELEMENTWISE[layer.op](left, right)


def unary(layer: kinds.IUnaryLayer, x: torch.Tensor) -> torch.Tensor:
    """Apply a function without parameters."""
    return _UNARY[layer.op](x)


def select(
    layer: kinds.ISelectLayer, condition: torch.Tensor, then: torch.Tensor, other: torch.Tensor
) -> torch.Tensor:
    """Take elements of one tensor where the condition holds, else of the other."""
    check_ranks(layer, condition, then, other)
    if condition.dtype is not torch.bool:
        raise StandInError(f"{layer.described()}: a condition is BOOL, {_types(condition)} came.")
    return torch.where(condition, *alike(layer, then, other))


def cast(layer: kinds.ICastLayer, x: torch.Tensor) -> torch.Tensor:
    """Convert to another type."""
    return convert(x, layer.to_type)


def identity(layer: kinds.IIdentityLayer, x: torch.Tensor) -> torch.Tensor:
    """Give back what came."""
    return x


def quantize(layer: kinds.IQuantizeLayer, x: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Divide by the scale, round half to even, saturate."""
    scaled = x.float() / _along(scale, layer.axis, x).float()
    return convert(torch.round(scaled) if layer.to_type is DataType.INT8 else scaled, layer.to_type)


def dequantize(layer: kinds.IDequantizeLayer, x: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Multiply by the scale."""
    return convert(x.float() * _along(scale, layer.axis, x).float(), layer.to_type)


def convert(x: torch.Tensor, data_type: DataType) -> torch.Tensor:
    """Convert to a type: to integers towards zero; INT8 and FP8 saturate."""
    torch_type = TO_TORCH[data_type]
    if x.dtype is torch_type:
        return x
    if x.is_floating_point() and data_type is DataType.INT8:
        x = x.clamp(-128, 127)
    if data_type is DataType.FP8:
        limit = torch.finfo(torch_type).max
        x = x.clamp(-limit, limit)
    return x.to(torch_type)


def alike(layer: ILayer, *tensors: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Bring operands to one type, as far as a network lets their types differ.

    A weakly typed network leaves the choice between floating types to TensorRT. Here one element
    adopts the type of many, so that a scalar widens nothing; else the wider type wins.

    Raises:
        StandInError: the types differ and are not all floating, or the network is strongly typed.
    """
    types = {tensor.dtype for tensor in tensors}
    if len(types) == 1:
        return tensors
    floating = all(tensor.is_floating_point() for tensor in tensors)
    if layer.network.strongly_typed or not floating:
        raise StandInError(
            f"{layer.described()}: operands of types {_types(*tensors)}. "
            "TensorRT takes operands of one type: add a cast."
        )
    many = {tensor.dtype for tensor in tensors if tensor.numel() > 1} or types
    chosen = many.pop()
    for other in many:
        chosen = torch.promote_types(chosen, other)
    return tuple(tensor.to(chosen) for tensor in tensors)


def check_ranks(layer: ILayer, *tensors: torch.Tensor) -> None:
    """Refuse operands of different ranks, which TensorRT does not broadcast."""
    if len({tensor.dim() for tensor in tensors}) > 1:
        ranks = ", ".join(str(tensor.dim()) for tensor in tensors)
        raise StandInError(f"{layer.described()}: operands of ranks {ranks}. Reshape them alike.")


def _along(scale: torch.Tensor, axis: int, x: torch.Tensor) -> torch.Tensor:
    """Shape a scale so that it runs along an axis; a single one serves all."""
    if scale.numel() == 1:
        return scale.reshape(())
    sizes = [1] * x.dim()
    sizes[axis] = scale.numel()
    return scale.reshape(sizes)


def _types(*tensors: torch.Tensor) -> str:
    return " and ".join(FROM_TORCH[tensor.dtype].name for tensor in tensors)
