"""Compute ALiBi's slopes and biases as the framework records them, and compare with the formula."""

import math
import sys

import torch

from srcread.lab import must_fail, source_tree
from srcread.lab.tensorrt import standing_in

tree = source_tree("tensorrt-llm==0.7.1")
sys.path.insert(0, str(tree))


def computed(make):
    """Record what `make` makes in a network of its own, and compute it."""
    network = tensorrt_llm.Builder().create_network()
    with tensorrt_llm.net_guard(network):
        tensor = make()
    network.trt_network.mark_output(tensor.trt_tensor)
    (result,) = stand_in.evaluate({}).values()
    return result


def slopes(heads, **options):
    """Return the slopes that the framework puts into a network."""
    return computed(lambda: functional.generate_alibi_slopes(heads, **options))


def by_formula(heads):
    """Return the slopes by the paper: powers of 2^(-8/n), and between them those of twice n."""
    power = 2 ** math.floor(math.log2(heads))
    found = [2 ** (-8 * (i + 1) / power) for i in range(power)]
    between = [2 ** (-8 * (i + 1) / (2 * power)) for i in range(0, 2 * power, 2)]
    return torch.tensor((found + between)[:heads])


with standing_in() as stand_in:
    import tensorrt_llm
    from tensorrt_llm import functional

    tables = {heads: slopes(heads) for heads in (1, 4, 8, 6, 12)}
    ranks = [slopes(12, tp_size=4, tp_rank=rank) for rank in range(4)]
    scaled, halves = slopes(8, alibi_scale=0.5), slopes(8, dtype=functional.trt.float16)
    biases = computed(
        lambda: functional.generate_alibi_biases(
            functional.generate_alibi_slopes(4),
            functional.constant(functional.int32_array(5)),
        )
    )

errors = {
    heads: (table.flatten() - by_formula(heads)).abs().max().item()
    for heads, table in tables.items()
}
print("six heads:", tables[6].flatten().tolist())
print("errors:", errors)
print("biases:", tuple(biases.shape), biases[0, 0, 0].tolist())
assert max(errors[heads] for heads in (1, 4, 8)) < 1e-6, (
    "For a power of two the slopes are the powers of 2^(-8/heads)."
)
assert max(errors[heads] for heads in (6, 12)) < 1e-6, (
    "For other numbers the rest are every second slope of twice the next lower power of two."
)
if must_fail("They stand as (1, heads, 1, 1)."):
    tables[6] = tables[6].flatten()
assert all(table.shape == (1, heads, 1, 1) for heads, table in tables.items()), (
    "They stand as (1, heads, 1, 1)."
)
assert torch.equal(torch.cat(ranks, dim=1), tables[12]), (
    "The slopes of the ranks, side by side, are those of all heads."
)
assert torch.equal(scaled, tables[8] / 2), "A scale multiplies the slopes."
assert halves.dtype is torch.float16 and torch.equal(halves, tables[8].half()), (
    "They are rounded to the type that is asked for at the end."
)
assert torch.equal(biases, tables[4] * torch.arange(5)), (
    "The bias is the slope times the key's position, not its distance from the query."
)
