"""Record an embedding without plugins and with one. What the plugin's kernel gives is not shown."""

import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

table = torch.randn(12, 12)
tokens = torch.tensor([[6, 0, 11], [5, 8, 9]], dtype=torch.int32, device=device)


def embed(plugin, rows=table, **parallel):
    """Look tokens up in a network of its own; return its layers and the result, if a Tensor."""
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.lookup_plugin = plugin
    network.plugin_config.nccl_plugin = "float32"
    with tensorrt_llm.net_guard(network):
        int32 = tensorrt_llm.str_dtype_to_trt("int32")
        x = tensorrt_llm.Tensor(name="tokens", dtype=int32, shape=[2, 3])
        weight = tensorrt_llm.constant(rows.numpy())
        y = tensorrt_llm.functional.embedding(x, weight, **parallel)
    if not isinstance(y, tensorrt_llm.Tensor):
        return [], None
    return network.trt_network.layers, y.trt_tensor


def kinds(layers):
    """Name layers by their kinds, and plugins by their types."""
    return [
        layer.plugin.plugin_type if layer.kind.name == "PLUGIN_V2" else layer.kind.name
        for layer in layers
    ]


def computed(tensor):
    """Return a tensor of the network made last, computed."""
    stand_in.network.mark_output(tensor)
    (result,) = stand_in.evaluate({"tokens": tokens}).values()
    return result.cpu()


with standing_in(device=device) as stand_in:
    import tensorrt_llm

    whole, _ = embed("float16")
    print("with the plugin:", *kinds(whole))
    assert kinds(whole) == ["CONSTANT", "Lookup"], (
        "With the plugin one layer Lookup stands in the place of the gather."
    )
    fields = [whole[1].plugin.fields]
    of_four = {"tp_size": 4, "tp_group": [0, 1, 2, 3], "sharding_dim": 0, "tp_rank": 2}
    split, _ = embed("float32", table[6:9], **of_four)
    fields.append(split[1].plugin.fields)
    print("fields:", *fields)
    assert fields == [{"type_id": (1,), "rank": (0,)}, {"type_id": (0,), "rank": (2,)}], (
        "The fields of Lookup are a type and a rank."
    )
    gathered, looked_up = embed(False)
    rows = looked_up and computed(looked_up)
    unplugged, _ = embed(False, table[6:9], **of_four)
    own = computed(unplugged[-1].get_input(0))

print("without:", *kinds(gathered), "| a rank of four:", *kinds(unplugged))
places = tokens.cpu().long()
assert kinds(gathered) == ["CONSTANT", "GATHER"] and torch.equal(rows, table[places]), (
    "Without plugins it is one gather, which takes rows of the table."
)
expected = table[places] * ((places >= 6) & (places < 9))[..., None]
assert torch.equal(own, expected), (
    "Without the plugin a rank gets its own rows, and zeros for tokens of other ranks."
)
assert [kinds(split)[-2:], kinds(unplugged)[-2:]] == [
    ["Lookup", "AllReduce"],
    ["SELECT", "AllReduce"],
], "With Lookup and without it, the sum over the ranks is a plugin AllReduce."
