"""The classes of layers, with the attributes that each declares and the defaults of TensorRT.

Only what the stand-in can compute is declared: setting anything else raises. The classes at the end
cannot be made at all, and exist because frameworks name them.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from srcread.lab.tensorrt.api.data import Weights
from srcread.lab.tensorrt.api.enumerations import (
    ActivationType,
    DataType,
    ElementWiseOperation,
    FillOperation,
    GatherMode,
    InterpolationMode,
    LayerType,
    MatrixOperation,
    PoolingType,
    ReduceOperation,
    ResizeCoordinateTransformation,
    ResizeRoundMode,
    SampleMode,
    TopKOperation,
    UnaryOperation,
)
from srcread.lab.tensorrt.api.layers import ILayer, alias
from srcread.lab.tensorrt.api.plugins import IPluginV2


class IConstantLayer(ILayer):
    """Gives weights in a shape."""

    kind = LayerType.CONSTANT
    shape: Sequence[int]
    weights: Weights
    values: torch.Tensor


class IActivationLayer(ILayer):
    """Applies a function with two parameters; `type` hides the layer's, as in TensorRT."""

    kind = LayerType.ACTIVATION
    activation_type: ActivationType
    type = alias("activation_type")
    alpha: float = 0.0
    beta: float = 0.0


class IElementWiseLayer(ILayer):
    """Combines two tensors of one rank, element by element."""

    kind = LayerType.ELEMENTWISE
    op: ElementWiseOperation


class IUnaryLayer(ILayer):
    """Applies a function without parameters."""

    kind = LayerType.UNARY
    op: UnaryOperation


class ISelectLayer(ILayer):
    """Takes elements of the second or third input, as the first says."""

    kind = LayerType.SELECT


class ICastLayer(ILayer):
    """Converts to another type."""

    kind = LayerType.CAST
    to_type: DataType


class IIdentityLayer(ILayer):
    """Gives what it gets, in the type set for its output."""

    kind = LayerType.IDENTITY


class IQuantizeLayer(ILayer):
    """Divides by a scale, rounds and saturates."""

    kind = LayerType.QUANTIZE
    axis: int = -1
    to_type: DataType


class IDequantizeLayer(ILayer):
    """Multiplies by a scale."""

    kind = LayerType.DEQUANTIZE
    axis: int = -1
    to_type: DataType


class IReduceLayer(ILayer):
    """Reduces over the axes of a bit mask."""

    kind = LayerType.REDUCE
    op: ReduceOperation
    axes: int
    keep_dims: bool


class ISoftMaxLayer(ILayer):
    """Normalises exponentials along one axis of a bit mask; by default the third from behind."""

    kind = LayerType.SOFTMAX
    axes: int | None = None


class ITopKLayer(ILayer):
    """Finds the largest or smallest elements along one axis of a bit mask, and their places."""

    kind = LayerType.TOPK
    shape_inputs = range(1, 2)
    op: TopKOperation
    k: int
    axes: int

    def count_outputs(self) -> int:
        """Return two: the values and their places."""
        return 2


class INormalizationLayer(ILayer):
    """Normalises over the axes of a bit mask, then scales and shifts."""

    kind = LayerType.NORMALIZATION
    axes: int
    epsilon: float = 1e-5
    num_groups: int = 1
    compute_precision: DataType = DataType.FLOAT


class IMatrixMultiplyLayer(ILayer):
    """Multiplies matrices."""

    kind = LayerType.MATRIX_MULTIPLY
    op0: MatrixOperation
    op1: MatrixOperation


class IEinsumLayer(ILayer):
    """Multiplies and sums as Einstein wrote it."""

    kind = LayerType.EINSUM
    equation: str


class IShuffleLayer(ILayer):
    """Transposes, reshapes and transposes; input 1, if given, is the shape."""

    kind = LayerType.SHUFFLE
    shape_inputs = range(1, 2)
    first_transpose: Sequence[int] | None = None
    reshape_dims: Sequence[int] | None = None
    second_transpose: Sequence[int] | None = None
    zero_is_placeholder: bool = True


