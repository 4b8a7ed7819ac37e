"""Count the tensors of the size of all attention weights that autograd keeps."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.autograd.graph import saved_tensors_hooks

torch.manual_seed(0)
device = "cpu"  # what is told of kernels is told of those of a CPU

BATCH, HEADS, SEQ = 2, 4, 48
SIZE = BATCH * HEADS * SEQ * SEQ  # far more than any input, weight or output has
x = torch.randn(SEQ, BATCH, 16, device=device)
bias = torch.randn(SEQ, SEQ, device=device)


def kept(call, *inputs, **options):
    """List the tensors that autograd keeps for the backward pass, each storage once."""
    tensors = {}
    with saved_tensors_hooks(lambda each: tensors.setdefault(each.data_ptr(), each), lambda t: t):
        output = call(*inputs, **options)
    return list(tensors.values()), output


def large(call, *inputs, **options):
    """Count those of them that are as large as all attention weights."""
    return sum(each.numel() >= SIZE for each in kept(call, *inputs, **options)[0])


def build(dropout):
    attention = nn.MultiheadAttention(16, HEADS, dropout=dropout, device=device)
    nn.init.uniform_(attention.in_proj_bias, 0.5, 1.5)
    return attention


def row(dropout, mask=None):
    """Count with need_weights=True and with False."""
    attention = build(dropout)
    return [large(attention, x, x, x, attn_mask=mask, need_weights=need) for need in (True, False)]


table = {
    "no dropout": row(0.0),
    "a mask": row(0.0, bias),
    "dropout": row(0.5),
    "a learned mask": row(0.0, bias.clone().requires_grad_()),
}
print("tensors of", SIZE, "numbers, by need_weights:", table)
assert table == {
    "no dropout": [1, 0],
    "a mask": [1, 0],
    "dropout": [3, 3],
    "a learned mask": [1, 1],
}, (
    "Of tensors with batch * heads * seq * seq numbers autograd keeps 1 with need_weights=True and "
    "0 with False, 3 in both with dropout, and 1 in both with a learned mask."
)

tensors, (output, _) = kept(build(0.0), x, x, x, need_weights=False)
shapes = [tuple(each.shape) for each in tensors]
print("kept with need_weights=False:", shapes)
assert shapes.count((BATCH, HEADS, SEQ)) == 1, (
    "With need_weights=False and no dropout all that is kept beside inputs and output is one "
    "number for each query of each head."
)

attention = build(0.0)
packed = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
query, key, value = (each.unflatten(-1, (HEADS, 4)).permute(1, 2, 0, 3) for each in packed)
heads = torch.softmax(query @ key.mT / 2, dim=-1) @ value
by_hand = attention.out_proj(heads.permute(2, 0, 1, 3).flatten(2))
outputs = [attention(x, x, x, need_weights=need)[0] for need in (True, False)]
assert max((output - by_hand).abs().max().item() for output in outputs) < 1e-5, (
    "Without dropout the output is the same with need_weights=True and False: that of plain "
    "matmuls."
)

tensors, (_, weights) = kept(build(0.5), x, x, x, average_attn_weights=False)
matrices = [each.reshape(weights.shape) for each in tensors if each.numel() >= SIZE]
nothing = torch.zeros_like(weights)
noise = next((each for each in matrices if each.unique().tolist() == [0.0, 2.0]), nothing)
softmax = next((each for each in matrices if (each > 0).all()), nothing)
products = [torch.equal(each, softmax * noise) for each in matrices]
print(
    "kept with need_weights=True and dropout: noise of",
    noise.unique().tolist(),
    "among",
    len(matrices),
)
assert products.count(True) == 1 and torch.equal(weights, softmax * noise), (
    "With need_weights=True and dropout the three are the softmax's output, the noise of 0 and 1 / "
    "(1 - dropout_p), and their product, which is returned as the weights."
)


def layer(**options):
    return nn.TransformerEncoderLayer(16, HEADS, 32, device=device, **options)


half = layer()
half.self_attn.dropout = 0.0
layers = {
    "by default": large(layer(), x),
    "dropout=0.0": large(layer(dropout=0.0), x),
    "self_attn.dropout = 0.0": large(half, x),
}
print("an encoder layer in training:", layers)
assert layers == {"by default": 3, "dropout=0.0": 0, "self_attn.dropout = 0.0": 0}, (
    "An encoder layer in training keeps 3 such tensors with its default dropout, "
    "and none with dropout=0.0 or with self_attn.dropout set to 0.0."
)
