"""Pass one layer to a TransformerEncoder, and see what becomes of it."""

import warnings

import torch
from torch import nn

from srcread.lab import must_fail

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"

pattern = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, device=device)
start = {name: value.clone() for name, value in pattern.state_dict().items()}
encoder = nn.TransformerEncoder(pattern, num_layers=3)
for parameter in pattern.parameters():
    nn.init.constant_(parameter, 7.0)  # too late to reach the encoder
assert pattern not in list(encoder.modules()), (
    "The layer that was passed is no part of the encoder."
)

strayed = [
    f"{number}.{name}"
    for number, layer in encoder.named_modules()
    if isinstance(layer, nn.TransformerEncoderLayer)
    for name, value in layer.state_dict().items()
    if not torch.equal(value, start[name])
]
assert strayed == [], (
    "A change of the layer that was passed does not reach the encoder: "
    "every layer has the values that it had when it was passed."
)

if must_fail("The copies share no parameters: each is trained by itself."):
    encoder.layers = nn.ModuleList([encoder.layers[0]] * 3)  # one layer, three times
in_pattern = sum(parameter.numel() for parameter in pattern.parameters())
in_encoder = sum(parameter.numel() for parameter in encoder.parameters())
print(f"{in_pattern} parameters in the pattern, {in_encoder} in the encoder of three layers")
assert in_encoder == 3 * in_pattern, "The copies share no parameters: each is trained by itself."


def reason(layer, **options):
    """Build an encoder; return None if it may use nested tensors, else what its warning names."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        encoder = nn.TransformerEncoder(layer, num_layers=1, **options)
    if encoder.use_nested_tensor:
        return None
    return " and ".join(str(each.message).partition(" because ")[2] for each in caught)


def build(**options):
    return nn.TransformerEncoderLayer(
        16, dim_feedforward=32, **{"nhead": 4, "batch_first": True, **options}
    )


unequal, narrow = build(), build()
unequal.norm2.eps = 1e-3
narrow.self_attn = nn.MultiheadAttention(16, 4, kdim=8, batch_first=True)
reasons = {
    "ReLU": reason(build()),
    "GELU": reason(build(activation="gelu")),
    "SiLU": reason(build(activation=nn.functional.silu)),
    "default layout": reason(build(batch_first=False)),
    "pre-norm": reason(build(norm_first=True)),
    "no biases": reason(build(bias=False)),
    "one head": reason(build(nhead=1)),
    "unequal norms": reason(unequal),
    "own key width": reason(narrow),
    "another class": reason(nn.TransformerDecoderLayer(16, 4, 32, batch_first=True)),
}
for name, text in reasons.items():
    print(f"{name}: {text or 'allowed'}")
assert [name for name, text in reasons.items() if text is None] == ["ReLU", "GELU"], (
    "Another activation, the default layout, pre-norm, missing biases, an odd number of heads, "
    "unequal eps of the norms, an attention with widths of its own or another class "
    "rules nested tensors out."
)
named = {
    "SiLU": "activation_relu_or_gelu",
    "default layout": "batch_first",
    "pre-norm": "norm_first",
    "no biases": "bias=False",
    "one head": "num_heads is odd",
    "unequal norms": "norm1.eps",
    "own key width": "_qkv_same_embed_dim",
    "another class": "was not TransformerEncoderLayer",
}
assert [name for name, part in named.items() if part not in reasons[name]] == [], (
    "Where nested tensors are ruled out, the constructor warns and gives the reason."
)

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    nn.Transformer(16, 4, 1, 1, 32)
print("nn.Transformer in its default layout:", *(each.message for each in caught))
assert ["batch_first" in str(each.message) for each in caught] == [True], (
    "Building nn.Transformer in its default layout gives this warning, and names batch_first."
)
assert reason(build(batch_first=False), enable_nested_tensor=False) == "", (
    "With enable_nested_tensor=False nested tensors are ruled out without a warning."
)
