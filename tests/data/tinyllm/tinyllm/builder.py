"""Build a model: run its `forward` once on a network's inputs, and mark what comes out."""

import tensorrt as trt

from ._common import net_guard
from .functional import Tensor
from .network import Network


def build(model, length):
    builder = trt.Builder(trt.Logger(trt.Logger.ERROR))
    network = Network(builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH)))
    with net_guard(network):
        tokens = network.trt_network.add_input("tokens", trt.int32, (length,))
        output = model(Tensor(tokens)).trt_tensor
        network.trt_network.mark_output(output)
        output.name = "logits"
    return builder.build_serialized_network(network.trt_network, builder.create_builder_config())
