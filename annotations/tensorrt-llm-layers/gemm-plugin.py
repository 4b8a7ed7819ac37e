"""Record a linear layer with the Gemm plugin. What its kernel computes is not shown here."""

import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import StandInError, standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)


def linear(shape, plugin="float16", dtype="float16", strict=False):
    """Apply a linear layer in a network of its own; return the network's layers."""
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.gemm_plugin = plugin
    with tensorrt_llm.net_guard(network):
        half = tensorrt_llm.str_dtype_to_trt("float16")
        x = tensorrt_llm.Tensor(name="x", dtype=half, shape=shape)
        layer = tensorrt_llm.layers.Linear(8, 5, bias=False, dtype=dtype, strict_dtype=strict)
        network.trt_network.mark_output(layer(x).trt_tensor)
    return network.trt_network.layers


def type_of(layers):
    """Return the type that the one plugin of some layers was told."""
    (found,) = [layer.plugin for layer in layers if layer.kind.name == "PLUGIN_V2"]
    return found.fields["type_id"]


with standing_in() as stand_in:
    import tensorrt_llm

    switch = "float16"
    if must_fail(
        "With the plugin the product is one layer, of rows or of a batch: no casts, no reshaping."
    ):
        switch = False
    kinds = [
        [layer.kind.name for layer in linear(shape, plugin=switch)] for shape in ([3, 8], [2, 3, 8])
    ]
    unplugged = [layer.kind.name for layer in linear([3, 8], plugin=False)]
    constant, gemm = linear([2, 3, 8])
    if must_fail("Nothing here computes the product: that is the kernel's."):
        stand_in.references = {"Gemm": lambda fields, x, weight: x @ weight.mT}
    try:
        stand_in.evaluate({"x": torch.randn(2, 3, 8).half()})
        refused = ""
    except StandInError as error:
        refused = str(error)
    half = tensorrt_llm.str_dtype_to_trt("float16")
    types = {
        "of the plugin": type_of(linear([3, 8], plugin="float32")),
        "of the layer": type_of(linear([3, 8], plugin="float32", dtype=half, strict=True)),
    }
    try:
        linear([3, 8], strict=True)
        named = ""
    except ValueError as error:
        named = str(error)

print(gemm.name, gemm.plugin.plugin_type, gemm.plugin.fields)
print(
    "inputs:", [tuple(each.shape) for each in gemm.inputs], "output:", tuple(gemm.outputs[0].shape)
)
print("a strict type given by name:", named)
assert kinds == [["CONSTANT", "PLUGIN_V2"]] * 2, (
    "With the plugin the product is one layer, of rows or of a batch: no casts, no reshaping."
)
assert unplugged == ["CONSTANT", "CAST", "CAST", "MATRIX_MULTIPLY", "CAST"], (
    "Without it there is the weight, and the product with its casts."
)
assert gemm.plugin.fields == {"transa": (0,), "transb": (1,), "type_id": (1,), "use_fp8": (0,)}, (
    "All that the plugin is told are four numbers: what to transpose, the type, and whether in FP8."
)
x, weight = gemm.inputs
if must_fail("It has two inputs, what comes in and the weight; a bias stays outside."):
    x, weight = weight, x
assert weight.producer == constant and x.name == "x", (
    "It has two inputs, what comes in and the weight; a bias stays outside."
)
assert types == {"of the plugin": (0,), "of the layer": (1,)}, (
    "The type is the one that the plugin was switched on with, unless the layer is strict."
)
assert "float16" in named, "A strict type must be TensorRT's own: given by name it is a ValueError."
assert "compiled kernel" in refused, "Nothing here computes the product: that is the kernel's."
