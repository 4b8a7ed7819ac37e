"""Count the matrix multiplies that project query, key and value, and check what they give."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, device=device)  # in training mode: no native operator
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
x, y, z = torch.randn(3, 5, 2, 16, device=device)


def multiplies(attention, query, key, value):
    """Count the multiplies of one call, less the one of the output projection."""
    with torch.autograd.profiler.profile(use_kineto=False) as recording:
        attention(query, key, value)
    return [event.name for event in recording.function_events].count("aten::linear") - 1


distinct = {
    "x, x, x": multiplies(attention, x, x, x),
    "x, y, y": multiplies(attention, x, y, y),
    "x, x, y": multiplies(attention, x, x, y),
    "x, y, z": multiplies(attention, x, y, z),
}
print("multiplies:", distinct)
assert distinct == {"x, x, x": 1, "x, y, y": 2, "x, x, y": 3, "x, y, z": 3}, (
    "One multiply for self-attention, two where only key and value are one tensor, three otherwise."
)

equal = {
    "clone": multiplies(attention, x, x, x.clone()),
    "view": multiplies(attention, x, x, x.view_as(x)),
}
print("multiplies if value is an equal tensor:", equal)
assert equal == {"clone": 3, "view": 3}, (
    "Equal values are not enough: a clone or a view as value makes it three multiplies."
)


def error(*inputs):
    """Return how far the projections are from three multiplies by hand."""
    weight, bias = attention.in_proj_weight, attention.in_proj_bias
    projected = F._in_projection_packed(*inputs, weight, bias)
    gaps = []
    for number, tensor in enumerate(inputs):  # 0 is the query, 1 the key, 2 the value
        rows = slice(16 * number, 16 * (number + 1))
        by_hand = tensor @ weight[rows].T + bias[rows]
        gaps.append((projected[number] - by_hand).abs().max().item())
    return max(gaps)


assert max(error(x, x, x), error(x, y, y), error(x, y, z)) < 1e-5, (
    "All three ways give what the packed rows give by hand, in the order Q, K, V."
)

separate = nn.MultiheadAttention(16, 4, kdim=10, vdim=10, device=device)
memory = torch.randn(7, 2, 10, device=device)
assert multiplies(separate, x, memory, memory) == 3, (
    "With separate weights it is three multiplies even if key and value are one tensor."
)
