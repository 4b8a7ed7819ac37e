"""Rotate queries and keys by hand, as complex numbers, and shift the positions."""

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers.models.qwen3.modeling_qwen3 import apply_rotary_pos_emb, rotate_half

from srcread.lab import equation

torch.manual_seed(0)
device = "cpu"

config = Qwen3Config(
    vocab_size=50,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    rope_parameters={"rope_type": "default", "rope_theta": 100.0},
)
model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
for parameter in model.parameters():
    torch.nn.init.normal_(parameter, std=0.3)
rotary = model.model.rotary_emb


def difference(first, second):
    return (first - second).abs().max().item()


positions = torch.arange(3, 8, device=device)[None]
frequencies = 100.0 ** (-torch.arange(4, device=device) / 4)
angles = positions[0, :, None] * frequencies
cos, sin = rotary(torch.zeros(1, device=device), positions)
print("cos:", tuple(cos.shape), "frequencies:", frequencies.tolist())
expected = torch.cat((angles, angles), dim=-1)
assert difference(cos[0], expected.cos()) < 1e-6 and difference(sin[0], expected.sin()) < 1e-6, (
    "cos and sin are of position * rope_theta ** (-2i / head_dim), and each stands twice: (batch "
    "or 1, seq, head_dim)."
)

q, k = torch.randn(2, 4, 5, 8, device=device), torch.randn(2, 2, 5, 8, device=device)
q_embed, k_embed = apply_rotary_pos_emb(q, k, cos, sin)
turned = torch.polar(torch.ones_like(angles), angles)


def as_complex(x):
    return torch.complex(x[..., :4], x[..., 4:])


given = {"q": q, "cos": cos[:, None], "sin": sin[:, None], "rotate_half": rotate_half}
assert equation("q_embed", q_embed, **given), (
    "A query becomes itself times cos plus its rotated half times sin."
)
by_hand = as_complex(q) * turned, as_complex(k) * turned
neighbours = torch.view_as_complex(q.unflatten(-1, (4, 2))) * turned
other = difference(q_embed, torch.view_as_real(neighbours).flatten(-2))
print("difference from turning neighbours:", other)
assert difference(as_complex(q_embed), by_hand[0]) < 1e-6 and other > 0.1, (
    "Number i and number i + head_dim / 2 of a query are turned together, as one complex number, "
    "and not neighbours."
)
assert difference(as_complex(k_embed), by_hand[1]) < 1e-6, "So are those of a key."

x = torch.randint(0, 50, (2, 7), device=device)
logits = model(x, use_cache=False).logits
later = model(x, position_ids=torch.arange(100, 107, device=device)[None], use_cache=False).logits
print("100 positions later:", difference(later, logits))
assert difference(later, logits) < 1e-4, (
    "The logits are the same 100 positions later, up to rounding: scores depend on distances only."
)
padding = torch.ones_like(x)
padding[0, :3] = 0
padded = model(x, attention_mask=padding, use_cache=False).logits[0, 3:]
alone = model(x[:1, 3:], use_cache=False).logits[0]
print("behind three tokens of padding:", difference(padded, alone))
assert difference(padded, alone) < 1e-4, (
    "So padding on the left needs no position_ids of its own: the logits behind it are those of "
    "the text alone."
)
