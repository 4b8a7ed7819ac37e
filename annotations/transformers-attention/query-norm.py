"""Compute queries and keys of a layer by hand, and make its input a thousand times as large."""

import torch
from transformers import Qwen3Config
from transformers.models.qwen3.modeling_qwen3 import Qwen3Attention, eager_attention_forward

torch.manual_seed(0)
device = "cpu"

HEADS, KEY_HEADS, HEAD_DIM = 4, 2, 8
config = Qwen3Config(
    hidden_size=32,
    num_hidden_layers=1,
    num_attention_heads=HEADS,
    num_key_value_heads=KEY_HEADS,
    head_dim=HEAD_DIM,
    attn_implementation="eager",
)
attention = Qwen3Attention(config, layer_idx=0).to(device).eval().requires_grad_(False)
for parameter in attention.parameters():
    torch.nn.init.normal_(parameter)
x = torch.randn(2, 5, 32, device=device)
still = torch.ones(1, 5, HEAD_DIM, device=device), torch.zeros(1, 5, HEAD_DIM, device=device)


def attend(inputs, module=attention):
    """Return output and weights, with positions that turn nothing, and without a mask."""
    return module(inputs, position_embeddings=still, attention_mask=None)


def heads_of(linear, norm=None):
    """Return what a projection gives, by head, each vector normalised by itself."""
    heads = linear(x).unflatten(-1, (-1, HEAD_DIM)).transpose(1, 2)
    if norm is None:
        return heads
    root = heads.pow(2).mean(-1, keepdim=True).add(config.rms_norm_eps).sqrt()
    return heads / root * norm.weight


query = heads_of(attention.q_proj, attention.q_norm)
key = heads_of(attention.k_proj, attention.k_norm)
expected, weights = eager_attention_forward(
    attention, query, key, heads_of(attention.v_proj), None, HEAD_DIM**-0.5
)
output, seen = attend(x)
gap = (output - attention.o_proj(expected.flatten(2))).abs().max().item()
print("difference from the computation by hand:", gap)
assert gap < 1e-4, (
    "Queries and keys are normalised head by head, over head_dim, before anything else; values are "
    "not."
)
normed = []
hooks = [
    norm.register_forward_hook(lambda _, given, output: normed.append(output.transpose(1, 2)))
    for norm in (attention.q_norm, attention.k_norm)
]
attend(x)
for hook in hooks:
    hook.remove()
shapes = [tuple(norm.weight.shape) for norm in (attention.q_norm, attention.k_norm)]
print("weights of the two norms:", shapes)
one_for_all = all(
    found.shape == expected.shape and torch.allclose(found, expected, atol=1e-5)
    for found, expected in zip(normed, (query, key), strict=False)
)
assert shapes == [(HEAD_DIM,)] * 2 and len(normed) == 2 and one_for_all, (
    "One weight of head_dim numbers serves all query heads, one all key heads."
)

output, seen = attend(x)
larger, same = attend(1000 * x)
print("input a thousand times as large: weights", (same - seen).abs().max().item())
assert (same - seen).abs().max() < 1e-3, (
    "With an input a thousand times as large the attention weights stay as they are."
)
assert torch.allclose(larger, 1000 * output, rtol=1e-2, atol=1.0), (
    "The output grows with the values."
)
