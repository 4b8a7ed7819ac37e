"""Call the sdpa attention of transformers alone, and compare it with torch and its masks."""

import torch
import torch.nn.functional as F
from torch import nn
from transformers import Qwen3Config, Qwen3ForCausalLM
from transformers.integrations.sdpa_attention import sdpa_attention_forward

torch.manual_seed(0)
device = "cpu"

SEQ, HEAD_DIM = 5, 8
query, key, value = torch.randn(3, 2, 3, SEQ, HEAD_DIM, device=device)
module = nn.Module().eval()  # says nothing of is_causal
causal = torch.ones(SEQ, SEQ, dtype=torch.bool, device=device).tril()


def gap(queries, keys, mask_by_hand, mask=None, **options):
    """Return how far the function is from torch's attention with this mask."""
    output, _ = sdpa_attention_forward(
        module, queries, keys, value[:, :, : keys.shape[2]], mask, **options
    )
    expected = F.scaled_dot_product_attention(
        queries, keys, value[:, :, : keys.shape[2]], mask_by_hand
    )
    return (output.transpose(1, 2) - expected).abs().max().item()


print("prompt:", gap(query, key, causal))
assert gap(query, key, causal) < 1e-5, "Without a mask several queries are causal."
print("one query:", gap(query[:, :, -1:], key, None))
assert gap(query[:, :, -1:], key, None) < 1e-5, "Without a mask a single query sees all keys."

first = torch.zeros(2, SEQ, dtype=torch.bool, device=device)
first[0, :1] = first[1, :2] = True
print("two queries, five keys:", gap(query[:, :, -2:], key, first))
assert gap(query[:, :, -2:], key, first) < 1e-5, (
    "Without a mask two queries with five keys see the first one and the first two keys only."
)
last = torch.ones(2, SEQ, dtype=torch.bool, device=device).tril(diagonal=SEQ - 2)
given = gap(query[:, :, -2:], key, last, mask=last)
assert given < 1e-5, "A given mask decides alone: with one that ends at the last key it is right."

module.is_causal = False
print("module.is_causal = False:", gap(query, key, None))
assert gap(query, key, None) < 1e-5, (
    "With is_causal = False on the module several queries see all keys."
)
assert gap(query, key, causal, is_causal=True) < 1e-5, (
    "An is_causal that is handed over counts more than the module's."
)

SIZES = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "head_dim": 8}
config = Qwen3Config(vocab_size=50, num_attention_heads=4, num_key_value_heads=2, **SIZES)
model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
for parameter in model.parameters():
    nn.init.normal_(parameter, std=0.3)
x = torch.randint(0, 50, (2, 7), device=device)
other = x.clone()
other[:, -1] = (x[:, -1] + 1) % 50
padding = torch.ones_like(x)
padding[0, 0] = 0


def looks_ahead(mask):
    """Tell whether another last token moves earlier logits, of those that are no padding."""
    one, two = (model(ids, attention_mask=mask, use_cache=False).logits for ids in (x, other))
    return (one - two)[:, 1:-1].abs().max().item() > 0.1


def table():
    """Tell whether the model looks ahead: by attention, without padding and with it."""
    found = {}
    for name in ("sdpa", "eager"):
        model.set_attn_implementation(name)
        found[name] = [looks_ahead(None), looks_ahead(padding)]
    return found


for layer in model.model.layers:
    layer.self_attn.is_causal = False
by_module = table()
print("looks ahead, with is_causal = False on each attention:", by_module)
assert by_module == {"sdpa": [True, False], "eager": [False, False]}, (
    "is_causal = False on each attention makes the model look ahead only under sdpa, and only "
    "while nothing is padded."
)
for layer in model.model.layers:
    layer.self_attn.is_causal = True
config.is_causal = False
by_config = table()
print("looks ahead, with config.is_causal = False:", by_config)
assert by_config == {"sdpa": [True, True], "eager": [True, True]}, (
    "config.is_causal = False makes it look ahead in both, padded or not."
)
