"""Why no fused layer: a tensor is on a device without it."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device="meta").eval()
source = torch.rand(3, 10, 32, device="meta")
with torch.no_grad():
    output = layer(source)
