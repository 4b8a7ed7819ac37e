"""Compare the packed projection of MultiheadAttention with three separate matrices."""

import math

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def shapes(module):
    """Map the name of each parameter to its shape."""
    return {name: tuple(value.shape) for name, value in module.named_parameters()}


packed = nn.MultiheadAttention(64, 4, device=device)
separate = nn.MultiheadAttention(64, 4, kdim=64, vdim=65, device=device)
print("packed:  ", shapes(packed))
print("separate:", shapes(separate))

assert shapes(packed) == {
    "in_proj_weight": (192, 64),
    "in_proj_bias": (192,),
    "out_proj.weight": (64, 64),
    "out_proj.bias": (64,),
}, "Q, K and V share one weight of shape (3 * embed_dim, embed_dim), whatever the number of heads."

assert shapes(separate) == {
    "q_proj_weight": (64, 64),
    "k_proj_weight": (64, 64),
    "v_proj_weight": (64, 65),
    "in_proj_bias": (192,),
    "out_proj.weight": (64, 64),
    "out_proj.bias": (64,),
}, "One other width, here of V, is enough for three weights; the bias stays packed."


def spread(weight):
    """Return the largest draw, which of thousands comes close to the distribution's bound."""
    return weight.abs().max().item()


packed_spread = spread(packed.in_proj_weight)
packed_bound = math.sqrt(6 / (64 + 3 * 64))
print(f"packed: largest weight {packed_spread:.4f}, bound {packed_bound:.4f}")
assert 0.99 < packed_spread / packed_bound <= 1, (
    "The packed weight is drawn for 64 inputs and 192 outputs: its bound is sqrt(6 / 4E)."
)

separate_spreads = {
    "Q": spread(separate.q_proj_weight) / math.sqrt(6 / (64 + 64)),
    "K": spread(separate.k_proj_weight) / math.sqrt(6 / (64 + 64)),
    "V": spread(separate.v_proj_weight) / math.sqrt(6 / (65 + 64)),
}
print("separate: largest weight over bound,", {k: f"{v:.4f}" for k, v in separate_spreads.items()})
assert all(0.99 < share <= 1 for share in separate_spreads.values()), (
    "Separate weights are drawn for 64 outputs each: the bound is sqrt(6 / 2E)."
)
