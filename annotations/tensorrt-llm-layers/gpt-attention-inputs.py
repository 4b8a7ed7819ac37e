"""Record what goes into the plugin GPTAttention, and what comes out, as its switches are set."""

import inspect
import sys

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}

TYPES = {
    "qkv": ("float16", [2, 5, 48]),
    "past_key_value": ("float16", [2, 2, 4, 16, 4]),
    "sequence_length": ("int32", [2]),
    "host_past_key_value_lengths": ("int32", [2]),
    "host_max_attention_window_sizes": ("int32", [1]),
    "context_lengths": ("int32", [2]),
    "cache_indirection": ("int32", [2, 1, 16]),
    "host_request_types": ("int32", [2]),
    "kv_cache_block_pointers": ("int32", [2, 1, 2, 8]),
    "host_kv_cache_block_pointers": ("int32", [2, 1, 2, 8]),
    "host_context_lengths": ("int32", [2]),
    "kv_orig_quant_scale": ("float32", [1]),
    "kv_quant_orig_scale": ("float32", [1]),
    "alibi_slopes": ("float16", [1, 4, 1, 1]),
    "relative_attention_bias": ("float16", [4, 32]),
    "cross_qkv": ("float16", [2, 7, 48]),
    "cross_qkv_length": ("int32", [7]),
    "encoder_input_lengths": ("int32", [2]),
    "qkv_bias": ("float16", [48]),
}
"""All that the plugin may be given; a call passes all of it, and the switches choose."""


OPTIONAL = ["alibi_slopes", "relative_attention_bias", "qkv_bias"]
"""What is asked for by giving it."""


def attended(*, all_options=False, int8=False, cached=True, **switches):
    """Attend by the plugin in a network of its own; return the one layer."""
    network = tensorrt_llm.Builder().create_network()
    network.plugin_config.gpt_attention_plugin = "float16"
    for name, value in switches.items():
        setattr(network.plugin_config, name, value)
    alibi, learned = (functional.PositionEmbeddingType[n] for n in ("alibi", "learned_absolute"))
    with tensorrt_llm.net_guard(network):
        inputs = {
            name: tensorrt_llm.Tensor(
                name=name, dtype=tensorrt_llm.str_dtype_to_trt(of), shape=shape
            )
            for name, (of, shape) in TYPES.items()
            if name not in OPTIONAL or all_options
        }
        known = inspect.signature(functional.gpt_attention).parameters
        if "use_cache" in known:
            inputs["use_cache"] = cached
        results = functional.gpt_attention(
            inputs.pop("qkv"),
            **{name: value for name, value in inputs.items() if name in known},
            num_heads=4,
            num_kv_heads=4,
            hidden_size_per_head=4,
            q_scaling=1.0,
            rotary_embedding_dim=0,
            max_context_length=9,
            position_embedding_type=alibi if all_options else learned,
            do_cross_attention=all_options,
            kv_cache_quant_mode=QuantMode.from_description(use_int8_kv_cache=int8),
        )
    (layer,) = network.trt_network.layers
    return layer, results


def names(call):
    """Return what goes into the layer of a call, in order."""
    return [tensor.name for tensor in call[0].inputs]


def outputs(call):
    """Return how many outputs the layer has, and what the call returns as the cache."""
    return call[0].num_outputs, type(call[1][1]).__name__


def ranges(call):
    """Return the names of what has a range of int8."""
    layer, _ = call
    tensors = [*layer.inputs, *layer.outputs]
    return [tensor.name for tensor in tensors if tensor.dynamic_range == (-127, 127)]


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(version="9.1.0"):
    import tensorrt_llm
    from tensorrt_llm import functional
    from tensorrt_llm.quantization import QuantMode

    older = attended(paged_kv_cache=True, remove_input_padding=True)

sys.path[0] = str(trees["0.7.1"])
with standing_in():
    import tensorrt_llm
    from tensorrt_llm import functional
    from tensorrt_llm.quantization import QuantMode

    plain, int8 = attended(), attended(int8=True)
    paged, packed = attended(paged_kv_cache=True), attended(remove_input_padding=True)
    uncached = attended(cached=False)
    both = attended(paged_kv_cache=True, remove_input_padding=True)
    full = attended(paged_kv_cache=True, remove_input_padding=True, int8=True, all_options=True)

for call in (plain, paged, packed, uncached, full):
    print(len(names(call)), "in,", call[0].num_outputs, "out:", *names(call))
ALWAYS = list(TYPES)[:1] + list(TYPES)[2:8]
POINTERS = ["kv_cache_block_pointers", "host_kv_cache_block_pointers"]
assert names(plain) == [*ALWAYS, "past_key_value"], "Seven inputs and the cache go in: eight."
assert names(paged) == [*ALWAYS, *POINTERS], (
    "In the place of a paged cache two tables of pointers go in, for GPU and host: nine inputs."
)
assert (outputs(plain), outputs(paged)) == ((2, "Tensor"), (1, "NoneType")), (
    "The cache comes out again as the second output; a paged one does not."
)
assert names(packed) == [*names(plain), "host_context_lengths"], (
    "Without padding the lengths of the contexts go in as well, on the host."
)
needed = ["qkv", "host_max_attention_window_sizes", "context_lengths", "host_request_types"]
assert names(uncached) == needed, "Without a cache only four inputs are left."
scales = ["kv_orig_quant_scale", "kv_quant_orig_scale"]
assert names(full) == [
    *names(paged),
    *scales,
    "alibi_slopes",
    "relative_attention_bias",
    "cross_qkv",
    "cross_qkv_length",
    "encoder_input_lengths",
    "host_context_lengths",
    "qkv_bias",
], "The optional inputs come last, in this order: cache scales, slopes, cross, lengths, bias."
assert (ranges(int8)[0], len(ranges(int8)), ranges(full)) == ("past_key_value", 2, []), (
    "A cache of int8 gets its dynamic range on the way in and out, a paged one gets none."
)
lacking = [name for name in names(both) if name not in names(older)]
assert (len(names(older)), lacking) == (
    8,
    ["host_max_attention_window_sizes", "host_kv_cache_block_pointers"],
), "0.5.0 lacks the attention window and the pointers for the host."
