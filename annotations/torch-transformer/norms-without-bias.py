"""Put other norms into encoder layers, and run them in training and in eval mode."""

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
x = torch.randn(2, 5, 16, device=device)
FIRST, BOTH = ("norm1",), ("norm1", "norm2")


def build(make, names, kind=nn.TransformerEncoderLayer, **options):
    """Build a layer with other modules in the place of these."""
    layer = kind(16, 4, 32, dropout=0.0, **{"batch_first": True, **options})
    for name in names:
        setattr(layer, name, make())
    for parameter in layer.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return layer.to(device)


def outcome(layer, gradients=True):
    """Return the last words of a call's error, or the output."""
    inputs = (x, x) if isinstance(layer, nn.TransformerDecoderLayer) else (x,)
    try:
        with torch.set_grad_enabled(gradients):
            return layer(*inputs).detach()
    except AttributeError as error:
        return str(error)


def told(layer):
    """Tell what training and eval mode do, with gradients on and off."""
    training = outcome(layer.train())
    layer.eval()
    results = [outcome(layer), outcome(layer, gradients=False)]
    return [
        "as in training"
        if isinstance(each, torch.Tensor) and torch.allclose(each, training, atol=1e-5)
        else each
        for each in results
    ]


def rms():
    return nn.RMSNorm(16, eps=1e-5)


def without_bias():
    return nn.LayerNorm(16, bias=False)


cases = {
    "nn.RMSNorm": (rms, BOTH),
    "nn.RMSNorm as norm1": (rms, FIRST),
    "nn.RMSNorm as norm1, with another eps": (lambda: nn.RMSNorm(16), FIRST),
    "nn.LayerNorm without bias": (without_bias, BOTH),
    "nn.LayerNorm without bias as norm1": (without_bias, FIRST),
    "nn.Linear without bias as linear1": (lambda: nn.Linear(16, 32, bias=False), ("linear1",)),
    "nn.Identity": (nn.Identity, BOTH),
}
results = {name: told(build(*case)) for name, case in cases.items()}
for name, result in results.items():
    print(f"{name}: {result}")
missing = "'NoneType' object has no attribute 'device'"
assert results == {
    "nn.RMSNorm": ["'RMSNorm' object has no attribute 'bias'"] * 2,
    "nn.RMSNorm as norm1": ["'RMSNorm' object has no attribute 'bias'"] * 2,
    "nn.RMSNorm as norm1, with another eps": ["as in training"] * 2,
    "nn.LayerNorm without bias": [missing] * 2,
    "nn.LayerNorm without bias as norm1": [missing] * 2,
    "nn.Linear without bias as linear1": [missing] * 2,
    "nn.Identity": ["'Identity' object has no attribute 'eps'"] * 2,
}, (
    "In eval mode with batch_first nn.RMSNorm, a missing bias and nn.Identity are "
    "AttributeErrors, with gradients on as well; one nn.RMSNorm beside a norm with another eps "
    "works."
)

failing = [name for name, result in results.items() if "has no attribute" in result[0]]

others = {
    "decoder layer": [
        told(build(*case, kind=nn.TransformerDecoderLayer)) for case in cases.values()
    ],
    "default layout": [told(build(*cases["nn.RMSNorm"], batch_first=False))],
    "bias=False": [told(build(rms, (), bias=False))],
}
print("which fail:", len(failing), "; which work:", {name: len(others[name]) for name in others})
assert len(failing) == 6 and all(
    each == ["as in training"] * 2 for results in others.values() for each in results
), (
    "What fails in an encoder layer works in a decoder layer; nn.RMSNorm works in the default "
    "layout, and bias=False in the constructor as well."
)

flagged, switched_off = {}, {}
for name, case in cases.items():
    layer = build(*case)
    layer.activation_relu_or_gelu = 0
    flagged[name] = told(layer)
torch.backends.mha.set_fastpath_enabled(False)
for name, case in cases.items():
    switched_off[name] = told(build(*case))
torch.backends.mha.set_fastpath_enabled(True)
print("with activation_relu_or_gelu at 0:", flagged)
print("with the fast path switched off:", switched_off)
right = dict.fromkeys(cases, ["as in training"] * 2)
assert len(failing) == 6 and flagged == right and switched_off == right, (
    "With activation_relu_or_gelu set to 0, or the fast path switched off, what fails gives in "
    "eval mode what it gives in training."
)
