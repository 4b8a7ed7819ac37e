"""Layers and tensors: what a network is recorded as.

A layer is data: its inputs, the attributes that its class declares, and the call that made it. An
attribute that the class does not declare raises, so that no setting is lost unseen. Attributes are
set after a layer was added, so nothing is computed here: whoever asks a tensor for its shape or
type makes `Inference` compute as far as that needs, and a later change makes it forget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Protocol

from srcread.errors import did_you_mean
from srcread.lab.tensorrt.api.calls import RecordedCall
from srcread.lab.tensorrt.api.data import Dims, StandInError
from srcread.lab.tensorrt.api.enumerations import (
    DataType,
    LayerType,
    TensorLocation,
)

_RECORDED_ONLY = frozenset(("name", "precision", "metadata"))


class UnknownAttributeError(StandInError, AttributeError):
    """An attribute that a class of the stand-in does not have."""


class Inference(Protocol):
    """Knows each tensor's shape and type, as far as the network is recorded."""

    def shape(self, tensor: ITensor) -> tuple[int, ...]:
        """Return the sizes; -1 for one that differs from run to run."""

    def data_type(self, tensor: ITensor) -> DataType:
        """Return the type of the elements."""

    def forget(self, layer: ILayer) -> None:
        """Forget what was inferred from a layer, which has changed."""


class Network(Protocol):
    """What a layer knows of the network that it is in."""

    strongly_typed: bool
    inference: Inference


class ITensor:
    """An output of a layer, or an input of the network, which no layer produces."""

    def __init__(self, network: Network, name: str, producer: ILayer | None, index: int) -> None:
        self.network = network
        self.name = name
        self.producer = producer
        self.index = index
        self.consumers: list[ILayer] = []
        self.location = TensorLocation.DEVICE
        self.dynamic_range: tuple[float, float] | None = None
        self.dimension_names: dict[int, str] = {}
        self.declared_type: DataType | None = None
        self.declared_shape: tuple[int, ...] | None = None

    @property
    def shape(self) -> Dims:
        """The sizes; -1 for one that differs from run to run."""
        return Dims(self.network.inference.shape(self))

    @shape.setter
    def shape(self, sizes: Sequence[int]) -> None:
        if self.producer is not None:
            raise StandInError(f"{self.name!r} is computed; only an input's shape can be set.")
        self.declared_shape = tuple(map(int, sizes))
        self._changed()

    @property
    def dtype(self) -> DataType:
        """The type of the elements."""
        return self.declared_type or self.network.inference.data_type(self)

    @dtype.setter
    def dtype(self, data_type: DataType) -> None:
        self.declared_type = data_type
        self._changed()

    def set_dimension_name(self, index: int, name: str) -> None:
        """Name a dimension of an input; dimensions of one name have one size."""
        self.dimension_names[index] = name
        self._changed()

    def get_dimension_name(self, index: int) -> str | None:
        """Return the name of a dimension of an input."""
        return self.dimension_names.get(index)

    def set_dynamic_range(self, low: float, high: float) -> bool:
        """Note the range of the values; it is recorded and computes nothing."""
        self.dynamic_range = (low, high)
        return True

    @property
    def is_network_input(self) -> bool:
        """Whether no layer produces it."""
        return self.producer is None

    def _changed(self) -> None:
        for layer in [self.producer] if self.producer is not None else self.consumers:
            self.network.inference.forget(layer)


def alias(name: str) -> property:
    """Return a property that is another name of an attribute."""
    return property(lambda layer: getattr(layer, name), lambda layer, v: setattr(layer, name, v))


