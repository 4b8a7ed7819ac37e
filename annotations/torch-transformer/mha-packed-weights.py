"""Compare the packed projection of MultiheadAttention with three separate matrices."""

import math

import torch
from torch import nn

from srcread.lab import must_fail

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def shapes(module):
    """Map the name of each parameter to its shape."""
    return {name: tuple(value.shape) for name, value in module.named_parameters()}


packed = nn.MultiheadAttention(64, 4, device=device)
separate = nn.MultiheadAttention(64, 4, vdim=65, device=device)
print("packed:  ", shapes(packed))
print("separate:", shapes(separate))

shared = {
    "in_proj_weight": (192, 64),
    "in_proj_bias": (192,),
    "out_proj.weight": (64, 64),
    "out_proj.bias": (64,),
}
by_heads = [shapes(nn.MultiheadAttention(64, heads, device=device)) for heads in (1, 4, 8)]
assert by_heads == [shared] * 3, (
    "Q, K and V share one weight of shape (3 * embed_dim, embed_dim), and one bias, "
    "whatever the number of heads."
)


def widths(**options):
    """Return the shapes of the separate weights of Q, K and V; None for what is packed."""
    found = shapes(nn.MultiheadAttention(64, 4, **options, device=device))
    return [found.get(f"{name}_proj_weight") for name in "qkv"]


by_widths = {
    "kdim=65": widths(kdim=65),
    "vdim=65": widths(vdim=65),
    "kdim=64, vdim=64": widths(kdim=64, vdim=64),
}
print("shapes of the separate weights:", by_widths)
assert by_widths == {
    "kdim=65": [(64, 64), (64, 65), (64, 64)],
    "vdim=65": [(64, 64), (64, 64), (64, 65)],
    "kdim=64, vdim=64": [None] * 3,
}, "A kdim or a vdim other than embed_dim makes all three weights separate."
assert separate.in_proj_bias.shape == (192,), "Beside separate weights the bias stays packed."


absent = {
    "packed": [name for name, value in packed._parameters.items() if value is None],
    "separate": [name for name, value in separate._parameters.items() if value is None],
}
print("None:", absent)
assert absent == {
    "packed": ["q_proj_weight", "k_proj_weight", "v_proj_weight"],
    "separate": ["in_proj_weight"],
}, "The weights of the other kind are there under their names, and None."


def largest(weight):
    """Return the largest of thousands of draws, which comes close to their bound."""
    return weight.abs().max().item()


if must_fail("The packed weight is drawn up to sqrt(6 / 4E), as for E inputs and 3E outputs."):
    for third in packed.in_proj_weight.chunk(3):
        nn.init.xavier_uniform_(third)  # Q, K and V each by themselves
packed_share = largest(packed.in_proj_weight) / math.sqrt(6 / (64 + 192))
print(f"packed: the largest weight is {packed_share:.4f} of the bound for 64 inputs, 192 outputs")
assert 0.99 < packed_share <= 1, (
    "The packed weight is drawn up to sqrt(6 / 4E), as for E inputs and 3E outputs."
)

separate_shares = {
    "Q": largest(separate.q_proj_weight) / math.sqrt(6 / (64 + 64)),
    "K": largest(separate.k_proj_weight) / math.sqrt(6 / (64 + 64)),
    "V": largest(separate.v_proj_weight) / math.sqrt(6 / (65 + 64)),
}
print("separate, each with its own bound:", {k: f"{v:.4f}" for k, v in separate_shares.items()})
assert all(0.99 < share <= 1 for share in separate_shares.values()), (
    "Separate weights are each drawn for their own inputs and E outputs: "
    "up to sqrt(6 / 2E) for Q and K."
)
