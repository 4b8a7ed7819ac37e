"""Replace, prune and parametrise the sub-layers of an encoder layer."""

import copy
import sys

import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

torch.manual_seed(0)
source = torch.randn(2, 5, 16)  # on the CPU, where dynamic quantisation runs
layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
for parameter in layer.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)


def changed(change, layer=layer):
    """Return a copy of the layer after a change."""
    other = copy.deepcopy(layer)
    change(other)
    return other


def outcome(layer, gradients=False):
    """Return the error of a call, or say that there was none."""
    try:
        with torch.set_grad_enabled(gradients):
            layer(source)
    except AttributeError as error:
        return str(error)
    return "no error"


def outcomes(layer):
    """Say what comes of training, of eval mode with gradients and without, and switched off."""
    found = [outcome(layer.train(), True), outcome(layer.eval(), True), outcome(layer)]
    torch.backends.mha.set_fastpath_enabled(False)
    found.append(outcome(layer))
    torch.backends.mha.set_fastpath_enabled(True)
    return found


class Watched(nn.Module):
    """Run another module, and note which of its attributes are read from outside."""

    def __init__(self, module, name):
        super().__init__()
        self.module, self.name = module, name

    @property
    def weight(self):
        read.append(f"{self.name}.weight")
        return self.module.weight

    @property
    def bias(self):
        read.append(f"{self.name}.bias")
        return self.module.bias

    @property
    def eps(self):
        read.append(f"{self.name}.eps")
        return self.module.eps

    def forward(self, x):
        return self.module(x)


NAMES = ["norm1", "norm2", "linear1", "linear2"]


def watch(layer):
    for name in NAMES:
        setattr(layer, name, Watched(layer.get_submodule(name), name))


watched = changed(watch)
read = []
watched.train()(source)
in_training = list(read)
watched.eval()(source)  # gradients are on
print("read in eval mode, with gradients on:", read)
parameters = [f"{name}.{kind}" for name in NAMES for kind in ("weight", "bias")]
assert [in_training, read] == [[], ["norm1.eps", "norm2.eps", *parameters]], (
    "Training reads nothing of the sub-layers; eval mode reads eps of both norms, then weight and "
    "bias of norms and linear layers, with gradients on as well."
)


def is_fused(layer):
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        outcome(layer.eval())
    finally:
        sys.setprofile(before)
    return "_transformer_encoder_layer_fwd" in names


def difference(first, second):
    return (first - second).abs().max().item()


def as_layer_norm(layer):
    weight = layer.norm1.weight
    layer.norm1 = nn.LayerNorm(16)
    layer.norm1.weight = weight


def with_rms(layer):
    layer.norm1 = nn.RMSNorm(16, eps=layer.norm2.eps)
    nn.init.uniform_(layer.norm1.weight, 0.5, 1.5)


def with_identity(layer):
    layer.norm2 = nn.Identity()


rms, identity = changed(with_rms), changed(with_identity)
plain = nn.TransformerEncoderLayer(16, 4, 32, batch_first=False)
found = {
    "RMSNorm": outcomes(rms),
    "RMSNorm, sequence first": outcomes(changed(with_rms, plain)),
    "Identity": outcomes(identity),
}
print("in training, in eval mode, there without gradients, switched off:", found)
works, lacks = "no error", "object has no attribute"
expected = {
    "RMSNorm": [works, *[f"'RMSNorm' {lacks} 'bias'"] * 2, works],
    "RMSNorm, sequence first": [works] * 4,
}
assert {name: found[name] for name in expected} == expected, (
    "With RMSNorm as a norm eval mode raises an AttributeError about its bias; training works, "
    "and so does eval mode with the fast paths switched off or the sequence first."
)
assert found["Identity"] == [works, *[f"'Identity' {lacks} 'eps'"] * 2, works], (
    "With Identity as a norm it is the same, and the error is about eps."
)


rms.norm1.bias = nn.Parameter(torch.zeros(16))
with torch.no_grad():
    gap = difference(rms.eval()(source), changed(as_layer_norm, rms)(source))
    in_inference = rms(source)
fused_gap = difference(in_inference, rms(source))  # gradients are on
print("RMSNorm with a bias, and LayerNorm with its weight, differ by", gap)
assert [is_fused(rms), gap < 1e-5, fused_gap > 0.01] == [
    True,
    True,
    True,
], "With a bias of zeros RMSNorm runs fused, and is computed as a LayerNorm."


def halved(name):
    return lambda layer: prune.l1_unstructured(layer.get_submodule(name), "weight", 0.5)


def with_own_eps(layer):
    layer.norm1.eps = 1e-3


def normed(layer):
    parametrizations.weight_norm(layer.linear1)
    with torch.no_grad():
        layer.linear1.parametrizations.weight.original0 *= 3  # three times the weight


pruned, parametrised = changed(halved("linear1")), changed(normed)
by_hand = copy.deepcopy(layer).eval()
with torch.no_grad():
    by_hand.linear1.weight *= 3
    gap = difference(parametrised.eval()(source), by_hand(source))
found = {
    "pruned": is_fused(pruned),
    "another eps": is_fused(changed(with_own_eps)),
    "parametrised": is_fused(parametrised),
    "same": gap < 1e-4,
}
print("fused:", found)
assert list(found.values()) == [False, False, True, True], (
    "A layer with a pruned linear1 or another eps in a norm is not fused; one with a parametrised "
    "linear1 is, and computes with the new weight."
)
