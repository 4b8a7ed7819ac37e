"""Count how often a model's forward runs in a build, and what the network keeps of it.

The same is counted in 0.5.0, where a script builds BLOOM.
"""

import sys
from collections import Counter

import torch

from srcread.lab import replace, source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}

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
given = []  # TensorRT would compile these networks; this is about what it is given


def watch(builder, decoder_layer):
    """Keep the networks that are to be compiled, and count the calls of each layer's forward."""
    forward = decoder_layer.forward

    def counted(layer, *arguments, **named):
        calls[layer] += 1
        return forward(layer, *arguments, **named)

    replace(decoder_layer, forward=counted)
    replace(builder, build_engine=lambda builder, network, config: given.append(network))


def make_model(depth):
    config = {**CONFIG, "num_hidden_layers": depth}
    return BloomForCausalLM.from_config(PretrainedConfig.from_dict(config))


def build(model, **options):
    """Build a model and return the network that TensorRT got."""
    sizes = {**SIZES, "max_num_tokens": None, "plugin_config": {**PLUGINS, **options}}
    build_shard_model(model, BuildConfig.from_dict(sizes))
    return given[-1].trt_network


def build_older():
    """Return the network that 0.5.0's script for BLOOM gives TensorRT, of two decoder layers."""
    names = [f"examples/bloom/build.py:{name}" for name in ("parse_arguments", "build_rank_engine")]
    script = extract(trees["0.5.0"], *names, imported=["tensorrt_llm"])
    sys.argv = ["build.py", "--n_layer=2", "--n_head=4", "--n_embd=32", "--vocab_size=64"]
    sys.argv += ["--max_input_len=8", "--max_output_len=8", "--max_batch_size=4"]
    sys.argv += ["--use_gpt_attention_plugin=float16", "--use_gemm_plugin=float16"]
    sys.argv.append("--log_level=error")
    builder, arguments = Builder(), script["parse_arguments"]()
    config = builder.create_builder_config("float16")
    script["build_rank_engine"](builder, config, "bloom", 0, arguments)
    return given[-1].trt_network


def constants(network):
    return sum(layer.kind.name == "CONSTANT" for layer in network.layers)


def products(network):
    """Return how many matrix products a network leaves to the gemm plugin, and to TensorRT."""
    plugins = [layer.plugin for layer in network.layers if layer.kind.name == "PLUGIN_V2"]
    own = sum(layer.kind.name == "MATRIX_MULTIPLY" for layer in network.layers)
    return sum(plugin.plugin_type == "Gemm" for plugin in plugins), own


def read(network):
    """Return which of the mask, the first layer's cache and its block pointers are read."""
    names = {tensor.name for tensor in network.inputs if tensor.consumers}
    return sorted(name for name in names if name.endswith(("mask", "value_0", "pointers_0")))


sys.path.insert(0, str(trees["0.7.1"]))
# Where shapes are inferred, a size is 2, then 3; the mask covers the cache and the input.
with standing_in(dimensions={"mask_len": (4, 6)}) as stand_in:
    from tensorrt_llm import Builder, Tensor, net_guard, str_dtype_to_trt
    from tensorrt_llm.builder import BuildConfig, build_shard_model
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig
    from tensorrt_llm.models.bloom.model import BloomDecoderLayer
    from tensorrt_llm.parameter import Parameter

    watch(Builder, BloomDecoderLayer)
    reading = Builder().create_network()
    with net_guard(reading):
        weight = Parameter(value=torch.ones(2, 3), dtype="float32")
        added = [constants(stand_in.network)]
        added += [(weight.value, constants(stand_in.network))[1] for _ in range(2)]
    print("constants before a parameter is read, after the first reading and the second:", added)
    assert added == [0, 1, 1], "A parameter adds its constant when it is read for the first time."

    branching = Builder().create_network()
    with net_guard(branching):
        float32 = str_dtype_to_trt("float32")
        x = Tensor(name="x", dtype=float32, shape=[3])
        y = (x + 10.0 if x > 0.0 else x - 10.0) * 2.0
        y.mark_output("y", float32)
    result = stand_in.evaluate({"x": torch.tensor([-5.0, 0.0, 5.0])})["y"].tolist()
    print("twice x + 10 if x > 0 else x - 10, for x of -5, 0, 5:", result)
    assert result == [10.0, 20.0, 30.0], (
        "A Python `if` on a tensor always takes its first branch, whatever is computed later."
    )

    model = make_model(1)
    first, again = build(model), build(model)
    parameters = len(list(given[-1].named_parameters or ()))  # of the second network
    print(
        "constants of two builds:", constants(first), constants(again), "- parameters:", parameters
    )
    assert constants(first) - constants(again) == parameters, (
        "A model can fill one network only: a second one lacks the constants of all its parameters."
    )

    counts = {1: first.num_layers, 2: build(make_model(2)).num_layers}
    calls.clear()
    counts[3] = build(make_model(3)).num_layers
    print("calls of forward, by decoder layer:", *calls.values())
    assert list(calls.values()) == [1, 1, 1], (
        "Building runs the forward of each decoder layer once."
    )
    print("TensorRT layers, by decoder layers:", counts)
    assert counts[3] - counts[2] == counts[2] - counts[1] > 0, (
        "A loop over decoder layers is unrolled: each adds the same number of TensorRT layers."
    )

    decided = products(first), products(build(make_model(1), gemm_plugin=False))
    print("matrix products of the gemm plugin and of TensorRT, with it and without it:", *decided)
    assert decided == ((5, 0), (0, 5)), (
        "The gemm plugin's setting decides while Python runs: a network has one branch of the if."
    )

    settings = {
        "the plugin and a paged cache": {"paged_kv_cache": True},
        "no attention plugin": {"gpt_attention_plugin": False},
    }
    reads = {"the attention plugin": read(first)}
    reads |= {name: read(build(make_model(1), **options)) for name, options in settings.items()}
    for name, names in reads.items():
        print(f"with {name}, layers read:", *names)
    assert list(reads.values()) == [
        ["past_key_value_0"],
        ["host_kv_cache_block_pointers_0", "kv_cache_block_pointers_0"],
        ["attention_mask", "past_key_value_0"],
    ], (
        "Settings decide what layers read: a mask without the attention plugin, pointers for a "
        "paged cache."
    )

calls.clear()
sys.path[0] = str(trees["0.5.0"])
with standing_in():
    from tensorrt_llm import Builder
    from tensorrt_llm.models.bloom.model import BloomDecoderLayer

    watch(Builder, BloomDecoderLayer)
    replace(Builder, save_config=lambda builder, config, path: None)
    older = build_older().num_layers
print("of two decoder layers in 0.5.0:", older, "with calls of forward", *calls.values())
assert (older, list(calls.values())) == (counts[2], [1, 1]), (
    "In 0.5.0, the build.py of BLOOM runs forward once, too, and makes as many TensorRT layers."
)
