"""Prepare BLOOM's inputs under several plugin settings, and read the profiles made of them."""

import sys
from collections import OrderedDict
from itertools import product

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
install()

from tensorrt_llm import Builder, Tensor, net_guard, str_dtype_to_trt
from tensorrt_llm.builder import BuildConfig
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
BATCH, BEAMS, INPUT, OUTPUT = 5, 2, 8, 6  # the largest
BOTH = {"gpt_attention_plugin": "float16", "gemm_plugin": "float16"}

model = BloomForCausalLM.from_config(PretrainedConfig.from_dict(dict(CONFIG)))


def prepare(tokens, plugins):
    """Return a network that has the model's inputs and nothing else."""
    sizes = {"max_batch_size": BATCH, "max_beam_width": BEAMS, "max_num_tokens": tokens}
    sizes |= {"max_input_len": INPUT, "max_output_len": OUTPUT, "plugin_config": dict(plugins)}
    network = Builder().create_network()
    network._plugin_config = BuildConfig.from_dict(sizes).plugin_config
    with net_guard(network):
        model.prepare_inputs(BATCH, INPUT, OUTPUT, True, BEAMS, tokens)
    return network


def profiles(plugins, tokens=None):
    """Return the profiles that TensorRT gets: per input the least, usual and largest shape."""
    builder = Builder()
    config = builder.create_builder_config(precision="float16")
    builder._add_optimization_profile(prepare(tokens, plugins), config)
    return [profile.shapes for profile in config.trt_builder_config.profiles]


def unfit(tokens, plugins):
    """Return the error for an input whose `input_len` has another range than the model's."""
    builder, network = Builder(), prepare(tokens, plugins)
    with net_guard(network):
        sizes = OrderedDict(input_len=[[1, 2, 3]])
        Tensor(name="mine", dtype=str_dtype_to_trt("int32"), shape=[-1], dim_range=sizes)
    try:
        builder._add_optimization_profile(network, builder.create_builder_config("float16"))
    except AssertionError as error:
        return str(error)
    return ""


switches = ("attention", "gemm", "packed", "paged")
settings = [dict(zip(switches, each, strict=True)) for each in product((False, True), repeat=4)]
single = [
    {name for name in each if each[name]}
    for each in settings
    if not model.has_two_optimization_profiles(*each.values())
]
print("one profile with:", *(" + ".join(sorted(names)) for names in single), sep="\n  ")
sets = [{name for name in each if each[name]} for each in settings]
in_flight = {"attention", "packed", "paged"}
assert single == [s for s in sets if {"attention", "gemm"} <= s or in_flight <= s], (
    "There is one profile with both plugins, or with all that in-flight batching needs; else two."
)

context, generation = profiles({})
for name in ("input_ids", "past_key_value_0", "attention_mask"):
    print(f"{name}: context {context[name]}, generation {generation[name]}")
by_token = ("input_ids", "position_ids")
assert [(context[name], generation[name]) for name in by_token] == [
    (((1, 1), (3, 4), (5, 8)), ((1, 1), (5, 1), (10, 1))) for _ in by_token
], "Of two profiles the first has a prompt's length and no beams, the second one token per beam."
attended = profiles({"gpt_attention_plugin": "float16"})[0]
caches = [[shape[3] for shape in each["past_key_value_0"]] for each in (context, attended)]
print("cache lengths in the context profile, without the attention plugin and with it:", *caches)
assert caches == [[0, 0, 0], [1, 7, 14]], (
    "Without the attention plugin the context profile's cache is empty, with it as in generation."
)
whole = INPUT + OUTPUT
masks = [[shape[1] for shape in each["attention_mask"]] for each in (context, generation)]
cache = [shape[3] for shape in generation["past_key_value_0"]]
assert (masks[1], cache) == ([2, whole // 2 + 1, whole + 1], [1, whole // 2, whole]), (
    "In generation the cache reaches to the longest input and output, the mask one further."
)
assert masks[0] == [1, INPUT // 2, INPUT], "In the context phase the mask is as long as the prompt."

(only,) = profiles(BOTH)
print("one profile: input_ids", only["input_ids"])
assert only["input_ids"] == ((1, 1), (5, 1), (10, 8)), (
    "A single profile takes one token as the usual length, and a whole prompt as the longest."
)

packed = {**BOTH, "remove_input_padding": True}
tokens = {limit: profiles(packed, limit)[0]["input_ids"] for limit in (None, 20)}
print("packed input, by max_num_tokens:", tokens)
assert tokens == {None: ((1, 1), (1, 10), (1, 40)), 20: ((1, 1), (1, 10), (1, 20))}, (
    "Packed input has one row: as many tokens as full prompts, or as max_num_tokens says."
)

problem = unfit(None, BOTH)
print("another range for input_len:", problem[:56], "…")
assert problem.startswith("Validation of the tensor dimension ranges failed"), (
    "Dimensions of one name must have the same range in every input of a profile."
)
