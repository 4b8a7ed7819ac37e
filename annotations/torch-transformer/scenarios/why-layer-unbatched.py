"""Why no fused layer: the input has no batch."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device).eval()
source = torch.rand(10, 32, device=device)
with torch.no_grad():
    output = layer(source)
