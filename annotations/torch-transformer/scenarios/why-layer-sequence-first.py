"""Why no fused layer: the sequence comes first."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, device=device).eval()
source = torch.rand(10, 3, 32, device=device)
with torch.no_grad():
    output = layer(source)