class ISliceLayer(ILayer):
    """Takes elements at a start, in a number, at a distance; inputs 1 to 3, if given, are these."""

    kind = LayerType.SLICE
    shape_inputs = range(1, 4)
    start: Sequence[int]
    shape: Sequence[int]
    stride: Sequence[int]
    mode: SampleMode = SampleMode.STRICT_BOUNDS


class IShapeLayer(ILayer):
    """Gives the sizes of a tensor."""

    kind = LayerType.SHAPE


class IConcatenationLayer(ILayer):
    """Joins tensors along an axis; by default the third from behind."""

    kind = LayerType.CONCATENATION
    axis: int | None = None


class IGatherLayer(ILayer):
    """Takes elements at indices."""

    kind = LayerType.GATHER
    axis: int = 0
    mode: GatherMode


class IFillLayer(ILayer):
    """Counts from a start in steps; inputs 0 to 2, if given, are the shape, start and steps."""

    kind = LayerType.FILL
    shape_inputs = range(0, 1)
    shape: Sequence[int]
    operation: FillOperation
    alpha: float = 0.0
    beta: float = 1.0


class IConvolutionLayer(ILayer):
    """Convolves; inputs 1 and 2, if given, are the kernel and the bias."""

    kind = LayerType.CONVOLUTION
    num_output_maps: int
    kernel_size_nd: Sequence[int]
    kernel: Weights
    bias: Weights | None
    kernel_values: torch.Tensor
    bias_values: torch.Tensor | None
    stride_nd: Sequence[int] | None = None
    padding_nd: Sequence[int] | None = None
    dilation_nd: Sequence[int] | None = None
    num_groups: int = 1
    kernel_size = alias("kernel_size_nd")
    stride = alias("stride_nd")
    padding = alias("padding_nd")
    dilation = alias("dilation_nd")


class IDeconvolutionLayer(IConvolutionLayer):
    """Convolves the other way: the transpose of a convolution."""

    kind = LayerType.DECONVOLUTION


class IPoolingLayer(ILayer):
    """Pools over windows; `type` hides the layer's, as in TensorRT."""

    kind = LayerType.POOLING
    pooling_type: PoolingType
    type = alias("pooling_type")
    window_size_nd: Sequence[int]
    stride_nd: Sequence[int] | None = None
    padding_nd: Sequence[int] | None = None
    average_count_excludes_padding: bool = True
    window_size = alias("window_size_nd")
    stride = alias("stride_nd")
    padding = alias("padding_nd")


class IResizeLayer(ILayer):
    """Resamples to a shape; input 1, if given, is the shape."""

    kind = LayerType.RESIZE
    shape_inputs = range(1, 2)
    shape: Sequence[int] | None = None
    scales: Sequence[float] | None = None
    resize_mode: InterpolationMode = InterpolationMode.NEAREST
    coordinate_transformation: ResizeCoordinateTransformation = (
        ResizeCoordinateTransformation.ASYMMETRIC
    )
    nearest_rounding: ResizeRoundMode = ResizeRoundMode.FLOOR
    cubic_coeff: float = -0.75


class IAssertionLayer(ILayer):
    """Stops a run whose condition does not hold."""

    kind = LayerType.ASSERTION
    message: str

    def count_outputs(self) -> int:
        """Return none."""
        return 0


class IPluginV2Layer(ILayer):
    """Runs a plugin, which is recorded with its fields."""

    kind = LayerType.PLUGIN_V2
    plugin: IPluginV2

    def count_outputs(self) -> int:
        """Return what the plugin says."""
        return self.plugin.num_outputs


UNSUPPORTED = (
    "IConditionLayer",
    "IFullyConnectedLayer",
    "IGridSampleLayer",
    "IIfConditionalInputLayer",
    "IIfConditionalOutputLayer",
    "IIteratorLayer",
    "ILRNLayer",
    "ILoopOutputLayer",
    "INMSLayer",
    "INonZeroLayer",
    "IOneHotLayer",
    "IPaddingLayer",
    "IParametricReLULayer",
    "IRNNv2Layer",
    "IRaggedSoftMaxLayer",
    "IRecurrenceLayer",
    "IReverseSequenceLayer",
    "IScaleLayer",
    "IScatterLayer",
    "ITripLimitLayer",
)
"""Classes of layers that no network of the stand-in can hold."""
