"""Prefill: a prompt with a cache and sdpa; no mask is made, torch is told that it is causal."""

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

GROUP = "reading"

torch.manual_seed(0)
config = Qwen3Config(
    vocab_size=50,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    attn_implementation="sdpa",
)
model = Qwen3ForCausalLM(config).eval().requires_grad_(False)
output = model(torch.randint(0, 50, (2, 6)), use_cache=True, logits_to_keep=1).logits
