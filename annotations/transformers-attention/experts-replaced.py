"""Run the experts of Qwen3's mixture, and ask which lines ran."""

import inspect

import torch
from torch import nn
from transformers import Qwen3MoeConfig
from transformers.integrations.moe import ALL_EXPERTS_FUNCTIONS, grouped_mm_experts_forward
from transformers.models.qwen3_moe.modeling_qwen3_moe import Qwen3MoeExperts, Qwen3MoeForCausalLM

torch.manual_seed(0)
device = "cpu"

SIZES = {
    "vocab_size": 50,
    "hidden_size": 32,
    "intermediate_size": 48,
    "moe_intermediate_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "num_experts": 4,
    "num_experts_per_tok": 2,
}
config = Qwen3MoeConfig(**SIZES)
model = Qwen3MoeForCausalLM(config).to(device).eval().requires_grad_(False)
experts = next(part for part in model.modules() if isinstance(part, Qwen3MoeExperts))
for parameter in experts.parameters():
    nn.init.normal_(parameter, std=0.3)
tokens = torch.randn(6, 32, device=device)
chosen = torch.tensor([[0, 3], [2, 0], [2, 3], [3, 0], [0, 2], [2, 0]], device=device)
shares = torch.rand(6, 2, device=device)

used = []
experts.act_fn = nn.Sequential(experts.act_fn)
experts.act_fn.register_forward_hook(lambda _, given, output: used.append(tuple(output.shape)))


def run(name=None):
    """Compute with this implementation, and list the shapes that the activation was called with."""
    if name:
        model.set_experts_implementation(name)
    used.clear()
    return experts(tokens, chosen, shares), list(used)


by_hand = torch.zeros_like(tokens)
for token, (pair, weights) in enumerate(zip(chosen.tolist(), shares, strict=True)):
    for expert, share in zip(pair, weights, strict=True):
        gate, up = (experts.gate_up_proj[expert] @ tokens[token]).chunk(2)
        by_hand[token] += share * (experts.down_proj[expert] @ (nn.functional.silu(gate) * up))


def is_right(output):
    return isinstance(output, torch.Tensor) and torch.allclose(output, by_hand, atol=1e-4)


default, shapes = run()
batched, of_batched = run("batched_mm")
print("by default:", config._experts_implementation)
together = shapes == of_batched == [(12, 16)]
assert is_right(default) and is_right(batched) and together, (
    "By default and under batched_mm all experts are computed together: the activation is called "
    "once, for all 12 pairs of a token and an expert."
)
named, _ = run("grouped_mm")
first = Qwen3MoeForCausalLM(Qwen3MoeConfig(**SIZES)).config._experts_implementation
assert first == "grouped_mm" and is_right(named), "The default is grouped_mm, on a CPU as well."

forward = Qwen3MoeExperts.forward
shown, place = inspect.getsource(forward), forward.__code__.co_filename
loop, shapes = run("eager")
print("getsource shows:", shown.splitlines()[0].strip(), "the code is in", place[-19:])
print("under eager: activation of", shapes)
each = sorted(shapes) == [(3, 16), (4, 16), (5, 16)] and is_right(loop)
assert each and "for expert_idx in expert_hit" in shown and place.endswith("integrations/moe.py"), (
    "The loop that inspect.getsource shows runs under eager only, once for each expert that is "
    "chosen; the code of forward is of integrations/moe.py."
)


def doubled(self, *arguments):
    return 2 * grouped_mm_experts_forward(self, *arguments)


ALL_EXPERTS_FUNCTIONS.register("doubled", doubled)
twice, _ = run("doubled")
assert is_right(twice / 2), (
    "A function of one's own is registered in a registry of experts, as for attention."
)
