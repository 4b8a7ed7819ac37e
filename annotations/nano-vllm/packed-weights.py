"""Load matrices into packed ones, alone and as one of two ranks, and multiply."""

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract
from srcread.lab.gpu import standing_in

tree = source_tree("nano-vllm==0.2.0")
torch.manual_seed(0)
WIDTH, SIZE, HEADS, KEY_HEADS = 6, 2, 4, 2
saved = {
    "q": torch.randn(HEADS * SIZE, WIDTH),
    "k": torch.randn(KEY_HEADS * SIZE, WIDTH),
    "v": torch.randn(KEY_HEADS * SIZE, WIDTH),
}
saved_mlp = torch.randn(8, WIDTH), torch.randn(8, WIDTH)
x = torch.randn(3, WIDTH)


def made(rank, ranks, key_heads=KEY_HEADS):
    """Make and load both packed layers on a rank, and return what they give."""
    with standing_in("nanovllm", rank=rank, world_size=ranks):
        taken = extract(
            tree,
            "nanovllm.layers.linear:QKVParallelLinear",
            "nanovllm.layers.linear:MergedColumnParallelLinear",
        )
        attention = taken["QKVParallelLinear"](WIDTH, SIZE, HEADS, key_heads)
        mlp = taken["MergedColumnParallelLinear"](WIDTH, [8, 8])
        for layer in (attention, mlp):
            layer.weight.data.fill_(99)
        for name in ("v", "q", "k"):  # in any order
            attention.weight.weight_loader(attention.weight, saved[name], name)
        for place in (1, 0):
            mlp.weight.weight_loader(mlp.weight, saved_mlp[place], place)
        with torch.no_grad():
            return attention(x), mlp(x)


def multiplied(*parts):
    """Multiply by matrices, and put the results side by side."""
    return torch.cat([x @ part.mT for part in parts], dim=-1)


def half(matrix, rank):
    """Return a half of a matrix's rows."""
    return matrix.chunk(2)[rank]


packed, gated = made(0, 1)
assert torch.allclose(packed, multiplied(*saved.values()), atol=1e-6) and (
    torch.allclose(gated, multiplied(*saved_mlp), atol=1e-6)
), "On one rank the packed matrix gives queries, keys and values side by side."
attention, mlp = made(1, 2)
other, _ = made(0, 2)
print("columns on each of two ranks:", attention.shape[1], "of", packed.shape[1])
expected = [multiplied(*(half(one, rank) for one in saved.values())) for rank in (0, 1)]
assert torch.allclose(attention, expected[1], atol=1e-6) and (
    torch.allclose(other, expected[0], atol=1e-6)
), "Rank 1 of 2 gives the second half of the heads of each of the three."
assert torch.allclose(mlp, multiplied(*(half(one, 1) for one in saved_mlp)), atol=1e-6), (
    "Rank 1 of 2 gives the second half of gate, then that of up."
)


def error_of(ranks):
    """Return the error with which a layer of two heads of keys is made, None without."""
    try:
        made(0, ranks)
    except AssertionError as error:
        return error


errors = [error_of(2), error_of(4)]
assert errors[0] is None and isinstance(errors[1], AssertionError), (
    "Two heads of keys on four ranks are refused."
)
