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


def attend(source):
    return encoder.layers[0].self_attn(source, source, source, need_weights=False)[0]


with torch.no_grad():
    gaps = [compiled(encoder.layers[0])[1], compiled(attend)[1]]
    output, gap = compiled(encoder, src_key_padding_mask=padded)
    program = torch.export.export(encoder, (source,), {"src_key_padding_mask": padded})
    exported = program.module()(source, src_key_padding_mask=padded)
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
assert (exported - output).abs().max() < 1e-4, "An exported encoder gives the same, row by row."
