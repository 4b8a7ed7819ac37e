"""Count how often a model's forward runs while it is built, and what the network keeps of it."""

import sys
from collections import Counter

import torch

from srcread.lab import must_fail, replace, source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
stand_in = install()

from tensorrt_llm import Builder, Tensor, net_guard, str_dtype_to_trt
from tensorrt_llm.builder import BuildConfig, build_shard_model
from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig
from tensorrt_llm.models.bloom.model import BloomDecoderLayer

CONFIG = {
    "architecture": "BloomForCausalLM",
    "dtype": "float16",
    "vocab_size": 64,
    "hidden_size": 32,
    "num_attention_heads": 4,
    "hidden_act": "gelu",
    "position_embedding_type": "alibi",
    "mapping": {"world_size": 1, "tp_size": 1, "pp_size": 1},
    "use_parallel_embedding": False,
    "embedding_sharding_dim": 0,
    "share_embedding_table": False,
}
SIZES = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}
PLUGINS = {"gpt_attention_plugin": "float16", "gemm_plugin": "float16"}

calls = Counter()
forward = BloomDecoderLayer.forward


def counted(layer, *arguments, **named):
    calls[layer.layer_idx] += 1
    return forward(layer, *arguments, **named)


replace(BloomDecoderLayer, forward=counted)


def make_model(depth):
    config = {**CONFIG, "num_hidden_layers": depth}
    return BloomForCausalLM.from_config(PretrainedConfig.from_dict(config))


def build(model):
    """Build a model and return the network that TensorRT got."""
    sizes = {**SIZES, "max_num_tokens": None, "plugin_config": dict(PLUGINS)}
    try:
        build_shard_model(model, BuildConfig.from_dict(sizes))
    except RuntimeError as error:  # the network is recorded all the same
        print("no engine:", error)
    return stand_in.network


def constants(network):
    return sum(layer.kind.name == "CONSTANT" for layer in network.layers)


model = make_model(1)
first, again = build(model), build(model)
parameters = len(list(model.named_parameters()))
print("constants of two builds:", constants(first), constants(again), "- parameters:", parameters)
assert constants(first) - constants(again) == parameters, (
    "A model can fill one network only: a second one lacks the constants of all its parameters."
)

counts = {1: first.num_layers, 2: build(make_model(2)).num_layers}
calls.clear()
counts[3] = build(make_model(3)).num_layers
print("calls of forward, by decoder layer:", dict(calls))
assert calls == {0: 1, 1: 1, 2: 1}, "Building runs the forward of each decoder layer once."
print("TensorRT layers, by decoder layers:", counts)
assert counts[3] - counts[2] == counts[2] - counts[1] > 0, (
    "A loop over decoder layers is unrolled: each adds the same number of TensorRT layers."
)

if must_fail("A Python if on a tensor always takes its first branch, whatever is computed later."):
    Tensor.__bool__ = lambda tensor: False
branching = Builder().create_network()
with net_guard(branching):
    float32 = str_dtype_to_trt("float32")
    x = Tensor(name="x", dtype=float32, shape=[3])
    y = x + 10.0 if x > 0.0 else x - 10.0
    y.mark_output("y", float32)
result = stand_in.evaluate({"x": torch.tensor([-5.0, 0.0, 5.0])})["y"].tolist()
print("x + 10 if x > 0 else x - 10, for x of -5, 0, 5:", result)
assert result == [5.0, 10.0, 15.0], (
    "A Python if on a tensor always takes its first branch, whatever is computed later."
)
