"""Put low-rank adapters on a frozen encoder layer, and see where they have an effect."""

import copy
import sys

import torch
from torch import nn

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
source = torch.randn(2, 5, 16, device=device)


class Adapted(nn.Module):
    """A linear layer with a trained low-rank update, whose weight is still the layer's own."""

    def __init__(self, base, rank=2):
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.randn(rank, base.in_features, device=device))
        self.up = nn.Parameter(torch.randn(base.out_features, rank, device=device))

    @property
    def weight(self):
        return self.base.weight

    @property
    def bias(self):
        return self.base.bias

    def forward(self, x):
        return self.base(x) + x @ self.down.T @ self.up.T


layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True, device=device)
for parameter in layer.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
layer.requires_grad_(False)  # all weights are frozen


def is_fused(layer, source=source):
    """Tell whether a call runs the fused operator; gradients are on."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        layer(source)
    finally:
        sys.setprofile(before)
    return "_transformer_encoder_layer_fwd" in names


frozen = copy.deepcopy(layer).eval()
assert is_fused(frozen), "With all weights frozen the fused operator runs with gradients on."
thawed = {}
for name, parameter in frozen.named_parameters():
    parameter.requires_grad_(True)
    thawed[name] = is_fused(frozen)
    parameter.requires_grad_(False)
thawed["the input"] = is_fused(frozen, source.clone().requires_grad_())
print("fused, with a gradient for one:", thawed)
assert len(thawed) == 13 and not any(thawed.values()), (
    "A gradient for any one of the twelve weights, or for the input, keeps it away."
)


def adapted(name):
    """Return the frozen layer with an adapter in place of one of its linear layers."""
    other = copy.deepcopy(layer)
    parent, _, attribute = name.rpartition(".")
    owner = other.get_submodule(parent)
    setattr(owner, attribute, Adapted(getattr(owner, attribute)))
    return other


def effect(layer, gradients=True):
    """Return how far the output is from that of the layer without an adapter."""
    with torch.set_grad_enabled(gradients):
        return (layer(source) - plain).abs().max().item()


plain = layer(source)
effects = {}
for name in ("linear1", "linear2", "self_attn.out_proj"):
    other = adapted(name)
    effects[name] = [
        effect(other.train()) > 0.1,
        effect(other.eval()) > 1e-5,
        effect(other.eval(), gradients=False) > 1e-5,
    ]
print("an adapter has an effect in training, in eval mode, and there without gradients:", effects)
assert [effects["linear1"], effects["linear2"]] == [[True, False, False]] * 2, (
    "An adapter on linear1 or linear2 changes the output in training, and not in eval mode, "
    "with gradients on or off."
)
assert effects["self_attn.out_proj"] == [False, False, False], (
    "An adapter on self_attn.out_proj changes nothing, in training either."
)

model = adapted("linear1").eval()
assert [model(source).requires_grad, model.train()(source).requires_grad] == [False, True], (
    "In eval mode the output needs no gradient, so the adapter cannot be trained there."
)

trained = effect(model.train())
model.eval().norm1.weight.requires_grad_(True)
half = [effect(model), effect(model, gradients=False)]
model.norm1.weight.requires_grad_(False)
print("with norm1 to be trained as well, the effect is", half)
assert abs(half[0] - trained) < 1e-5 and half[1] < 1e-5, (
    "With one more weight to be trained the adapter works in eval mode, but not under no_grad."
)


def in_default_layout(layer):
    """Return the output of the layer with the sequence first, as batch-first."""
    other = copy.deepcopy(layer)
    other.self_attn.batch_first = False
    return other(source.transpose(0, 1)).transpose(0, 1)


with torch.no_grad():
    without = in_default_layout(layer.eval())
layouts = []
for gradients in (True, False):
    with torch.set_grad_enabled(gradients):
        layouts.append((in_default_layout(model) - without).abs().max().item())
print("sequence first, eval mode, gradients on and off, the effect is", layouts)
assert [abs(one - trained) < 1e-4 for one in layouts] == [True, True], (
    "In the default layout, sequence first, the adapter works in eval mode, with gradients on or "
    "off."
)

torch.backends.mha.set_fastpath_enabled(False)
switched = effect(model, gradients=False)
torch.backends.mha.set_fastpath_enabled(True)
linear = model.linear1
model.linear1 = copy.deepcopy(linear.base)
with torch.no_grad():
    model.linear1.weight += linear.up @ linear.down
merged = effect(model, gradients=False)
print("effect in training, switched off, merged:", trained, switched, merged)
assert [abs(switched - trained) < 1e-4, abs(merged - trained) < 1e-4] == [True, True], (
    "With the fast paths switched off, or merged into the weight, the adapter works in inference "
    "as in training."
)
