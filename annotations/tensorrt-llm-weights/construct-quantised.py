"""Construct BLOOM from configurations, and see which class its layers have."""

import os
import sys
from unittest.mock import patch

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.tensorrt import standing_in

tree, old_tree = source_tree("tensorrt-llm==0.7.1"), source_tree("tensorrt-llm==0.5.0")
sys.path.insert(0, str(tree))
os.environ["TLLM_LOG_LEVEL"] = "error"  # no word about packages that only measure
torch.manual_seed(0)


def configuration(quantization, tp_size=1):
    """Return what a checkpoint's config.json holds of a small BLOOM."""
    return {
        "architecture": "BloomForCausalLM",
        "dtype": "float16",
        "vocab_size": 32,
        "hidden_size": 16,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "hidden_act": "gelu",
        "position_embedding_type": "alibi",
        "mapping": {"world_size": tp_size, "tp_size": tp_size, "pp_size": 1},
        "quantization": quantization,
        "use_parallel_embedding": False,
        "embedding_sharding_dim": 0,
        "share_embedding_table": False,
    }


def kinds(model):
    """Return the class of each module that has weights, by name."""
    modules = {name.rpartition(".")[0] for name, _ in model.named_parameters()}
    return {
        name: type(module).__name__ for name, module in model.named_modules() if name in modules
    }


def changes(before, after):
    """Return what became of the modules whose class differs."""
    return {name: after[name] for name in before if after[name] != before[name]}


def shapes(model, module):
    """Return type and shape of a module's weight and scales in the first block."""
    parameters = dict(model.named_parameters())
    names = (f"transformer.layers.0.{module}.{name}" for name in ("weight", "per_channel_scale"))
    found = [parameters[name].raw_value for name in names if name in parameters]
    return [(array.dtype.name, array.shape) for array in found]


class Loading(Exception):
    """Ends 0.5.0's build script where it would load weights into a model, which this holds."""


def load(model, *arguments, **options):
    raise Loading(model)


def built_before(option):
    """Return what 0.5.0's build script makes of the modules that it constructs, by an option."""
    sizes = ["--n_layer=2", "--n_head=2", "--n_embd=16", "--vocab_size=32"]
    with patch.object(sys, "argv", ["build.py", *sizes, option]):
        arguments = old["parse_arguments"]()
    arguments.bin_model_dir = "weights"
    mode = arguments.quant_mode
    constructed = old["BloomForCausalLM"](2, 2, 16, 32, 2048, dtype="float16", quant_mode=mode)
    after = {}
    try:
        old["build_rank_engine"](None, None, "", 0, arguments)
    except Loading as reached:
        after = kinds(*reached.args)
    made = changes(kinds(constructed), after)
    return {f"transformer.{name}": kind for name, kind in made.items()}


