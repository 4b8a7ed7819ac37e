"""Give a model with dynamic RoPE a long text between two equal short ones, and one with yarn."""

import math

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

torch.manual_seed(0)
device = "cpu"

TRAINED, FACTOR, BASE = 16, 2.0, 10000.0


def build(**rope):
    """Return a small model for texts of 16 tokens, with random weights."""
    torch.manual_seed(0)
    config = Qwen3Config(
        vocab_size=50,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=TRAINED,
        rope_parameters={"rope_theta": BASE, **rope},
    )
    model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


def difference(first, second):
    return (first - second).abs().max().item()


def logits(ids, model):
    return model(ids, use_cache=False).logits


torch.manual_seed(1)
ids = torch.randint(0, 50, (1, 40), device=device)
short, middle, long = ids[:, :12], ids[:, :20], ids
model = build(rope_type="dynamic", factor=FACTOR)
rotary = model.model.rotary_emb


def frequencies(length):
    """Return the frequencies of dynamic NTK for a text of this length."""
    grown = BASE * (FACTOR * length / TRAINED - (FACTOR - 1)) ** (8 / 6)
    return grown ** (-torch.arange(0, 8, 2, device=device) / 8)


first = logits(middle, model)
print("frequencies for 20 tokens:", rotary.inv_freq.tolist())
assert difference(rotary.inv_freq, frequencies(20)) < 1e-6, (
    "A text longer than max_position_embeddings makes the frequencies lower, by its own length."
)
logits(long, model)
print("the same 20 tokens after 40:", difference(logits(middle, model), first))
assert difference(rotary.inv_freq, frequencies(40)) < 1e-6, (
    "After a text of 40 tokens one of 20 gets the frequencies of 40."
)
assert difference(logits(middle, model), first) > 1e-3, "Its logits are others than before."
logits(short, model)
print("and after 12:", rotary.inv_freq.tolist())
assert difference(rotary.inv_freq, frequencies(TRAINED)) < 1e-6, (
    "A text shorter than max_position_embeddings sets the frequencies back."
)
saved = [name for name in model.state_dict() if "freq" in name]
assert difference(logits(middle, model), first) < 1e-6, "Then the logits are as at first."
saved += [name for name in model.state_dict() if "freq" in name]
assert saved == [] and rotary.max_seq_len_cached == 20, (
    "Neither before a longer text nor after one are the frequencies in the state dict."
)

stepping = build(rope_type="dynamic", factor=FACTOR)
output = stepping(middle[:, :15])
for i in range(15, 20):
    output = stepping(middle[:, [i]], cache=output.cache)
print("token by token:", difference(output.logits[:, -1], first[:, -1]))
assert difference(output.logits[:, -1], first[:, -1]) > 1e-4, (
    "Token by token across that length the logits differ from those of the whole text: cached keys "
    "keep the rotation of their time."
)

yarn = build(rope_type="yarn", factor=4.0, original_max_position_embeddings=TRAINED)
rotary = yarn.model.rotary_emb
cos, sin = rotary(torch.zeros(1, device=device), torch.arange(3, device=device)[None])
scale = 0.1 * math.log(4.0) + 1
print("yarn multiplies cos and sin by", rotary.attention_scaling)
assert difference(cos[0] ** 2 + sin[0] ** 2, torch.full((3, 8), scale**2)) < 1e-5, (
    "yarn multiplies cos and sin by 0.1 * log(factor) + 1, for short texts as well, so each score "
    "by the square of it."
)
