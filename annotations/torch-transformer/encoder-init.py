"""Pass one layer to a TransformerEncoder, and see what becomes of it."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

pattern = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, device=device)
start = {name: value.detach().clone() for name, value in pattern.named_parameters()}
encoder = nn.TransformerEncoder(pattern, num_layers=3)
for parameter in pattern.parameters():
    nn.init.constant_(parameter, 7.0)  # too late to reach the encoder

strayed = [
    f"{number}.{name}"
    for number, layer in enumerate(encoder.layers)
    for name, value in layer.named_parameters()
    if not torch.equal(value, start[name])
]
assert strayed == [], "Every layer starts with the values that the pattern had when it was passed."
assert pattern not in list(encoder.modules()), (
    "The layer that was passed is no part of the encoder."
)

in_pattern = sum(parameter.numel() for parameter in pattern.parameters())
in_encoder = sum(parameter.numel() for parameter in encoder.parameters())
print(f"{in_pattern} parameters in the pattern, {in_encoder} in the encoder of three layers")
assert in_encoder == 3 * in_pattern, "The copies share no parameters: each is trained by itself."

variants = {
    "batch_first": {},
    "default layout": {"batch_first": False},
    "pre-norm": {"norm_first": True},
    "no biases": {"bias": False},
    "SiLU": {"activation": nn.functional.silu},
    "three heads": {"d_model": 12, "nhead": 3},
}
nested, reasons = {}, {}
for name, change in variants.items():
    options = {"d_model": 16, "nhead": 4, "batch_first": True, **change}
    layer = nn.TransformerEncoderLayer(**options, dim_feedforward=32, device=device)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nested[name] = nn.TransformerEncoder(layer, 1).use_nested_tensor
    reasons[name] = [str(warning.message).partition("because ")[2] for warning in caught]
    print(f"{name}: nested tensors {'on' if nested[name] else 'off'}", *reasons[name])

assert [name for name, on in nested.items() if on] == ["batch_first"], (
    "The default layout, pre-norm, missing biases, SiLU or an odd number of heads "
    "each switch nested tensors off."
)
assert [len(reason) for reason in reasons.values()] == [0, 1, 1, 1, 1, 1], (
    "Each refusal is told in one warning while the encoder is built."
)
