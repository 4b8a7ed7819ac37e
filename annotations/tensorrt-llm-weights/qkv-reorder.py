"""Reorder the fused weight of q, k and v with BLOOM's converter, and project with both."""

import torch

from srcread.lab import source_tree
from srcread.lab.extract import extract

tree = source_tree("tensorrt-llm==0.7.1")
taken = extract(tree, "examples/bloom/convert_checkpoint.py:reorder_qkv_weight_or_bias")
reorder = taken["reorder_qkv_weight_or_bias"]
old_tree = source_tree("tensorrt-llm==0.5.0")
old_taken = extract(old_tree, "examples/bloom/weight.py:reorder_qkv_weight_or_bias")
old = old_taken["reorder_qkv_weight_or_bias"]

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
heads, head_dim = 4, 3
hidden = heads * head_dim
weight = torch.randn(heads * 3 * head_dim, hidden, device=device, dtype=torch.float64)
bias = torch.randn(heads * 3 * head_dim, device=device, dtype=torch.float64)

thirds = reorder(weight, heads, hidden)  # (3, hidden, hidden): q, k and v
bias_thirds = reorder(bias, heads, hidden, is_bias=True)  # (3, hidden)
print("weight:", tuple(weight.shape), "->", tuple(thirds.shape))
print("bias:  ", tuple(bias.shape), "->", tuple(bias_thirds.shape))

x = torch.randn(2, 5, hidden, device=device, dtype=torch.float64)  # (batch, seq, hidden)
theirs = (x @ weight.T + bias).view(2, 5, heads, 3, head_dim)
for index, name in enumerate("qkv"):
    ours = (x @ thirds[index].T + bias_thirds[index]).view(2, 5, heads, head_dim)
    error = (ours - theirs[:, :, :, index]).abs().max().item()
    print(f"{name} projected with its third, against Hugging Face's view: {error:.0e}")
    assert error < 1e-12, "Each third alone projects the q, the k or the v of all heads."

by_head = weight.view(heads, 3, head_dim, hidden)
assert torch.equal(thirds.view(3, heads, head_dim, hidden), by_head.transpose(0, 1)), (
    "The rows of a head stay together and in order: only whole blocks of head_dim rows move."
)
assert torch.equal(bias_thirds.view(3, heads, head_dim), bias.view(heads, 3, -1).transpose(0, 1)), (
    "The bias moves like the rows."
)

blocks = weight.view(3 * heads, head_dim, hidden)
moved = thirds.view(3 * heads, head_dim, hidden)
kept = [i for i in range(3 * heads) if torch.equal(blocks[i], moved[i])]
print(f"of {3 * heads} blocks these are where they were: {kept}")
assert kept == [0, 11], "Of the 12 blocks of 4 heads, only the first and the last keep their place."

plain = weight.reshape(3, hidden, hidden)
gaps = [(x @ (plain[i] - thirds[i]).T).abs().max().item() for i in range(3)]
print("a plain reshape projects something else, by up to", *(f"{gap:.1f}" for gap in gaps))
assert plain.shape == thirds.shape and min(gaps) > 1, (
    "A plain reshape gives the same shape, and other projections."
)
before = [
    old(weight.cpu().numpy(), heads, hidden),
    old(bias.cpu().numpy(), heads, hidden, is_bias=True),
]
now = [thirds.cpu(), bias_thirds.cpu()]
assert all(map(torch.equal, map(torch.from_numpy, before), now)), (
    "0.5.0's function gives the same weight and bias."
)
