"""Attend in prefill, behind a cached part, and in decode, and compare with softmax by hand."""

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
HEADS, KEY_HEADS, SIZE, SCALE = 4, 2, 4, 0.3
with standing_in("nanovllm"):
    taken = extract(
        tree, "nanovllm.layers.attention:Attention", "nanovllm.utils.context:set_context"
    )
layer, set_context = taken["Attention"](HEADS, SIZE, SCALE, KEY_HEADS), taken["set_context"]
queries = torch.randn(20, HEADS, SIZE)
keys, values = torch.randn(2, 20, KEY_HEADS, SIZE).unbind()


def integers(*numbers):
    """Return numbers as the runner hands them over."""
    return torch.tensor(numbers, dtype=torch.int32)


def attended(query, count, start=0):
    """Attend from one token to `count` keys from `start` on, by hand; heads in pairs."""
    key, value = (one[start : start + count].repeat_interleave(2, 1) for one in (keys, values))
    weights = (torch.einsum("hd,khd->hk", queries[query], key) * SCALE).softmax(-1)
    return torch.einsum("hk,khd->hd", weights, value)


def prefill(rows, starts_q, starts_k, slots, tables=None):
    """Run the layer on some rows."""
    longest = 20, 20
    set_context(
        True, integers(*starts_q), integers(*starts_k), *longest, integers(*slots), None, tables
    )
    return layer(queries[rows], keys[rows], values[rows])


def close(result, expected):
    """Compare rows."""
    return torch.allclose(result, torch.stack(expected), atol=1e-5)


two = range(0, 4), range(4, 9)  # two sequences
both = [attended(at, at - rows[0] + 1, rows[0]) for rows in two for at in rows]
warm = prefill(slice(0, 9), (0, 4, 9), (0, 4, 9), ())
assert close(warm, both) and layer.k_cache.numel() == 0, (
    "Without a cache a prefill gives the same, and stores nothing."
)

layer.k_cache, layer.v_cache = torch.full((2, 3, 256, KEY_HEADS, SIZE), 9.0).unbind()
slots = [512, 513, 514, 515, *range(256, 261)]
fresh = prefill(slice(0, 9), (0, 4, 9), (0, 4, 9), slots)
assert close(fresh, both), (
    "Without block tables two sequences attend each to its own new keys, whatever the cache holds."
)
held = [one.flatten(0, 1)[slots] for one in (layer.k_cache, layer.v_cache)]
assert (
    torch.equal(held[0], keys[:9])
    and torch.equal(held[1], values[:9])
    and (layer.k_cache.flatten(0, 1)[:256].eq(9).all())
), "After a prefill the cache holds its keys and values."

layer.k_cache[2, :4], layer.v_cache[2, :4] = keys[8:12], values[8:12]  # of another sequence
rest = prefill(slice(12, 15), (0, 3), (0, 7), (516, 517, 518), integers(2, -1)[None])
assert close(rest, [attended(12 + more, 5 + more, 8) for more in range(3)]), (
    "The three new tokens see five, six and seven keys."
)
layer.v_cache[2, 0] += 100
moved = prefill(slice(12, 15), (0, 3), (0, 7), (516, 517, 518), integers(2, -1)[None])
layer.v_cache[2, 0] -= 100
print("a cached value is changed by 100, and the result by", round((moved - rest).max().item(), 1))
assert (moved - rest).flatten(1).amin(dim=1).gt(0.1).all() and close(
    rest, [attended(12 + more, 5 + more, 8) for more in range(3)]
), "With block tables the keys before are read out of the cache."

set_context(
    False,
    slot_mapping=integers(519, 261),
    context_lens=integers(8, 6),
    block_tables=integers(2, -1, 1, -1).view(2, 2),
)
rows = [15, 16]
decoded = layer(queries[rows], keys[rows], values[rows])
first = attended(15, 8, 8)
keys[9], values[9] = keys[16], values[16]  # the second goes on behind its five tokens
assert close(decoded[:, 0], [first, attended(16, 6, 4)]), (
    "A decoding sequence attends to its whole length in its blocks."
)
