"""Count the matmuls that project query, key and value, and check what they give."""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import must_fail

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, device=device)  # in training mode: no native operator
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
x, y, z = torch.randn(3, 5, 2, 16, device=device)


def native_calls(call, *inputs, **options):
    """List the functions not written in Python that a call runs, as Python calls them."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        call(*inputs, **options)
    finally:
        sys.setprofile(before)
    return names


def matmuls(attention, query, key, value):
    """Count the matmuls of one call, less that of the output projection."""
    return native_calls(attention, query, key, value).count("linear") - 1


distinct = {
    "x, x, x": matmuls(attention, x, x, x),
    "x, y, y": matmuls(attention, x, y, y),
    "x, x, y": matmuls(attention, x, x, y),
    "x, y, z": matmuls(attention, x, y, z),
}
if must_fail(
    "One matmul for self-attention, two where only key and value are one tensor, three otherwise."
):
    distinct["x, x, x"] = matmuls(attention, x, x, x.detach())
print("matmuls:", distinct)
assert distinct == {"x, x, x": 1, "x, y, y": 2, "x, x, y": 3, "x, y, z": 3}, (
    "One matmul for self-attention, two where only key and value are one tensor, three otherwise."
)

equal = {
    "clone": matmuls(attention, x, x, x.clone()),
    "view": matmuls(attention, x, x, x.view_as(x)),
}
print("matmuls if value is an equal tensor:", equal)
assert equal == {"clone": 3, "view": 3}, (
    "Equal values are not enough: with a clone or a view as value it is three."
)


def error(projected, inputs, weights, biases):
    """Return how far projections are from a matmul by hand for each of Q, K and V."""
    by_hand = [x @ w.T + b for x, w, b in zip(inputs, weights, biases, strict=True)]
    gaps = [(one - other).abs().max().item() for one, other in zip(projected, by_hand, strict=True)]
    return max(gaps)


def packed_error(*inputs):
    """Return the error of the packed projection, with its bias and without."""
    weight, bias = attention.in_proj_weight, attention.in_proj_bias
    with_bias = F._in_projection_packed(*inputs, weight, bias)
    without = F._in_projection_packed(*inputs, weight)
    return max(
        error(with_bias, inputs, weight.chunk(3), bias.chunk(3)),
        error(without, inputs, weight.chunk(3), (0, 0, 0)),
    )


assert max(packed_error(x, x, x), packed_error(x, y, y), packed_error(x, y, z)) < 1e-5, (
    "All three ways give what the packed rows give by hand, in the order Q, K, V."
)

separate = nn.MultiheadAttention(16, 4, kdim=10, vdim=10, device=device)
nn.init.uniform_(separate.in_proj_bias, 0.5, 1.5)
memory = torch.randn(7, 2, 10, device=device)
assert matmuls(separate, x, memory, memory) == 3, (
    "With separate weights it is three matmuls even if key and value are one tensor."
)

weights = separate.q_proj_weight, separate.k_proj_weight, separate.v_proj_weight
biases = separate.in_proj_bias.chunk(3)
projected = F._in_projection(x, memory, memory, *weights, *biases)
assert error(projected, (x, memory, memory), weights, biases) < 1e-5, (
    "Each separate weight projects its own input, with its third of the packed bias."
)
