"""A network definition: the calls that a framework makes to it are recorded as layers.

The methods have TensorRT's names and parameters. One that is missing here is a layer that the
stand-in does not know, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from srcread.errors import did_you_mean
from srcread.lab.tensorrt.api import kinds
from srcread.lab.tensorrt.api.calls import RecordedCall, path_to_here
from srcread.lab.tensorrt.api.data import Dims, StandInError, Weights
from srcread.lab.tensorrt.api.enumerations import (
    ActivationType,
    DataType,
    ElementWiseOperation,
    FillOperation,
    GatherMode,
    MatrixOperation,
    NetworkDefinitionCreationFlag,
    PoolingType,
    ReduceOperation,
    TopKOperation,
    UnaryOperation,
)
from srcread.lab.tensorrt.api.layers import ILayer, Inference, ITensor, UnknownAttributeError
from srcread.lab.tensorrt.api.plugins import IPluginV2

Kind = TypeVar("Kind", bound=ILayer)


class INetworkDefinition:
    """Records what is added to it, in order.

    `calls` holds every call, `layers`, `inputs` and `outputs` what they made, `weights_names` the
    names that weights were given.
    """

    def __init__(self, flags: int, inference: Inference) -> None:
        self.name = ""
        self.flags = flags
        self.inference = inference
        self.strongly_typed = self.get_flag(NetworkDefinitionCreationFlag.STRONGLY_TYPED)
        self.calls: list[RecordedCall] = []
        self.layers: list[ILayer] = []
        self.inputs: list[ITensor] = []
        self.outputs: list[ITensor] = []
        self.weights_names: list[str] = []

    def __getattr__(self, name: str) -> object:
        near = did_you_mean(name, (known for known in dir(type(self)) if known[0] != "_"))
        what = "does not know the layer of" if name.startswith("add_") else "has no"
        raise UnknownAttributeError(f"The stand-in's INetworkDefinition {what} {name!r}.{near}")

    @property
    def num_layers(self) -> int:
        """How many layers there are."""
        return len(self.layers)

    @property
    def num_inputs(self) -> int:
        """How many inputs there are."""
        return len(self.inputs)

    @property
    def num_outputs(self) -> int:
        """How many outputs are marked."""
        return len(self.outputs)

    def get_flag(self, flag: NetworkDefinitionCreationFlag) -> bool:
        """Tell whether the network was made with a flag."""
        return bool(self.flags >> int(flag) & 1)

    def get_layer(self, index: int) -> ILayer:
        """Return a layer by its number, as a plain one."""
        return self.layers[index].as_plain()

    def get_input(self, index: int) -> ITensor:
        """Return an input by its number."""
        return self.inputs[index]

    def get_output(self, index: int) -> ITensor:
        """Return an output by its number."""
        return self.outputs[index]

    def add_input(self, name: str, dtype: DataType, shape: Sequence[int]) -> ITensor:
        """Add an input; -1 stands for a size that differs from run to run."""
        if any(name == known.name for known in self.inputs):
            raise StandInError(f"The network has an input {name!r} already. Name inputs apart.")
        self._record("add_input")
        tensor = ITensor(self, name, None, len(self.inputs))
        tensor.declared_type, tensor.declared_shape = dtype, Dims(shape)
        self.inputs.append(tensor)
        return tensor

    def mark_output(self, tensor: ITensor) -> None:
        """Make a tensor an output of the network."""
        self._record("mark_output")
        self.outputs.append(tensor)

    def unmark_output(self, tensor: ITensor) -> None:
        """Make an output an inner tensor again."""
        self._record("unmark_output")
        self.outputs.remove(tensor)

    def set_weights_name(self, weights: Weights, name: str) -> bool:
        """Name weights, so that an engine can be refitted with others."""
        self._record("set_weights_name")
        self.weights_names.append(name)
        return True

    def add_constant(self, shape: Sequence[int], weights: Weights) -> kinds.IConstantLayer:
        """Add numbers. TensorRT refers to their memory until an engine is built."""
        values = weights.values()
        shape = Dims(shape)
        if values.numel() != shape.volume():
            raise StandInError(
                f"add_constant: {values.numel()} numbers do not fill the shape {tuple(shape)}."
            )
        attributes = {"shape": shape, "weights": weights, "values": values.reshape(shape)}
        return self._add(kinds.IConstantLayer, "add_constant", (), **attributes)

    def add_activation(self, input: ITensor, type: ActivationType) -> kinds.IActivationLayer:
        """Add a function with two parameters."""
        return self._add(kinds.IActivationLayer, "add_activation", (input,), activation_type=type)

    def add_elementwise(
        self, input1: ITensor, input2: ITensor, op: ElementWiseOperation
    ) -> kinds.IElementWiseLayer:
        """Add a combination of two tensors, element by element."""
        return self._add(kinds.IElementWiseLayer, "add_elementwise", (input1, input2), op=op)

    def add_unary(self, input: ITensor, op: UnaryOperation) -> kinds.IUnaryLayer:
        """Add a function without parameters."""
        return self._add(kinds.IUnaryLayer, "add_unary", (input,), op=op)

    def add_select(
        self, condition: ITensor, then_input: ITensor, else_input: ITensor
    ) -> kinds.ISelectLayer:
        """Add a choice between the elements of two tensors."""
        inputs = (condition, then_input, else_input)
        return self._add(kinds.ISelectLayer, "add_select", inputs)

    def add_cast(self, input: ITensor, to_type: DataType) -> kinds.ICastLayer:
        """Add a conversion to another type."""
        return self._add(kinds.ICastLayer, "add_cast", (input,), to_type=to_type)

    def add_identity(self, input: ITensor) -> kinds.IIdentityLayer:
        """Add a layer that gives what it gets."""
        return self._add(kinds.IIdentityLayer, "add_identity", (input,))

    def add_quantize(
        self, input: ITensor, scale: ITensor, output_type: DataType = DataType.INT8
    ) -> kinds.IQuantizeLayer:
        """Add a division by a scale that rounds and saturates."""
        inputs = (input, scale)
        return self._add(kinds.IQuantizeLayer, "add_quantize", inputs, to_type=output_type)

    def add_dequantize(
        self, input: ITensor, scale: ITensor, output_type: DataType = DataType.FLOAT
    ) -> kinds.IDequantizeLayer:
        """Add a multiplication by a scale."""
        inputs = (input, scale)
        return self._add(kinds.IDequantizeLayer, "add_dequantize", inputs, to_type=output_type)

    def add_reduce(
        self, input: ITensor, op: ReduceOperation, axes: int, keep_dims: bool
    ) -> kinds.IReduceLayer:
        """Add a reduction over the axes of a bit mask."""
        attributes = {"op": op, "axes": axes, "keep_dims": keep_dims}
        return self._add(kinds.IReduceLayer, "add_reduce", (input,), **attributes)

    def add_softmax(self, input: ITensor) -> kinds.ISoftMaxLayer:
        """Add a softmax along one axis."""
        return self._add(kinds.ISoftMaxLayer, "add_softmax", (input,))

    def add_topk(self, input: ITensor, op: TopKOperation, k: int, axes: int) -> kinds.ITopKLayer:
        """Add a search for the largest or smallest elements along one axis."""
        return self._add(kinds.ITopKLayer, "add_topk", (input,), op=op, k=k, axes=axes)

    def add_normalization(
        self, input: ITensor, scale: ITensor, bias: ITensor, axes: int
    ) -> kinds.INormalizationLayer:
        """Add a normalisation over the axes of a bit mask."""
        inputs = (input, scale, bias)
        return self._add(kinds.INormalizationLayer, "add_normalization", inputs, axes=axes)

    def add_matrix_multiply(
        self, input0: ITensor, op0: MatrixOperation, input1: ITensor, op1: MatrixOperation
    ) -> kinds.IMatrixMultiplyLayer:
        """Add a product of matrices."""
        inputs = (input0, input1)
        return self._add(
            kinds.IMatrixMultiplyLayer, "add_matrix_multiply", inputs, op0=op0, op1=op1
        )

    def add_einsum(self, inputs: Sequence[ITensor], equation: str) -> kinds.IEinsumLayer:
        """Add a sum of products, as Einstein wrote it."""
        return self._add(kinds.IEinsumLayer, "add_einsum", inputs, equation=equation)

    def add_shuffle(self, input: ITensor) -> kinds.IShuffleLayer:
        """Add a transposition, a reshaping and another transposition, set as attributes."""
        return self._add(kinds.IShuffleLayer, "add_shuffle", (input,))

    def add_slice(
        self, input: ITensor, start: Sequence[int], shape: Sequence[int], stride: Sequence[int]
    ) -> kinds.ISliceLayer:
        """Add a choice of elements at a start, in a number, at a distance."""
        attributes = {"start": Dims(start), "shape": Dims(shape), "stride": Dims(stride)}
        return self._add(kinds.ISliceLayer, "add_slice", (input,), **attributes)

    def add_shape(self, input: ITensor) -> kinds.IShapeLayer:
        """Add a layer that gives the sizes of a tensor."""
        return self._add(kinds.IShapeLayer, "add_shape", (input,))

    def add_concatenation(self, inputs: Sequence[ITensor]) -> kinds.IConcatenationLayer:
        """Add a layer that joins tensors."""
        return self._add(kinds.IConcatenationLayer, "add_concatenation", inputs)

    def add_gather(self, input: ITensor, indices: ITensor, axis: int) -> kinds.IGatherLayer:
        """Add a choice of elements along an axis."""
        attributes = {"axis": axis, "mode": GatherMode.DEFAULT}
        return self._add(kinds.IGatherLayer, "add_gather", (input, indices), **attributes)

    def add_gather_v2(
        self, input: ITensor, indices: ITensor, mode: GatherMode
    ) -> kinds.IGatherLayer:
        """Add a choice of elements, its indices read in one of three ways."""
        return self._add(kinds.IGatherLayer, "add_gather_v2", (input, indices), mode=mode)

    def add_fill(self, shape: Sequence[int], op: FillOperation) -> kinds.IFillLayer:
        """Add a layer that counts."""
        return self._add(kinds.IFillLayer, "add_fill", (), shape=Dims(shape), operation=op)

    def add_convolution_nd(
        self,
        input: ITensor,
        num_output_maps: int,
        kernel_shape: Sequence[int],
        kernel: Weights,
        bias: Weights | None = None,
    ) -> kinds.IConvolutionLayer:
        """Add a convolution."""
        attributes = _convolution(num_output_maps, kernel_shape, kernel, bias)
        return self._add(kinds.IConvolutionLayer, "add_convolution_nd", (input,), **attributes)

    def add_deconvolution_nd(
        self,
        input: ITensor,
        num_output_maps: int,
        kernel_shape: Sequence[int],
        kernel: Weights,
        bias: Weights | None = None,
    ) -> kinds.IDeconvolutionLayer:
        """Add the transpose of a convolution."""
        attributes = _convolution(num_output_maps, kernel_shape, kernel, bias)
        return self._add(kinds.IDeconvolutionLayer, "add_deconvolution_nd", (input,), **attributes)

    def add_pooling_nd(
        self, input: ITensor, type: PoolingType, window_size: Sequence[int]
    ) -> kinds.IPoolingLayer:
        """Add a pooling over windows."""
        attributes = {"pooling_type": type, "window_size_nd": Dims(window_size)}
        return self._add(kinds.IPoolingLayer, "add_pooling_nd", (input,), **attributes)

    def add_pooling(
        self, input: ITensor, type: PoolingType, window_size: Sequence[int]
    ) -> kinds.IPoolingLayer:
        """Add a pooling, by the older name of `add_pooling_nd`."""
        attributes = {"pooling_type": type, "window_size_nd": Dims(window_size)}
        return self._add(kinds.IPoolingLayer, "add_pooling", (input,), **attributes)

    def add_resize(self, input: ITensor) -> kinds.IResizeLayer:
        """Add a resampling, its size set as an attribute."""
        return self._add(kinds.IResizeLayer, "add_resize", (input,))

    def add_assertion(self, condition: ITensor, message: str) -> kinds.IAssertionLayer:
        """Add a condition without which a run stops."""
        return self._add(kinds.IAssertionLayer, "add_assertion", (condition,), message=message)

    def add_plugin_v2(self, inputs: Sequence[ITensor], plugin: IPluginV2) -> kinds.IPluginV2Layer:
        """Add a plugin."""
        return self._add(kinds.IPluginV2Layer, "add_plugin_v2", inputs, plugin=plugin)

    def _record(self, method: str) -> RecordedCall:
        self.calls.append(RecordedCall(method, path_to_here()))
        return self.calls[-1]

    def _add(
        self, kind: type[Kind], method: str, inputs: Sequence[ITensor], **attributes: object
    ) -> Kind:
        call = self._record(method)
        layer = kind(self, len(self.layers), call, inputs, attributes)
        self.layers.append(layer)
        return layer


def _convolution(
    maps: int, kernel_shape: Sequence[int], kernel: Weights, bias: Weights | None
) -> dict[str, object]:
    return {
        "num_output_maps": maps,
        "kernel_size_nd": Dims(kernel_shape),
        "kernel": kernel,
        "bias": bias,
        "kernel_values": kernel.values(),
        "bias_values": bias.values() if bias is not None else None,
    }
