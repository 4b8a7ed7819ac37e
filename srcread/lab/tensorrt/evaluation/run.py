"""Compute tensors of a recorded network from its inputs: in order, and each layer once.

The order is found by a stack of its own, for a network is deeper than Python's. While shapes are
inferred, numbers stand for inputs that were not given and for what plugins compute; a value knows
which of these it was made of, and where such a value would decide a shape the run refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from srcread.errors import did_you_mean
from srcread.lab.tensorrt.api import kinds
from srcread.lab.tensorrt.api.data import FROM_TORCH, TO_TORCH, StandInError
from srcread.lab.tensorrt.api.layers import ILayer, ITensor
from srcread.lab.tensorrt.api.network import INetworkDefinition
from srcread.lab.tensorrt.evaluation import plugins, pointwise, reductions, shapes, spatial
from srcread.lab.tensorrt.evaluation.plugins import References

COMPUTE: dict[type[ILayer], Callable[..., torch.Tensor | tuple[torch.Tensor, ...]]] = {
    kinds.IActivationLayer: pointwise.activation,
    kinds.ICastLayer: pointwise.cast,
    kinds.IConcatenationLayer: shapes.concatenation,
    kinds.IConstantLayer: shapes.constant,
    kinds.IConvolutionLayer: spatial.convolution,
    kinds.IDeconvolutionLayer: spatial.deconvolution,
    kinds.IDequantizeLayer: pointwise.dequantize,
    kinds.IEinsumLayer: reductions.einsum,
    kinds.IElementWiseLayer: pointwise.elementwise,
    kinds.IFillLayer: shapes.fill,
    kinds.IGatherLayer: shapes.gather,
    kinds.IIdentityLayer: pointwise.identity,
    kinds.IMatrixMultiplyLayer: reductions.matrix_multiply,
    kinds.INormalizationLayer: reductions.normalization,
    kinds.IPoolingLayer: spatial.pooling,
    kinds.IQuantizeLayer: pointwise.quantize,
    kinds.IReduceLayer: reductions.reduce,
    kinds.IResizeLayer: spatial.resize,
    kinds.ISelectLayer: pointwise.select,
    kinds.IShapeLayer: shapes.shape,
    kinds.IShuffleLayer: shapes.shuffle,
    kinds.ISliceLayer: shapes.slice_,
    kinds.ISoftMaxLayer: reductions.softmax,
    kinds.ITopKLayer: reductions.top_k,
    kinds.IUnaryLayer: pointwise.unary,
}
"""What computes each kind of layer, assertions and plugins apart."""

_REFUSALS = (RuntimeError, IndexError, ValueError, TypeError, KeyError, NotImplementedError)
"""What torch raises for operands that it does not take."""


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor, and what it would have to be known from: its numbers are then invented."""

    tensor: torch.Tensor
    unknown: frozenset[str] = frozenset()


