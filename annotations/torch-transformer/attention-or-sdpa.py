"""Compare attention with and without need_weights."""

import copy
import sys

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

attention = nn.MultiheadAttention(16, 4, device=device)  # sequence first: no native operator
nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
nn.init.uniform_(attention.out_proj.bias, 0.5, 1.5)
layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, device=device)
x = torch.randn(5, 2, 16, device=device)


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


def is_called(module, *inputs, gradients=True, **options):
    """Tell whether a call of the module calls scaled_dot_product_attention."""
    with torch.set_grad_enabled(gradients):
        return "scaled_dot_product_attention" in native_calls(module, *inputs, **options)


called = {
    "by default": is_called(attention, x, x, x),
    "need_weights=False": is_called(attention, x, x, x, need_weights=False),
    "an encoder layer in training": is_called(layer, x),
    "an encoder layer in inference": is_called(layer.eval(), x, gradients=False),
}
print("scaled_dot_product_attention is called:", called)
assert called == {
    "by default": False,
    "need_weights=False": True,
    "an encoder layer in training": True,
    "an encoder layer in inference": False,
}, (
    "By default scaled_dot_product_attention is not called; with need_weights=False it is, and so "
    "it is in an encoder layer in training, but not where that runs fused."
)


def difference(first, second):
    return (first - second).abs().max().item()


def attend(mask, need_weights, **options):
    return attention(x, x, x, attn_mask=mask, need_weights=need_weights, **options)[0]


projected = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
query, key, value = (each.unflatten(-1, (4, 4)).permute(1, 2, 0, 3) for each in projected)
inputs = {"q": query, "k": key, "head_dim": 4}
unmixed = copy.deepcopy(attention)
nn.init.eye_(unmixed.out_proj.weight)
nn.init.zeros_(unmixed.out_proj.bias)
joined = unmixed(x, x, x, need_weights=False)[0]
heads = joined.unflatten(-1, (4, 4)).permute(1, 2, 0, 3)
print("weighted values (batch, heads, seq, head_dim):", tuple(heads.shape))
assert equation("attn_output", heads, **inputs, v=value), (
    "Each head gives the values weighted by softmax(Q K^T / sqrt(head_dim))."
)
weights = attention(x, x, x, average_attn_weights=False)[1]
assert equation("attn_output_weights", weights, **inputs), (
    "With need_weights=True, each head's weights are that softmax."
)
mixed, no_weights = attention(x, x, x, need_weights=False)
output, returned = attention(x, x, x)
kinds = {"by default": type(returned), "need_weights=False": type(no_weights)}
assert kinds == {"by default": torch.Tensor, "need_weights=False": type(None)}, (
    "The weights come back by default; with need_weights=False None does."
)
assert max(difference(output, mixed), difference(returned, weights.mean(dim=1))) < 1e-5, (
    "By default the output is the same, and the weights come back averaged over the heads."
)

causal = nn.Transformer.generate_square_subsequent_mask(5, device=device)
assert difference(attend(causal, True), attend(causal, False)) < 1e-5, (
    "Under a causal mask the output is the same with need_weights=True and with False."
)
