"""Decoding: a prompt of six tokens, then one step for the next token with its cache."""

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
ids = torch.randint(0, 50, (2, 7))
prompt = model(ids[:, :6], use_cache=True, logits_to_keep=1)
output = model(ids[:, 6:], cache=prompt.cache, use_cache=True).logits
