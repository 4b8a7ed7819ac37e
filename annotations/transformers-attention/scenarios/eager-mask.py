"""A padded batch with eager attention and no cache: the mask is made as numbers."""

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
    attn_implementation="eager",
)
model = Qwen3ForCausalLM(config).eval().requires_grad_(False)
ids = torch.randint(0, 50, (2, 7))
mask = torch.tensor([[0, 0, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1]])
output = model(ids, attention_mask=mask, use_cache=False).logits
