"""Pass one layer to a TransformerEncoder, and see what becomes of it."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

pattern = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, device=device)
start = {name: value.clone() for name, value in pattern.state_dict().items()}
encoder = nn.TransformerEncoder(pattern, num_layers=3)
for parameter in pattern.parameters():
    nn.init.constant_(parameter, 7.0)  # too late to reach the encoder

strayed = [
    f"{number}.{name}"
    for number, layer in enumerate(encoder.layers)
    for name, value in layer.state_dict().items()
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

changes = {
    "ReLU": {},
    "GELU": {"activation": "gelu"},
    "SiLU": {"activation": nn.functional.silu},
    "default layout": {"batch_first": False},
    "pre-norm": {"norm_first": True},
    "no biases": {"bias": False},
    "one head": {"nhead": 1},
    "unequal norms": {},
    "own key width": {},
    "another class": {},
}
allowed, warned = [], []
for name, change in changes.items():
    options = {"nhead": 4, "batch_first": True, **change}
    layer = nn.TransformerEncoderLayer(16, dim_feedforward=32, **options)
    if name == "unequal norms":
        layer.norm2.eps = 1e-3
    if name == "own key width":
        layer.self_attn = nn.MultiheadAttention(16, 4, kdim=8, batch_first=True)
    if name == "another class":
        layer = nn.TransformerDecoderLayer(16, 4, 32, batch_first=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        encoder = nn.TransformerEncoder(layer, num_layers=1)
    if encoder.use_nested_tensor:
        allowed.append(name)
    for warning in caught:
        warned.append(name)
        print(f"{name}: {str(warning.message).partition('because ')[2]}")
print("nested tensors are allowed with", *allowed)

assert allowed == ["ReLU", "GELU"], (
    "Any other activation, the default layout, pre-norm, missing biases, an odd number of heads, "
    "unequal norms, an attention with widths of its own or another class rules nested tensors out."
)
assert warned == [name for name in changes if name not in allowed], (
    "Where nested tensors are ruled out, the constructor warns and gives the reason."
)
