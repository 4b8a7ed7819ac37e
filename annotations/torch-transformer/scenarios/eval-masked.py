"""Inference with a causal and a padding mask: fused, not nested."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device)
model = nn.TransformerEncoder(layer, 2).eval()
source = torch.rand(3, 10, 32, device=device)
padding = torch.zeros(3, 10, dtype=torch.bool, device=device)
padding[1:, -2:] = True
mask = nn.Transformer.generate_square_subsequent_mask(10, device=device)
with torch.no_grad():
    output = model(source, mask=mask, src_key_padding_mask=padding > 0)
