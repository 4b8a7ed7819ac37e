"""Compare attention with and without need_weights."""

import copy
import math
import sys

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import equation, show_grid

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
    "By default scaled_dot_product_attention is not called; without weights it is, "
    "and so it is in an encoder layer in training, but not where that runs fused."
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
    "With weights, each head's weights are that softmax."
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

reading = copy.deepcopy(unmixed)  # of 4 keys, each with a value that says which one it is
with torch.no_grad():
    reading.in_proj_weight[32:] = torch.eye(16)
    reading.in_proj_bias[32:] = 0
places = torch.eye(4, device=device).repeat(1, 4)[:, None].expand(4, 2, 16)


def weights_read_off(mask, need_weights=False):
    """Return the weights (query, key) of the first sequence by the output, as a mean of heads."""
    output = reading(x[:4], x[:4], places, attn_mask=mask[:4, :4], need_weights=need_weights)[0]
    return output[:, 0].unflatten(-1, (4, 4)).mean(dim=1)


hidden = causal.isinf()
inside = weights_read_off(hidden)
seen = query[:1, :, :4], key[:1, :, :4], torch.eye(4, device=device).expand(1, 4, 4, 4)
direct = F.scaled_dot_product_attention(*seen, attn_mask=hidden[:4, :4])[0].mean(dim=0)
axes = {"rows": "query", "columns": "key"}
show_grid("A boolean mask", hidden[:4, :4], **axes)
show_grid("nn.MultiheadAttention: True hides", inside, **axes)
show_grid("scaled_dot_product_attention: True lets see", direct, **axes)
assert torch.equal(inside > 0, ~hidden[:4, :4]) and torch.equal(direct > 0, hidden[:4, :4]), (
    "True hides a key in a mask of nn.MultiheadAttention, "
    "and lets it be seen in one of scaled_dot_product_attention."
)

with_weights = weights_read_off(nothing_to_see, need_weights=True)
without = weights_read_off(nothing_to_see)
show_grid("Query 0 sees no key: with weights", with_weights, **axes)
show_grid("The same without weights", without, **axes)
assert with_weights[0].isnan().all() and (without[0] == 0).all(), (
    "With weights, a query whose keys are all masked weighs all values by NaN, "
    "without weights by 0."
)
assert difference(with_weights[1:], without[1:]) < 1e-5, (
    "The other queries weigh the values alike, with weights and without."
)

batch_first = nn.MultiheadAttention(16, 4, batch_first=True, device=device).eval()
hidden = nothing_to_see.isinf()
with torch.no_grad():
    inferred = batch_first(x, x, x, attn_mask=hidden[:2, :2], need_weights=False)[0]
trained = batch_first.train()(x, x, x, attn_mask=hidden[:2, :2], need_weights=False)[0]
print("and batch first, in inference:", inferred[0, 0, 0].item())
assert inferred[:, 0].isnan().all() and not trained.isnan().any(), (
    "In inference with batch_first a query whose keys are all masked gives NaN "
    "without weights, too, though not in training."
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
