"""Why no fused layer: the two norms have different epsilons."""

import torch
from torch import nn

GROUP = "why-not"
FORCED = True

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
layer.norm1.eps = 1e-3
with torch.no_grad():
    output = layer(source)
