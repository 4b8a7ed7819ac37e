"""Compare attention with and without need_weights."""

import math

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, device=device)  # in training mode: no native operator
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
x = torch.randn(5, 2, 16, device=device)


def outcome(**options):
    """Tell whether a call runs the fused function, and whether it gives weights."""
    with torch.autograd.profiler.profile(use_kineto=False) as recording:
        _, weights = attention(x, x, x, **options)
    names = [event.name for event in recording.function_events]
    return {"fused": "aten::scaled_dot_product_attention" in names, "weights": weights is not None}


def difference(first, second):
    return (first - second).abs().max().item()


outcomes = {
    "by default": outcome(),
    "need_weights=True": outcome(need_weights=True),
    "need_weights=False": outcome(need_weights=False),
}
for options, found in outcomes.items():
    print(f"{options}: {found}")
assert outcomes == {
    "by default": {"fused": False, "weights": True},
    "need_weights=True": {"fused": False, "weights": True},
    "need_weights=False": {"fused": True, "weights": False},
}, (
    "scaled_dot_product_attention is called only where no weights are returned, "
    "and by default they are."
)

query, key = torch.randn(2, 2, 4, 5, 8, device=device)
value = torch.randn(2, 4, 5, 8, device=device)
by_hand = torch.softmax(query @ key.transpose(-2, -1) / math.sqrt(8), dim=-1) @ value
returned = F.scaled_dot_product_attention(query, key, value)
print("scaled_dot_product_attention returns", tuple(returned.shape))
assert difference(returned, by_hand) < 1e-5, (
    "scaled_dot_product_attention returns the values weighted by softmax(Q K^T / sqrt(head_dim)), "
    "not the weights."
)

causal = nn.Transformer.generate_square_subsequent_mask(5, device=device)
with_weights, _ = attention(x, x, x, attn_mask=causal)
without_weights, _ = attention(x, x, x, attn_mask=causal, need_weights=False)
assert difference(with_weights, without_weights) < 1e-5, (
    "Under a causal mask both branches give the same output."
)

all_hidden = causal.clone()
all_hidden[0] = -math.inf  # the first query may look at no key
with_weights, _ = attention(x, x, x, attn_mask=all_hidden)
without_weights, _ = attention(x, x, x, attn_mask=all_hidden, need_weights=False)
print("no key to look at:", with_weights[0, 0, 0].item(), "with weights")
assert with_weights[0].isnan().all() and (
    difference(without_weights[0], attention.out_proj.bias) < 1e-5
), "A query with every key hidden gives NaN with weights, and the output bias without."

biased = torch.zeros(5, 5, device=device)
biased[:, 0] = 2.0  # not causal, whatever the hint says
with_weights, _ = attention(x, x, x, attn_mask=biased, is_causal=True)
without_weights, _ = attention(x, x, x, attn_mask=biased, is_causal=True, need_weights=False)
given, _ = attention(x, x, x, attn_mask=biased, need_weights=False)
hinted, _ = attention(x, x, x, attn_mask=causal)
assert difference(with_weights, given) < 1e-5 and difference(without_weights, hinted) < 1e-5, (
    "With is_causal=True the branch with weights obeys the mask, the one without obeys the hint."
)
