"""Count the matrix multiplies that project query, key and value, and check what they give."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"


def projections(attention, query, key, value):
    """Count the multiplies of one call, less the one of the output projection."""
    with torch.autograd.profiler.profile(use_kineto=False) as recording:
        attention(query, key, value)
    names = [event.name for event in recording.function_events]
    return names.count("aten::linear") - 1


attention = nn.MultiheadAttention(16, 4, device=device)  # in training mode: no native operator
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
x = torch.randn(5, 2, 16, device=device)
y = torch.randn(7, 2, 16, device=device)
other = torch.randn(7, 2, 16, device=device)

multiplies = {
    "x, x, x": projections(attention, x, x, x),
    "x, y, y": projections(attention, x, y, y),
    "x, y, other": projections(attention, x, y, other),
}
print("multiplies:", multiplies)
assert multiplies == {"x, x, x": 1, "x, y, y": 2, "x, y, other": 3}, (
    "One multiply for self-attention, two where key and value are one tensor, three otherwise."
)

equal = {
    "clone": projections(attention, x, x, x.clone()),
    "view": projections(attention, x, x, x.view_as(x)),
}
print("multiplies with an equal value:", equal)
assert equal == {"clone": 3, "view": 3}, (
    "Equal values are not enough: a clone or a view as value makes it three multiplies."
)


def error(query, key, value):
    """Return how far the projections are from three multiplies by hand."""
    weight, bias = attention.in_proj_weight, attention.in_proj_bias
    projected = F._in_projection_packed(query, key, value, weight, bias)
    by_hand = [
        tensor @ rows.T + offset
        for tensor, rows, offset in zip(
            (query, key, value), weight.chunk(3), bias.chunk(3), strict=True
        )
    ]
    gaps = [(a - b).abs().max() for a, b in zip(projected, by_hand, strict=True)]
    return max(gaps).item()


errors = {"one": error(x, x, x), "two": error(x, y, y), "three": error(x, y, other)}
print(f"error against three multiplies by hand: {max(errors.values()):.0e}")
assert max(errors.values()) < 1e-5, (
    "All three ways give what the packed rows give by hand, in the order Q, K, V."
)

separate = nn.MultiheadAttention(16, 4, kdim=10, vdim=10, device=device)
memory = torch.randn(7, 2, 10, device=device)
assert projections(separate, x, memory, memory) == 3, (
    "With separate weights it is three multiplies even if key and value are one tensor."
)
