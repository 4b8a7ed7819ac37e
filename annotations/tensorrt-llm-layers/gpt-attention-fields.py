"""Record the plugin GPTAttention and list its fields. Its kernels are not here."""

import ast
import sys

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
sys.path.insert(0, str(trees["0.7.1"]))

SIZES = {
    "qkv": ("float16", [2, 5, 32]),
    "past_key_value": ("float16", [2, 2, 2, 16, 4]),
    "sequence_length": ("int32", [2]),
    "host_past_key_value_lengths": ("int32", [2]),
    "host_max_attention_window_sizes": ("int32", [1]),
    "context_lengths": ("int32", [2]),
    "cache_indirection": ("int32", [2, 1, 16]),
    "host_request_types": ("int32", [2]),
    "qkv_bias": ("float16", [32]),
}
NUMBERS = {
    "num_heads": 4,
    "num_kv_heads": 2,
    "hidden_size_per_head": 4,
    "q_scaling": 1.5,
    "max_context_length": 9,
}


def listed(tree):
    """Count the fields that `gpt_attention` lists in a tree."""
    parsed = ast.parse((tree / "tensorrt_llm" / "functional.py").read_bytes())
    (function,) = [node for node in parsed.body if getattr(node, "name", "") == "gpt_attention"]
    (found,) = [
        node for node in ast.walk(function) if isinstance(node, ast.List) and len(node.elts) > 20
    ]
    return len(found.elts)


def fields(config=(), without=("qkv_bias",), **options):
    """Attend by the plugin in a network of its own; return the plugin's fields."""
    network = tensorrt_llm.Builder().create_network()
    switches = {"gpt_attention_plugin": "float16"} | dict(config)
    for name, value in switches.items():
        setattr(network.plugin_config, name, value)
    with tensorrt_llm.net_guard(network):
        inputs = {
            name: tensorrt_llm.Tensor(
                name=name, dtype=tensorrt_llm.str_dtype_to_trt(of), shape=shape
            )
            for name, (of, shape) in SIZES.items()
            if name not in without
        }
        functional.gpt_attention(**inputs, **{**NUMBERS, **options})
    (layer,) = network.trt_network.layers
    return layer.plugin.fields


with standing_in():
    import tensorrt_llm
    from tensorrt_llm import functional

    heads, rope, mask, blocks = 2, {"rotary_embedding_dim": 8}, "padding", True
    if must_fail(
        "The heads, their size, the scaling and the longest context are fixed in the engine."
    ):
        heads = 4
    if must_fail("The plugin is told by two numbers how to rotate."):
        rope["rotary_embedding_base"] = 500.0
    if must_fail(
        "The kind of mask is one number, and the field unidirectional is 1 whatever it says."
    ):
        mask = "causal"
    if must_fail("Others come from the network's plugin_config, not from the call."):
        blocks = False
    given = fields(num_kv_heads=heads)
    padding = fields(mask_type=functional.AttentionMaskType[mask])
    with_bias = fields(without=())
    neox = functional.PositionEmbeddingType.rope_gpt_neox
    rotary = fields(position_embedding_type=neox, **rope)
    switched = fields(
        {
            "gpt_attention_plugin": "float32",
            "context_fmha_type": 2,
            "multi_block_mode": blocks,
            "tokens_per_block": 64,
            "use_paged_context_fmha": True,
        }
    )


def changed(other):
    """Return the fields that differ from the first call's."""
    return {name: value[0] for name, value in other.items() if value != given[name]}


count, versions = len(given), {version: listed(tree) for version, tree in trees.items()}
if must_fail("The plugin is made of 27 fields."):
    count = versions["0.5.0"]
if must_fail("0.5.0 has 25 of them: whether there is a cache, and paged context FMHA, came later."):
    versions["0.5.0"] = count
print(count, "fields:", *(f"{name}={value[0]}" for name, value in given.items()))
assert count == 27, "The plugin is made of 27 fields."
assert versions == {"0.5.0": 25, "0.7.1": 27}, (
    "0.5.0 has 25 of them: whether there is a cache, and paged context FMHA, came later."
)
numbers = [given[name][0] for name in ("num_heads", "num_kv_heads", "head_size", "q_scaling")]
assert numbers == [4, 2, 4, 1.5] and given["max_context_length"] == (9,), (
    "The heads, their size, the scaling and the longest context are fixed in the engine."
)
assert changed(rotary) == {"position_embedding_type": 2, "rotary_embedding_dim": 8}, (
    "The plugin is told by two numbers how to rotate."
)
assert changed(padding) == {"mask_type": 0} and padding["unidirectional"] == (1,), (
    "The kind of mask is one number, and the field unidirectional is 1 whatever it says."
)
assert changed(switched) == {
    "context_fmha_type": 2,
    "multi_block_mode": 1,
    "tokens_per_block": 64,
    "type_id": 0,
    "use_paged_context_fmha": 1,
}, "Others come from the network's plugin_config, not from the call."
assert changed(with_bias) == {"qkv_bias_enabled": 1}, (
    "That there is a bias is a field; the bias is an input."
)
