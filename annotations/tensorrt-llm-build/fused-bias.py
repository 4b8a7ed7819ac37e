"""Build one layer of BLOOM with the attention plugin, and rewrite its graph."""

import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm import Builder, Tensor, net_guard
from tensorrt_llm.builder import BuildConfig
from tensorrt_llm.functional import relu
from tensorrt_llm.graph_rewriting import optimize
from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

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


def build(has_bias=True, is_shared=False, **options):
    """Return the network of the model with the plugins asked for, not yet rewritten."""
    sizes = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}
    plugins = {"gpt_attention_plugin": "float16", "gemm_plugin": "float16", **options}
    config = BuildConfig.from_dict({**sizes, "max_num_tokens": None, "plugin_config": plugins})
    model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(dict(CONFIG)))
    if not has_bias:
        model.transformer.layers[0].attention.qkv.register_parameter("bias", None)
    network = Builder().create_network()
    network._plugin_config = config.plugin_config
    with net_guard(network):
        model(**model.prepare_inputs(4, 8, 8, True))
        if is_shared:
            read = attentions(network)[0].inputs[0]
            relu(Tensor(network=network, trt_tensor=read, is_network_input=False))
    return network


def attentions(network):
    """Return the attention plugins of a network."""
    plugins = [layer for layer in network.trt_network.layers if layer.kind.name == "PLUGIN_V2"]
    return [layer for layer in plugins if layer.plugin.plugin_type == "GPTAttention"]


def readers(layer):
    """Return the names of the layers that read a layer's outputs."""
    return [reader.name for output in layer.outputs for reader in output.consumers]


network = build()
(before,) = attentions(network)
added = before.inputs[0].producer
product, bias = added.inputs
output_names, read_by = [output.name for output in before.outputs], readers(before)
if must_fail("The new layer's name has lost the path of its module."):
    network._module_call_stack.get_stack().append("BloomForCausalLM")
optimize(network)
old, new = attentions(network)

print("reads before:", before.inputs[0].name)
print("reads after: ", new.inputs[0].name)
assert (added.op.name, new.inputs[0] is product) == ("SUM", True), (
    "Before, the plugin reads the sum of the QKV product and its bias; after, the product itself."
)
assert new.inputs[-1] is bias and len(new.inputs) == len(old.inputs) + 1, (
    "The bias comes as one more input, the last one."
)
fields = {name for name in new.plugin.fields if new.plugin.fields[name] != old.plugin.fields[name]}
print("fields that differ:", {name: new.plugin.fields[name] for name in fields})
assert fields == {"qkv_bias_enabled"} and new.plugin.fields["qkv_bias_enabled"] == (1,), (
    "Of the plugin's fields, only qkv_bias_enabled changes."
)
assert (readers(old), readers(new)) == ([], read_by), (
    "The old plugin stays in the network, and the new one has all of its readers."
)
marked = [output.name for output in network.trt_network.outputs if output.producer == new]
assert [output.name for output in new.outputs] == output_names and marked == output_names[1:], (
    "The new plugin's outputs have the old ones' names, and its cache is the network's output."
)
print("the old layer's name:", old.name)
print("the new layer's name:", new.name)
assert "/attention/" in old.name and "/" not in new.name, (
    "The new layer's name has lost the path of its module."
)

counts = {}
settings = [("remove_input_padding", True), ("paged_kv_cache", True)]
for name, value in (*settings, ("has_bias", False), ("is_shared", True)):
    other = build(**{name: value})
    optimize(other)
    counts[name] = len(attentions(other))
print("attention plugins after the rewriting, by what is different:", counts)
assert list(counts.values()) == [2, 1, 1, 1], (
    "Packed input is rewritten too; nothing is with a paged cache, no bias, or a second reader."
)
