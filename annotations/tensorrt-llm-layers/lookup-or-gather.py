"""Record an embedding without plugins and with one. What the plugin's kernel gives is not shown."""

import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import StandInError, standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

table = torch.randn(10, 4)
tokens = torch.tensor([[3, 0, 9], [1, 3, 3]], dtype=torch.int32, device=device)


def embed(plugin, **parallel):
    """Look tokens up in a network of its own; return the network's layers."""
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.lookup_plugin = plugin
    network.plugin_config.nccl_plugin = "float32"
    with tensorrt_llm.net_guard(network):
        int32 = tensorrt_llm.str_dtype_to_trt("int32")
        x = tensorrt_llm.Tensor(name="tokens", dtype=int32, shape=[2, 3])
        weight = tensorrt_llm.constant(table.numpy())
        y = tensorrt_llm.functional.embedding(x, weight, **parallel)
    network.trt_network.mark_output(y.trt_tensor)
    return network.trt_network.layers


def kinds(layers):
    """Name layers by their kind, and plugins by their type."""
    return [
        layer.plugin.plugin_type if layer.kind.name == "PLUGIN_V2" else layer.kind.name
        for layer in layers
    ]


with standing_in(device=device) as stand_in:
    import tensorrt_llm

    gathered = embed(False)
    (rows,) = stand_in.evaluate({"tokens": tokens}).values()
    if must_fail(
        "Without plugins it is one gather of TensorRT's own, which gives the rows of the table."
    ):
        rows = rows.flip(0)
    plugged = embed("float16")
    if must_fail("Nothing here computes what the plugin gives."):
        stand_in.references = {"Lookup": lambda fields, tokens, table: table[tokens.long()]}
    try:
        stand_in.evaluate({"tokens": tokens})
        refused = ""
    except StandInError as error:
        refused = str(error)
    of_two = {"tp_size": 2, "tp_group": [0, 1], "sharding_dim": 0, "tp_rank": 1}
    split, split_unplugged = embed("float32", **of_two), embed(False, **of_two)
    if must_fail(
        "Without plugins the look-up is TensorRT's own layers; the sum over ranks stays a plugin."
    ):
        split_unplugged = split_unplugged[:-1]

lookup = plugged[-1]
print("without plugins:", *kinds(gathered), "| with:", *kinds(plugged), lookup.plugin.fields)
print("a second of two ranks, with the plugin:", *kinds(split))
print("and without:", len(split_unplugged), "layers, the last", kinds(split_unplugged)[-1])
assert kinds(gathered) == ["CONSTANT", "GATHER"] and torch.equal(
    rows, table.to(device)[tokens.long()]
), "Without plugins it is one gather of TensorRT's own, which gives the rows of the table."
with_plugin = kinds(plugged)
if must_fail("With the plugin one layer Lookup stands in its place."):
    with_plugin = kinds(gathered)
assert with_plugin == ["CONSTANT", "Lookup"], (
    "With the plugin one layer Lookup stands in its place."
)
assert lookup.plugin.fields == {"type_id": (1,), "rank": (0,)}, (
    "The plugin is told two numbers, a type and a rank; the table is an input."
)
assert "compiled kernel" in refused, "Nothing here computes what the plugin gives."
assert kinds(split) == ["CONSTANT", "Lookup", "AllReduce"] and split[1].plugin.fields["rank"] == (
    1,
), "Of two ranks each looks up its own tokens, and a second plugin adds up what they found."
assert [kind for kind in kinds(split_unplugged) if kind in ("Lookup", "AllReduce")] == [
    "AllReduce"
], "Without plugins the look-up is TensorRT's own layers; the sum over ranks stays a plugin."