with standing_in():
    from tensorrt_llm.models import BloomForCausalLM, PretrainedConfig

    def construct(tp_size=1, **quantization):
        return BloomForCausalLM(PretrainedConfig.from_dict(configuration(quantization, tp_size)))

    int8_options = {"use_weight_only": True, "weight_only_precision": "int8"}
    int4_options = {"use_weight_only": True, "weight_only_precision": "int4"}
    plain, int8, int4 = construct(), construct(**int8_options), construct(**int4_options)
    linear = {name: kind for name, kind in kinds(plain).items() if kind.endswith("Linear")}
    for name, kind in linear.items():
        print(f"{name:36} {kind:12} {kinds(int8)[name]}")

    in_blocks = {name: kind for name, kind in linear.items() if name != "lm_head"}
    expected = {name: f"WeightOnlyQuant{kind}" for name, kind in in_blocks.items()}
    assert changes(kinds(plain), kinds(int8)) == expected, (
        "With weight-only quantisation all linear layers but lm_head are of their quantised kind."
    )

    config = PretrainedConfig.from_dict(configuration(int8_options))
    bare = type.__call__(BloomForCausalLM, config)  # as a class without that metaclass would
    assert kinds(bare) == kinds(plain), (
        "The constructors do none of it: the metaclass does, after them."
    )

    names = [{name for name, _ in model.named_parameters()} for model in (plain, int8)]
    assert (names[0] - names[1], names[1] - names[0]) == (
        set(),
        {f"{name}.per_channel_scale" for name in in_blocks},
    ), "No parameter is lost, biases included; each of these layers gains the scales."

    found = [shapes(model, "attention.qkv") for model in (plain, int8, int4)]
    found.append(shapes(int4, "attention.dense"))
    print("attention.qkv and, of int4, attention.dense:", *found, sep="\n  ")
    assert found == [
        [("float16", (48, 16))],
        [("int8", (16, 48)), ("float16", (48,))],
        [("int8", (16, 24)), ("float16", (48,))],
        [("int8", (16, 8)), ("float16", (16,))],
    ], (
        "The weight turns from (out, in) to (in, out) or, with two int4 values to a byte, "
        "(in, out / 2)."
    )

    halves = construct(2), construct(2, **int8_options)
    split = [shapes(halves[1], name)[0][1] for name in ("attention.qkv", "attention.dense")]
    places = [
        [(name, module.tp_group, getattr(module, "gather_output", None)) for name, module in found]
        for found in (
            [item for item in half.named_modules() if item[0] in linear] for half in halves
        )
    ]
    assert (split, places[1]) == ([(16, 24), (8, 16)], places[0]), (
        "With two ranks, qkv keeps half of its outputs and dense half of its inputs, as before."
    )

    smooth = changes(kinds(plain), kinds(construct(use_smooth_quant=True)))
    print("SmoothQuant:", *sorted(set(smooth.values())))
    assert {name.split(".", 3)[-1]: kind for name, kind in smooth.items()} == {
        "attention.qkv": "SmoothQuantLinear",
        "attention.dense": "SmoothQuantRowLinear",
        "mlp.fc": "SmoothQuantLinear",
        "mlp.proj": "SmoothQuantRowLinear",
        "input_layernorm": "SmoothQuantLayerNorm",
        "post_layernorm": "SmoothQuantLayerNorm",
    }, "SmoothQuant replaces the linear layers and both norms of a block."

    old = extract(
        old_tree,
        "examples/bloom/build.py:parse_arguments",
        "examples/bloom/build.py:build_rank_engine",
        "tensorrt_llm.models.bloom.model:BloomForCausalLM",
        given={"load_from_bin": load},
    )
    before = [built_before(f"--use_{kind}") for kind in ("weight_only", "smooth_quant")]
    print("by 0.5.0's build script:", *(sorted(set(made.values())) for made in before), sep="\n  ")
    assert before == [changes(kinds(plain), kinds(int8)), smooth], (
        "0.5.0's constructor replaces no layer; its build script replaces the same ones afterwards."
    )

    config = PretrainedConfig.from_dict(configuration({"int8_kv_cache": True}))
    cached = type.__call__(BloomForCausalLM, config)
    before = dict(cached.named_parameters())
    cached.__post_init__()  # what the metaclass does next
    after = dict(cached.named_parameters())
    added = {name: after[name].raw_value.shape for name in sorted(after.keys() - names[0])}
    scales = "attention.kv_orig_quant_scale", "attention.kv_quant_orig_scale"
    assert added == {
        f"transformer.layers.{layer}.{scale}": (1,) for layer in range(2) for scale in scales
    }, "An int8 KV cache adds two scales to each attention layer, here without quantised weights."

    made_again = sorted(name for name in after if after[name] is not before.get(name))
    print("made by the constructor, and once more after it:", *made_again, sep="\n  ")
    assert (made_again, sorted(before)) == (list(added), sorted(after)), (
        "The constructor made both scales already; they are replaced, and no other parameter is."
    )
