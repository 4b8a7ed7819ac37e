"""Build engines of a small BLOOM, and look at what TensorRT's builder is given."""

import os
import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import install

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))
stand_in = install()

from tensorrt_llm.builder import BuildConfig, Builder, build_shard_model
from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig
from tensorrt_llm.parameter import Parameter

torch.manual_seed(0)

CONFIG = {
    "architecture": "BloomForCausalLM",
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
SIZES = {"max_input_len": 8, "max_output_len": 8, "max_batch_size": 4, "max_beam_width": 1}
PLUGINS = {"gpt_attention_plugin": "float16", "gemm_plugin": "float16"}

compile_network = Builder().trt_builder.__class__.build_serialized_network
given = []


def watch(trt_builder, network, config):
    """Keep what TensorRT's builder is given, and go on."""
    given.append((config, os.environ.get("IS_BUILDING")))
    return compile_network(trt_builder, network, config)


Builder().trt_builder.__class__.build_serialized_network = watch


def make_model(dtype="float16"):
    return BloomForCausalLM.from_config(PretrainedConfig.from_dict({**CONFIG, "dtype": dtype}))


def build(model):
    """Build a model; return the error, or none."""
    sizes = {**SIZES, "max_num_tokens": None, "plugin_config": dict(PLUGINS)}
    try:
        build_shard_model(model, BuildConfig.from_dict(sizes))
    except RuntimeError as error:
        return str(error)
    return ""


if must_fail(
    "The environment variable IS_BUILDING is 1 while TensorRT builds, and is deleted afterwards."
):
    Builder.build_engine = Builder.build_engine.__wrapped__
model = make_model()
build(model)
config, building = given[-1]
named = stand_in.network.weights_names
constants = [layer for layer in stand_in.network.layers if layer.kind.name == "CONSTANT"]
print(len(named), "of", len(constants), "constants have named weights:", *named[:3], "…")
assert named == [name for name, _ in model.named_parameters()], (
    "Each parameter's weights are named as the model names the parameter."
)

print("IS_BUILDING during the build and after it:", building, os.environ.get("IS_BUILDING"))
assert (building, os.environ.get("IS_BUILDING")) == ("1", None), (
    "The environment variable IS_BUILDING is 1 while TensorRT builds, and is deleted afterwards."
)

unread = make_model()
unread.extra = Parameter(shape=[3], dtype="float16")
problem = build(unread)
print("with a parameter that forward does not read:", problem)
assert problem == "Failed to set weight: extra", (
    "A parameter that forward never reads stops the build."
)

flags = {}
for dtype in ("float32", "float16", "bfloat16"):
    build(make_model(dtype))
    flags[dtype] = {flag.name for flag in given[-1][0].set_flags}
print("flags by type:", {dtype: sorted(flags[dtype]) for dtype in flags})
assert flags == {
    "float32": set(),
    "float16": {"FP16", "OBEY_PRECISION_CONSTRAINTS"},
    "bfloat16": {"BF16", "OBEY_PRECISION_CONSTRAINTS"},
}, "Half types allow their kernels and oblige TensorRT to keep to the types that layers set."

cache = config.get_timing_cache()
if must_fail("Each build has a fresh timing cache of its own."):
    cache = given[-1][0].get_timing_cache()
assert cache is not None and cache is not given[-1][0].get_timing_cache(), (
    "Each build has a fresh timing cache of its own."
)
