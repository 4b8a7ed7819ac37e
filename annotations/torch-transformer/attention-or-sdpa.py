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
layer = nn.TransformerEncoderLayer(16, 4, 32, device=device)
x = torch.randn(5, 2, 16, device=device)


def is_called(module, *inputs, **options):
    """Tell whether a call of the module calls scaled_dot_product_attention."""
    with torch.autograd.profiler.profile(use_kineto=False) as recording:
        module(*inputs, **options)
    return "aten::scaled_dot_product_attention" in {e.name for e in recording.function_events}


called = {
    "by default": is_called(attention, x, x, x),
    "need_weights=False": is_called(attention, x, x, x, need_weights=False),
    "in an encoder layer": is_called(layer, x),
}
print("scaled_dot_product_attention is called:", called)
assert called == {"by default": False, "need_weights=False": True, "in an encoder layer": True}, (
    "By default scaled_dot_product_attention is not called; without weights, "
    "as in an encoder layer, it is."
)


def difference(first, second):
    return (first - second).abs().max().item()


def attend(mask, need_weights, **options):
    return attention(x, x, x, attn_mask=mask, need_weights=need_weights, **options)[0]


projected = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
query, key, value = (each.unflatten(-1, (4, 4)).permute(1, 2, 0, 3) for each in projected)
weighted = torch.softmax(query @ key.transpose(-2, -1) / math.sqrt(4), dim=-1) @ value
by_hand = attention.out_proj(weighted.permute(2, 0, 1, 3).flatten(2))
print("weighted values (batch, heads, seq, head_dim):", tuple(weighted.shape))
assert difference(attend(None, False), by_hand) < 1e-5, (
    "Each head gives the values weighted by softmax(Q K^T / sqrt(head_dim))."
)

causal = nn.Transformer.generate_square_subsequent_mask(5, device=device)
assert difference(attend(causal, True), attend(causal, False)) < 1e-5, (
    "Under a causal mask the output is the same with weights and without."
)

nothing_to_see = causal.clone()
nothing_to_see[0] = -math.inf  # the first query may look at no key
rows = {need: attend(nothing_to_see, need)[0] for need in (True, False)}
print("no key to look at:", {need: row[0, 0].item() for need, row in rows.items()})
assert rows[True].isnan().all(), "With weights, a query whose keys are all masked gives NaN."
assert difference(rows[False], attention.out_proj.bias) < 1e-5, (
    "Without weights, a query whose keys are all masked gives the output bias."
)

mask = torch.zeros(5, 5, device=device)
mask[:, 0] = 2.0  # not causal, whatever the hint says
as_masked, as_hinted = attend(mask, False), attend(causal, False)
no_padding = torch.zeros(2, 5, device=device)
hinted = {
    "with weights": attend(mask, True, is_causal=True),
    "without": attend(mask, False, is_causal=True),
    "beside a padding mask": attend(mask, False, is_causal=True, key_padding_mask=no_padding),
}
assert difference(hinted["with weights"], as_masked) < 1e-5, (
    "With weights, is_causal=True changes nothing: the mask is obeyed."
)
assert difference(hinted["without"], as_hinted) < 1e-5, (
    "Without weights, is_causal=True puts a causal mask in place of the given one."
)
assert difference(hinted["beside a padding mask"], as_masked) < 1e-5, (
    "Without weights, but beside a padding mask, the given mask is obeyed again."
)
