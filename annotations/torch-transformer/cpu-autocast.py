"""Run a layer and an attention under autocast for the CPU, with gradients and without."""

import sys

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True).eval()
for parameter in layer.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
attention = layer.self_attn
source = torch.randn(2, 5, 16)  # on the CPU, wherever the snippet runs


def attend(source):
    return attention(source, source, source)[0]


def fast_paths():
    """Tell whether the fused layer runs, and the native attention; gradients are off."""
    names, before = [], sys.getprofile()

    def note(frame, event, what):
        if event == "c_call":
            names.append(what.__name__)

    sys.setprofile(note)
    try:
        with torch.no_grad():
            layer(source)
            fused = "_transformer_encoder_layer_fwd" in names
            names.clear()
            attend(source)
    finally:
        sys.setprofile(before)
    return [fused, "_native_multi_head_attention" in names]


class Watching(TorchDispatchMode):
    """A mode as tools use it that watch operators; this one only hands them on."""

    def __torch_dispatch__(self, function, kinds, inputs=(), options=None):
        return function(*inputs, **(options or {}))


with torch.autocast("cpu", dtype=torch.bfloat16):
    asked = torch.is_autocast_enabled(), torch.is_autocast_enabled("cpu")
    taken = fast_paths()
    python = layer(source)  # gradients are on
    with torch.no_grad():
        fused = layer(source)
        with Watching():
            watched = layer(source)
        torch.backends.mha.set_fastpath_enabled(False)
        switched = layer(source)
        torch.backends.mha.set_fastpath_enabled(True)
exact = layer(source)  # without autocast, in Python
torch.set_autocast_enabled("cuda", True)
for_cuda = torch.is_autocast_enabled(), fast_paths()
torch.set_autocast_enabled("cuda", False)
print("is_autocast_enabled(), and of the CPU:", asked, "; fused and native:", taken)
assert [asked, taken] == [(False, True), [True, True]], (
    "Under autocast for the CPU torch.is_autocast_enabled() is False, as it asks about CUDA, "
    "and the fused layer and the native attention run."
)
assert for_cuda == (True, [False, False]), "Autocast for CUDA keeps both away."
half, single = torch.bfloat16, torch.float32
assert [fused.dtype, python.dtype, switched.dtype] == [half, single, single], (
    "The layer's output is bfloat16 in inference, and float32 with gradients on or with the fast "
    "paths switched off."
)
gap = (fused.float() - python).abs().max().item()
print(f"fused and Python differ by {gap:.4f}")
assert 0 < gap < 0.1, "Both are computed in bfloat16, and are equal but for its rounding."
assert watched.dtype == single and torch.allclose(watched, exact, atol=1e-5), (
    "Inside a TorchDispatchMode the fused layer gives what it gives without autocast, in float32."
)
