"""Compute ALiBi's slopes and biases as the framework records them, and compare with the formula."""

import math
import sys

import torch

from srcread.lab import equation, source_tree
from srcread.lab.tensorrt import standing_in

trees = {version: source_tree(f"tensorrt-llm=={version}") for version in ("0.5.0", "0.7.1")}
HEADS = (1, 4, 8, 6, 12)


def computed(make):
    """Record what `make` makes in a network of its own; return the layers and the result."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        tensor = make()
    if isinstance(tensor, tensorrt_llm.Tensor):
        network.trt_network.mark_output(tensor.trt_tensor)
    result = next(iter(stand_in.evaluate({}).values()), torch.full((1, 1, 1, 1), math.nan))
    return network.trt_network.layers, result


def slopes(heads, **options):
    """Return the slopes that the framework puts into a network."""
    return computed(lambda: functional.generate_alibi_slopes(heads, **options))[1]


sys.path.insert(0, str(trees["0.5.0"]))
with standing_in(version="9.1.0") as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional

    older = [slopes(heads).flatten().tolist() for heads in HEADS]

sys.path[0] = str(trees["0.7.1"])
with standing_in() as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional

    tables = {heads: slopes(heads) for heads in HEADS}
    ranks = [slopes(12, tp_size=4, tp_rank=rank) for rank in range(4)]
    half = functional.trt.float16
    layers, in_fp16 = computed(
        lambda: functional.generate_alibi_slopes(8, dtype=half, alibi_scale=0.3)
    )
    five = functional.int32_array(5)
    _, biases = computed(
        lambda: functional.generate_alibi_biases(
            functional.generate_alibi_slopes(4), functional.constant(five)
        )
    )

found = {heads: table.flatten() for heads, table in tables.items()}
print("six heads:", tables[6].flatten().tolist())
print("biases:", tuple(biases.shape), biases[0, 0, 0].tolist())
assert (
    equation("slopes", found[1], num_heads=1)
    and equation("slopes", found[4], num_heads=4)
    and equation("slopes", found[8], num_heads=8)
), "For a power of two the slopes are the powers of 2^(-8/heads)."
assert equation("slopes", found[6], num_heads=6) and equation("slopes", found[12], num_heads=12), (
    "For other numbers the rest are every second slope of twice the next lower power of two."
)
assert torch.equal(torch.cat(ranks, dim=1), tables[12]), (
    "The slopes of all ranks together are those of all heads."
)
expected = (0.3 * tables[8]).half()
assert [layer.kind.name for layer in layers] == ["CONSTANT"] and torch.equal(in_fp16, expected), (
    "They end as one constant of the type that is asked for, multiplied by the scale."
)
positions = torch.arange(5.0)
assert torch.equal(biases, tables[4] * positions), (
    "The bias is (1, heads, 1, keys): the slope times the key's position."
)
assert older == [tables[heads].flatten().tolist() for heads in HEADS], (
    "0.5.0 gives the same slopes."
)
