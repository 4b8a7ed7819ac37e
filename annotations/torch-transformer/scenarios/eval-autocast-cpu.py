"""Inference under autocast for the CPU: the layers are fused all the same."""

import torch
from torch import nn

GROUP = "reading"

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True)
model = nn.TransformerEncoder(layer, 2).eval()
with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
    output = model(torch.rand(3, 10, 32))
