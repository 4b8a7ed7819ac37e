"""Hand one boolean mask to nn.MultiheadAttention and to scaled_dot_product_attention."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, device=device)
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.eye_(attention.out_proj.weight)  # the heads as they come
nn.init.zeros_(attention.out_proj.bias)
x = torch.randn(5, 2, 16, device=device)
projected = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
query, key, value = (each.unflatten(-1, (4, 4)).permute(1, 2, 0, 3) for each in projected)

hidden = torch.tensor([[False, True, False, False, True]] * 5, device=device).tril(3)


def module(mask):
    """Run the module: `(batch, heads, seq, head_dim)`."""
    output = attention(x, x, x, attn_mask=mask, need_weights=False)[0]
    return output.unflatten(-1, (4, 4)).permute(1, 2, 0, 3)


def function(mask):
    return F.scaled_dot_product_attention(query, key, value, mask)


def difference(first, second):
    return (first - second).abs().max().item()


made = F._canonical_mask(hidden, "attn_mask", None, "", torch.float64)
expected = torch.tensor([0.0, -torch.inf], dtype=torch.float64, device=device)[hidden.long()]
print("the first row becomes", made[0].tolist())
assert torch.equal(made, expected), (
    "A boolean mask becomes minus infinity where it is True, and 0 elsewhere, "
    "in the type of the query."
)
assert difference(module(hidden), function(~hidden)) < 1e-5, (
    "Attention with a boolean mask is scaled_dot_product_attention with the inverted one."
)

same = difference(module(hidden), function(hidden))
print(f"with the same mask they differ by {same:.2f}")
assert same > 0.5 and not function(hidden).isnan().any(), (
    "With the same boolean mask both run without an error, and differ."
)

floats = torch.randn(5, 5, device=device).masked_fill(hidden, -torch.inf)
assert difference(module(floats), function(floats)) < 1e-5, "A float mask gives the same in both."

integers = (~hidden).long()  # 1 for what is to be seen
refusals = {}
for call in (module, function):
    try:
        call(integers)
        refusals[call.__name__] = "none"
    except (AssertionError, RuntimeError) as error:
        refusals[call.__name__] = str(error)[:38]
refusals["mask == 0"] = difference(module(integers == 0), module(hidden))
print("a mask of integers:", refusals)
assert refusals == {
    "module": "only bool and floating types of attn_m",
    "function": "Expected attn_mask dtype to be bool or",
    "mask == 0": 0.0,
}, "A mask of integers is an error in both; mask == 0 hides what has a 0."
