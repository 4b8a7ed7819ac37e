"""Attend from fewer queries than keys, as decoding with a cache does, under a causal hint."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention.bias import causal_lower_right

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, device=device)  # sequence first, with gradients
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
x = torch.randn(5, 3, 16, device=device)  # five positions, of which the last two are new
new = x[3:]
ones = torch.ones(5, 5, dtype=torch.bool, device=device)


def attend(query, mask, **options):
    options = {"need_weights": False, **options}
    return attention(query, x, x, attn_mask=mask, **options)[0]


def by_hand(query, mask):
    """Do the same without the function that is looked at; the mask holds floats."""
    weight, bias = attention.in_proj_weight.chunk(3), attention.in_proj_bias.chunk(3)
    q, k, v = (
        F.linear(each, *parts).unflatten(-1, (4, 4)).permute(1, 2, 0, 3)
        for each, *parts in zip((query, x, x), weight, bias, strict=True)
    )
    heads = torch.softmax(q @ k.mT / 2 + mask, dim=-1) @ v
    return attention.out_proj(heads.permute(2, 0, 1, 3).flatten(2))


def infinities(hidden):
    return torch.zeros(hidden.shape, device=device).masked_fill(hidden, -torch.inf)


def difference(first, second):
    return (first - second).abs().max().item()


given = torch.randn(2, 5, device=device)  # not causal, whatever the hint says
hinted = attend(new, given, is_causal=True)
upper_left = ones[:2].triu(1)
print("hidden by is_causal, of 2 queries and 5 keys:", upper_left.int().tolist())
assert difference(hinted, by_hand(new, infinities(upper_left))) < 1e-5, (
    "With is_causal=True query i sees keys 0 to i, with 2 queries of 5 keys, "
    "in place of the mask that is given."
)

whole = by_hand(x, infinities(ones.triu(1)))
assert difference(attend(x, ones, is_causal=True), whole) < 1e-5, (
    "With as many queries as keys it is the usual causal mask."
)

lower_right = ones[:2].triu(5 - 2 + 1)
gaps = {
    "the lower right mask": difference(attend(new, lower_right), whole[3:]),
    "the hint": difference(hinted, whole[3:]),
}
print("the last two positions are off by", gaps)
assert gaps["the lower right mask"] < 1e-5 and gaps["the hint"] > 0.1, (
    "With a mask of triu(S - L + 1) the last queries give what they give in the whole causal "
    "sequence; with the hint they do not."
)

padding = torch.tensor([[0.0, -torch.inf, 0.0, 0.0, 0.0]] * 3, device=device)
stays = [
    difference(attend(new, given, is_causal=True, need_weights=True), by_hand(new, given)),
    difference(
        attend(new, given, is_causal=True, key_padding_mask=padding),
        by_hand(new, given + padding[:1]),
    ),
]
assert max(stays) < 1e-5 < difference(hinted, by_hand(new, given)), (
    "With need_weights=True, or beside a padding mask, the given mask stays."
)

value = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)[2]
first_value = attention.out_proj(value[:1])
alone = attend(x[4:], ones[4:], is_causal=True)
assert difference(alone, first_value) < 1e-5, (
    "With is_causal=True the last position alone gives the value of the first key."
)

query, key = torch.randn(1, 2, 8, device=device), torch.randn(1, 5, 8, device=device)
units = torch.eye(5, 8, device=device)[None]  # so the output is the weights
bias = causal_lower_right(2, 5)
bias.zero_()  # nothing else writes its memory, which would differ from run to run
seen = (F.scaled_dot_product_attention(query, key, units, bias) > 0).sum(dim=-1).tolist()
print("keys seen under causal_lower_right:", seen)
assert seen == [[4, 5]], (
    "Under causal_lower_right(2, 5) scaled_dot_product_attention lets the queries see 4 and 5 keys."
)

try:
    attend(new, bias)
    refusal = "none"
except (AssertionError, RuntimeError, TypeError) as error:
    refusal = str(error)
print("nn.MultiheadAttention:", refusal)
assert "3D attn_mask is torch.Size([2, 2, 5]), but should be (12, 2, 5)" in refusal, (
    "nn.MultiheadAttention refuses causal_lower_right for its shape, which begins with 2."
)
