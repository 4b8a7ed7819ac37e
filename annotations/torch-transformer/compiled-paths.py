"""Compile a layer, an attention and a padded encoder in eval mode; see which path is kept."""

import warnings

import torch
from torch import nn

torch.manual_seed(0)
warnings.filterwarnings("ignore", message="The PyTorch API of nested tensors")
layer = nn.TransformerEncoderLayer(16, 4, 32, dropout=0.0, batch_first=True)
encoder = nn.TransformerEncoder(layer, 1).eval()
for parameter in encoder.parameters():
    if parameter.dim() == 1:
        nn.init.uniform_(parameter, 0.5, 1.5)
source = torch.randn(2, 5, 16)
padded = torch.tensor([[False, False, False, True, True], [False] * 5])
kept = []


def keep(module, inputs):
    """Serve as a backend: note which path the graph holds, and run it as it is."""
    names = " ".join(str(node.target) for node in module.graph.nodes)
    parts = {
        "_transformer_encoder_layer_fwd": "fused",
        "_native_multi_head_attention": "native",
        "multi_head_attention_forward": "Python",
    }
    kept.append(next(path for part, path in parts.items() if part in names))
    return module


def compiled(call, **masks):
    """Return what a compiled call gives, and how far that is from the call itself."""
    output = torch.compile(call, backend=keep, fullgraph=True)(source, **masks)
    return output, (output - call(source, **masks)).abs().amax(dim=-1)


class Attending(nn.Module):
    """Self-attention with one input, as an exporter wants it."""

    def __init__(self, attention):
        super().__init__()
        self.attention = attention

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


def exported(call, **masks):
    """Return what an exported call gives, and the names of the operators in its graph."""
    program = torch.export.export(call, (source,), masks)
    names = " ".join(str(node.target) for node in program.graph.nodes)
    return program.module()(source, **masks), names


attend = Attending(encoder.layers[0].self_attn).eval()
with torch.no_grad():
    gaps = [compiled(encoder.layers[0])[1], compiled(attend)[1]]
    output, gap = compiled(encoder, src_key_padding_mask=padded)
    programs = [exported(each) for each in (encoder.layers[0], attend)]
    outputs = [each(source) for each in (encoder.layers[0], attend)]
    whole, _ = exported(encoder, src_key_padding_mask=padded)
paths, real = list(kept), gap[~padded].max().item()
print("kept of a layer, an attention, a padded encoder:", paths)
assert paths[:2] == ["fused", "Python"] and max(gap.max() for gap in gaps) < 1e-4, (
    "A compiled layer holds the fused operator, and a compiled attention the Python path; "
    "their outputs are what they are uncompiled."
)
assert paths[2] == "fused" and output[padded].abs().max() > 0.1 and real < 1e-4, (
    "A compiled encoder fuses its layers and fills padded rows with values, not zeros; "
    "real rows are what they are uncompiled."
)
gaps = [
    (program - output).abs().max().item()
    for (program, _), output in zip(programs, outputs, strict=True)
]
in_python = ["scaled_dot_product" in names for _, names in programs]
print("exported in Python:", in_python, "and off by", gaps)
assert in_python == [True, True] and max(gaps) < 1e-4, (
    "torch.export keeps the Python path of a layer and of an attention, and their outputs."
)
assert (whole - output).abs().max() < 1e-4, (
    "An exported encoder gives what the compiled one gives, row by row."
)
