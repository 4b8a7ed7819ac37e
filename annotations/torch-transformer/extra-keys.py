"""Append keys to attention that belong to no position, and see who may look at them."""

import torch
import torch.nn.functional as F
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

x = torch.randn(5, 2, 16, device=device)


def build(**options):
    """Build an attention with the same parameters each time, but for what the options add."""
    torch.manual_seed(1)
    attention = nn.MultiheadAttention(16, 4, **options, device=device)
    torch.manual_seed(2)
    for parameter in attention.parameters():
        if parameter.shape != (1, 1, 16):
            nn.init.uniform_(parameter, -0.7, 0.7)
    return attention


def by_hand(attention, hidden=None):
    """Compute weights of each head and the output, the extra keys last."""
    packed = F.linear(x, attention.in_proj_weight, attention.in_proj_bias)
    query, key, value = packed.chunk(3, dim=-1)
    if attention.bias_k is not None:
        key = torch.cat([key, attention.bias_k.expand(1, 2, 16)])
        value = torch.cat([value, attention.bias_v.expand(1, 2, 16)])
    if attention.add_zero_attn:
        key, value = F.pad(key, (0, 0, 0, 0, 0, 1)), F.pad(value, (0, 0, 0, 0, 0, 1))
    query, key, value = (
        each.unflatten(-1, (4, 4)).permute(1, 2, 0, 3) for each in (query, key, value)
    )
    scores = query @ key.mT / 2
    if hidden is not None:  # (batch, seq, seq), which says nothing of the extra keys
        hidden = F.pad(hidden, (0, key.shape[2] - 5))[:, None]
        scores = scores.masked_fill(hidden, -torch.inf)
    weights = torch.softmax(scores, dim=-1)
    output = attention.out_proj((weights @ value).permute(2, 0, 1, 3).flatten(2))
    return weights, output, (query, key[:, :, :5])


def difference(first, second):
    """Return how far two tensors are apart: infinitely, if their shapes differ."""
    same = first.shape == second.shape
    return (first - second).abs().max().item() if same else torch.inf


def run(attention, **options):
    """Return the weights of each head, the output that comes with them, and that without."""
    output, weights = attention(x, x, x, average_attn_weights=False, **options)
    return weights, output, attention(x, x, x, need_weights=False, **options)[0]


def gap(attention, hidden=None, **masks):
    """Return how far weights and outputs are from those by hand."""
    weights, output, without = run(attention, **masks)
    expected_weights, expected, _ = by_hand(attention, hidden)
    return max(
        difference(weights, expected_weights),
        difference(output, expected),
        difference(without, expected),
    )


bias, zero = build(add_bias_kv=True), build(add_zero_attn=True)
both = build(add_bias_kv=True, add_zero_attn=True)
print("bias_k:", tuple(bias.bias_k.shape), "weights:", tuple(run(bias)[0].shape))
assert gap(bias) < 1e-5, (
    "With add_bias_kv each head attends to one more key and value, "
    "its columns of bias_k and bias_v, unprojected."
)
weights = run(zero)[0]
query, key = by_hand(zero)[2]
assert equation("attn_output_weights", weights[..., :5], q=query, k=key, head_dim=4), (
    "With add_zero_attn the weights of the other keys are exp(score) / (1 + the sum of them)."
)
assert gap(both) < 1e-5, "With both the weights have two more columns, that of the bias first."

causal = torch.ones(5, 5, dtype=torch.bool, device=device).triu(1)
padding = torch.tensor([[True] * 3 + [False] * 2, [False] * 5], device=device)  # on the left
hidden = causal | padding[:, None]
masks = {"attn_mask": causal, "key_padding_mask": padding}
gaps = [gap(each, hidden, **masks) for each in (bias, zero, both)]
alone = run(both, **masks)[0][0, :, 0]
print("with all others hidden:", alone[0].tolist())
assert max(gaps) < 1e-5 and difference(alone[:, :5], torch.zeros(4, 5, device=device)) == 0, (
    "Under a causal and a padding mask every query sees the extra keys, "
    "and one with all others hidden sees these alone."
)

plain = by_hand(build(), causal[None])[1]
hinted = [
    each(x, x, x, attn_mask=causal, is_causal=True, need_weights=False)[0]
    for each in (bias, zero, both)
]
asked = [each(x, x, x, attn_mask=causal, need_weights=False)[0] for each in (bias, zero, both)]
print("the hint changes", [difference(*pair) for pair in zip(hinted, asked, strict=True)])
of_hinted = max(difference(each, plain) for each in hinted)
of_asked = min(difference(each, plain) for each in asked)
assert of_hinted < 1e-5 < 0.05 < of_asked, (
    "With need_weights=False, is_causal=True gives the causal output of a module without the extra "
    "keys."
)
