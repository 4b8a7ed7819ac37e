"""How an observer describes a recorded network: by names, so that two runs can be compared."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch")

from support.described import alike, described  # noqa: E402  behind the skip
from support.lab_network import add_constant, tensorrt  # noqa: E402  behind the skip


def chain(trt: Any, length: int, numbers: Any) -> Any:
    """Return a network of a constant and some layers behind it."""
    network = trt.Builder(trt.Logger()).create_network()
    tensor = add_constant(network, trt, numbers)
    for _ in range(length):
        tensor = network.add_unary(tensor, trt.UnaryOperation.NEG).get_output(0)
    return network


def test_where_weights_lie_in_memory_does_not_tell_two_networks_apart() -> None:
    one, other = torch.ones(4), torch.ones(4)
    assert one.data_ptr() != other.data_ptr()
    with tensorrt() as (_, trt):
        layers = [chain(trt, 1, numbers).layers[0] for numbers in (one, other)]
        first, second = described(layers[0], layers[1])
    assert first == second


def test_a_layer_is_told_by_its_names_its_settings_and_what_it_reads() -> None:
    with tensorrt() as (_, trt):
        network = chain(trt, 2, torch.ones(4))
        shuffled = network.add_shuffle(network.layers[1].outputs[0])
        before = described(shuffled)
        shuffled.reshape_dims = (2, 2)
        reshaped = described(shuffled)
        shuffled.set_input(0, network.layers[2].outputs[0])
        assert len({row[1] for row in (*before, *reshaped, *described(shuffled))}) == 3


def test_a_network_is_told_by_its_layers_and_a_tensor_is_not_told_by_the_network() -> None:
    with tensorrt() as (_, trt):
        network = chain(trt, 2, torch.ones(4))
        tensor = network.layers[2].outputs[0]
        before = described(network, tensor)
        network.add_unary(network.layers[0].outputs[0], trt.UnaryOperation.ABS)
        after = described(network, tensor)
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_a_class_that_says_it_is_of_the_lab_is_no_part_of_a_network() -> None:
    class Layer:
        __module__ = "srcread.lab.tensorrt.api.network"
        __qualname__ = "Layer"

        def __init__(self, n: int) -> None:
            self.held = Fraction(n)

    assert not alike(Layer(2), Layer(3))
