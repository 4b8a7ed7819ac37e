"""Give a model a mask of four dimensions, as truth values and as numbers."""

import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

torch.manual_seed(0)
device = "cpu"

config = Qwen3Config(
    vocab_size=50,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=1,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
)
model = Qwen3ForCausalLM(config).to(device).eval().requires_grad_(False)
for parameter in model.parameters():
    torch.nn.init.normal_(parameter, std=0.3)
x = torch.randint(0, 50, (2, 7), device=device)
allowed = torch.ones(7, 7, dtype=torch.bool, device=device).tril().expand(2, 1, 7, 7)
numbers = torch.where(allowed, 0.0, torch.finfo(torch.float32).min)


def run(name, mask):
    model.set_attn_implementation(name)
    given = {"attention_mask": mask, "use_cache": False}
    return model(x, **given, output_attentions=name == "eager")


def gap(name, mask, expected):
    return (run(name, mask).logits - expected).abs().max().item()


causal = run("sdpa", None).logits
open_mask = torch.ones_like(allowed)
for name in ("sdpa", "eager"):
    print(name, "given all zeros:", gap(name, torch.zeros_like(numbers), causal))
both_ways = run("sdpa", open_mask).logits
assert (both_ways - causal).abs().max() > 0.1, (
    "A mask of four dimensions is taken as it is: one that hides nothing switches causality off."
)
print("numbers:", [gap(name, numbers, causal) for name in ("sdpa", "eager")])
assert max(gap(name, numbers, causal) for name in ("sdpa", "eager")) < 1e-5, (
    "As numbers, 0 and the lowest one, a causal mask is right in both."
)
print("truth values, sdpa:", gap("sdpa", allowed, causal))
assert gap("sdpa", allowed, causal) < 1e-5, "As truth values it is right under sdpa."

weights = run("eager", allowed).attentions[0]
free = run("eager", torch.zeros_like(numbers)).attentions[0]
tilted = free * torch.where(allowed, torch.e, 1.0)
tilted = tilted / tilted.sum(dim=-1, keepdim=True)
ahead = weights[:, :, 0, 1:].sum(dim=-1).mean().item()
print("under eager the first token gives later tokens the weight", ahead)
assert ahead > 0.1 and torch.allclose(weights, tilted, atol=1e-6), (
    "Under eager truth values are added as 1 and 0: what is allowed is weighed e times as much as "
    "before, and nothing is hidden."
)
