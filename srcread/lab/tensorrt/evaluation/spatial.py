"""Layers over images and sequences: convolutions, pooling, resampling."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from srcread.lab.tensorrt.api import kinds
from srcread.lab.tensorrt.api.data import StandInError
from srcread.lab.tensorrt.api.enumerations import (
    InterpolationMode,
    PoolingType,
    ResizeCoordinateTransformation,
    ResizeRoundMode,
)
from srcread.lab.tensorrt.evaluation.pointwise import alike
from srcread.lab.tensorrt.evaluation.shapes import Given, sizes_of

_CONVOLUTIONS = {2: functional.conv2d, 3: functional.conv3d}
_TRANSPOSED = {2: functional.conv_transpose2d, 3: functional.conv_transpose3d}
_MAXIMA = {2: functional.max_pool2d, 3: functional.max_pool3d}
_AVERAGES = {2: functional.avg_pool2d, 3: functional.avg_pool3d}
_ROUNDED = {
    ResizeRoundMode.HALF_UP: lambda places: torch.floor(places + 0.5),
    ResizeRoundMode.HALF_DOWN: lambda places: torch.ceil(places - 0.5),
    ResizeRoundMode.FLOOR: torch.floor,
    ResizeRoundMode.CEIL: torch.ceil,
}


def convolution(
    layer: kinds.IConvolutionLayer, x: torch.Tensor, kernel: Given = None, bias: Given = None
) -> torch.Tensor:
    """Convolve with the kernel that is given, else with the weights."""
    rank = _rank(layer, layer.kernel_size_nd)
    shape = (layer.num_output_maps, x.shape[1] // layer.num_groups, *layer.kernel_size_nd)
    operands = _operands(layer, x, kernel, bias, shape)
    return _CONVOLUTIONS[rank](
        *operands,
        stride=_each(layer.stride_nd, rank, 1),
        padding=_each(layer.padding_nd, rank, 0),
        dilation=_each(layer.dilation_nd, rank, 1),
        groups=layer.num_groups,
    )


def deconvolution(
    layer: kinds.IDeconvolutionLayer, x: torch.Tensor, kernel: Given = None, bias: Given = None
) -> torch.Tensor:
    """Apply the transpose of a convolution."""
    rank = _rank(layer, layer.kernel_size_nd)
    shape = (x.shape[1], layer.num_output_maps // layer.num_groups, *layer.kernel_size_nd)
    operands = _operands(layer, x, kernel, bias, shape)
    return _TRANSPOSED[rank](
        *operands,
        stride=_each(layer.stride_nd, rank, 1),
        padding=_each(layer.padding_nd, rank, 0),
        groups=layer.num_groups,
        dilation=_each(layer.dilation_nd, rank, 1),
    )


def pooling(layer: kinds.IPoolingLayer, x: torch.Tensor) -> torch.Tensor:
    """Take the largest element or the mean of each window."""
    window = list(layer.window_size_nd)
    rank = _rank(layer, window)
    stride, padding = _each(layer.stride_nd, rank, 1), _each(layer.padding_nd, rank, 0)
    match layer.pooling_type:
        case PoolingType.MAX:
            return _MAXIMA[rank](x, window, stride, padding)
        case PoolingType.AVERAGE:
            counted = not layer.average_count_excludes_padding
            return _AVERAGES[rank](x, window, stride, padding, count_include_pad=counted)
    raise StandInError(f"{layer.described()}: the stand-in does not know {layer.pooling_type}.")


def resize(layer: kinds.IResizeLayer, x: torch.Tensor, dims: Given = None) -> torch.Tensor:
    """Resample axis by axis: each is a product with a matrix of weights."""
    sizes = sizes_of(dims, layer.shape)
    if sizes is None and layer.scales is not None:
        sizes = [int(size * scale) for size, scale in zip(x.shape, layer.scales, strict=True)]
    if sizes is None or len(sizes) != x.dim():
        raise StandInError(f"{layer.described()}: its shape {sizes} does not fit {x.dim()} axes.")
    result = x.double()
    for axis, (before, after) in enumerate(zip(x.shape, sizes, strict=True)):
        if before != after:
            weights = _weights(layer, before, after).to(x.device)
            result = torch.tensordot(result, weights, ([axis], [1])).movedim(-1, axis)
    return result.to(x.dtype)


def _rank(layer: kinds.IConvolutionLayer | kinds.IPoolingLayer, sizes: Sequence[int]) -> int:
    if len(sizes) not in _CONVOLUTIONS:
        raise StandInError(f"{layer.described()}: TensorRT takes 2 or 3 sizes, not {len(sizes)}.")
    return len(sizes)


def _each(values: Sequence[int] | None, rank: int, default: int) -> list[int]:
    return list(values) if values is not None else [default] * rank


def _operands(
    layer: kinds.IConvolutionLayer,
    x: torch.Tensor,
    kernel: Given,
    bias: Given,
    shape: Sequence[int],
) -> tuple[torch.Tensor, ...]:
    kernel = kernel if kernel is not None else layer.kernel_values.reshape(shape).to(x.device)
    if bias is None and layer.bias_values is not None and layer.bias_values.numel():
        bias = layer.bias_values.to(x.device)
    return alike(layer, x, kernel) if bias is None else alike(layer, x, kernel, bias)


def _weights(layer: kinds.IResizeLayer, before: int, after: int) -> torch.Tensor:
    """Return how much each input element (column) counts in each output element (row)."""
    places = _coordinates(layer.coordinate_transformation, before, after)
    match layer.resize_mode:
        case InterpolationMode.NEAREST:
            taps = [(_ROUNDED[layer.nearest_rounding](places), torch.ones_like(places))]
        case InterpolationMode.LINEAR:
            places = places.clamp(0, before - 1)
            base, rest = torch.floor(places), places - torch.floor(places)
            taps = [(base, 1 - rest), (base + 1, rest)]
        case InterpolationMode.CUBIC:
            base = torch.floor(places)
            offsets = [base + offset for offset in (-1, 0, 1, 2)]
            taps = [(tap, _cubic((places - tap).abs(), layer.cubic_coeff)) for tap in offsets]
    weights = torch.zeros(after, before, dtype=torch.float64)
    for tap, weight in taps:
        columns = tap.clamp(0, before - 1).long().unsqueeze(1)
        weights.scatter_add_(1, columns, weight.unsqueeze(1))
    return weights


def _coordinates(
    transformation: ResizeCoordinateTransformation, before: int, after: int
) -> torch.Tensor:
    places = torch.arange(after, dtype=torch.float64)
    match transformation:
        case ResizeCoordinateTransformation.ALIGN_CORNERS:
            return places * (before - 1) / max(after - 1, 1)
        case ResizeCoordinateTransformation.HALF_PIXEL:
            return (places + 0.5) * before / after - 0.5
    return places * before / after


def _cubic(distance: torch.Tensor, a: float) -> torch.Tensor:
    """Weigh by distance as Keys (1981) does."""
    near = ((a + 2) * distance - (a + 3)) * distance * distance + 1
    far = a * (((distance - 5) * distance + 8) * distance - 4)
    return torch.where(distance <= 1, near, torch.where(distance < 2, far, 0.0))
