"""Record a linear layer with the Gemm plugin. What its kernel computes is not shown here."""

import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)


def linear(shape, plugin="float16", dtype="float16", strict_dtype=False, fp8=False):
    """Apply a linear layer in a network of its own; return the network's layers.

    With `fp8`, multiply_gather is called by itself: FP8Linear asks it for fp8, but for no plugin.
    """
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.gemm_plugin = plugin
    with tensorrt_llm.net_guard(network):
        x = tensorrt_llm.Tensor(name="x", dtype=half, shape=shape)
        layer = tensorrt_llm.layers.Linear(8, 5, False, dtype, strict_dtype=strict_dtype)
        weight = layer.weight.value
        y = layer.multiply_gather(x, weight, plugin, use_fp8=True) if fp8 else layer(x)
    network.trt_network.mark_output(y.trt_tensor)
    return network.trt_network.layers


def kinds(layers):
    """Name layers by their kinds, and plugins by their types."""
    return [
        layer.plugin.plugin_type if layer.kind.name == "PLUGIN_V2" else layer.kind.name
        for layer in layers
    ]


def type_of(**options):
    """Return the type in the fields of a linear layer's plugin."""
    return linear([3, 8], **options)[-1].plugin.fields["type_id"]


with standing_in() as stand_in:
    import tensorrt_llm

    half = tensorrt_llm.str_dtype_to_trt("float16")
    plugged = [linear(shape) for shape in ([3, 8], [2, 3, 8])]
    print(*kinds(plugged[0]), plugged[0][-1].plugin.fields if len(plugged[0]) == 2 else "")
    assert [kinds(layers) for layers in plugged] == [["CONSTANT", "Gemm"]] * 2, (
        "With the plugin a matmul is one layer, for (n, in) and for (batch, seq, in): "
        "no cast, no reshape."
    )
    unplugged = kinds(linear([3, 8], plugin=False))
    assert unplugged == ["CONSTANT", "CAST", "CAST", "MATRIX_MULTIPLY", "CAST"], (
        "Without the plugin a matmul is four layers, three of them casts."
    )
    fields = [linear([3, 8], fp8=fp8)[-1].plugin.fields for fp8 in (False, True)]
    of_half = {"transa": (0,), "transb": (1,), "type_id": (1,), "use_fp8": (0,)}
    assert fields == [of_half, of_half | {"use_fp8": (1,)}], (
        "The fields of the plugin are transa, transb, type_id and use_fp8."
    )
    strict = {"dtype": half, "strict_dtype": True}
    types = [type_of(), type_of(plugin="float32"), type_of(plugin="float32", **strict)]
    assert types == [(1,), (0,), (1,)], "The type is that of the switch, or that of a strict layer."
    try:
        linear([3, 8], strict_dtype=True)
        named = ""
    except ValueError as error:
        named = str(error)
    print("refused:", named)
    assert named == "invalid literal for int() with base 10: 'float16'", (
        "A strict type given by name raises a ValueError."
    )
