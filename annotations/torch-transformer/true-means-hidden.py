"""Give one boolean mask to nn.MultiheadAttention and to scaled_dot_product_attention."""

import math
import warnings

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import show_grid

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, batch_first=True, device=device)
with torch.no_grad():  # queries, keys, values and output are the input itself
    attention.in_proj_weight.copy_(torch.eye(16, device=device).repeat(3, 1))
    attention.out_proj.weight.copy_(torch.eye(16, device=device))
x = torch.randn(2, 5, 16, device=device)
heads = x.unflatten(-1, (4, 4)).transpose(1, 2)
keep = torch.tensor([[(query * 2 + key) % 5 < 3 for key in range(5)] for query in range(5)])
keep = keep.to(device)  # each query may attend to three keys, and not to two


def difference(first, second):
    return (first - second).abs().max().item()


floats = torch.zeros(5, 5, device=device).masked_fill(~keep, -math.inf)
canonical = F._canonical_mask(~keep, "attn_mask", None, "", torch.float32)
assert torch.equal(canonical, floats), (
    "A boolean mask becomes floats, -inf where it is True and 0 elsewhere."
)

kept = F.scaled_dot_product_attention(heads, heads, heads, attn_mask=keep)
kept = kept.transpose(1, 2).flatten(2)
gaps = {
    "mask": difference(attention(x, x, x, attn_mask=keep)[0], kept),
    "~mask": difference(attention(x, x, x, attn_mask=~keep)[0], kept),
}
print("MultiheadAttention and scaled_dot_product_attention differ by", gaps)
assert gaps["~mask"] < 1e-5 and gaps["mask"] > 0.1, (
    "The two agree if the mask is inverted, and differ, without an error, if it is not."
)

lower = torch.ones(5, 5, dtype=torch.bool, device=device).tril()  # causal, if True is kept
nan = attention(x, x, x, attn_mask=lower)[0].isnan().all(dim=-1).tolist()
print("NaN in the rows:", nan)
assert nan == [[False] * 4 + [True]] * 2, (
    "Of a mask of True below the diagonal the last query may attend to nothing, and is NaN."
)

weights = attention(x, x, x, attn_mask=keep)[1]
assert torch.equal(weights == 0, keep.expand(2, 5, 5)), (
    "In nn.MultiheadAttention True means hidden: those weights are 0."
)
places = torch.eye(5, device=device).expand(2, 4, 5, 5)  # each value says which key it is
seen = F.scaled_dot_product_attention(heads, heads, places, attn_mask=keep).mean(dim=1)
axes = {"rows": "query", "columns": "key"}
show_grid("A boolean mask", keep, **axes)
show_grid("nn.MultiheadAttention: True hides", weights[0], **axes)
show_grid("scaled_dot_product_attention: True lets see", seen[0], **axes)
padding = torch.tensor([[False, False, False, True, True], [False] * 5], device=device)
weights = attention(x, x, x, key_padding_mask=padding)[1]
assert torch.equal(weights == 0, padding.unsqueeze(1).expand(2, 5, 5)), (
    "So it does in key_padding_mask."
)
as_floats = F.scaled_dot_product_attention(heads, heads, heads, attn_mask=floats)
both = [attention(x, x, x, attn_mask=floats)[0], as_floats.transpose(1, 2).flatten(2)]
assert max(difference(each, kept) for each in both) < 1e-5, (
    "A float mask means the same in both: it is added."
)


def result(**masks):
    """Return the error of a call, or else its warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            attention(x, x, x, **masks)
        except (AssertionError, RuntimeError) as error:
            return str(error)
    return [str(warning.message).partition(". ")[0] for warning in caught]


refused = {
    "attn_mask": result(attn_mask=keep.int()),
    "key_padding_mask": result(key_padding_mask=padding.byte()),
}
print("masks of 0 and 1:", refused)
assert refused == {
    name: f"only bool and floating types of {name} are supported" for name in refused
}, "A mask of integers, of bytes too, is an error."

mixed = {
    "floats and booleans": result(attn_mask=floats, key_padding_mask=padding),
    "booleans and floats": result(attn_mask=~keep, key_padding_mask=padding / 2),
    "booleans": result(attn_mask=~keep, key_padding_mask=padding),
    "floats": result(attn_mask=floats, key_padding_mask=padding / 2),
}
print("masks of two kinds:", mixed)
warning = "Support for mismatched key_padding_mask and attn_mask is deprecated"
assert mixed == {
    "floats and booleans": [warning],
    "booleans and floats": [warning],
    "booleans": [],
    "floats": [],
}, "Two masks of different types warn, two of one type do not."
