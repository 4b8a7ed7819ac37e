"""Why no fused layer: the activation is neither ReLU nor GELU."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(
    32, 4, 64, batch_first=True, activation=nn.functional.silu, device=device
).eval()
source = torch.rand(3, 10, 32, device=device)
with torch.no_grad():
    output = layer(source)
