"""Why no fused layer: the number of heads is odd."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(33, 3, 64, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 33, device=device)
with torch.no_grad():
    output = layer(source)
