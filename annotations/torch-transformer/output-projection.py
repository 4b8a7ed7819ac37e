"""Take the output of attention apart again, head by head."""

import math

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

heads, head_dim = 4, 3
attention = nn.MultiheadAttention(heads * head_dim, heads, device=device)
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
x = torch.randn(5, 2, heads * head_dim, device=device)  # (seq, batch, feature)


def attend(need_weights=False):
    return attention(x, x, x, need_weights=need_weights)[0]


def output_of_head(columns):
    """Compute the head that owns these columns by itself: `(batch, seq, head_dim)`."""
    packed = x.transpose(0, 1) @ attention.in_proj_weight.T + attention.in_proj_bias
    query, key, value = (part[..., columns] for part in packed.chunk(3, dim=-1))
    weights = torch.softmax(query @ key.transpose(-2, -1) / math.sqrt(head_dim), dim=-1)
    return weights @ value


by_hand = attention.out_proj.bias
for head in range(heads):
    columns = slice(head * head_dim, (head + 1) * head_dim)
    by_hand = by_hand + output_of_head(columns) @ attention.out_proj.weight[:, columns].T
by_hand = by_hand.transpose(0, 1)
print("one head:", tuple(output_of_head(columns).shape), "all of them:", tuple(by_hand.shape))
assert (attend() - by_hand).abs().max().item() < 1e-5, (
    "Without weights, the output is the bias plus a sum over heads, "
    "each times its own columns of out_proj."
)
assert (attend(need_weights=True) - by_hand).abs().max().item() < 1e-5, (
    "With weights, the output is the same sum, by way of the other branch."
)

calls = []
attention.out_proj.register_forward_hook(lambda *call: calls.append("hook"))
attention.out_proj.forward = lambda value: calls.append("forward")
before = attend()
nn.init.uniform_(attention.out_proj.weight)
changed = not torch.equal(attend(), before)
print("calls of out_proj:", calls, "- a new weight changes the output:", changed)
assert (calls, changed) == ([], True), (
    "The weight of out_proj is used, yet neither a hook on it nor a patched forward is called."
)
