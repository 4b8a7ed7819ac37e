"""Give an encoder layer one activation after another, and compare training with inference."""

from functools import partial

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
x = torch.randn(2, 5, 16, device=device) * 2
weights = nn.TransformerEncoderLayer(16, 4, 32).state_dict()


def build(activation):
    """Build a layer in eval mode, always with the same weights."""
    layer = nn.TransformerEncoderLayer(
        16, 4, 32, dropout=0.0, activation=activation, batch_first=True
    )
    layer.load_state_dict(weights, strict=False)
    return layer.to(device).eval()


def refusal(call):
    try:
        call()
    except (RuntimeError, TypeError) as error:
        return f"{type(error).__name__}: {error}"
    return "none"


strings = [refusal(partial(build, name)) for name in ("relu", "gelu", "silu", "GELU", "relu6")]
print("strings:", strings)
assert strings == ["none", "none"] + [
    f"RuntimeError: activation should be relu/gelu, not {name}"
    for name in ("silu", "GELU", "relu6")
], "The strings are relu and gelu: silu, GELU and relu6 are refused."

by_class = build(nn.ReLU)
late = refusal(lambda: by_class(x))
print("a class:", late)
assert by_class.activation_relu_or_gelu == 0 and late == (
    "TypeError: dropout(): argument 'input' (position 1) must be Tensor, not ReLU"
), "A class in place of an instance gets flag 0 like any callable, and the first call fails."


class Halved(nn.ReLU):
    """A ReLU that gives half."""

    def forward(self, x):
        return super().forward(x) / 2


flags = {
    "relu": build("relu").activation_relu_or_gelu,
    "F.relu": build(F.relu).activation_relu_or_gelu,
    "nn.ReLU": build(nn.ReLU()).activation_relu_or_gelu,
    "a subclass": build(Halved()).activation_relu_or_gelu,
    "gelu": build("gelu").activation_relu_or_gelu,
    "F.gelu": build(F.gelu).activation_relu_or_gelu,
    "nn.GELU": build(nn.GELU()).activation_relu_or_gelu,
    "tanh": build(nn.GELU("tanh")).activation_relu_or_gelu,
    "torch.relu": build(torch.relu).activation_relu_or_gelu,
    "a lambda": build(lambda x: F.relu(x)).activation_relu_or_gelu,
    "a partial": build(partial(F.gelu, approximate="tanh")).activation_relu_or_gelu,
    "nn.SiLU": build(nn.SiLU()).activation_relu_or_gelu,
}
print("flags:", flags)
assert list(flags.values()) == [1] * 4 + [2] * 4 + [0] * 4, (
    "The flag is 1 for relu, F.relu and nn.ReLU, also for a subclass; 2 for gelu, F.gelu and "
    "nn.GELU, also with tanh; 0 for torch.relu, a lambda, a partial and other modules."
)


def in_inference(layer):
    with torch.no_grad():
        return layer(x)


def difference(first, second):
    return (first - second).abs().max().item()


others = [build(nn.SiLU()), build(partial(F.gelu, approximate="tanh")), build(lambda x: x.sin())]
gaps = [difference(in_inference(layer), layer(x)) for layer in others]
print("flag 0, inference and training differ by", gaps)
assert max(gaps) < 1e-5, (
    "An activation with flag 0 gives the same in inference as with gradients on."
)

tanh, exact = build(nn.GELU("tanh")), build("gelu")
to_exact = difference(in_inference(tanh), exact(x))
to_itself = difference(in_inference(tanh), tanh(x))
print(f"tanh, fused: {to_exact:.1e} from exact GELU, {to_itself:.1e} from itself")
assert to_exact < 2e-6 and 1e-5 < to_itself < 1e-3, (
    "Fused, a layer with the tanh formula gives what exact GELU gives, "
    "and differs from itself with gradients on by 1e-5 to 1e-3."
)

halved, replaced = build(Halved()), build("relu")
replaced.activation = F.silu
plain = build("relu")(x)
to_plain = [difference(in_inference(layer), plain) for layer in (halved, replaced)]
to_itself = [difference(in_inference(layer), layer(x)) for layer in (halved, replaced)]
print("a subclass and a replaced one, fused:", to_plain, "from ReLU,", to_itself, "from themselves")
assert max(to_plain) < 1e-5 and min(to_itself) > 1e-2, (
    "Fused, a layer with a subclass of nn.ReLU, and one whose activation was replaced later, "
    "give what plain ReLU gives."
)

for layer in (tanh, halved, replaced):
    layer.activation_relu_or_gelu = 0
gaps = [difference(in_inference(layer), layer(x)) for layer in (tanh, halved, replaced)]
print("with the flag at 0, inference and training differ by", gaps)
assert max(gaps) < 2e-6, (
    "With the flag set to 0, all three give the same in inference as with gradients on."
)
