"""Ask for the logits of some positions, and count what the last projection is given."""

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
given = []
model.lm_head.register_forward_hook(lambda _, inputs, output: given.append(inputs[0].shape[:-1]))


def logits(keep):
    return model(x, use_cache=False, logits_to_keep=keep).logits


whole = model(x, use_cache=False).logits


def is_part(keep, expected):
    """Tell whether these logits are those of the whole, at these positions."""
    found = logits(keep)
    return found.shape == expected.shape and torch.allclose(found, expected, atol=1e-5)


assert whole.shape == (2, 7, 50) and is_part(0, whole), "0, the default, keeps all positions."
print("an int:", tuple(logits(2).shape))
assert is_part(2, whole[:, -2:]), "A positive int keeps so many positions at the end."
last = is_part(1, whole[:, -1:])
print("the last projection was given", [tuple(shape) for shape in given])
assert last and given[-1] == (2, 1) and given[0] == (2, 7), (
    "The others are left out before the last projection: with 1 it is given one vector a sequence."
)

positions = torch.tensor([5, 0], device=device)
assert is_part(positions, whole[:, [5, 0]]), (
    "A tensor of one dimension names positions, for all sequences."
)
of_each = torch.tensor([[1], [6]], device=device)
expected = torch.stack((whole[0, [1]], whole[1, [6]]))
assert is_part(of_each, expected), (
    "An integer tensor of two dimensions names positions of each sequence."
)
mask = torch.zeros(2, 7, dtype=torch.bool, device=device)
mask[0, 2] = mask[1, 4] = mask[1, 5] = True
print("a mask:", tuple(logits(mask).shape))
assert is_part(mask, whole[mask]), (
    "A tensor of truth values picks positions, and the result has no batch any more."
)
as_numbers = logits(mask.long())
print("the same mask as integers:", tuple(as_numbers.shape))
first_two = torch.where(mask[..., None], whole[:, [1]], whole[:, [0]])
assert torch.allclose(as_numbers, first_two, atol=1e-5), (
    "The same mask as integers raises nothing: its 0 and 1 are taken as positions."
)