class Evaluation:
    """One computation. `give` returns an input's value; with `guess` plugins give zeros."""

    def __init__(
        self,
        give: Callable[[ITensor], Value],
        references: References,
        device: str,
        *,
        guess: bool,
    ) -> None:
        self._give = give
        self._references = references
        self._device = device
        self._guess = guess
        self._values: dict[ILayer, tuple[Value, ...]] = {}

    def value(self, tensor: ITensor) -> Value:
        """Return a tensor's value, computed unless it was before."""
        if tensor.producer is None:
            given = self._give(tensor)
            return Value(given.tensor.to(self._device), given.unknown)
        self.reach(tensor.producer)
        return self._values[tensor.producer][tensor.index]

    def reach(self, layer: ILayer) -> None:
        """Compute a layer and all that it needs."""
        for needed in self._needed(layer):
            self._values[needed] = self._compute(needed)

    def forget(self, layer: ILayer) -> None:
        """Forget what was computed from a layer on."""
        waiting = [layer]
        while waiting:
            changed = waiting.pop()
            if self._values.pop(changed, None) is not None or changed is layer:
                waiting.extend(user for output in changed.outputs for user in output.consumers)

    def _needed(self, layer: ILayer) -> Iterator[ILayer]:
        """Yield a layer behind those that it needs, without those that have values."""
        entered: set[ILayer] = set()
        waiting = [layer]
        while waiting:
            current = waiting[-1]
            if current in self._values:
                waiting.pop()
            elif current in entered:
                yield waiting.pop()
            else:
                entered.add(current)
                before = [t.producer for t in current.inputs if t is not None and t.producer]
                for each in reversed(before):
                    if each in entered and each not in self._values:
                        raise StandInError(f"{each.described()} needs its own output.")
                    waiting.append(each)

    def _compute(self, layer: ILayer) -> tuple[Value, ...]:
        values = [self.value(tensor) if tensor is not None else None for tensor in layer.inputs]
        for index in layer.shape_inputs:
            self._check_known(layer, values[index] if index < len(values) else None)
        unknown = frozenset().union(*(value.unknown for value in values if value is not None))
        tensors = [value.tensor if value is not None else None for value in values]
        try:
            outputs, guessed = self._outputs(layer, tensors)
        except _REFUSALS as error:
            raise StandInError(_refused(layer, tensors, error)) from error
        if isinstance(layer, kinds.IShapeLayer):
            unknown = frozenset()  # sizes are known whatever the elements are
        return tuple(
            Value(self._finished(layer, index, tensor), unknown | guessed)
            for index, tensor in enumerate(outputs)
        )

    def _outputs(self, layer: ILayer, tensors: list[Any]) -> tuple[Any, frozenset[str]]:
        """Return a layer's outputs, and the plugin that they are guessed for."""
        match layer:
            case kinds.IAssertionLayer():
                if not bool(tensors[0].all()):
                    raise StandInError(f"{layer.described()} does not hold: {layer.message!r}.")
                return (), frozenset()
            case kinds.IPluginV2Layer(plugin=plugin):
                if self._guess and plugin.plugin_type not in self._references:
                    guessed = frozenset((f"the plugin {plugin.plugin_type!r}",))
                    return plugins.placeholders(layer, tensors), guessed
                return plugins.refer(layer, tensors, self._references), frozenset()
        result = COMPUTE[type(layer)](layer, *tensors)
        return (result if isinstance(result, tuple) else (result,)), frozenset()

    def _finished(self, layer: ILayer, index: int, tensor: torch.Tensor) -> torch.Tensor:
        """Convert an output to the type that was set for it."""
        wanted = layer.outputs[index].declared_type or layer.output_types.get(index)
        tensor = tensor.to(self._device)
        return pointwise.convert(tensor, wanted) if wanted is not None else tensor

    def _check_known(self, layer: ILayer, value: Value | None) -> None:
        if value is not None and value.unknown:
            raise StandInError(
                f"{layer.described()}: its shape depends on values that are not known here, of "
                f"{', '.join(sorted(value.unknown))}. Give references for plugins, and inputs."
            )


def evaluate(
    network: INetworkDefinition,
    inputs: Mapping[str, torch.Tensor],
    *,
    references: References | None = None,
    device: str = "cpu",
) -> dict[str, torch.Tensor]:
    """Run a network on inputs by name and return its outputs by name; assertions are checked.

    Raises:
        StandInError: an input is missing, unknown or of another type or rank; a plugin without a
            reference is in the way; a layer refuses its operands; an assertion does not hold.
    """
    known = {tensor.name: tensor for tensor in network.inputs}
    for name, given in inputs.items():
        _check_input(name, given, known)

    def give(tensor: ITensor) -> Value:
        if tensor.name not in inputs:
            raise StandInError(f"The input {tensor.name!r} is needed and was not given.")
        return Value(inputs[tensor.name])

    run = Evaluation(give, references or {}, device, guess=False)
    for layer in network.layers:
        if isinstance(layer, kinds.IAssertionLayer):
            run.reach(layer)
    return {tensor.name: run.value(tensor).tensor for tensor in network.outputs}


def _check_input(name: str, given: torch.Tensor, known: Mapping[str, ITensor]) -> None:
    if name not in known:
        near = did_you_mean(name, known)
        raise StandInError(f"The network has no input {name!r}.{near}")
    check_fits(known[name], given)


def check_fits(tensor: ITensor, given: torch.Tensor) -> None:
    """Refuse a value that is not of an input's type and shape."""
    sizes = tensor.declared_shape or ()
    fits = len(sizes) == given.dim() and all(
        size in (-1, found) for size, found in zip(sizes, given.shape, strict=True)
    )
    data_type = tensor.declared_type
    if not fits or data_type is None or TO_TORCH[data_type] is not given.dtype:
        found = FROM_TORCH.get(given.dtype)
        raise StandInError(
            f"The input {tensor.name!r} is {data_type} {tuple(sizes)}, and was given "
            f"{found or given.dtype} {tuple(given.shape)}."
        )


def _refused(layer: ILayer, tensors: list[torch.Tensor | None], error: Exception) -> str:
    operands = ", ".join(
        f"{FROM_TORCH[tensor.dtype].name} {tuple(tensor.shape)}"
        for tensor in tensors
        if tensor is not None
    )
    problem = str(error).strip().partition("\n")[0].rstrip(".")
    return f"{layer.described()} refuses its operands ({operands}): {problem}."
