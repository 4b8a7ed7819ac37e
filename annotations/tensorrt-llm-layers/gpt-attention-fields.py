"""Record the plugin GPTAttention and list its fields. Its kernels are not here."""

import ast
import sys

import numpy as np

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}

INPUTS = {
    "qkv": ("float16", [2, 5, 32]),
    "past_key_value": ("float16", [2, 2, 2, 16, 4]),
    "sequence_length": ("int32", [2]),
    "host_past_key_value_lengths": ("int32", [2]),
    "host_max_attention_window_sizes": ("int32", [1]),
    "context_lengths": ("int32", [2]),
    "cache_indirection": ("int32", [2, 1, 16]),
    "host_request_types": ("int32", [2]),
    "qkv_bias": ("float16", [32]),
    "host_context_lengths": ("int32", [2]),
    "kv_cache_block_pointers": ("int32", [2, 1, 2, 8]),
    "host_kv_cache_block_pointers": ("int32", [2, 1, 2, 8]),
}
PLAIN = list(INPUTS)[:8]
NUMBERS = {
    "num_heads": 4,
    "num_kv_heads": 2,
    "hidden_size_per_head": 4,
    "q_scaling": 1.5,
    "rotary_embedding_dim": 0,
    "max_context_length": 9,
}
collected = []


class Collection(list):
    """Stands for TensorRT's collection of fields, and keeps their numbers with their types."""

    def __init__(self, given):
        super().__init__(given)
        arrays = {field.name: np.asarray(field.data) for field in given}
        collected.append({name: (each.item(), each.dtype.name) for name, each in arrays.items()})


def written(tree):
    """Return the names and types of the fields that `gpt_attention` makes in a tree's text."""
    parsed = ast.parse((tree / "tensorrt_llm" / "functional.py").read_bytes())
    (function,) = [node for node in parsed.body if getattr(node, "name", "") == "gpt_attention"]
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    made = [call.args for call in calls if getattr(call.func, "attr", "") == "PluginField"]
    return {name.value: data_type.attr.lower() for name, _, data_type in made}


def fields(inputs=PLAIN, config=(), **options):
    """Attend by the plugin in a network of its own; return its fields: numbers and types."""
    functional.trt.PluginFieldCollection = Collection
    network = tensorrt_llm.Builder().create_network()
    for name, value in ({"gpt_attention_plugin": "float16"} | dict(config)).items():
        setattr(network.plugin_config, name, value)
    with tensorrt_llm.net_guard(network):
        qkv, *given = (
            tensorrt_llm.Tensor(
                name=name,
                dtype=tensorrt_llm.str_dtype_to_trt(INPUTS[name][0]),
                shape=INPUTS[name][1],
            )
            for name in inputs
        )
        quant_mode = tensorrt_llm.quantization.QuantMode(0)
        arguments = {**NUMBERS, "kv_cache_quant_mode": quant_mode, **options}
        functional.gpt_attention(qkv, **dict(zip(inputs[1:], given, strict=True)), **arguments)
    return collected[-1] if collected else {}


sys.path.insert(0, str(trees["0.7.1"]))
with standing_in():
    import tensorrt_llm
    from tensorrt_llm import functional

    given = fields()
    neox, scaling = functional.PositionEmbeddingType.rope_gpt_neox, functional.RotaryScalingType
    rotary = fields(
        position_embedding_type=neox,
        rotary_embedding_dim=8,
        rotary_embedding_base=500.0,
        rotary_embedding_scale_type=scaling.linear,
        rotary_embedding_scale=2.0,
        rotary_embedding_max_positions=64,
    )
    padding = fields(mask_type=functional.AttentionMaskType.padding)
    with_bias = fields([*PLAIN, "qkv_bias"])
    switched = fields(
        [*(name for name in INPUTS if name not in ("past_key_value", "qkv_bias"))],
        {
            "gpt_attention_plugin": "float32",
            "context_fmha_type": 2,
            "remove_input_padding": True,
            "paged_kv_cache": True,
            "tokens_per_block": 64,
            "multi_block_mode": True,
            "use_paged_context_fmha": True,
        },
        past_key_value=None,
    )


def changed(other):
    """Return the fields that differ from the first call's."""
    return {name: value for name, value in other.items() if value != given[name]}


for name, (number, data_type) in given.items():
    print(f"{name}={number}", data_type)
used = {data_type for _, data_type in given.values()}
assert (len(given), used) == (27, {"int8", "int32", "float32"}), (
    "The plugin is made of 27 fields, each of them an int8, an int32 or a float32."
)
older = written(trees["0.5.0"])
new = {name: data_type for name, (_, data_type) in given.items() if older.get(name) != data_type}
assert (len(older), new) == (25, {"use_paged_context_fmha": "int8", "use_cache": "int32"}), (
    "0.5.0 has 25 of these fields, all but use_cache and use_paged_context_fmha."
)
fixed = ("num_heads", "num_kv_heads", "head_size", "q_scaling", "max_context_length")
assert [given[name] for name in fixed] == [
    *((4, "int32"), (2, "int32"), (4, "int32")),
    *((1.5, "float32"), (9, "int32")),
], "The numbers of heads, their size, the scaling and the longest context are fields."
assert changed(rotary) == {
    "position_embedding_type": (2, "int8"),
    "rotary_embedding_dim": (8, "int32"),
    "rotary_embedding_base": (500.0, "float32"),
    "rotary_embedding_scale_type": (1, "int8"),
    "rotary_embedding_scale": (2.0, "float32"),
    "rotary_embedding_max_positions": (64, "int32"),
}, "Six fields say how positions are rotated."
assert (changed(padding), padding["unidirectional"]) == (
    {"mask_type": (0, "int32")},
    (1, "int32"),
), "The kind of mask is one field, and unidirectional is 1 whatever it says."
assert changed(switched) == {
    "context_fmha_type": (2, "int8"),
    "multi_block_mode": (1, "int8"),
    "paged_kv_cache": (1, "int32"),
    "remove_input_padding": (1, "int8"),
    "tokens_per_block": (64, "int32"),
    "type_id": (0, "int32"),
    "use_paged_context_fmha": (1, "int8"),
}, "Seven fields come from the network's plugin_config, not from the call."
assert changed(with_bias) == {"qkv_bias_enabled": (1, "int8")}, (
    "Of a bias the plugin gets a field that there is one; the bias is an input."
)
