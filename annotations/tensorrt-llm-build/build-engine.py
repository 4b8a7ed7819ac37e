"""Build engines of a small BLOOM, and look at what TensorRT's builder is given; in 0.5.0 too."""

import logging
import os
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
    from tensorrt_llm import models

    if version == "0.5.0":
        sizes = {"num_layers": 1, "num_heads": 4, "hidden_size": 32, "vocab_size": 64}
        return models.BloomForCausalLM(**sizes, max_position_embeddings=64, dtype="float16")
    return models.BloomForCausalLM.from_config(models.PretrainedConfig.from_dict(dict(CONFIG)))


def build(model):
    """Build a model with plugins; return the error, or none."""
    from tensorrt_llm import Builder, net_guard

    builder = Builder()
    network = builder.create_network()
    network.plugin_config.set_gpt_attention_plugin(dtype="float16")
    network.plugin_config.set_gemm_plugin(dtype="float16")
    with net_guard(network):
        network.set_named_parameters(model.named_parameters())
        inputs = model.prepare_inputs(4, 8, 8, True)
        model(**inputs) if isinstance(inputs, dict) else model(*inputs)
    try:
        builder.build_engine(network, builder.create_builder_config(precision="float16"))
    except (KeyError, RuntimeError) as error:
        return str(error)
    return ""


def flags_of(precision, **options):
    """Return the flags that are set for a precision, and what is logged as an error."""
    from tensorrt_llm import Builder

    told = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: told.append(record.getMessage())
    logging.getLogger("TRT-LLM").addHandler(handler)
    config = Builder().create_builder_config(precision=precision, **options)
    logging.getLogger("TRT-LLM").removeHandler(handler)
    return sorted(flag.name for flag in config.trt_builder_config.set_flags), len(told)


def caches():
    """Return the timing caches of two configurations."""
    from tensorrt_llm import Builder

    configs = [Builder().create_builder_config(precision="float16") for _ in range(2)]
    return [config.trt_builder_config.get_timing_cache() for config in configs]


def observe(version):
    """Return what a version does, and what TensorRT's builder was given last."""
    sys.path.insert(0, str(trees[version]))
    with standing_in() as stand_in:
        from tensorrt_llm import Builder
        from tensorrt_llm.parameter import Parameter
        from tensorrt_llm.quantization import QuantMode

        kind = Builder().trt_builder.__class__
        compile_network = kind.build_serialized_network
        building = []

        def watch(trt_builder, network, config):
            """Keep whether the framework says that it builds, and go on."""
            building.append(os.environ.get("IS_BUILDING"))
            return compile_network(trt_builder, network, config)

        kind.build_serialized_network = watch
        model, unread = make_model(version), make_model(version)
        build(model)
        named = stand_in.network.weights_names
        constants = sum(layer.kind.name == "CONSTANT" for layer in stand_in.network.layers)
        unread.extra = Parameter(shape=[3], dtype="float16")
        precisions = ("float32", "float16", "bfloat16", "float64")
        seen = {
            "named": named == [name for name, _ in model.named_parameters()],
            "constants": (len(named), constants),
            "building": (*building, os.environ.pop("IS_BUILDING", None)),
            "unread": build(unread),
            "flags": {precision: flags_of(precision) for precision in precisions},
            "caches": len(set(map(id, caches()))) == 2 and None not in caches(),
        }
        fp8_cache = QuantMode.from_description(use_fp8_kv_cache=True)
        options = {"argument": {"fp8": True}, "quant_mode": {"quant_mode": fp8_cache}}
        fp8 = {name: flags_of("float32", **options[name])[0] for name in options}
    sys.path.remove(str(trees[version]))
    return seen, fp8


seen, fp8 = observe("0.7.1")
print(*(f"{name}: {what}" for name, what in seen.items()), sep="\n")
assert seen["named"], "Each parameter's weights are named as the model names the parameter."
assert seen["constants"] == (18, 99), (
    "18 constants have a name, one for each parameter, and 81 have none."
)
assert seen["building"] == ("1", None), (
    "The environment variable IS_BUILDING is 1 while TensorRT builds, and is deleted afterwards."
)
assert seen["unread"] == "Failed to set weight: extra", (
    "A parameter that forward never reads stops the build."
)
flags = {precision: names for precision, (names, _) in seen["flags"].items()}
assert flags == {
    "float32": [],
    "float16": ["FP16", "OBEY_PRECISION_CONSTRAINTS"],
    "bfloat16": ["BF16", "OBEY_PRECISION_CONSTRAINTS"],
    "float64": [],
}, "float16 and bfloat16 set a flag of their own and OBEY_PRECISION_CONSTRAINTS; float32 sets none."
assert [errors for _, errors in seen["flags"].values()] == [0, 0, 0, 1], (
    "Another precision than these three is logged as an error, and raises nothing."
)
assert seen["caches"], "Each configuration has a fresh timing cache of its own."

older, fp8_older = observe("0.5.0")
print("flags with fp8, in 0.5.0 and in 0.7.1:", fp8_older, fp8)
both = ["FP8", "OBEY_PRECISION_CONSTRAINTS"]
assert (fp8_older, fp8) == (
    {"argument": both, "quant_mode": []},
    {"argument": [], "quant_mode": both},
), "0.5.0 sets the flag FP8 for the argument fp8=True, and 0.7.1 for a quant_mode with fp8."
print("constants in 0.5.0:", older.pop("constants"))
del seen["constants"]  # other helpers add them there
assert older == seen, "0.5.0 gives TensorRT's builder the same names, flags and caches."