class ILayer:
    """A layer: inputs, the attributes that its class declares, outputs.

    `precision` and `metadata` are recorded and compute nothing: TensorRT may obey a precision or
    not, while the stand-in computes in the type that the values have. As in TensorRT, a layer that
    a network is asked for is an `ILayer` whose `type` is the layer's, while the one that an `add_`
    method gave is of the layer's class, where `type` may mean another thing; frameworks set the
    class of the former. Both are one layer: they share their state and are equal.
    """

    kind: ClassVar[LayerType]
    known: ClassVar[frozenset[str]] = _RECORDED_ONLY
    shape_inputs: ClassVar[range] = range(0)
    """The inputs whose values, not whose shapes, the output's shape depends on."""

    name: str
    type = alias("kind")
    precision: DataType | None
    metadata: str
    network: Network
    call: RecordedCall
    inputs: list[ITensor | None]
    outputs: list[ITensor]
    output_types: dict[int, DataType]

    def __init_subclass__(cls) -> None:
        aliases = {key for key, value in vars(cls).items() if isinstance(value, property)}
        declared = set(cls.__annotations__) - {"kind", "shape_inputs"}
        cls.known = cls.known | declared | aliases

    def __init__(
        self,
        network: Network,
        number: int,
        call: RecordedCall,
        inputs: Sequence[ITensor],
        attributes: Mapping[str, object],
    ) -> None:
        name = f"(Unnamed Layer* {number}) [{self.kind.name}]"
        vars(self).update(name=name, kind=self.kind, precision=None, metadata="")
        vars(self).update(attributes, network=network, call=call, inputs=[], output_types={})
        names = [f"{name}_output_{index}" for index in range(self.count_outputs())]
        outputs = [ITensor(network, name, self, index) for index, name in enumerate(names)]
        vars(self)["outputs"] = outputs
        for index, tensor in enumerate(inputs):
            self._connect(index, tensor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ILayer) and vars(self) is vars(other)

    def __hash__(self) -> int:
        return id(vars(self))

    def __setattr__(self, name: str, value: object) -> None:
        if name == "__class__" and getattr(value, "kind", None) is self.kind:
            object.__setattr__(self, name, value)
            return
        if name not in self.known:
            raise UnknownAttributeError(self._unknown(name))
        object.__setattr__(self, name, value)
        if name not in _RECORDED_ONLY:
            self.network.inference.forget(self)

    def __getattr__(self, name: str) -> object:
        raise UnknownAttributeError(self._unknown(name))

    def as_plain(self) -> ILayer:
        """Return this layer as a plain `ILayer`."""
        plain = object.__new__(ILayer)
        object.__setattr__(plain, "__dict__", vars(self))
        return plain

    @property
    def num_inputs(self) -> int:
        """How many inputs there are, those left out between others included."""
        return len(self.inputs)

    @property
    def num_outputs(self) -> int:
        """How many outputs there are."""
        return len(self.outputs)

    def get_input(self, index: int) -> ITensor | None:
        """Return an input; None where it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def get_output(self, index: int) -> ITensor | None:
        """Return an output; None where there is no such."""
        return self.outputs[index] if index < len(self.outputs) else None

    def set_input(self, index: int, tensor: ITensor) -> None:
        """Replace an input, or give one that was left out."""
        self._connect(index, tensor)
        self.network.inference.forget(self)

    def set_output_type(self, index: int, data_type: DataType) -> None:
        """Fix the type of an output; what is computed is converted to it."""
        self.output_types[index] = data_type
        self.network.inference.forget(self)

    def get_output_type(self, index: int) -> DataType:
        """Return the type of an output."""
        return self.outputs[index].dtype

    def output_type_is_set(self, index: int) -> bool:
        """Tell whether the type of an output is fixed."""
        return index in self.output_types

    def count_outputs(self) -> int:
        """Return how many outputs a layer with these attributes has."""
        return 1

    def described(self) -> str:
        """Return how messages name the layer: its name, and the call that made it."""
        return f"Layer {self.name!r} ({self.call.method})"

    def _connect(self, index: int, tensor: ITensor) -> None:
        if not isinstance(tensor, ITensor):
            found = type(tensor).__name__
            raise StandInError(f"{self.described()}: input {index} is no ITensor but {found}.")
        self.inputs.extend([None] * (index + 1 - len(self.inputs)))
        before = self.inputs[index]
        self.inputs[index] = tensor
        if before is not None and before not in self.inputs:
            before.consumers.remove(self)
        if self not in tensor.consumers:
            tensor.consumers.append(self)

    def _unknown(self, name: str) -> str:
        near = did_you_mean(name, self.known)
        return f"The stand-in's {type(self).__name__} has no attribute {name!r}.{near}"
