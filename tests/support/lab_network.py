"""One layer in a network of its own, computed: what the tests of layers share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from srcread.lab.tensorrt import StandIn, evaluate, standing_in
from srcread.lab.tensorrt.api.data import FROM_TORCH

Make = Callable[..., Any]


@contextmanager
def tensorrt(**arguments: Any) -> Iterator[tuple[StandIn, Any]]:
    """Give the stand-in, and the module `tensorrt` that is its face."""
    with standing_in(framework="no_framework", **arguments) as stand_in:
        yield stand_in, sys.modules["tensorrt"]


def add_inputs(network: Any, *tensors: torch.Tensor) -> list[Any]:
    """Add inputs of the types and shapes of tensors, named `input_0` and so on."""
    return [
        network.add_input(f"input_{number}", FROM_TORCH[tensor.dtype], tuple(tensor.shape))
        for number, tensor in enumerate(tensors)
    ]


def add_constant(network: Any, trt: Any, numbers: torch.Tensor) -> Any:
    """Add numbers as a constant and return its output."""
    data_type = FROM_TORCH[numbers.dtype]
    weights = trt.Weights(data_type, numbers.data_ptr(), numbers.numel())
    return network.add_constant(tuple(numbers.shape), weights).get_output(0)


def computed(make: Make, *tensors: torch.Tensor, flags: int = 0) -> list[torch.Tensor]:
    """Return the outputs of the layer that `make(network, trt, *inputs)` adds, computed.

    What was inferred while the network grew must agree with what came out.
    """
    with tensorrt() as (stand_in, trt):
        network = trt.Builder(trt.Logger()).create_network(flags)
        inputs = add_inputs(network, *tensors)
        layer = make(network, trt, *inputs)
        outputs = [layer.get_output(index) for index in range(layer.num_outputs)]
        for number, tensor in enumerate(outputs):
            network.mark_output(tensor)
            tensor.name = f"output_{number}"
        given = {f"input_{number}": tensor for number, tensor in enumerate(tensors)}
        results = list(evaluate(network, given).values())
        for inferred, result in zip(outputs, results, strict=True):
            assert inferred.shape == tuple(result.shape)
            assert inferred.dtype is FROM_TORCH[result.dtype]
        assert stand_in.network is network
    return results
