"""Compare the first values of an encoder by itself with those inside nn.Transformer."""

import math
import warnings

import torch
from torch import nn

from srcread.lab import equation

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
warnings.filterwarnings("ignore", message="enable_nested_tensor is True")
E, F = 64, 256


def xavier(inputs, outputs):
    return math.sqrt(6 / (inputs + outputs))


by_rule_of_linear = {
    "self_attn.out_proj.weight": 1 / math.sqrt(E),
    "linear1.weight": 1 / math.sqrt(E),
    "linear2.weight": 1 / math.sqrt(F),
}
by_rule_of_xavier = {
    "self_attn.out_proj.weight": xavier(E, E),
    "linear1.weight": xavier(E, F),
    "linear2.weight": xavier(F, E),
}
packed = {"self_attn.in_proj_weight": xavier(E, 3 * E)}
biases = {
    "linear1.bias": 1 / math.sqrt(E),
    "linear2.bias": 1 / math.sqrt(F),
    "self_attn.in_proj_bias": 0,
    "self_attn.out_proj.bias": 0,
}


def is_drawn_up_to(bounds, *layers):
    """Tell whether the largest of each parameter's many values comes close to its bound."""
    found = True
    for name, bound in bounds.items():
        values = torch.cat([layer.get_parameter(name).flatten() for layer in layers])
        most, least = values.max().item(), values.min().item()
        print(f"  {name}: from {least:.4f} to {most:.4f}, bound {bound:.4f}")
        close = 0.995 if values.numel() > 200 else 0.95
        found &= close * bound <= max(most, -least) <= 1.0001 * bound
        found &= least <= -0.9 * bound and 0.9 * bound <= most
    return found


print("an encoder by itself:")
bare = nn.TransformerEncoder(nn.TransformerEncoderLayer(E, 4, F, device=device), 2)
assert is_drawn_up_to(by_rule_of_linear | packed | biases, *bare.layers), (
    "By itself an encoder has its linear layers, with their biases, drawn up to 1 / sqrt(inputs), "
    "in_proj_weight by Xavier's rule, and 0 for the biases of attention."
)

torch.manual_seed(1)
even = torch.empty(30, 50, dtype=torch.float64, device=device).uniform_(-1, 1)
torch.manual_seed(1)
drawn = nn.init.xavier_uniform_(torch.empty(30, 50, dtype=torch.float64, device=device))
assert equation("a", (drawn / even).mean(), fan_in=50, fan_out=30) and torch.allclose(
    drawn, even * drawn[0, 0] / even[0, 0]
), "Xavier's rule draws evenly between -a and a, by the equation."

model = nn.Transformer(E, 4, 2, 2, F, device=device)
print("in nn.Transformer:")
assert is_drawn_up_to(by_rule_of_xavier | packed, *model.encoder.layers) and is_drawn_up_to(
    by_rule_of_xavier | packed, *model.decoder.layers
), (
    "In nn.Transformer the matrices of encoder and decoder are all drawn by Xavier's rule: "
    "out_proj up to sqrt(6 / 2E), linear1 and linear2 up to sqrt(6 / 5E)."
)
assert is_drawn_up_to(biases, *model.encoder.layers, *model.decoder.layers), (
    "In nn.Transformer the biases of linear layers go up to 1 / sqrt(inputs), "
    "and those of attention are 0."
)

for parameter in bare.parameters():
    if parameter.dim() > 1:
        nn.init.xavier_uniform_(parameter)
print("the encoder by itself, after the loop:")
assert is_drawn_up_to(by_rule_of_xavier | packed, *bare.layers), (
    "After xavier_uniform_ on its matrices a bare encoder has the bounds of nn.Transformer."
)
