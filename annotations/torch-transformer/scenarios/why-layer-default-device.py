"""Why no fused layer: a default device is set."""

import torch
from torch import nn

GROUP = "why-not"

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
layer = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, device=device).eval()
source = torch.rand(3, 10, 32, device=device)
torch.set_default_device(device)
with torch.no_grad():
    output = layer(source)
torch.set_default_device(None)
