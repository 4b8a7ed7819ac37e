"""Find the columns that a head reads, and load its weights into another number of heads."""

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.randn(5, 3, 16, device=device)  # (seq, batch, feature)


def build(num_heads):
    """Build an attention that does not mix its heads."""
    attention = nn.MultiheadAttention(16, num_heads, device=device)
    nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
    nn.init.eye_(attention.out_proj.weight)
    nn.init.zeros_(attention.out_proj.bias)
    return attention


def difference(first, second):
    return (first - second).abs().max().item()


attention = build(4)
q, k, v = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
given = {"q": q, "k": k, "embed_dim": 16, "num_heads": 4, "head_dim": 4}
output, weights = attention(x, x, x, average_attn_weights=False)
print("weights (batch, heads, seq, seq):", tuple(weights.shape))
assert equation("attn_output_weights", weights, **given), (
    "Head h of batch element n compares columns h * head_dim to (h + 1) * head_dim of Q and K, "
    "scaled by 1 / sqrt(head_dim)."
)


def weigh(weights, value, head_dim):
    """Apply each head's weights to its columns of V, and lay the heads side by side."""
    heads = [
        torch.einsum("nij,jnd->ind", weights[:, head], columns)
        for head, columns in enumerate(value.split(head_dim, dim=-1))
    ]
    return torch.cat(heads, dim=-1)


without = attention(x, x, x, need_weights=False)[0]
by_hand = weigh(weights, v, head_dim=4)
assert max(difference(output, by_hand), difference(without, by_hand)) < 1e-5, (
    "In either branch these weights are applied to the same columns of V."
)

mask = torch.zeros(3 * 4, 5, 5, dtype=torch.bool, device=device)
mask[2 * 4 + 1, :, 0] = True  # head 1 of batch element 2 may not see the first key
masked = attention(x, x, x, attn_mask=mask, average_attn_weights=False)[1]
expected = weights.clone()
expected[2, 1, :, 0] = 0  # and the weights of the other keys grow in proportion
expected[2, 1] /= expected[2, 1].sum(dim=-1, keepdim=True)
changed = (masked != weights).flatten(2).any(dim=-1).nonzero().tolist()
print("a mask at entry 9 of 12 changes [batch element, head]:", changed)
assert difference(masked, expected) < 1e-5, (
    "A 3-D mask that hides a key at entry n * num_heads + h hides it from head h "
    "of batch element n only."
)

wider = build(2)
print("loaded into 2 heads:", wider.load_state_dict(attention.state_dict()))
other, other_weights = wider(x, x, x, average_attn_weights=False)
gap = difference(other, output)
print(f"and the output is off by {gap:.2f}")
assert gap > 0.01, (
    "The parameters of 4 heads load into 2 heads without an error, and the output is another one."
)
given |= {"num_heads": 2, "head_dim": 8}
assert equation("attn_output_weights", other_weights, **given), (
    "Loaded into 2 heads, the same parameters are split into columns twice as wide."
)
