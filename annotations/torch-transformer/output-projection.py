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
x = torch.randn(5, 2, heads * head_dim, device=device)


def attend(need_weights=False):
    return attention(x, x, x, need_weights=need_weights)[0]


def head_output(head):
    """Compute one head by itself: `(batch, seq, head_dim)`."""
    packed = x.transpose(0, 1) @ attention.in_proj_weight.T + attention.in_proj_bias
    columns = slice(head * head_dim, (head + 1) * head_dim)
    query, key, value = (part[..., columns] for part in packed.chunk(3, dim=-1))
    weights = torch.softmax(query @ key.transpose(-2, -1) / math.sqrt(head_dim), dim=-1)
    return weights @ value


total = attention.out_proj.bias
for head in range(heads):
    columns = attention.out_proj.weight[:, head * head_dim : (head + 1) * head_dim]
    total = total + head_output(head) @ columns.T
by_hand = total.transpose(0, 1)
errors = {need: (attend(need) - by_hand).abs().max().item() for need in (False, True)}
print(f"error of the sum over heads: {max(errors.values()):.0e}")
assert errors[False] < 1e-5, (
    "Without weights, the output is a sum over heads, each times its own columns of out_proj."
)
assert errors[True] < 1e-5, "With weights, the output is the same sum, by way of the other branch."

# Make the projection do nothing, and the heads can be read off the output.
with torch.no_grad():
    attention.out_proj.weight.copy_(torch.eye(heads * head_dim))
    attention.out_proj.bias.zero_()
    before = {need: attend(need) for need in (False, True)}
    value_rows = attention.in_proj_weight[2 * heads * head_dim :]
    value_rows[head_dim : 2 * head_dim] += 1.0  # the value projection of head 1
    changed = {}
    for need, old in before.items():
        is_changed = ((attend(need) - old).abs() > 1e-3).flatten(0, 1).any(dim=0)
        changed[need] = is_changed.nonzero().flatten().tolist()
print("another value projection in head 1 changes columns", changed)
assert changed == {False: [3, 4, 5], True: [3, 4, 5]}, (
    "In both branches head 1, of size 3, fills columns 3 to 5 before the projection."
)

effects = {}
before = attend()
attention.out_proj.forward = torch.zeros_like
effects["forward replaced"] = not torch.equal(attend(), before)
nn.init.uniform_(attention.out_proj.weight)
effects["weight replaced"] = not torch.equal(attend(), before)
print("the output changes with out_proj's:", effects)
assert effects == {"forward replaced": False, "weight replaced": True}, (
    "The weight of out_proj counts, but out_proj is never called."
)
