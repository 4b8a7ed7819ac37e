"""TensorRT's enumerations, those that its network API speaks in.

The values of `DataType` and `PluginFieldType` are TensorRT's own, for they reach plugin fields; of
the others only the names count. As with TensorRT's, a member is no number, prints as
`LayerType.CAST`, and never equals a member of another enumeration.
"""

from __future__ import annotations

from enum import Enum


class Enumeration(Enum):
    """An enumeration whose members can be turned into numbers, but are none."""

    def __int__(self) -> int:
        return int(self.value)

    __index__ = __int__


class DataType(Enumeration):
    """The type of a tensor's elements."""

    FLOAT = 0
    HALF = 1
    INT8 = 2
    INT32 = 3
    BOOL = 4
    UINT8 = 5
    FP8 = 6
    BF16 = 7
    INT64 = 8


class PluginFieldType(Enumeration):
    """The type of a plugin field's elements."""

    FLOAT16 = 0
    FLOAT32 = 1
    FLOAT64 = 2
    INT8 = 3
    INT16 = 4
    INT32 = 5
    CHAR = 6
    DIMS = 7
    UNKNOWN = 8


class LayerType(Enumeration):
    """The kind of a layer, one for each class of layer."""

    CONVOLUTION = 0
    CAST = 1
    ACTIVATION = 2
    POOLING = 3
    LRN = 4
    SCALE = 5
    SOFTMAX = 6
    DECONVOLUTION = 7
    CONCATENATION = 8
    ELEMENTWISE = 9
    PLUGIN = 10
    UNARY = 11
    PADDING = 12
    SHUFFLE = 13
    REDUCE = 14
    TOPK = 15
    GATHER = 16
    MATRIX_MULTIPLY = 17
    RAGGED_SOFTMAX = 18
    CONSTANT = 19
    IDENTITY = 20
    PLUGIN_V2 = 21
    SLICE = 22
    SHAPE = 23
    PARAMETRIC_RELU = 24
    RESIZE = 25
    TRIP_LIMIT = 26
    RECURRENCE = 27
    ITERATOR = 28
    LOOP_OUTPUT = 29
    SELECT = 30
    FILL = 31
    QUANTIZE = 32
    DEQUANTIZE = 33
    CONDITION = 34
    CONDITIONAL_INPUT = 35
    CONDITIONAL_OUTPUT = 36
    SCATTER = 37
    EINSUM = 38
    ASSERTION = 39
    ONE_HOT = 40
    NON_ZERO = 41
    GRID_SAMPLE = 42
    NMS = 43
    REVERSE_SEQUENCE = 44
    NORMALIZATION = 45
    FULLY_CONNECTED = 46
    RNN_V2 = 47


class ActivationType(Enumeration):
    """What `IActivationLayer` computes."""

    RELU = 0
    SIGMOID = 1
    TANH = 2
    LEAKY_RELU = 3
    ELU = 4
    SELU = 5
    SOFTSIGN = 6
    SOFTPLUS = 7
    CLIP = 8
    HARD_SIGMOID = 9
    SCALED_TANH = 10
    THRESHOLDED_RELU = 11


class ElementWiseOperation(Enumeration):
    """What `IElementWiseLayer` computes."""

    SUM = 0
    PROD = 1
    MAX = 2
    MIN = 3
    SUB = 4
    DIV = 5
    POW = 6
    FLOOR_DIV = 7
    AND = 8
    OR = 9
    XOR = 10
    EQUAL = 11
    GREATER = 12
    LESS = 13


class UnaryOperation(Enumeration):
    """What `IUnaryLayer` computes."""

    EXP = 0
    LOG = 1
    SQRT = 2
    RECIP = 3
    ABS = 4
    NEG = 5
    SIN = 6
    COS = 7
    TAN = 8
    SINH = 9
    COSH = 10
    ASIN = 11
    ACOS = 12
    ATAN = 13
    ASINH = 14
    ACOSH = 15
    ATANH = 16
    CEIL = 17
    FLOOR = 18
    ERF = 19
    NOT = 20
    SIGN = 21
    ROUND = 22
    ISINF = 23
    ISNAN = 24


class ReduceOperation(Enumeration):
    """What `IReduceLayer` computes."""

    SUM = 0
    PROD = 1
    MAX = 2
    MIN = 3
    AVG = 4


class MatrixOperation(Enumeration):
    """How `IMatrixMultiplyLayer` reads an operand."""

    NONE = 0
    TRANSPOSE = 1
    VECTOR = 2


class TopKOperation(Enumeration):
    """Which elements `ITopKLayer` finds."""

    MAX = 0
    MIN = 1


class GatherMode(Enumeration):
    """How `IGatherLayer` reads its indices."""

    DEFAULT = 0
    ELEMENT = 1
    ND = 2


class FillOperation(Enumeration):
    """What `IFillLayer` fills with."""

    LINSPACE = 0
    RANDOM_UNIFORM = 1
    RANDOM_NORMAL = 2


class SampleMode(Enumeration):
    """What `ISliceLayer` does out of bounds."""

    STRICT_BOUNDS = 0
    WRAP = 1
    CLAMP = 2
    FILL = 3
    REFLECT = 4


class PoolingType(Enumeration):
    """What `IPoolingLayer` computes."""

    MAX = 0
    AVERAGE = 1
    MAX_AVERAGE_BLEND = 2


class PaddingMode(Enumeration):
    """How padding is computed from the sizes."""

    EXPLICIT_ROUND_DOWN = 0
    EXPLICIT_ROUND_UP = 1
    SAME_UPPER = 2
    SAME_LOWER = 3


class InterpolationMode(Enumeration):
    """What `IResizeLayer` does between elements."""

    NEAREST = 0
    LINEAR = 1
    CUBIC = 2


class ResizeCoordinateTransformation(Enumeration):
    """Which input coordinate an output coordinate of `IResizeLayer` stands for."""

    ALIGN_CORNERS = 0
    ASYMMETRIC = 1
    HALF_PIXEL = 2


class ResizeRoundMode(Enumeration):
    """How `IResizeLayer` rounds to the nearest element."""

    HALF_UP = 0
    HALF_DOWN = 1
    FLOOR = 2
    CEIL = 3


class TensorLocation(Enumeration):
    """Where a tensor lies."""

    DEVICE = 0
    HOST = 1


class TensorIOMode(Enumeration):
    """Whether an engine's tensor goes in or out."""

    NONE = 0
    INPUT = 1
    OUTPUT = 2


class NetworkDefinitionCreationFlag(Enumeration):
    """How a network is made."""

    EXPLICIT_BATCH = 0
    STRONGLY_TYPED = 1


class BuilderFlag(Enumeration):
    """What a builder may do."""

    FP16 = 0
    INT8 = 1
    DEBUG = 2
    GPU_FALLBACK = 3
    REFIT = 4
    TF32 = 5
    SPARSE_WEIGHTS = 6
    STRICT_TYPES = 7
    OBEY_PRECISION_CONSTRAINTS = 8
    PREFER_PRECISION_CONSTRAINTS = 9
    FP8 = 10
    BF16 = 11


class PreviewFeature(Enumeration):
    """What a builder may try."""

    FASTER_DYNAMIC_SHAPES_0805 = 0
    DISABLE_EXTERNAL_TACTIC_SOURCES_FOR_CORE_0805 = 1
    PROFILE_SHARING_0806 = 2
