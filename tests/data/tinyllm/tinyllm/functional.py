"""Functions that add layers: nothing is computed when they are called."""

from functools import partial

import tensorrt as trt
import torch

from . import plugin
from ._common import default_net


class Tensor:
    def __init__(self, trt_tensor):
        self.trt_tensor = trt_tensor

    @property
    def shape(self):
        return self.trt_tensor.shape

    def __add__(self, other):
        return add(self, other)


def _made(layer):
    default_net().name(layer)
    return Tensor(layer.get_output(0))


def constant(numbers):
    kind = {torch.float32: trt.float32, torch.int32: trt.int32}[numbers.dtype]
    weights = trt.Weights(kind, numbers.data_ptr(), numbers.numel())
    return _made(default_net().trt_network.add_constant(trt.Dims(numbers.shape), weights))


def elementwise(left, right, op):
    network = default_net().trt_network
    return _made(network.add_elementwise(left.trt_tensor, right.trt_tensor, op))


add = partial(elementwise, op=trt.ElementWiseOperation.SUM)


def activation(x, kind):
    return _made(default_net().trt_network.add_activation(x.trt_tensor, kind))


ACTIVATIONS = {
    "relu": partial(activation, kind=trt.ActivationType.RELU),
    "tanh": partial(activation, kind=trt.ActivationType.TANH),
}


def matmul(left, right):
    none, transpose = trt.MatrixOperation.NONE, trt.MatrixOperation.TRANSPOSE
    network = default_net().trt_network
    return _made(network.add_matrix_multiply(left.trt_tensor, none, right.trt_tensor, transpose))


def gather(table, indices):
    return _made(default_net().trt_network.add_gather(table.trt_tensor, indices.trt_tensor, 0))


def view(x, shape, transpose=None):
    layer = default_net().trt_network.add_shuffle(x.trt_tensor)
    layer.reshape_dims = shape
    if transpose is not None:
        layer.second_transpose = transpose
    return _made(layer)


def part(x, start, size):
    network = default_net().trt_network
    layer = network.add_slice(x.trt_tensor, start, size, [1] * len(start))
    layer.set_input(2, constant(torch.tensor(size, dtype=torch.int32)).trt_tensor)
    return _made(layer)


def softmax(x, axis):
    layer = default_net().trt_network.add_softmax(x.trt_tensor)
    layer.axes = 1 << axis
    return _made(layer)


def gemm_plugin(x, weight):
    creator = trt.get_plugin_registry().get_plugin_creator("Gemm", "1", plugin.NAMESPACE)
    fields = trt.PluginFieldCollection(
        [
            trt.PluginField("transa", torch.tensor([0]), trt.PluginFieldType.INT32),
            trt.PluginField("transb", torch.tensor([1]), trt.PluginFieldType.INT32),
        ]
    )
    made = creator.create_plugin("gemm", fields)
    return _made(default_net().trt_network.add_plugin_v2([x.trt_tensor, weight.trt_tensor], made))
