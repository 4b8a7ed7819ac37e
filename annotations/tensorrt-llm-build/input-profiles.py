"""Prepare a decoder's inputs under several plugin settings, and read the profiles made of them."""

import sys
from collections import OrderedDict
from itertools import product

import torch

from srcread.lab import source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
torch.manual_seed(0)

BATCH, BEAMS, INPUT, OUTPUT = 5, 2, 8, 6  # the largest
SIZES = {"max_batch_size": BATCH, "max_beam_width": BEAMS, "max_input_len": INPUT}
SIZES |= {"max_new_tokens": OUTPUT, "num_kv_heads": 4, "num_heads": 4, "head_size": 8}
SWITCHES = ("use_gpt_attention_plugin", "use_gemm_plugin", "remove_input_padding", "paged_kv_cache")
ATTENTION, GEMM, PACKED, PAGED = SWITCHES


def prepare(*on, tokens=None):
    """Return a network that has the inputs and nothing else, with these switches on."""
    from tensorrt_llm import Builder, net_guard, str_dtype_to_trt
    from tensorrt_llm.models.generation_mixin import GenerationMixin

    float16 = str_dtype_to_trt("float16")
    switches = {switch: switch in on for switch in SWITCHES}
    types = {"num_layers": 1, "kv_dtype": float16, "dtype": float16}
    network = Builder().create_network()
    with net_guard(network):
        GenerationMixin().prepare_basic_inputs(**SIZES, **types, **switches, max_num_tokens=tokens)
    return network


def profiles(*on, tokens=None):
    """Return the profiles that TensorRT gets: per input the least, usual and largest shape."""
    from tensorrt_llm import Builder

    builder = Builder()
    config = builder.create_builder_config(precision="float16")
    try:
        builder._add_optimization_profile(prepare(*on, tokens=tokens), config)
    except AssertionError as error:
        print("refused:", error)
    return [profile.shapes for profile in config.trt_builder_config.profiles]


def two(*on, tokens=None):
    """Return the first and the second profile; one that is not there is empty."""
    return [*profiles(*on, tokens=tokens), {}, {}][:2]


def unfit():
    """Return the error for an input whose `input_len` has another range than the model's."""
    from tensorrt_llm import Builder, Tensor, net_guard, str_dtype_to_trt

    builder, network = Builder(), prepare(ATTENTION, GEMM)
    with net_guard(network):
        sizes = OrderedDict(input_len=[[1, 2, 3]])
        Tensor(name="mine", dtype=str_dtype_to_trt("int32"), shape=[-1], dim_range=sizes)
    try:
        builder._add_optimization_profile(network, builder.create_builder_config("float16"))
    except AssertionError as error:
        return str(error)
    return "none"


def lengths(profile, name, axis):
    """Return the least, usual and largest size of an input along an axis."""
    return [shape[axis] for shape in profile.get(name, ())]


def cases():
    """Return the settings under which there is one profile."""
    every = product((False, True), repeat=4)
    sets = [{name for name, on in zip(SWITCHES, each, strict=True) if on} for each in every]
    return [each for each in sets if len(profiles(*each)) == 1], sets


sys.path.insert(0, str(trees["0.7.1"]))
with standing_in():
    from tensorrt_llm.models.generation_mixin import GenerationMixin

    ranges = [GenerationMixin.default_range(most) for most in (5, 8)]
    single, sets = cases()
    context, generation = two()
    attended, _ = two(ATTENTION)
    only, _ = two(ATTENTION, GEMM)
    packed = {
        limit: two(ATTENTION, GEMM, PACKED, tokens=limit)[0].get("input_ids")
        for limit in (None, 20)
    }
    rows = [each.get("input_ids") for each in profiles(PACKED)]
    problem = unfit()
sys.path[0] = str(trees["0.5.0"])
with standing_in():
    older = cases()[0]
    older_only, _ = two(ATTENTION, GEMM)

print("default_range(5) and (8):", *ranges)
assert ranges == [[1, 3, 5], [1, 4, 8]], (
    "default_range gives 1, half of the largest rounded up, and the largest."
)
print("one profile with:", *(" + ".join(sorted(names)) for names in single), sep="\n  ")
assert single == [s for s in sets if {ATTENTION, GEMM} <= s or {ATTENTION, PACKED, PAGED} <= s], (
    "There is one profile with both plugins, or with all that in-flight batching needs; else two."
)
for name in ("input_ids", "past_key_value_0", "attention_mask"):
    print(f"{name}: context {context.get(name)}, generation {generation.get(name)}")
by_token = ("input_ids", "position_ids")
assert [(context.get(name), generation.get(name)) for name in by_token] == [
    (((1, 1), (3, 4), (5, 8)), ((1, 1), (5, 1), (10, 1))) for _ in by_token
], "Of two profiles the first has a prompt's length and no beams, the second one token per beam."
caches = [lengths(each, "past_key_value_0", 3) for each in (context, attended)]
print("cache lengths in the context profile, without the attention plugin and with it:", *caches)
assert caches == [[0, 0, 0], [1, 7, 14]], (
    "Without the attention plugin the context profile's cache is empty, with it as in generation."
)
whole = INPUT + OUTPUT
reach = lengths(generation, "attention_mask", 1), lengths(generation, "past_key_value_0", 3)
assert reach == ([2, whole // 2 + 1, whole + 1], [1, whole // 2, whole]), (
    "In generation the cache reaches to the longest input and output, the mask one further."
)
assert lengths(context, "attention_mask", 1) == [1, INPUT // 2, INPUT], (
    "In the context phase the mask is as long as the prompt."
)
print("one profile: input_ids", only.get("input_ids"))
assert only.get("input_ids") == ((1, 1), (5, 1), (10, 8)), (
    "A single profile takes one token as the usual length, and a whole prompt as the longest."
)
print("packed input, by max_num_tokens:", packed)
assert packed == {None: ((1, 1), (1, 10), (1, 40)), 20: ((1, 1), (1, 10), (1, 20))}, (
    "Packed input has one row: as many tokens as full prompts, or as max_num_tokens says."
)
print("packed input in two profiles:", *rows)
assert rows == [((1, 1), (1, 20), (1, 40)), ((1, 1), (1, 5), (1, 10))], (
    "In two profiles, packed input has tokens for full prompts, then one token per beam."
)
print("another range for input_len:", problem[:56], "…")
assert problem.startswith("Validation of the tensor dimension ranges failed"), (
    "Dimensions of one name must have the same range in every input of a profile."
)
assert older == single, "0.5.0 makes one profile in the same cases."
caches = [lengths(each, "past_key_value_0", 3) for each in (older_only, only)]
print("cache lengths in a single profile of 0.5.0 and of 0.7.1:", *caches)
assert caches == [[0, 7, 14], [1, 7, 14]], (
    "The single profile of 0.5.0 begins at an empty cache, that of 0.7.1 at one token."
)
