"""Build one layer of BLOOM with the attention plugin, and rewrite its graph; in 0.5.0 too."""

import sys

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)

CONFIG = {
    "architecture": "BloomForCausalLM",
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}


def make_model(version):
    """Return a BLOOM of one layer, and its fused layer for q, k and v."""
    from tensorrt_llm import models

    if version == "0.5.0":
        sizes = {"num_layers": 1, "num_heads": 4, "hidden_size": 32, "vocab_size": 64}
        old = models.BloomForCausalLM(**sizes, max_position_embeddings=64, dtype="float16")
        return old, old.layers[0].attention.qkv
    new = models.BloomForCausalLM.from_config(models.PretrainedConfig.from_dict(dict(CONFIG)))
    return new, new.transformer.layers[0].attention.qkv


def build(version, difference=""):
    """Return the model's network with plugins, not yet rewritten, and what is different in it."""
    from tensorrt_llm import Builder, Tensor, net_guard
    from tensorrt_llm.functional import relu

    model, qkv = make_model(version)
    if difference == "no bias":
        qkv.register_parameter("bias", None)
    network = Builder().create_network()
    network.plugin_config.set_gpt_attention_plugin(dtype="float16")
    network.plugin_config.set_gemm_plugin(dtype="float16")
    if difference == "packed":
        network.plugin_config.enable_remove_input_padding()
    if difference == "paged":
        network.plugin_config.enable_paged_kv_cache()
    with net_guard(network):
        inputs = model.prepare_inputs(4, 8, 8, True)
        model(**inputs) if isinstance(inputs, dict) else model(*inputs)
        if difference == "shared":
            read = attentions(network)[0].inputs[0]
            relu(Tensor(network=network, trt_tensor=read, is_network_input=False))
    return network


def rewrite(network):
    """Let the framework rewrite a network."""
    from tensorrt_llm.graph_rewriting import optimize

    optimize(network)


def attentions(network):
    """Return the attention plugins of a network."""
    plugins = [layer for layer in network.trt_network.layers if layer.kind.name == "PLUGIN_V2"]
    return [layer for layer in plugins if layer.plugin.plugin_type == "GPTAttention"]


def readers(layer):
    """Return the names of the layers that read a layer's outputs."""
    return [reader.name for output in layer.outputs for reader in output.consumers]


def rewritten(version, *differences):
    """Return how many attention plugins there are after the rewriting, by what is different."""
    counts = {}
    for difference in differences:
        other = build(version, difference)
        rewrite(other)
        counts[difference] = len(attentions(other))
    return counts


sys.path.insert(0, str(trees["0.7.1"]))
with standing_in():
    network = build("0.7.1")
    (old,) = attentions(network)
    added = old.inputs[0].producer
    product, bias = added.inputs
    names, read_by = [output.name for output in old.outputs], readers(old)
    rewrite(network)
    counts = rewritten("0.7.1", "packed", "no bias", "shared", "paged")
new = attentions(network)[-1]  # where nothing was rewritten, the old one

print("reads before:", added.outputs[0].name)
print("reads after: ", new.inputs[0].name)
assert (added.op.name, new.inputs[0] is product) == ("SUM", True), (
    "Before, the plugin reads the sum of the QKV product and its bias; after, the product itself."
)
assert new.inputs[-1] is bias and len(new.inputs) == len(old.inputs) + 1, (
    "The bias comes as one more input, the last one."
)
fields = {name for name in new.plugin.fields if new.plugin.fields[name] != old.plugin.fields[name]}
print("fields that differ:", {name: new.plugin.fields[name] for name in fields})
assert fields == {"qkv_bias_enabled"}, "Of the plugin's fields, only qkv_bias_enabled changes."
assert (readers(old), readers(new)) == ([], read_by), (
    "The old plugin stays in the network, and the new one has all of its readers."
)
print("outputs of the old plugin:", *(output.name for output in old.outputs))
assert [output.name for output in old.outputs] == [f"{name}_deprecated" for name in names], (
    "The old plugin's outputs get names that end in _deprecated."
)
marked = [output.name for output in network.trt_network.outputs if output.producer == new]
assert new is not old and (marked, [output.name for output in new.outputs]) == (names[1:], names), (
    "The new plugin's outputs have the old ones' names, and its cache is the network's output."
)
print("the old layer's name:", old.name)
print("the new layer's name:", new.name)
assert "/attention/" in old.name and "/" not in new.name, (
    "The new layer's name has lost the path of its module."
)
print("attention plugins after the rewriting, by what is different:", counts)
assert counts["packed"] == 2, "Packed input is rewritten too."
assert counts["paged"] == 1, "With a paged KV cache nothing is rewritten."
assert (counts["no bias"], counts["shared"]) == (1, 1), (
    "Without a bias, or where another layer reads the sum, nothing is rewritten."
)

sys.path[0] = str(trees["0.5.0"])
with standing_in():
    older = rewritten("0.5.0", "packed", "no bias", "shared")
print("in 0.5.0:", older)
del counts["paged"]  # the BLOOM of 0.5.0 has no paged cache
assert older == counts, "0.5.0 rewrites in the same cases, as far as its BLOOM has them."
